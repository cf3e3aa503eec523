package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// refuse sets all events of the parcels at some places in line aside.
func refuse(t *testing.T, s *Store, places ...int) {
	t.Helper()
	all, err := s.Outgoing(ctx, 1000)
	require.NoError(t, err)
	var d models.Delivery
	for _, i := range places {
		d.Done = append(d.Done, all[i].Seq)
		for _, e := range all[i].Events {
			d.Refused = append(d.Refused, models.Refused{Rejected: models.Rejected{Event: e, Code: 6, Text: "no"}, Customer: all[i].Customer, RunID: all[i].RunID,
				AsOf: all[i].AsOf, Revision: all[i].Revision, Refused: runDay.Add(time.Hour)})
		}
	}
	require.NoError(t, s.Settle(ctx, d))
}

func TestResendPutsRefusedEventsInLineAgain(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		require.NoError(t, commit(s, batch("r1", "a", "b")))
		want, err := s.Outgoing(ctx, 1000)
		require.NoError(t, err)
		refuse(t, s, 0, 1, 3)
		other, err := OpenMending(ctx, p)
		require.NoError(t, err)
		defer other.Close() //nolint:errcheck // a reader's
		_, err = other.Resend(ctx, []string{"b:overload@r1#0", "nobody"}, runDay)
		require.ErrorAs(t, err, &UnknownError{})
		require.ErrorContains(t, err, "nobody")
		n, err := other.Resend(ctx, []string{"b:overload@r1#0"}, runDay)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, []string{"r1 b:forecast", "r1 c:run", "r1 b:overload"}, line(t, s))
		n, err = other.Resend(ctx, nil, runDay)
		require.NoError(t, err)
		require.Equal(t, 41, n)
		require.Equal(t, []string{"r1 b:forecast", "r1 c:run", "r1 b:overload", "r1 a:forecast", "r1 a:overload"}, line(t, s))
		got, err := s.Outgoing(ctx, 1000)
		require.NoError(t, err)
		require.Equal(t, want[0].Parcel, got[3].Parcel, "as it was")
		aside, err := s.Refused(ctx)
		require.NoError(t, err)
		require.Empty(t, aside)
	})
}

// What is dropped does not count as said, unless something later was said.
func TestDropMakesUnsaid(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		require.NoError(t, commit(s, batch("r1", "a", "b")))
		require.NoError(t, commit(s, batch("r2", "b")))
		refuse(t, s, 0, 2) // a's forecast, and b's earlier one
		other, err := OpenMending(ctx, p)
		require.NoError(t, err)
		defer other.Close() //nolint:errcheck // a reader's
		_, err = other.Drop(ctx, []string{"r2", "nobody"})
		require.ErrorAs(t, err, &UnknownError{})
		n, err := other.Drop(ctx, nil)
		require.NoError(t, err)
		require.Equal(t, 80, n)
		aside, err := s.Refused(ctx)
		require.NoError(t, err)
		require.Empty(t, aside)
		revisions := func() map[string]string {
			all, err := s.Said(ctx, "c")
			require.NoError(t, err)
			got := map[string]string{}
			for subject, one := range all {
				got[subject] = one.Revision
				require.Equal(t, one.Revision == "", one.Medians == nil, subject)
				require.NotNil(t, one.Action, "what it was stays")
			}
			return got
		}
		want := map[string]string{"a:forecast": "", "a:overload": "r1", "b:forecast": "r2", "b:overload": "r2"}
		require.Equal(t, want, revisions())

		// What is held of a run goes by the run's id.
		n, err = other.Drop(ctx, []string{"r1"})
		require.NoError(t, err)
		require.Equal(t, 3, n)
		require.Equal(t, []string{"r2 b:forecast", "r2 b:overload", "r2 c:run"}, line(t, s))
		want["a:overload"] = ""
		require.Equal(t, want, revisions())
	})
}
