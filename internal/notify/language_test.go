package notify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/internal/wording"
	"foresight/models"
)

// People are told in their customer's language; what rules of other systems may go by stays.
func TestPeopleAreToldInTheirLanguage(t *testing.T) {
	n := models.Notice{Incident: "nord-7", Kind: models.NoticePage, Lang: "sv", Zone: "Europe/Stockholm", Service: "butik", ServiceName: "Nätbutiken", Title: "Ingen kan betala", Detail: "Since 9 o'clock", Level: models.LevelReactive, State: models.IncidentInProgress,
		Priority: 2, Round: 1, Opened: time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC), Assignee: "eva"}
	require.Equal(t, `Ingen kan betala
Prioritet 2, larmat för 2:e gången

Ärende    nord-7
Tjänst    Nätbutiken
Nivå      1, fungerar inte nu
Prioritet 2
Läge      pågår
Sedan     28 nov. 2026, 10:00 (+01:00)
Ansvarig  eva

Since 9 o'clock

Ta ärendet, så att ingen annan larmas:
  foresight incident ack nord-7
`, text(n))
	require.Equal(t, map[string]string{"Case": "nord-7", "Service": "butik", "Level": "1, fails now", "Priority": "2", "State": "in progress", "Since": "2026-11-28T09:00:00Z", "Assignee": "eva",
		"Text": "Since 9 o'clock"}, details(n))
	for kind, want := range map[models.NoticeKind]string{models.NoticeAcknowledged: "Taget av eva", models.NoticeResolved: "Löst av eva"} {
		n.Kind, n.By = kind, "eva"
		require.Equal(t, want, headline(n))
	}
	n.Lang, n.Kind = "", models.NoticeResolved // the map above has no order
	require.Equal(t, "Resolved by eva", headline(n))
	for _, lang := range wording.Languages() {
		for _, words := range levels {
			require.True(t, wording.Has(lang, words), words)
		}
	}
}

// A promised time that has run out is told in a letter of its own, in the customer's words and by its clock, with
// the way to the case.
func TestALetterOfAClock(t *testing.T) {
	n := models.Notice{Incident: "nord-7", Kind: models.NoticeBreached, Clock: models.ClockResolve, Lang: "sv", Zone: "Europe/Stockholm", Service: "butik", ServiceName: "Nätbutiken", Title: "Ingen kan betala",
		Text: "the time to resolve ran out at 2026-11-28T11:00:00+01:00", Level: models.LevelReactive, State: models.IncidentNew, Priority: 2, Opened: time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC),
		Deadline: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC), Link: "https://foresight.nord.test/incidents/nord-7"}
	require.Equal(t, "[nord-7] Tiden för ”lösa” har tagit slut: Ingen kan betala", heading(n))
	require.Equal(t, `Ingen kan betala
Tiden för ”lösa” har tagit slut

Utlovat   28 nov. 2026, 11:00 (+01:00)
Ärende    nord-7
Tjänst    Nätbutiken
Nivå      1, fungerar inte nu
Prioritet 2
Läge      nytt
Sedan     28 nov. 2026, 10:00 (+01:00)

https://foresight.nord.test/incidents/nord-7
`, text(n))
	require.Equal(t, "2026-11-28T10:00:00Z", details(n)["Promised"])
	n.Kind, n.Clock, n.By, n.Text = models.NoticeResolved, "", "foresight", "everything reported is over"
	require.Equal(t, "allt som rapporterats är över", said(n))
	n.By = "bo"
	require.Equal(t, "everything reported is over", said(n), "what people wrote stays as it is")
	n.Zone = "Nowhere/None"
	require.Equal(t, time.UTC, zoneOf(n))
}

// A channel that knows where the pages are leads from every message to its case.
func TestMessagesLeadToTheCase(t *testing.T) {
	p := postOffice(t, nil)
	c := p.channel(t, func(c *Config) { c.Pages = "https://foresight.nord.test" })
	require.NoError(t, c.Send(t.Context(), fails))
	require.Contains(t, p.bodies[0], "https://foresight.nord.test/incidents/nord-1")
}
