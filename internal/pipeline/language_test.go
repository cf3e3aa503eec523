package pipeline

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// english finds words that no Swedish sentence has.
var english = regexp.MustCompile(`(?i)\b(the|is|are|was|will|of|and|not|by|to|from|with|no|its?|that|this|which|until|days?|unknown)\b`)

// What is found and what is to be done is told in the customer's language; what programs go by stays as it is.
func TestFindingsAndActionsInSwedish(t *testing.T) {
	c, source := overloaded(t)
	c.Freezes = []models.Freeze{{Name: "bokslut", From: calendar.NewDate(2026, time.April, 13).In(c.Zone), To: calendar.NewDate(2026, time.April, 17).In(c.Zone)}}
	told := &fakeSink{}
	plain := run(t, lineOf(source, told, newFakeMemory()), c, asOfDay)

	c.Language = "sv"
	sink := &fakeSink{}
	r := run(t, lineOf(source, sink, newFakeMemory()), c, asOfDay)
	require.Equal(t, len(plain.Findings), len(r.Findings))
	over := findingOf(t, r, models.KindOverload)
	add := actionOf(t, r, actionCapacity)
	texts := append([]string{add.Reason, add.StillHelps}, add.Evidence...)
	for _, f := range r.Findings {
		texts = append(texts, f.Title, f.Detail)
	}
	for _, a := range r.Actions {
		texts = append(texts, a.Title)
	}
	f := r.Signals[0].Forecasts[0]
	texts = append(append(texts, f.Assumed...), f.Choice)
	assert.Regexp(t, `^vald från \d+ tidpunkter$`, f.Choice)
	assert.Equal(t, plain.Signals[0].Forecasts[0].Method, f.Method, "a basis by which moves are told")
	for _, text := range texts {
		assert.NotRegexp(t, english, text)
	}
	assert.Regexp(t, `^Payments passerar sin gräns på 2\x{202f}600 payments per dag omkring \d+ \p{L}+ 2026$`, over.Title)
	assert.Contains(t, strings.Join(add.Evidence, " "), "utanför ändringsstoppet bokslut")

	for _, kind := range []string{models.SourcetypeOverload, models.SourcetypePeak, models.SourcetypeAction} {
		require.Equal(t, len(told.of(kind)), len(sink.of(kind)), kind)
		for i, e := range sink.of(kind) {
			ours, theirs := fields(t, e.Body), fields(t, told.of(kind)[i].Body)
			for _, people := range []string{"title", "detail", "reason", "still_helps", "evidence", "event_id", "revision", "run_id", "issued_at"} {
				delete(ours, people)
				delete(theirs, people)
			}
			assert.Equal(t, theirs, ours, kind)
		}
	}
}

// fields are those of an event.
func fields(t *testing.T, body any) map[string]any {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	all := map[string]any{}
	require.NoError(t, json.Unmarshal(text, &all))
	return all
}

func TestTheEngineInSwedish(t *testing.T) {
	say := Job{Customer: models.Customer{Language: "sv"}}.say()
	for text, want := range map[string]string{
		"":                        "",
		"1.9 × what was expected": "1,9 × det väntade",
		"a plateau at 13500":      "en platå vid 13\u202f500",
		"kept from 2026-02-20: choosing anew would gain 0.3 ± 0.6 %": "behållen sedan 2026-02-20: ett nytt val skulle vinna 0,3 ± 0,6 %",
		"hallen flyttas: för gott 100 %":                             "hallen flyttas: för gott 100 %",
	} {
		assert.Equal(t, want, say.engine(text))
	}
	assert.Equal(t, "kept from 2026-02-20: choosing anew would gain 0.3 ± 0.6 %", voice{}.engine("kept from 2026-02-20: choosing anew would gain 0.3 ± 0.6 %"))
}

func TestPlansInSwedish(t *testing.T) {
	say := Job{Customer: models.Customer{Language: "sv"}}.say()
	h := history{say: say, signal: models.Signal{Unit: "betalningar"}}
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	p := models.Plan{Name: "X", From: day(1), To: day(3), Amount: &models.Band{Low: -600, Value: -1500.5, High: -400}, Author: "bo", DecidedOn: day(1)}
	assert.Equal(t, "”X”, 1\u202f500 betalningar mindre per dag (90 % mellan -600 och -400) från 1 mars 2026 till 3 mars 2026.", say.plan(h, p))
	assert.Equal(t, " Beslutat av bo den 1 mars 2026.", say.decided(p))
	p.Amount, p.Factor, p.To = nil, &models.Band{Low: 1.125, Value: 1.125, High: 1.125}, time.Time{}
	assert.Equal(t, "”X”, 12,5 % mer från och med 1 mars 2026.", say.plan(h, p))
	p.Factor, p.Like = nil, &models.Like{Event: "Mother's Day"}
	assert.Equal(t, "”X”, från och med 1 mars 2026 med effekten av Mors dag.", say.plan(h, p))
}
