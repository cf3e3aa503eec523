package configs

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"foresight/models"
)

type fileDataModel struct {
	Name          string `yaml:"name" jsonschema:"required" jsonschema_description:"The data model's id, such as Web."`
	Dataset       string `yaml:"dataset" jsonschema_description:"Id of its dataset, which stands before every field's name, as in Web.status (default: name)."`
	SummariesOnly flag   `yaml:"summaries_only" jsonschema_description:"Read the summaries alone (default false). Fast, and silent about what is not summarised yet: history must be covered by the acceleration's range, lag by its delay."`
}

type fileSavedSearch struct {
	Name  string `yaml:"name" jsonschema:"required" jsonschema_description:"Its name in Splunk."`
	App   string `yaml:"app" jsonschema_description:"App that it is kept in (default: the app that searches run in)."`
	Owner string `yaml:"owner" jsonschema_description:"Whose it is; nobody for one that is shared (default nobody, with app)."`
}

// summaryLag is how late a summary may be: an hour is acceleration.max_time's default.
const summaryLag = delay(time.Hour)

func sourceDefaults(q *fileQuery) {
	switch {
	case q.DataModel != nil:
		or(&q.Source, string(models.SourceTstats))
		or(&q.DataModel.Dataset, q.DataModel.Name)
		if late := summaryLag; q.Lag == nil && bool(q.DataModel.SummariesOnly) {
			q.Lag = &late
		}
	case q.SavedSearch != nil:
		or(&q.Source, string(models.SourceSaved))
		if q.SavedSearch.App != "" {
			or(&q.SavedSearch.Owner, "nobody")
		}
	}
	or(&q.Source, string(models.SourceEvents))
	if q.Witness != nil {
		source := models.SourceEvents
		switch {
		case q.Witness.Metric != "":
			source = models.SourceMstats
		case q.Source == string(models.SourceTstats) && q.DataModel == nil:
			source = models.SourceTstats
		}
		or(&q.Witness.Source, string(source))
	}
}

var (
	modelID    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,99}$`)
	metricForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.:-]{0,199}$`)
	namespace  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}$`)
)

// source wants what is read to be named by the keys of its source, and by names that
// cannot be taken for anything else.
func (v validator) source(key string, q fileQuery, cloudServices bool) {
	if !v.oneOf(key+".source", q.Source, string(models.SourceEvents), string(models.SourceTstats), string(models.SourceMstats), string(models.SourceSaved)) {
		return
	}
	source := models.Source(q.Source)
	if m := q.DataModel; m != nil {
		if source != models.SourceTstats {
			v.fail(key+".data_model", "a data model is read by tstats; use source: tstats, or leave source out")
		}
		ids := [][2]string{{"name", m.Name}, {"dataset", m.Dataset}}
		if m.Dataset == m.Name { // its default
			ids = ids[:1]
		}
		for _, id := range ids {
			if !modelID.MatchString(id[1]) {
				v.fail(key+".data_model."+id[0], "%q is no id of a data model or dataset; write letters, digits and _, as Splunk shows it under Settings, Data models", id[1])
			}
		}
	}
	switch s := q.SavedSearch; {
	case s == nil && source == models.SourceSaved:
		v.fail(key+".saved_search", "source: saved needs one; write saved_search: {name: …}")
	case s != nil:
		v.savedSearch(key+".saved_search", *s, source, cloudServices)
	}
	if strings.TrimSpace(q.Search) != "" || q.DataModel == nil && q.SavedSearch == nil {
		v.spl(key+".search", q.Search)
	}
}

func (v validator) savedSearch(key string, s fileSavedSearch, source models.Source, cloudServices bool) {
	switch {
	case cloudServices:
		v.fail(key, "Splunk Cloud Services keeps no saved searches; write search and measure here")
	case source != models.SourceSaved:
		v.fail(key, "a saved search is a source of its own; use source: saved, or leave source out")
	}
	if bad := strings.IndexFunc(s.Name, func(r rune) bool { return strings.ContainsRune("\"\\`$|[]*", r) || unicode.IsControl(r) }); bad >= 0 || strings.TrimSpace(s.Name) != s.Name || s.Name == "" || len(s.Name) > 255 {
		v.fail(key+".name", "%q cannot stand in a search; name it as Splunk does, or a copy of the saved search without quotes, $, |, *, brackets, backslashes and backticks", s.Name)
	}
	if s.App == "" && s.Owner != "" {
		v.fail(key+".app", "an owner is looked for in an app; write app: NAME beside it, or take the owner out")
	}
	for _, place := range [][2]string{{"app", s.App}, {"owner", s.Owner}} {
		if place[1] != "" && !namespace.MatchString(place[1]) {
			v.fail(key+"."+place[0], "%q is no name of an app or user; write letters, digits, _, ., @ and -", place[1])
		}
	}
}

// metrics wants a measure that the source has.
func (v validator) metrics(key, measure string, source models.Source) {
	function, argument, ok := functionOf(measure)
	if !ok || source != models.SourceTstats && source != models.SourceMstats {
		return
	}
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(measure)), "(")
	switch {
	case strings.HasPrefix(strings.ToLower(argument), "eval("):
		v.fail(key, "%s knows no eval; use source: events", source)
	case function == "p" && strings.Contains(name, "."):
		v.fail(key, "%s has percentiles of whole numbers only; write p99(f), or use source: events", source)
	case source == models.SourceTstats:
	case function == "dc":
		v.fail(key, "a metric index counts no distinct values; use another measure, or split by the dimension")
	case !metricForm.MatchString(strings.Trim(argument, `"' `)):
		v.fail(key, "mstats wants a metric in it; write avg(cpu.usage), max(cpu.usage) or count(cpu.usage)")
	}
}

func dataModelOf(f *fileDataModel) *models.DataModel {
	if f == nil {
		return nil
	}
	return &models.DataModel{Name: f.Name, Dataset: f.Dataset, SummariesOnly: bool(f.SummariesOnly)}
}

func savedSearchOf(f *fileSavedSearch) *models.SavedSearch {
	if f == nil {
		return nil
	}
	return &models.SavedSearch{Name: f.Name, App: f.App, Owner: f.Owner}
}
