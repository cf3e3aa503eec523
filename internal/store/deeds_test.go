package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestDeedsAreReadByPages(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s, now := open(t, p), time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
		var want []models.Deed
		for n := range 10 { // two at each moment
			d := models.Deed{ID: fmt.Sprint(n), At: now.Add(time.Duration(n/2) * time.Second), Who: []string{"eva", "bo"}[n%2], Did: "ack", Of: fmt.Sprintf("nord-%d", n), Customer: []string{"nord", "syd", ""}[n%3], Remote: "10.0.0.1"}
			if n%4 == 0 {
				d.Refused = "may not"
			}
			require.NoError(t, s.KeepDeed(t.Context(), d))
			want = append([]models.Deed{d}, want...)
		}
		ask := func(f models.DeedFilter) (ids string) {
			if f.Most == 0 {
				f.Most = 100
			}
			all, err := s.Deeds(t.Context(), f)
			require.NoError(t, err)
			for _, d := range all {
				ids += d.ID
			}
			return ids
		}
		all, err := s.Deeds(t.Context(), models.DeedFilter{Most: 100})
		require.NoError(t, err)
		require.Equal(t, want, all)
		require.Equal(t, "84", ask(models.DeedFilter{Customers: []string{"nope", "", "syd"}, Refused: true}))
		require.Equal(t, "9630", ask(models.DeedFilter{Customers: []string{"nord"}}))
		require.Empty(t, ask(models.DeedFilter{Customers: []string{}}), "of no customer is not of all")
		require.Equal(t, "86420", ask(models.DeedFilter{Who: "eva"}))
		pages, before := "", models.Deed{}
		for {
			some, err := s.Deeds(t.Context(), models.DeedFilter{Before: before, Most: 3})
			require.NoError(t, err)
			if len(some) == 0 {
				break
			}
			for _, d := range some {
				pages += d.ID
			}
			before = some[len(some)-1]
		}
		require.Equal(t, "9876543210", pages, "each once, also of one moment")
		pruned, err := s.Prune(t.Context(), now.Add(2*time.Second))
		require.NoError(t, err)
		require.EqualValues(t, 4, pruned.Deeds)
		require.Equal(t, "987654", ask(models.DeedFilter{}))
	})
}
