package analytics

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
)

func TestADayIsNamedByWhatMovesItMost(t *testing.T) {
	f := Forecast{Mean: []float64{100, 100, 100}, Components: []Component{
		{Name: "trend", Values: []float64{100, 100, 100}},
		{Name: "Easter", Family: "easter", Multiplicative: true, Values: []float64{1.02, 1, 1}},
		{Name: "Payday", Family: "payday", Multiplicative: true, Values: []float64{1.05, 1.1, 1}},
		{Name: "month day", Multiplicative: true, Values: []float64{1.08, 1.05, 1}},
		{Name: "Christmas", Family: "christmas", Multiplicative: false, Values: []float64{0, 40, 0}},
	}}
	why := newReasons(f)
	require.True(t, why.mostly("payday", 0), "the month's season on a payday is the payday's")
	require.False(t, why.mostly("easter", 0))
	require.True(t, why.mostly("christmas", 1))
	require.False(t, why.mostly("payday", 1), "a payday on 23 December is Christmas")
	require.False(t, why.mostly("black_friday", 1), "what has no effect explains nothing that another does")
	require.True(t, why.mostly("black_friday", 2), "without effects every family may claim the day")
}

// Sweden's payday of March 2016 was Maundy Thursday, since the 25th was Good Friday.
func TestAPaydayOnTheEveOfAFeast(t *testing.T) {
	cal, err := calendar.New("SE", calendar.Options{})
	require.NoError(t, err)
	from := calendar.NewDate(2013, time.February, 1)
	s := Series{Step: calendar.Step{Unit: calendar.Day, N: 1}}
	for d := from; d.Before(calendar.NewDate(2016, time.February, 5)); d = d.AddDays(1) {
		v := 1000.0 + 3*float64((d.Day*7+d.Year)%11) // small noise of its own
		for _, o := range cal.On(d) {
			if o.Kind == calendar.KindPayday {
				v *= 1.3
			}
		}
		s.Times, s.Values = append(s.Times, d.In(time.UTC)), append(s.Values, v)
	}
	f, err := Run(t.Context(), s, Options{Horizon: 90, Calendar: cal})
	require.NoError(t, err)
	names := map[string]string{}
	for _, p := range Peaks(s, f, cal, 1.15) {
		names[calendar.DateOf(f.Times[p.Index]).String()] = p.Family
	}
	require.Equal(t, "payday", names["2016-03-24"], names)
	require.Equal(t, "payday", names["2016-04-25"], names)
}
