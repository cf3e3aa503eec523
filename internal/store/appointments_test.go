package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// Several that ask at once number a change once.
func TestAppointmentsSideBySide(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		one := models.Appointment{UID: "a", Title: "move", From: caseDay, To: caseDay.Add(time.Hour)}
		for n := range 3 {
			one.Title = fmt.Sprint("move ", n)
			var wait sync.WaitGroup
			for range 4 {
				wait.Go(func() {
					all, err := s.Appointments(t.Context(), "nord", []models.Appointment{one}, caseDay)
					require.NoError(t, err)
					require.Len(t, all, 1)
					require.Equal(t, n, all[0].Sequence)
				})
			}
			wait.Wait()
		}
		none, err := s.Appointments(t.Context(), "syd", nil, caseDay)
		require.NoError(t, err)
		require.Empty(t, none, "a customer's are its own")
		for range 2 {
			off, err := s.Appointments(t.Context(), "nord", nil, caseDay)
			require.NoError(t, err)
			require.Len(t, off, 1)
			require.True(t, off[0].Canceled)
			require.Equal(t, 3, off[0].Sequence)
		}
		over, err := s.Appointments(t.Context(), "nord", nil, caseDay.Add(time.Hour))
		require.NoError(t, err)
		require.Empty(t, over)
	})
}
