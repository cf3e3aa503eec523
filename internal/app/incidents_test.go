package app

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
)

// Of one customer a command need not name it; of several the error names the flag and what it takes.
func TestWhoseCase(t *testing.T) {
	d := counter{cfg: &configs.Config{Customers: []models.Customer{{ID: "nord"}}}}
	whose, err := d.whose("")
	require.NoError(t, err)
	require.Equal(t, "nord", whose)
	d.cfg.Customers = append(d.cfg.Customers, models.Customer{ID: "syd"})
	_, err = d.whose("")
	require.EqualError(t, err, "--customer is missing: there are nord, syd")
	require.Equal(t, ExitUsage, ExitCode(t.Context(), err))
	whose, err = d.whose("syd")
	require.NoError(t, err)
	require.Equal(t, "syd", whose)
}
