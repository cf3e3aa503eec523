package pipeline

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// bent is growing with days multiplied.
func bent(factor func(calendar.Date) float64) func(models.Query, models.Window) (models.Fetched, error) {
	return func(q models.Query, w models.Window) (models.Fetched, error) {
		f, err := growing(1000, 0)(q, w)
		for i, p := range f.Columns[0].Points {
			f.Columns[0].Points[i].Value = math.Round(p.Value * factor(calendar.DateOf(time.Unix(p.Time, 0).In(w.From.Location()))))
		}
		return f, err
	}
}

func TestWhatTheHistoryHasLatelyDoneIsAFinding(t *testing.T) {
	for _, tt := range []struct {
		name   string
		factor func(calendar.Date) float64
		kind   string
		title  string
	}{
		{"nothing", func(calendar.Date) float64 { return 1 }, "", ""},
		{"an odd day", func(d calendar.Date) float64 {
			if d == calendar.NewDate(2026, time.March, 17) {
				return 2
			}
			return 1
		}, models.KindAnomaly, `^Payments was (1\.9|2) × what was expected on 17 March 2026$`},
		{"days without power", func(d calendar.Date) float64 {
			if d.Month == time.March && d.Year == 2026 && d.Day >= 15 && d.Day <= 16 {
				return 0
			}
			return 1
		}, models.KindAnomaly, `^Payments was next to nothing from 15 March 2026 to 16 March 2026$`},
		{"a new level", func(d calendar.Date) float64 {
			if !d.Before(calendar.NewDate(2026, time.January, 20)) {
				return 1.5
			}
			return 1
		}, models.KindLevelShift, `^The level of Payments has risen by (4\d|5\d) % around (19|20|21) January 2026$`},
		{"a level that is old", func(d calendar.Date) float64 {
			if !d.Before(calendar.NewDate(2025, time.September, 1)) {
				return 0.6
			}
			return 1
		}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": bent(tt.factor)}}
			sink, memory := &fakeSink{}, newFakeMemory()
			job := jobOf(t, shop(t), calendar.NewDate(2026, time.March, 20))
			r, err := lineOf(source, sink, memory).Run(t.Context(), job)
			require.NoError(t, err)
			var got []models.Finding
			for _, f := range r.Findings {
				if k := f.Subject.Kind; k == models.KindAnomaly || k == models.KindLevelShift {
					got = append(got, f)
				}
			}
			if tt.kind == "" {
				assert.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			assert.Equal(t, tt.kind, got[0].Subject.Kind)
			assert.Regexp(t, tt.title, got[0].Title)
			assert.Len(t, sink.of(models.SourcetypeFinding), 1)
			if tt.kind != models.KindAnomaly {
				return
			}
			// Ten days on it is past, and said to be so once.
			later := jobOf(t, shop(t), calendar.NewDate(2026, time.March, 30))
			_, err = lineOf(source, sink, memory).Run(t.Context(), later)
			require.NoError(t, err)
			closed := sink.of(models.SourcetypeFinding)
			require.Len(t, closed, 2)
			assert.Equal(t, models.StatePast, closed[1].Body.(models.FindingEvent).State)
		})
	}
}
