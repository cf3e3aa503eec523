package incident

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

func zoned(t require.TestingT, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

// weekly is a rota of eva, bo and ali, handed over on Mondays at nine in Stockholm.
func weekly(t require.TestingT) models.Rota {
	zone := zoned(t, "Europe/Stockholm")
	return models.Rota{ID: "first", Zone: zone, Rotations: []models.Rotation{{
		Contacts: []string{"eva", "bo", "ali"}, From: time.Date(2026, 10, 5, 0, 0, 0, 0, zone), Days: 7, Handover: 9 * 60,
	}}}
}

func TestOnCall(t *testing.T) {
	r := weekly(t)
	at := func(text string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04:05", text, r.Zone)
		require.NoError(t, err)
		return moment
	}
	for _, c := range []struct{ at, want string }{
		{"2026-10-05 08:59:59", ""}, // it has not begun
		{"2026-10-05 09:00:00", "eva"},
		{"2026-10-12 08:59:59", "eva"},
		{"2026-10-12 09:00:00", "bo"},
		{"2026-10-25 02:30:00", "ali"}, // the night in which the clock goes back
		{"2026-10-26 08:59:59", "ali"},
		{"2026-10-26 09:00:00", "eva"}, // by the clock on the wall, an hour more after the last handover
		{"2027-03-28 03:30:00", "eva"}, // the night in which it goes forth
	} {
		require.Equal(t, c.want, OnCall(r, at(c.at)), c.at)
	}
	require.Equal(t, 7*24*time.Hour+time.Hour, begins(r.Rotations[0], r.Zone, 3).Sub(begins(r.Rotations[0], r.Zone, 2)))

	r.Covers = []models.Cover{{Contact: "bo", From: at("2026-10-06 18:00:00"), To: at("2026-10-07 08:00:00")}, {From: at("2026-10-07 00:00:00"), To: at("2026-10-07 01:00:00")}}
	require.Equal(t, "bo", OnCall(r, at("2026-10-06 18:00:00")))
	require.Equal(t, []string{"bo", "eva", "ali"}, lineOf(r, at("2026-10-06 18:00:00")), "those whose turn it would be are next")
	require.Empty(t, OnCall(r, at("2026-10-07 00:30:00")), "the later cover counts")
	require.Equal(t, "eva", OnCall(r, at("2026-10-07 08:00:00")))
}

func TestARotationByDayAndItsHours(t *testing.T) {
	zone := zoned(t, "Europe/Stockholm")
	monday := time.Date(2026, 10, 5, 0, 0, 0, 0, zone)
	day := models.Rotation{Contacts: []string{"eva", "bo"}, From: monday, Until: monday.AddDate(0, 0, 14), Days: 1}
	for d := time.Monday; d <= time.Friday; d++ {
		day.Week[d] = []models.Opening{{From: 8 * 60, To: 17 * 60}}
	}
	night := models.Rotation{Contacts: []string{"ali"}, From: monday, Days: 7}
	r := models.Rota{Zone: zone, Rotations: []models.Rotation{day, night}}
	require.Equal(t, "ali", OnCall(r, monday.Add(7*time.Hour)))
	require.Equal(t, "eva", OnCall(r, monday.Add(8*time.Hour)))
	require.Equal(t, "bo", OnCall(r, monday.Add(33*time.Hour)))
	require.Equal(t, "ali", OnCall(r, monday.Add(41*time.Hour)))
	require.Equal(t, "ali", OnCall(r, monday.AddDate(0, 0, 14).Add(9*time.Hour)), "the day's rotation is over")
	duties := Duties(r, monday, monday.AddDate(0, 0, 2))
	var who []string
	for _, d := range duties {
		who = append(who, d.Contact)
	}
	require.Equal(t, []string{"ali", "eva", "ali", "bo", "ali"}, who)
}

// A rotation covers every moment from its beginning once: turns follow each other without gap
// or overlap, whatever the zone, the night, the length and the hour of the handover.
func TestARotationCoversEveryMomentOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := zoned(t, rapid.SampledFrom([]string{"Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "UTC"}).Draw(t, "zone"))
		contacts := []string{"eva", "bo", "ali", "kim"}[:rapid.IntRange(1, 4).Draw(t, "contacts")]
		first := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"), 0, 0, 0, 0, zone)
		turn := models.Rotation{Contacts: contacts, From: first, Days: rapid.SampledFrom([]int{1, 2, 7, 14}).Draw(t, "days"), Handover: rapid.IntRange(0, 24*60-1).Draw(t, "handover")}
		r := models.Rota{Zone: zone, Rotations: []models.Rotation{turn}}
		from := begins(turn, zone, 0)
		for k := range 400 / turn.Days {
			a, b := begins(turn, zone, k), begins(turn, zone, k+1)
			require.True(t, b.After(a))
			want := contacts[k%len(contacts)]
			for _, at := range []time.Time{a, a.Add(b.Sub(a) / 2), b.Add(-time.Nanosecond)} {
				require.Equal(t, want, OnCall(r, at), "%s", at)
			}
		}
		require.Empty(t, OnCall(r, from.Add(-time.Nanosecond)))

		at := from.Add(time.Duration(rapid.Int64Range(0, int64(380*24*time.Hour)).Draw(t, "at")))
		cover := models.Cover{Contact: rapid.SampledFrom([]string{"", "eva", "zoe"}).Draw(t, "cover"), From: at, To: at.Add(time.Duration(rapid.Int64Range(1, int64(72*time.Hour)).Draw(t, "long")))}
		covered := r
		covered.Covers = []models.Cover{cover}
		require.Equal(t, cover.Contact, OnCall(covered, at))
		require.Equal(t, OnCall(r, cover.To), OnCall(covered, cover.To))
		require.Equal(t, OnCall(r, at.Add(-time.Nanosecond)), OnCall(covered, at.Add(-time.Nanosecond)))

		duties := Duties(covered, from, from.AddDate(0, 0, 40))
		require.True(t, slices.IsSortedFunc(duties, func(a, b Duty) int { return a.From.Compare(b.From) }))
		end := from
		for _, d := range duties {
			require.True(t, d.From.Equal(end), "a gap or an overlap")
			require.True(t, d.To.After(d.From))
			end = d.To
			require.Equal(t, d.Contact, OnCall(covered, d.From.Add(d.To.Sub(d.From)/2)))
			require.Equal(t, d.Contact, OnCall(covered, d.To.Add(-time.Nanosecond)))
		}
		require.True(t, end.Equal(from.AddDate(0, 0, 40)))
	})
}
