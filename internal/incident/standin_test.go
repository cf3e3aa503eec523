package incident

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

func staffed() (Rules, time.Time) {
	at := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	r := Rules{Process: models.Process{
		Channels: map[string]models.ChannelKind{"room": models.ChannelSlack},
		Contacts: []models.Contact{{ID: "eva", Name: "Eva", Rules: []models.ContactRule{{Channel: "room"}}}, {ID: "bo", Name: "Bo", Rules: []models.ContactRule{{Channel: "room"}}}, {ID: "kim", Name: "Kim"}},
		Rotas: []models.Rota{{ID: "first", Rotations: []models.Rotation{{Contacts: []string{"eva"}, From: at.AddDate(0, -1, 0), Days: 7}}, Covers: []models.Cover{{Contact: "bo", From: at.Add(time.Hour), To: at.Add(2 * time.Hour)}}},
			{ID: "second", Rotations: []models.Rotation{{Contacts: []string{"bo"}, From: at.AddDate(0, -1, 0), Days: 7}}}},
		Policies: []models.Policy{{ID: "all", Steps: []models.PolicyStep{{Rotas: []string{"first"}}, {After: 15 * time.Minute, Rotas: []string{"second"}}, {After: 15 * time.Minute, Contacts: []string{"kim"}}}}},
	}}
	return r, at
}

func standIn(contact string, from, to time.Time) models.StandIn {
	return models.StandIn{ID: "x", Rota: "first", Cover: models.Cover{Contact: contact, From: from, To: to}}
}

func TestStandInsCountBeforeTheConfiguration(t *testing.T) {
	r, at := staffed()
	with := r.With([]models.StandIn{standIn("bo", at, at.Add(3*time.Hour)), standIn("eva", at.Add(90*time.Minute), at.Add(100*time.Minute)), standIn("", at.Add(2*time.Hour), at.Add(3*time.Hour))})
	for minutes, want := range map[int]string{-1: "eva", 0: "bo", 70: "bo", 95: "eva", 110: "bo", 130: "", 180: "eva"} {
		require.Equal(t, want, OnCall(with.Rotas[0], at.Add(time.Duration(minutes)*time.Minute)), minutes)
		require.Equal(t, "bo", OnCall(with.Rotas[1], at.Add(time.Duration(minutes)*time.Minute)), "another schedule")
	}
	require.Len(t, r.Rotas[0].Covers, 1, "the configuration's own are as they were")
}

func TestStandInsThatCannotBe(t *testing.T) {
	r, at := staffed()
	for want, s := range map[string]models.StandIn{
		"no schedule \"third\"; there are first, second":                            {Rota: "third", Cover: models.Cover{Contact: "eva", To: at.Add(time.Hour)}},
		"no contact \"ann\"; there are eva, bo":                                     standIn("ann", at, at.Add(time.Hour)),
		"kim cannot be told, being without contact rules: choose another (eva, bo)": standIn("kim", at, at.Add(time.Hour)),
		"over already":                  standIn("eva", at.Add(-2*time.Hour), at.Add(-time.Hour)),
		"would end before it begins":    standIn("eva", at.Add(2*time.Hour), at.Add(time.Hour)),
		"is longer than three months":   standIn("eva", at, at.AddDate(0, 4, 0)),
		"it would be over already: cho": standIn("eva", time.Time{}, time.Time{}),
	} {
		_, err := r.StandIn(s, at)
		require.ErrorContains(t, err, want)
	}
	s, err := r.StandIn(standIn("bo", at.Add(-time.Hour), at.Add(time.Hour)), at)
	require.NoError(t, err)
	require.Equal(t, at, s.From, "what has passed is not changed")
	r.Policies = []models.Policy{{ID: "all", Steps: []models.PolicyStep{{Rotas: []string{"first"}, Channel: "room"}}}}
	_, err = r.StandIn(standIn("kim", at, at.Add(time.Hour)), at)
	require.NoError(t, err, "the step names the way to tell")
	require.Equal(t, []string{"eva", "bo", "kim"}, r.MayStandIn("first"))
	require.Equal(t, []string{"eva", "bo"}, r.MayStandIn("second"), "of which nobody knows how it is told")
}

// Whatever is put in and when: nothing before that moment changes, and within it nobody else is on call.
func TestStandInsLeaveThePast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, at := staffed()
		minutes := rapid.IntRange(-600, 6000)
		var all []models.StandIn
		for n := range rapid.IntRange(1, 5).Draw(t, "stand-ins") {
			now := at.Add(time.Duration(n) * time.Hour)
			s, err := r.StandIn(standIn(rapid.SampledFrom([]string{"", "eva", "bo"}).Draw(t, "who"), at.Add(time.Duration(minutes.Draw(t, "from"))*time.Minute), at.Add(time.Duration(minutes.Draw(t, "to"))*time.Minute)), now)
			if err != nil {
				continue
			}
			before, after := r.With(all), r.With(append(all, s))
			for range 20 {
				when := at.Add(time.Duration(minutes.Draw(t, "when")) * time.Minute)
				was, is := OnCall(before.Rotas[0], when), OnCall(after.Rotas[0], when)
				if when.Before(now) || when.Before(s.From) || !when.Before(s.To) {
					require.Equal(t, was, is)
				} else {
					require.Equal(t, s.Contact, is)
				}
			}
			all = append(all, s)
		}
	})
}

func TestWhoIsToldNext(t *testing.T) {
	r, at := staffed()
	r = r.With([]models.StandIn{{Rota: "second", Cover: models.Cover{Contact: "eva", From: at.Add(10 * time.Minute), To: at.Add(time.Hour)}}})
	i := models.Incident{State: models.IncidentNew, Level: 1, Escalation: &models.Escalation{Policy: "all", Step: 1, Due: at.Add(15 * time.Minute)}}
	require.Equal(t, &models.NextStep{At: at.Add(15 * time.Minute), Policy: "all", Step: 2, To: []string{"Eva by room"}}, Next(i, r), "whoever is on call by then")
	i.Escalation = &models.Escalation{Policy: "all", Step: 2, Due: at, Quiet: "window"}
	require.Equal(t, &models.NextStep{At: at, Policy: "all", Step: 3, Quiet: "window", Missing: []string{"kim is not told: without contact rules"}}, Next(i, r))
	i.Escalation = &models.Escalation{Policy: "all", Step: 3, Round: 1, Due: at}
	require.Contains(t, Next(i, r).Missing[0], "nobody further is told")
	for _, none := range []models.Incident{{State: models.IncidentNew}, {State: models.IncidentNew, Escalation: &models.Escalation{Policy: "all"}}, {State: models.IncidentResolved, Escalation: i.Escalation},
		{State: models.IncidentNew, Escalation: &models.Escalation{Policy: "gone", Due: at}}} {
		require.Nil(t, Next(none, r))
	}
}
