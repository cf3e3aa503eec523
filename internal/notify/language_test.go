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
	n := models.Notice{Incident: "nord-7", Kind: models.NoticePage, Lang: "sv", Service: "butik", Title: "Ingen kan betala", Detail: "Since 9 o'clock", Level: models.LevelReactive, State: models.IncidentInProgress,
		Priority: 2, Round: 1, Opened: time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC), Assignee: "eva"}
	require.Equal(t, `Ingen kan betala
Prioritet 2, larmat för 2:e gången

Ärende    nord-7
Tjänst    butik
Nivå      1, fungerar inte nu
Prioritet 2
Läge      pågår
Sedan     2026-11-28T09:00:00Z
Ansvarig  eva

Since 9 o'clock

Ta ärendet, så att ingen annan larmas:
  foresight incident ack nord-7
`, text(n))
	require.Equal(t, "Case", facts(n, wording.English)[0].name)
	require.Equal(t, "nord-7", details(n)["Case"])
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
