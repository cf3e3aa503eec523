package store

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

// answer is hourly points over a window, with a hole, a part and a witness.
func answer(from, to time.Time, value float64) models.Fetched {
	f := models.Fetched{Window: models.Window{From: from, To: to}, Dropped: 3, Columns: []models.Column{{}, {Split: "a/b\x00 ö"}, {Split: "c"}}}
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		if at.Hour() == 3 {
			continue
		}
		f.Columns[0].Points = append(f.Columns[0].Points, models.Point{Time: at.Unix(), Value: value, Weight: 7})
		f.Columns[1].Points = append(f.Columns[1].Points, models.Point{Time: at.Unix(), Value: value / 3, Weight: 1})
		f.Witness = append(f.Witness, at.Unix())
	}
	f.Columns[2].Points = f.Columns[0].Points[:5:5]
	return f
}

func TestHistoryIsKeptBySearch(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		kept := func(customer, query, search string) models.Fetched {
			t.Helper()
			f, err := s.History(ctx, customer, query, search)
			require.NoError(t, err)
			return f
		}
		require.Empty(t, kept("a", "s/q", "1").Columns)
		from, to := time.Date(2023, 12, 29, 23, 0, 0, 0, time.UTC), time.Date(2025, 1, 2, 23, 0, 0, 0, time.UTC)
		first := answer(from, to, 1)
		require.NoError(t, s.Keep(ctx, "a", "s/q", "1", first, 0))
		require.NoError(t, s.Keep(ctx, "a", "s/r", "1", answer(from, to, 2), 0))
		s = again(t, s, p)
		require.Equal(t, first, kept("a", "s/q", "1"))
		require.Empty(t, kept("a", "s/q", "2").Columns, "another search has answered nothing")
		require.Empty(t, kept("b", "s/q", "1").Columns)

		// A day later, with the last days read again: the years before are as they were.
		day := 24 * time.Hour
		second := answer(from.Add(day), to.Add(day), 1)
		for i, c := range second.Columns {
			for k := range c.Points {
				if c.Points[k].Time >= to.Add(-day).Unix() {
					second.Columns[i].Points[k].Value = 9
				}
			}
		}
		require.NoError(t, s.Keep(ctx, "a", "s/q", "1", second, to.Add(-day).Unix()))
		got := kept("a", "s/q", "1")
		require.Equal(t, second.Window, got.Window)
		require.Equal(t, first.Columns[0].Points[:24], got.Columns[0].Points[:24], "a year that did not change was not written")
		got.Columns[0].Points = got.Columns[0].Points[23:]
		require.Equal(t, second.Columns[0], got.Columns[0])

		// Another search replaces it whole, whatever it is said to begin with.
		third := answer(to, to.Add(day), 3)
		require.NoError(t, s.Keep(ctx, "a", "s/q", "2", third, to.Unix()))
		require.Equal(t, third, kept("a", "s/q", "2"))
		require.Empty(t, kept("a", "s/q", "1").Columns)
		require.Equal(t, answer(from, to, 2), kept("a", "s/r", "1"), "other queries stay")

		// Years before the window go.
		later := answer(to.Add(400*day), to.Add(401*day), 4)
		require.NoError(t, s.Keep(ctx, "a", "s/q", "2", later, later.Window.From.Unix()))
		require.Equal(t, later, kept("a", "s/q", "2"))
	})
}

// Points come back to the bit; what is damaged is an error, never other points.
func TestPointsComeBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		points := rapid.SliceOf(rapid.Custom(func(r *rapid.T) models.Point {
			return models.Point{Time: rapid.Int64().Draw(r, "time"), Value: rapid.Float64().Draw(r, "value"), Weight: rapid.SampledFrom([]float64{1, 1, 0, 2.5}).Draw(r, "weight")}
		})).Draw(r, "points")
		packed, err := encodePoints(points)
		require.NoError(r, err)
		got, err := decodePoints(packed)
		require.NoError(r, err)
		require.Len(r, got, len(points))
		for i := range points {
			require.Equal(r, [3]uint64{uint64(points[i].Time), math.Float64bits(points[i].Value), math.Float64bits(points[i].Weight)},
				[3]uint64{uint64(got[i].Time), math.Float64bits(got[i].Value), math.Float64bits(got[i].Weight)})
		}
		_, err = decodePoints(packed[:rapid.IntRange(0, len(packed)-1).Draw(r, "cut")])
		require.ErrorIs(r, err, errPoints)
		_, _ = decodePoints(rapid.SliceOf(rapid.Byte()).Draw(r, "anything")) // and no panic
	})
}
