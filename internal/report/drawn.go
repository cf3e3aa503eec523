package report

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"foresight/internal/wording"
	"foresight/models"
)

// The places in a page of what changes while its forecast stands: what is to be done, and by when.
const (
	headMark    = "<!--head-->"
	todoMark    = "<!--todo-->"
	processMark = "<!--process-->"
)

// Drawn is a page without what the incident process has a say in. The forecast's part of it, its charts,
// is what takes time to draw.
type Drawn struct {
	page  []byte
	names *template.Template
	say   voice
	c     models.Customer
	asOf  time.Time

	actions []models.Action
	rows    []actionRow // of the open ones of actions
	facts   []fact      // beside those of the work
	idle    string      // the first sentence where there is nothing to do
	unknown bool        // part of the picture is unknown
}

// Draw draws the forecast's part of a result's page. It returns an error for a language it does not know.
func Draw(r models.Result, o Options) (*Drawn, error) {
	if o.Lang != "" && !slices.Contains(wording.Languages(), o.Lang) {
		return nil, fmt.Errorf("rendering the report of customer %q: language %q is not known: choose one of %s", r.Customer.ID, o.Lang, strings.Join(wording.Languages(), ", "))
	}
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, fmt.Errorf("reading the report's style: %w", err)
	}
	b := newBuilder(r, o)
	t, err := template.New("page.gohtml").Funcs(template.FuncMap{"t": b.say.T, "lang": b.say.Lang}).ParseFS(files, "*.gohtml")
	if err != nil {
		return nil, fmt.Errorf("parsing the report's templates: %w", err)
	}
	p := b.page()
	p.Style = template.CSS(style) //nolint:gosec // G203: our own embedded file
	var whole bytes.Buffer
	if err := t.Execute(&whole, p); err != nil {
		return nil, fmt.Errorf("writing the report of customer %q: %w", r.Customer.ID, err)
	}
	return &Drawn{page: whole.Bytes(), names: t, say: b.say, c: r.Customer, asOf: r.AsOf,
		actions: r.Actions, rows: b.actions(), facts: b.facts(p), idle: b.idle(p), unknown: len(p.Unknown) > 0}, nil
}

// HTML writes the page as the forecast alone has it.
func (d *Drawn) HTML(w io.Writer) error {
	whole, err := d.with(nil)
	if err != nil {
		return err
	}
	if _, err := w.Write(whole); err != nil {
		return fmt.Errorf("writing the report of customer %q: %w", d.c.ID, err)
	}
	return nil
}

// With returns the page with what the incident process knows.
func (d *Drawn) With(p Process) ([]byte, error) { return d.with(&p) }

func (d *Drawn) with(p *Process) ([]byte, error) {
	var cases []models.Incident
	if p != nil {
		cases = p.Cases
	}
	work := d.work(cases)
	whole := d.page
	for _, part := range []struct {
		mark, name string
		data       any
	}{{headMark, "head", work}, {todoMark, "todo", work}, {processMark, "process.gohtml", p}} {
		var text bytes.Buffer
		if part.mark == processMark && p != nil {
			part.data = d.say.newProcess(d.c, *p)
		}
		if part.mark != processMark || p != nil {
			if err := d.names.ExecuteTemplate(&text, part.name, part.data); err != nil {
				return nil, fmt.Errorf("writing the report of customer %q: %w", d.c.ID, err)
			}
		}
		whole = bytes.Replace(whole, []byte(part.mark), text.Bytes(), 1)
	}
	return whole, nil
}

// workView is what work.gohtml prints.
type workView struct {
	Lead    string
	Facts   []fact
	Actions []actionRow
	Plans   string // of the work that the plans of cases have beside the actions; "" without any
	Unknown bool
}

// work says what is to be done by the forecast's actions and by the plans of cases.
func (d *Drawn) work(cases []models.Incident) workView {
	say := d.say
	left := models.ToDo(d.actions, cases)
	late := models.CountLate(left)
	v := workView{Unknown: d.unknown, Lead: d.idle}
	v.Facts = append([]fact{{say.whole(len(left)), say.noun(len(left), "action", "actions"), ""}, {say.whole(late), say.T("of them late"), tone(late, "bad")}}, d.facts...)
	for _, row := range d.rows {
		n := slices.IndexFunc(left, func(p models.Piece) bool { return p.Action == row.id })
		if n < 0 {
			continue // it is done
		}
		row.Late, row.Begun, row.Case = left[n].Late, left[n].State == models.TaskStarted, left[n].Incident
		v.Actions = append(v.Actions, row)
	}
	loc := zone(d.c)
	switch {
	case len(left) > 0 && late > 0:
		v.Lead = say.T("%s to do; for %s of them the last day to start has passed.", say.plural(len(left), "piece of work", "pieces of work"), say.whole(late))
	case len(left) > 0:
		v.Lead = say.T("%s to do.", say.plural(len(left), "piece of work", "pieces of work"))
		if next := nextStart(left); next != nil {
			v.Lead = say.T("%s to do; the next must start by %s.", say.plural(len(left), "piece of work", "pieces of work"), say.day(next.LatestStart, loc))
		}
	}
	plans := slices.DeleteFunc(slices.Clone(left), func(p models.Piece) bool {
		return slices.ContainsFunc(v.Actions, func(row actionRow) bool { return row.id == p.Action })
	})
	if len(plans) > 0 {
		pieces := say.plural(len(plans), "piece of work", "pieces of work")
		v.Plans = say.T("The plans of cases have %s beside.", pieces)
		if next := nextStart(plans); next != nil {
			v.Plans = say.T("The plans of cases have %s beside; “%s” (%s) must start by %s.", pieces, say.oneStyle(next.Title), next.Incident, say.day(next.LatestStart, loc))
		}
	}
	return v
}

// nextStart is the first of the pieces that is to be begun by a day; nil when there is none.
func nextStart(pieces []models.Piece) *models.Piece {
	for n := range pieces {
		if pieces[n].State == models.TaskOpen && !pieces[n].LatestStart.IsZero() {
			return &pieces[n]
		}
	}
	return nil
}

// tone colours a figure that is above zero.
func tone(n int, t string) string {
	if n > 0 {
		return t
	}
	return ""
}
