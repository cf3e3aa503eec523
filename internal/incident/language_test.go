package incident

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// english finds words that no Swedish sentence has.
var english = regexp.MustCompile(`(?i)\b(the|is|are|was|were|been|of|and|not|by|to|from|with|no|it|that|this|which|until|nobody|again|told|reported)\b`)

// What the rules write is written in the language of the customer's people; what people and systems wrote stays.
func TestATimelineInSwedish(t *testing.T) {
	r := rules()
	r.Lang = "sv"
	r.Policies = []models.Policy{{ID: "akut", Steps: []models.PolicyStep{{Contacts: []string{"bo", "ada"}}, {Rotas: []string{"natt"}, After: 5 * time.Minute}},
		Clocks: []models.ClockNotice{{To: models.PolicyStep{Contacts: []string{"bo"}}}}}}
	r.Contacts = []models.Contact{{ID: "bo", Name: "Bo", Email: "bo@nord.example", Rules: []models.ContactRule{{Channel: "post"}, {Channel: "rum", After: 10 * time.Minute}}}, {ID: "ada", Name: "Ada"}}
	r.Channels = map[string]models.ChannelKind{"post": models.ChannelEmail, "rum": models.ChannelSlack}
	r.Rotas = []models.Rota{{ID: "natt"}}
	r.Windows = []models.Maintenance{{ID: "w1", Name: "Ny databas", Services: []string{"shop"}, From: start.Add(20 * time.Hour), To: start.Add(22 * time.Hour)}}

	var cases []models.Incident
	var log []models.Entry
	keep := func(i models.Incident, entries []models.Entry) models.Incident {
		for n := range cases {
			if cases[n].ID == i.ID {
				cases[n] = i
				log = append(log, entries...)
				return i
			}
		}
		cases, log = append(cases, i), append(log, entries...)
		return i
	}
	turn := func(m models.Turn) {
		log = append(log, m.Entries...)
		for _, i := range m.Incidents {
			keep(i, nil)
		}
	}
	take := func(id string, rep Report) models.Incident {
		i, entries, outcome := Take(rep, cases, id, r)
		i, more, _ := Recur(i, outcome, cases, nil, rep.HeardAt(), r)
		keep(i, nil)
		turn(Settle(i, append(entries, more...), rep.HeardAt(), r))
		return cases[len(cases)-1]
	}
	rep := alarm("kassan", start)
	rep.Title, rep.Impact, rep.Urgency = "Kassan svarar inte", 1, 1
	take("nord-1", rep)
	for _, at := range []time.Duration{12 * time.Minute, 30 * time.Minute, 5 * time.Hour} {
		turn(Look(cases[0], start.Add(at), r))
	}
	down := alarm("db1", start.Add(6*time.Hour))
	down.Title, down.Component = "db1 svarar inte", "db1"
	take("nord-2", down)
	down.Component, down.Key, down.At = "db2", "db2", start.Add(7*time.Hour)
	take("nord-2", down)
	quiet := alarm("kön", start.Add(21*time.Hour))
	quiet.Title = "Kön växer"
	take("nord-3", quiet)
	i, entries, err := Do(cases[0], Resolve, by("bo", start.Add(8*time.Hour), "startade om"), r)
	require.NoError(t, err)
	keep(i, entries)
	i, entries, err = ReviewDone(i, by("bo", start.Add(9*time.Hour), "full disk"), r)
	require.NoError(t, err)
	keep(i, entries)

	require.Greater(t, len(log), 20)
	kinds := map[models.EntryKind]bool{}
	for _, e := range log {
		kinds[e.Kind] = true
		require.NotRegexp(t, english, e.Text, string(e.Kind))
	}
	for _, k := range []models.EntryKind{models.EntryClock, models.EntryNotified, models.EntrySuppressed, models.EntryRedundancy, models.EntryLevel, models.EntryReview} {
		require.True(t, kinds[k], string(k))
	}
	require.NotRegexp(t, english, ReviewTemplate(i, log, time.UTC, "sv"))
	for _, a := range Audit(cases[0], log, nil, start.Add(10*time.Hour), r) {
		require.Regexp(t, english, a.Text, "the auditor speaks English, whatever the customer")
	}
}

// Plans ask for the same in every language, under the same ids.
func TestPlansInSwedish(t *testing.T) {
	ask := Prediction{Kind: models.KindOverload, ServiceName: "Kassan", Load: "500 per sekund", Action: models.Action{Subject: models.Subject{Service: "shop", Kind: capacityTask}, Title: "Höj kapaciteten", NeedBy: start, LatestStart: start}}
	plain, told := Rules{}.tasks(ask), Rules{Lang: "sv"}.tasks(ask)
	require.Len(t, told, len(plain))
	for n := range told {
		require.Equal(t, plain[n].ID, told[n].ID)
		require.NotRegexp(t, english, told[n].Title+" "+told[n].StillHelps)
	}
	require.Equal(t, "Visa med ett lasttest att Kassan klarar den väntade lasten på sin nya kapacitet (500 per sekund)", told[2].Title)
}
