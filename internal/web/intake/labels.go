package intake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"foresight/models"
)

// Bounds of what a case holds of a report.
const (
	mostTitle  = 300
	mostName   = 200
	mostDetail = 8000
)

// place fills in what the labels of a report say of it, by the integration's rules.
func (d *door) place(r *models.Report, labels map[string]string) error {
	r.Customer, r.Source, r.Keyed = d.Customer.ID, d.Integration.ID, r.Key != ""
	service, component := "", r.Component
	for _, rule := range d.Integration.Rules {
		if v, has := labels[rule.Label]; !has || rule.Value != "" && v != rule.Value {
			continue
		}
		set(&service, rule.Service)
		set(&component, rule.Component)
		set(&r.Impact, rule.Impact)
		set(&r.Urgency, rule.Urgency)
		r.Cleared = r.Cleared || rule.Over
	}
	for _, name := range d.Integration.ServiceFrom {
		if d.known[labels[name]] {
			set(&service, labels[name])
		}
	}
	for _, name := range d.Integration.ComponentFrom {
		set(&component, labels[name])
	}
	impact, urgency := graveness(labels["severity"])
	set(&r.Impact, grade(labels["impact"]))
	set(&r.Urgency, grade(labels["urgency"]))
	set(&r.Impact, impact)
	set(&r.Urgency, urgency)
	set(&r.Service, service)
	set(&r.Service, d.Integration.Service)
	if len(d.Customer.Services) == 1 {
		set(&r.Service, d.Customer.Services[0].ID)
	}
	r.Component, r.Title, r.Detail = line(component, mostName), line(r.Title, mostTitle), text(r.Detail, mostDetail)
	return d.sound(*r)
}

// sound says what a report lacks. An end needs no more than the key of its beginning.
func (d *door) sound(r models.Report) error {
	switch {
	case r.Keyed && (r.Cleared || r.Taken):
		return nil
	case r.Service == "":
		return fmt.Errorf("no label names one of the customer's services: set service, service_from or rules of the integration")
	case !d.known[r.Service]:
		return fmt.Errorf("the customer has no service %q", line(r.Service, mostName))
	case r.Title == "":
		return fmt.Errorf("nothing says what has happened: the title is empty")
	}
	return nil
}

// set fills in what is still missing.
func set[T comparable](v *T, to T) {
	var none T
	if *v == none {
		*v = to
	}
}

// grade reads 1, 2 or 3; all else is none.
func grade(text string) models.Grade {
	n, err := strconv.Atoi(text)
	if err != nil || n < int(models.GradeHigh) || n > int(models.GradeLow) {
		return 0
	}
	return models.Grade(n)
}

// graveness reads the words that systems have for how grave something is.
func graveness(severity string) (impact, urgency models.Grade) {
	switch strings.ToLower(severity) {
	case "critical", "page", "fatal", "emergency", "disaster", "p1":
		return models.GradeHigh, models.GradeHigh
	case "error", "major", "high", "p2":
		return models.GradeMedium, models.GradeHigh
	case "warning", "warn", "minor", "medium", "average", "p3":
		return models.GradeMedium, models.GradeMedium
	case "info", "information", "informational", "low", "none", "notice", "p4", "p5":
		return models.GradeLow, models.GradeLow
	}
	return 0, 0
}

// line is text of one line, bounded.
func line(s string, most int) string {
	return text(strings.Join(strings.Fields(s), " "), most)
}

// text is what a database and a page can hold, bounded at a whole character.
func text(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	if len(s) <= most {
		return strings.TrimSpace(s)
	}
	cut := most - len("…")
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimSpace(s[:cut]) + "…"
}

// flat reads an object's plain values as labels; of a list its plain values, joined.
func flat(object map[string]any) map[string]string {
	labels := make(map[string]string, len(object))
	for name, v := range object {
		if list, is := v.([]any); is {
			var all []string
			for _, one := range list {
				if s, plain := scalar(one); plain {
					all = append(all, s)
				}
			}
			if len(all) > 0 {
				labels[name] = strings.Join(all, ", ")
			}
		} else if s, plain := scalar(v); plain {
			labels[name] = s
		}
	}
	return labels
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// lines lists labels for people, by name; those of the source's own machinery (_…) are left out.
func lines(labels map[string]string) string {
	names := make([]string, 0, len(labels))
	for name := range labels {
		if !strings.HasPrefix(name, "_") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "%s: %s\n", name, labels[name])
	}
	return b.String()
}

// paragraphs joins what there is.
func paragraphs(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return strings.TrimSpace(s) == "" }), "\n")
}

// object reads JSON whose numbers stay as they are written.
func object(data []byte, into any) error {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		return no(http.StatusBadRequest, reasonMalformed, "the body is not the JSON that is expected: "+plainly(err))
	}
	if dec.More() {
		return no(http.StatusBadRequest, reasonMalformed, "more follows after the JSON")
	}
	return nil
}
