package store

import (
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

// Whatever is committed, delivered, refused and sent again, in whatever order: every event
// is in exactly one place.
func TestNoEventIsLost(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		rapid.Check(t, func(r *rapid.T) {
			for _, table := range []string{"outbox", "refused", "runs"} {
				_, err := s.db.ExecContext(ctx, `DELETE FROM `+table)
				require.NoError(r, err)
			}
			k := keeper{store: s, want: map[string]bool{}, taken: map[string]bool{}}
			for range rapid.IntRange(1, 6).Draw(r, "steps") {
				rapid.SampledFrom([]func(*rapid.T){k.commit, k.deliver, k.resend}).Draw(r, "step")(r)
				require.Equal(r, k.want, k.have(r))
			}
		})
	})
}

// keeper follows events on their way through the outbox.
type keeper struct {
	store       *Store
	runs        int
	want, taken map[string]bool // ids that were committed, and that Splunk took
}

func (k *keeper) commit(r *rapid.T) {
	k.runs++
	b := batch(fmt.Sprint("r", k.runs), rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b"}), 0, 2, rapid.ID).Draw(r, "subjects")...)
	require.NoError(r, commit(k.store, b))
	for _, parcel := range b.Parcels {
		for _, e := range parcel.Events {
			k.want[e.EventID] = true
		}
	}
}

func (k *keeper) deliver(r *rapid.T) {
	all, err := k.store.Outgoing(ctx, rapid.IntRange(1, 100).Draw(r, "events"))
	require.NoError(r, err)
	var d models.Delivery
	for _, c := range all {
		d.Done = append(d.Done, c.Seq)
		bad := rapid.IntRange(0, len(c.Events)).Draw(r, "refused from here on")
		for i, e := range c.Events {
			if i < bad {
				k.taken[e.EventID] = true
				continue
			}
			d.Refused = append(d.Refused, models.Refused{Rejected: models.Rejected{Event: e}, Customer: c.Customer, RunID: c.RunID, AsOf: c.AsOf, Revision: c.Revision, Refused: runDay})
		}
	}
	require.NoError(r, k.store.Settle(ctx, d))
}

func (k *keeper) resend(r *rapid.T) {
	_, err := k.store.Resend(ctx, nil, runDay)
	require.NoError(r, err)
}

// have returns the ids of what was taken, is held or is set aside, each once.
func (k *keeper) have(r *rapid.T) map[string]bool {
	have := maps.Clone(k.taken)
	note := func(e models.Event) {
		require.False(r, have[e.EventID], "%s is in two places", e.EventID)
		have[e.EventID] = true
	}
	held, err := k.store.Outgoing(ctx, 1_000_000)
	require.NoError(r, err)
	for _, c := range held {
		for _, e := range c.Events {
			note(e)
		}
	}
	aside, err := k.store.Refused(ctx)
	require.NoError(r, err)
	for _, x := range aside {
		note(x.Event)
	}
	return have
}
