package models

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Ids in customers' indexes must never change: these were the first.
func TestIDsAreForEver(t *testing.T) {
	s := Subject{Customer: "shop", Service: "pay", Signal: "transactions", Kind: KindPeak, Episode: "christmas-2026"}
	require.Equal(t, "shop:pay:transactions:peak:christmas-2026", s.ID())
	asOf := time.Date(2026, 3, 2, 0, 0, 0, 0, time.FixedZone("", 3600))
	revision := Revision("open", 3, Round(1234.5, 2))
	require.Equal(t, "c3ee0206f48e48fa", revision)
	require.Equal(t, "e8ddf2e02f73c4883b39bc78f9ce0f5d", EventID(s.ID(), asOf, revision))
	require.Equal(t, EventID(s.ID(), asOf, revision), EventID(s.ID(), asOf.UTC(), revision), "the moment counts, not how it is written")
}

func TestSubjectsAreToldApart(t *testing.T) {
	part := rapid.StringMatching(`[a-z:%/ é]{1,6}`)
	rapid.Check(t, func(t *rapid.T) {
		subject := func() Subject {
			return Subject{Customer: part.Draw(t, "c"), Service: part.Draw(t, "s"), Signal: part.Draw(t, "g"), Kind: part.Draw(t, "k"), Episode: part.Draw(t, "e")}
		}
		a, b := subject(), subject()
		require.Equal(t, a == b, a.ID() == b.ID())
		require.Equal(t, 4, strings.Count(a.ID(), ":"))
	})
}

func TestPartIDHoldsOneSlash(t *testing.T) {
	require.Equal(t, "entries/a%2Fb%20c", PartID("entries", "a/b c"))
}

func TestRevisionTellsContentsApart(t *testing.T) {
	require.NotEqual(t, Revision("a", "b"), Revision("ab"))
	require.Equal(t, Revision(Round(1004, 3)), Revision(Round(1001, 3)))
	require.NotEqual(t, Revision(Round(1004, 3)), Revision(Round(1006, 3)))
	require.Equal(t, "nan", Round(math.NaN(), 2))
	require.Equal(t, Round(0, 2), Round(math.Copysign(0, -1), 2))
}

func TestNumbersInEvents(t *testing.T) {
	for x, want := range map[float64]string{9746.890037682677: "9746.89", 1.0 / 3: "0.3333333", 123456789: "123456800", 0: "0", -2.5: "-2.5", 1e21: "1000000000000000000000", math.Inf(1): "null"} {
		got, err := json.Marshal(Number(x))
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	got, err := json.Marshal(Number(math.NaN()))
	require.NoError(t, err)
	require.Equal(t, "null", string(got))
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x")
		text, err := json.Marshal(Number(x))
		require.NoError(t, err)
		var back float64
		require.NoError(t, json.Unmarshal(text, &back))
		require.InEpsilon(t, math.Abs(x)+1e-300, math.Abs(back)+1e-300, 1e-6)
	})
}

// Events are flat: a nested object would not be a field in Splunk.
func TestEventsAreFlat(t *testing.T) {
	n := Number(1)
	for _, body := range []any{
		ForecastEvent{Limit: &n, Probability: &n}, PeakEvent{}, OverloadEvent{}, FindingEvent{}, ActionEvent{}, RunEvent{},
	} {
		text, err := json.Marshal(body)
		require.NoError(t, err)
		var fields map[string]any
		require.NoError(t, json.Unmarshal(text, &fields))
		for name, value := range fields {
			switch value.(type) {
			case map[string]any, []any:
				t.Errorf("%T: field %s is not flat", body, name)
			}
			require.NotContains(t, name, ".", "a dot would need quoting in eval")
		}
	}
}
