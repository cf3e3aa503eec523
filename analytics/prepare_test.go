package analytics

import (
	"context"
	"math"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMasksTakeTheBucketsThatTheyCover(t *testing.T) {
	at := func(d, h, m int) time.Time { return time.Date(2024, 3, d, h, m, 0, 0, time.UTC) }
	one := func(int, time.Time) float64 { return 1 }
	for _, tt := range []struct {
		name string
		step calendar.Step
		n    int
		mask Mask
		want []int
	}{
		{"a whole day", stepDay, 5, Mask{From: at(2, 0, 0), To: at(3, 0, 0)}, []int{1}},
		{"an hour of a day", stepDay, 5, Mask{From: at(2, 12, 0), To: at(2, 13, 0)}, []int{1}},
		{"half an hour of a day", stepDay, 5, Mask{From: at(2, 12, 0), To: at(2, 12, 30)}, nil},
		{"across midnight", stepDay, 5, Mask{From: at(2, 22, 0), To: at(3, 4, 0)}, []int{1, 2}},
		{"from before the series", stepDay, 5, Mask{From: at(1, 0, 0).AddDate(-1, 0, 0), To: at(3, 0, 0)}, []int{0, 1}},
		{"to after its end", stepDay, 5, Mask{From: at(5, 0, 0), To: at(30, 0, 0)}, []int{4}},
		{"elsewhere", stepDay, 5, Mask{From: at(20, 0, 0), To: at(30, 0, 0)}, nil},
		{"two hours and a bit", stepHour, 5, Mask{From: at(1, 1, 0), To: at(1, 3, 2)}, []int{1, 2}},
		{"a day of a month", stepMonth, 3, Mask{From: at(5, 0, 0), To: at(6, 0, 0)}, nil},
		{"two days of a month", stepMonth, 3, Mask{From: at(5, 0, 0), To: at(7, 0, 0)}, []int{0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := made(tt.step, day(2024, 3, 1), tt.n, one)
			p := prepared{Series: s}
			p.mask([]Mask{tt.mask})
			var got []int
			for i, v := range p.Values {
				if math.IsNaN(v) {
					got = append(got, i)
				}
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

// On the day of 23 hours a mask of the local day takes 23 hourly buckets.
func TestMasksKeepToInstants(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	s := made(stepHour, time.Date(2024, 3, 30, 0, 0, 0, 0, zone), 96, func(int, time.Time) float64 { return 1 })
	p := prepare(s, Options{Masks: []Mask{{From: time.Date(2024, 3, 31, 0, 0, 0, 0, zone), To: time.Date(2024, 4, 1, 0, 0, 0, 0, zone), Reason: "move"}}})
	require.Len(t, p.treated, 1)
	assert.Equal(t, 23, p.treated[0].Buckets)
	assert.Equal(t, "move", p.treated[0].Reason)
	assert.Equal(t, 96-23, p.observed)
}

func TestTreatmentsAreStretchesByReason(t *testing.T) {
	s := made(stepDay, day(2024, 3, 1), 30, func(int, time.Time) float64 { return 1 })
	f := run(t, s, Options{Horizon: 3, Masks: []Mask{
		{From: day(2024, 3, 12), To: day(2024, 3, 14), Reason: "database"},
		{From: day(2024, 3, 5), To: day(2024, 3, 6), Reason: "network"},
		{From: day(2024, 3, 14), To: day(2024, 3, 15), Reason: "network"},
	}})
	assert.Equal(t, []Treatment{
		{TreatedMasked, day(2024, 3, 5), day(2024, 3, 6), day(2024, 3, 5), 1, "network"},
		{TreatedMasked, day(2024, 3, 12), day(2024, 3, 14), day(2024, 3, 13), 2, "database"},
		{TreatedMasked, day(2024, 3, 14), day(2024, 3, 15), day(2024, 3, 14), 1, "network"},
	}, f.Treated)
}

// Whatever was measured while a mask lasts, the forecast is the same.
func TestMaskedValuesSayNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]calendar.Step{stepDay, stepHour, stepMonth}).Draw(t, "step")
		n := rapid.IntRange(5, 120).Draw(t, "n")
		s := made(step, day(2024, 1, 1), n, shop(noisy(rapid.Uint64().Draw(t, "seed"), 20)))
		from := rapid.IntRange(0, n-1).Draw(t, "from")
		to := rapid.IntRange(from+1, n).Draw(t, "to")
		o := Options{Horizon: 5, Origins: 2, Masks: []Mask{{From: s.Times[from], To: step.Add(s.Times[0], to)}}}
		odd := Series{Times: s.Times, Values: append([]float64(nil), s.Values...), Step: step}
		for i := from; i < to; i++ {
			odd.Values[i] = rapid.SampledFrom([]float64{0, 1e9, -5, math.Inf(1), math.NaN()}).Draw(t, "odd")
		}
		want, err := Run(context.Background(), s, o)
		got, err2 := Run(context.Background(), odd, o)
		if to-from == n {
			require.ErrorIs(t, err, ErrNoData)
			require.ErrorIs(t, err2, ErrNoData)
			return
		}
		require.NoError(t, err)
		require.NoError(t, err2)
		require.Equal(t, want.Quantiles, got.Quantiles)
	})
}

// An outage of the last fortnight, known as such, is not next month's level.
func TestAKnownOutageIsNotLearnt(t *testing.T) {
	value := shop(noisy(3, 10))
	whole := made(stepDay, day(2023, 1, 1), 800, value)
	cut := Series{Times: whole.Times[:770], Values: append([]float64(nil), whole.Values[:770]...), Step: stepDay}
	for i := 750; i < 764; i++ {
		cut.Values[i] *= 0.4 // one of two halls was down
	}
	miss := func(masks ...Mask) float64 {
		f, err := Run(context.Background(), cut, Options{Horizon: 30, Masks: masks})
		require.NoError(t, err)
		sum := 0.0
		for i, m := range f.Mean {
			sum += math.Abs(m - whole.Values[770+i])
		}
		return sum
	}
	assert.Less(t, miss(Mask{From: cut.Times[750], To: cut.Times[764]}), 0.8*miss())
}

func TestBacktestLeavesMasksOut(t *testing.T) {
	s := made(stepDay, day(2023, 1, 1), 400, shop(noisy(5, 5)))
	for i := 380; i < 390; i++ {
		s.Values[i] *= 0.3 // an outage of nothing at all is found by itself
	}
	mask := Mask{From: s.Times[380], To: s.Times[390], Reason: "moved house"}
	with := backtested(t, s, Options{Horizon: 30, Masks: []Mask{mask}}, BacktestOptions{Origins: 2})
	without := backtested(t, s, Options{Horizon: 30}, BacktestOptions{Origins: 2})
	assert.Less(t, with.Scores.WAPE, 0.5*without.Scores.WAPE, "days of an outage are no error of a forecast")
	assert.Equal(t, []Treatment{{TreatedMasked, mask.From, mask.To, s.Times[389], 10, "moved house"}}, with.Treated)
}

func TestMasksThatEndBeforeTheyBeginAreRefused(t *testing.T) {
	s := made(stepDay, day(2024, 1, 1), 30, shop(noisy(1, 1)))
	_, err := Run(context.Background(), s, Options{Horizon: 1, Masks: []Mask{{From: day(2024, 1, 3), To: day(2024, 1, 3)}}})
	assert.ErrorContains(t, err, "does not end after it begins")
}
