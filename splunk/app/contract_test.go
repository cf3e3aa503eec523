package app_test

import (
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/models"
	"foresight/splunk/app"
	"foresight/splunk/app/apptest"
)

// events are what the program writes, by sourcetype.
var events = map[string]any{
	models.SourcetypeForecast: models.ForecastEvent{}, models.SourcetypePeak: models.PeakEvent{}, models.SourcetypeOverload: models.OverloadEvent{},
	models.SourcetypeFinding: models.FindingEvent{}, models.SourcetypeAction: models.ActionEvent{}, models.SourcetypeRun: models.RunEvent{},
	models.SourcetypeWhatIf: models.WhatIfEvent{}, models.SourcetypeIncident: models.IncidentEvent{}, models.SourcetypeAccuracy: models.AccuracyEvent{},
	models.SourcetypeProblem: models.ProblemEvent{},
}

// own are the fields that every event has in Splunk.
var own = []string{"_time", "_indextime", "_raw", "index", "host", "source", "sourcetype", "eventtype", "tag"}

// fieldsOf are the JSON fields of an event.
func fieldsOf(event reflect.Type) []string {
	var all []string
	for i := range event.NumField() {
		f := event.Field(i)
		if f.Anonymous {
			all = append(all, fieldsOf(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		all = append(all, name)
	}
	return all
}

func known(t *testing.T, where string, sourcetypes []string) []string {
	t.Helper()
	all := slices.Clone(own)
	for _, kind := range sourcetypes {
		event, ok := events[kind]
		require.Truef(t, ok, "%s asks for the sourcetype %s, which nothing writes", where, kind)
		all = append(all, fieldsOf(reflect.TypeOf(event))...)
	}
	return all
}

// shared are the fields that macros ask for: a macro serves sourcetypes of which not all have them.
func shared(t *testing.T) []string {
	t.Helper()
	macros, err := app.ReadMacros(app.Files())
	require.NoError(t, err)
	some := map[string]bool{}
	for _, event := range events {
		for _, name := range fieldsOf(reflect.TypeOf(event)) {
			some[name] = true
		}
	}
	var all []string
	for _, m := range macros {
		for _, word := range identifier.FindAllString(m.Definition, -1) {
			if some[word] {
				all = append(all, word)
			}
		}
	}
	return all
}

// What searches read is what models write: a field that is renamed there fails here.
func TestSearchesReadFieldsThatEventsHave(t *testing.T) {
	ran, shared := 0, shared(t)
	for _, s := range apptest.Searches(t) {
		spl := s.Expanded(t)
		if !strings.Contains(spl, "sourcetype=foresight:") {
			continue
		}
		use, err := apptest.Fields(spl)
		if !assert.NoError(t, err, s.Where) {
			continue
		}
		ran++
		fields := append(known(t, s.Where, use.Sourcetypes), shared...)
		for _, name := range use.Fields {
			assert.Containsf(t, fields, name, "%s reads %s, which no event of %v has\n%s", s.Where, name, use.Sourcetypes, s.SPL)
		}
	}
	require.NotZero(t, ran)
}

func TestFieldsOfSearchesAreFound(t *testing.T) {
	for spl, want := range map[string]string{
		`search index=x sourcetype=foresight:run a=1 (b!="c=d" OR e IN (f)) earliest=-1d`:       "index sourcetype a b e",
		`search x=1 | eval y=if(z>1 AND 'q r'="v", upper(w), null()), k=y+1 | where k<m`:        "x z q r w m",
		`search x=1 | stats count, max(a) AS b, count(eval(c>1)) AS d by e f | table e b count`: "x a c e f",
		`search x=1 | eventstats max(a) as b by c | table b d`:                                  "x a c d",
		`search x=1 | timechart span=1d limit=5 max(a) by b | table _time anything`:             "x a b",
		`search x=1 | rename a AS "A b", c as d | sort 0 - "A b", num(d) | table "A b" d`:       "x a c",
		`search x=1 | rex field=a "(?<b>\d)" | dedup b c | fields - d | head 5`:                 "x a c d",
		`search x=1 | chart sum(a) over b by c`:                                                 "x a b c",
		`search x=1 | fillnull value="-" a | bin _time span=1d | mvexpand a`:                    "x _time",
	} {
		use, err := apptest.Fields(spl)
		require.NoError(t, err, spl)
		assert.Equal(t, want, strings.Join(use.Fields, " "), spl)
	}
	_, err := apptest.Fields(`search x=1 | stats count by a | where b=1`)
	require.ErrorContains(t, err, "no field b any more")
	_, err = apptest.Fields(`search x=1 | frobnicate`)
	require.ErrorContains(t, err, "no such command")
}

// identifier is a field in an expression of props.conf.
var identifier = regexp.MustCompile(`"[^"]*"|[A-Za-z_]\w*\s*\(|[A-Za-z_]\w*`)

func TestKnowledgeObjectsReadFieldsThatEventsHave(t *testing.T) {
	props, err := app.ReadConf(app.Files(), "default/props.conf")
	require.NoError(t, err)
	var kinds []string
	for _, s := range props {
		kinds = append(kinds, s.Name)
		fields := known(t, "props.conf", []string{s.Name})
		for _, setting := range s.Settings {
			if !strings.HasPrefix(setting.Key, "EVAL-") {
				continue
			}
			for _, word := range identifier.FindAllString(setting.Value, -1) {
				if word[0] != '"' && !strings.HasSuffix(word, "(") {
					assert.Containsf(t, fields, word, "props.conf [%s] %s", s.Name, setting.Key)
				}
			}
			assert.NotContainsf(t, fields, strings.TrimPrefix(setting.Key, "EVAL-"), "props.conf [%s]: the event has the field itself", s.Name)
		}
	}
	for kind := range events {
		assert.Containsf(t, kinds, kind, "props.conf has no stanza for %s", kind)
	}
	types, err := app.ReadConf(app.Files(), "default/eventtypes.conf")
	require.NoError(t, err)
	tags, err := app.ReadConf(app.Files(), "default/tags.conf")
	require.NoError(t, err)
	for _, s := range types {
		search, _ := s.Get("search")
		use, err := apptest.Fields(search)
		require.NoError(t, err, s.Name)
		for _, name := range use.Fields {
			assert.Contains(t, known(t, s.Name, use.Sourcetypes), name, s.Name)
		}
	}
	for _, s := range tags {
		_, ok := types.Stanza(strings.TrimPrefix(s.Name, "eventtype="))
		assert.Truef(t, ok, "tags.conf [%s]: there is no such event type", s.Name)
		_, alert := s.Get("alert")
		assert.Falsef(t, alert, "tags.conf [%s]: CIM keeps the tag alert for security", s.Name)
	}
}

// The Common Information Model's fields are there, in the event or from props.conf.
func TestEventsHaveTheFieldsOfTheirDataModels(t *testing.T) {
	change := []string{"action", "change_type", "dest", "object", "object_attrs", "object_category", "object_id", "result", "status", "user", "vendor_product"}
	ticket := []string{"description", "dest", "priority", "severity", "status", "ticket_id", "time_submitted", "user"}
	props, err := app.ReadConf(app.Files(), "default/props.conf")
	require.NoError(t, err)
	for kind, fields := range map[string][]string{
		models.SourcetypeAction:   append(append(slices.Clone(change), ticket...), "change"),
		models.SourcetypeIncident: append(slices.Clone(ticket), "src_user", "comments", "incident", "problem", "affect_dest"),
		models.SourcetypeProblem:  {"comments", "description", "dest", "problem", "status", "ticket_id", "time_submitted", "user", "vendor_product"},
	} {
		stanza, ok := props.Stanza(kind)
		require.True(t, ok)
		has := fieldsOf(reflect.TypeOf(events[kind]))
		for _, s := range stanza.Settings {
			if name, ok := strings.CutPrefix(s.Key, "EVAL-"); ok {
				has = append(has, name)
			}
		}
		for _, name := range fields {
			assert.Containsf(t, has, name, "%s", kind)
		}
	}
}

// What an alert action takes can be said in its form, is documented, and comes with an alert.
func TestAlertActionsFormsSayEverything(t *testing.T) {
	actions, err := app.ReadConf(app.Files(), "default/alert_actions.conf")
	require.NoError(t, err)
	for _, a := range actions {
		form, err := fs.ReadFile(app.Files(), "default/data/ui/alerts/"+a.Name+".html")
		require.NoError(t, err)
		for _, s := range a.Settings {
			if name, ok := strings.CutPrefix(s.Key, "param."); ok && name != "dry" { // for the test of the set-up
				assert.Containsf(t, string(form), `name="action.`+a.Name+`.param.`+name+`"`, "the form of %s", a.Name)
			}
		}
		for _, file := range []string{"alert_actions", "savedsearches"} {
			spec, err := fs.ReadFile(app.Files(), "README/"+file+".conf.spec")
			require.NoError(t, err)
			for _, s := range a.Settings {
				if strings.HasPrefix(s.Key, "param.") {
					assert.Containsf(t, string(spec), s.Key+" = ", "%s.conf.spec of %s", file, a.Name)
				}
			}
		}
	}
}

// An alert is off until somebody enables it, keeps quiet about what it has told, and is not decided on
// a part of the events.
func TestSavedSearchesAreAlertsThatKeepQuiet(t *testing.T) {
	conf, err := app.ReadConf(app.Files(), "default/savedsearches.conf")
	require.NoError(t, err)
	crons := map[string]string{}
	for _, s := range conf {
		get := func(key string) string { v, _ := s.Get(key); return v }
		for key, want := range map[string]string{"disabled": "1", "enableSched": "1", "counttype": "number of events", "relation": "greater than", "quantity": "0",
			"alert.suppress": "1", "alert.digest_mode": "0", "alert.track": "1", "dispatch.allow_partial_results": "0"} {
			assert.Equalf(t, want, get(key), "[%s] %s", s.Name, key)
		}
		for _, key := range []string{"description", "alert.suppress.period", "alert.severity", "alert.expires", "schedule_window"} {
			assert.NotEmptyf(t, get(key), "[%s] %s", s.Name, key)
		}
		assert.NotRegexpf(t, `^(\*|0|\*/[1-9])\s`, get("cron_schedule"), "[%s] runs on the full hour, when everybody's do, or too often", s.Name)
		assert.Emptyf(t, crons[get("cron_schedule")], "[%s] runs when another does", s.Name)
		crons[get("cron_schedule")] = s.Name

		spl := apptest.Search{Where: s.Name, SPL: get("search")}.Expanded(t)
		use, err := apptest.Fields(spl)
		require.NoError(t, err, s.Name)
		for _, name := range strings.Split(get("alert.suppress.fields"), ",") {
			assert.Containsf(t, use.Out, strings.TrimSpace(name), "[%s] keeps quiet by a column that it does not have", s.Name)
		}
		if slices.Contains(use.Sourcetypes, models.SourcetypeForecast) {
			assert.Containsf(t, spl, "_index_earliest=", "[%s]: points lie in the future, so that what has come in lately is told by index time", s.Name)
		}
	}
	require.GreaterOrEqual(t, len(conf), 6)
}
