package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web"
	"foresight/internal/web/access"
	"foresight/models"
)

// Pages are in the language that the reader's customers have in common, else in the browser's.
func TestPagesSpeakTheReadersLanguage(t *testing.T) {
	for name, c := range map[string]struct {
		nord, syd, reader, accept string
		want                      string
	}{
		"the customer's":              {"sv", "", "eva", "en", "sv"},
		"the customer's English":      {"en", "sv", "eva", "sv", "en"},
		"both customers'":             {"sv", "sv", "all", "en", "sv"},
		"of two languages, browser's": {"sv", "en", "all", "sv-SE,sv;q=0.9", "sv"},
		"browser's":                   {"", "", "eva", "sv", "sv"},
		"nobody's":                    {"", "", "eva", "", "en"},
		"of one that we do not speak": {"", "", "eva", "fi", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, nil)
			h.desk.customers[0].Language, h.desk.customers[1].Language = c.nord, c.syd
			client := h.signedIn(c.reader)
			for path, words := range map[string][2]string{"/incidents": {"reported 4 times", "anmält 4 gånger"}, "/incidents/nord-3": {"Give it to somebody", "Ge ärendet till någon"}, "/actions": {"1 day ago", "för 1 dag sedan"},
				"/services": {"something fails", "något fungerar inte"}, "/oncall": {"On call</h1>", "Jour</h1>"}, "/": {"last run failed", "senaste körningen misslyckades"}, "/incidents/nord-9": {"There is no such case", "Det finns inget sådant ärende"}} {
				r, err := http.NewRequest(http.MethodGet, h.site+path, nil)
				require.NoError(t, err)
				r.Header.Set("Accept-Language", c.accept)
				_, text := h.read(client.Do(r))
				assert.Contains(t, text, `<html lang="`+c.want+`">`, path)
				assert.Contains(t, text, words[map[string]int{"en": 0, "sv": 1}[c.want]], path)
				assert.NotContains(t, text, "%!", path)
			}
		})
	}
}

// What is wrong is told in the reader's language too, and in dates its months.
func TestProblemsAndDatesSpeakIt(t *testing.T) {
	h := newHouse(t, func(o *access.Options) {
		o.Users[0].Grants = []models.Grant{{Customer: "nord", Role: models.RoleOperator}}
	})
	h.desk.customers[0].Language, h.desk.customers[1].Language = "sv", "sv"
	_, text := h.post(h.visitor(), "/login", map[string]string{"name": "eva", "password": "wrong"})
	assert.Contains(t, text, "Namnet eller lösenordet är fel.")
	c := h.signedIn("eva")
	status, text := h.post(c, "/incidents/nord-1/resolve", map[string]string{"seen": "2", "read": "1", "text": "x"})
	assert.Equal(t, 409, status)
	assert.Contains(t, text, "ärendet har ändrats sedan du tittade på det")
	assert.Contains(t, text, "13 sep. 2026, 22:00")
	assert.Contains(t, text, "nytt för dig")
	status, text = h.post(c, "/incidents", map[string]string{"service": "nord shop"})
	assert.Equal(t, 422, status)
	assert.Contains(t, text, "Säg med några ord")
	for err, want := range map[error]string{
		fmt.Errorf("to hold case nord-3: %w", models.Refuse("say why: others will read it in the timeline")): "Inget gjordes: säg varför: andra läser det i tidslinjen.",
		models.Refuse("it is %s already", models.TaskDone):                                                   "Inget gjordes: den är redan klar.",
		errors.New("the rules say no"):                                                                       "Inget gjordes: the rules say no.",
	} {
		h.desk.refuseAct = web.RefusedError{Err: err}
		status, text = h.post(c, "/incidents/nord-3/hold", map[string]string{"seen": "7", "read": "1"})
		assert.Equal(t, 422, status)
		assert.Contains(t, text, want)
	}
}
