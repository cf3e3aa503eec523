package store

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// BenchmarkSignals is what one day's run keeps and reads of N signals: three years of
// days of each, the last eight of them written; what was last sent, and a state as the
// engine leaves it. It reports the database's size besides.
func BenchmarkSignals(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := Place{Dir: b.TempDir()}
			s, err := Open(ctx, p)
			require.NoError(b, err)
			random := rand.New(rand.NewPCG(1, 2))
			day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			answer := models.Fetched{Window: models.Window{From: day.AddDate(-3, 0, 0), To: day}, Columns: []models.Column{{}}}
			for at := answer.Window.From; at.Before(day); at = at.AddDate(0, 0, 1) {
				answer.Columns[0].Points = append(answer.Columns[0].Points, models.Point{Time: at.Unix(), Value: float64(random.IntN(100_000)), Weight: 1})
			}
			var medians []models.Median
			for i := range 400 {
				medians = append(medians, models.Median{Time: day.AddDate(0, 0, i).Unix(), Value: random.Float64() * 1e5})
			}
			run := func(from int64) {
				var news []models.Said
				learnt := map[string]json.RawMessage{}
				for i := range n {
					subject := fmt.Sprintf("customer:service:signal-%d:forecast", i)
					_, err := s.History(ctx, "customer", subject, "search")
					require.NoError(b, err)
					require.NoError(b, s.Keep(ctx, "customer", subject, "search", answer, from))
					news = append(news, models.Said{Subject: subject, Medians: medians})
					learnt[subject] = json.RawMessage(`"` + strings.Repeat("x", 4000) + `"`)
				}
				_, err := s.Said(ctx, "customer")
				require.NoError(b, err)
				require.NoError(b, commit(s, models.Batch{Customer: "customer", Said: news}))
				require.NoError(b, commit(s, models.Batch{Customer: "customer", Learnt: learnt}))
			}
			run(0)
			b.ResetTimer()
			for b.Loop() {
				run(day.AddDate(0, 0, -8).Unix())
			}
			b.StopTimer()
			require.NoError(b, s.Close())
			info, err := os.Stat(p.File())
			require.NoError(b, err)
			b.ReportMetric(float64(info.Size())/float64(n)/1e3, "kB/signal")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/signal")
		})
	}
}

// BenchmarkOutbox is what a forecast's points take on their way: 400 days of one measure,
// put in line with the words that count as said, taken out to be sent, and settled.
func BenchmarkOutbox(b *testing.B) {
	s, err := Open(ctx, Place{Dir: b.TempDir()})
	require.NoError(b, err)
	random := rand.New(rand.NewPCG(1, 2))
	const parcels = 50
	one := models.Batch{Customer: "c", AsOf: runDay, Ran: models.Ran{Customer: "c", Started: runDay}}
	for i := range parcels {
		p, said := told(fmt.Sprint("c:web:signal-", i, ":forecast"), "0123456789abcdef", models.SourcetypeForecast, 400)
		for j := range p.Events {
			n := func() models.Number { return models.Number(1000 * random.Float64()) }
			p.Events[j].EventID = fmt.Sprintf("%032x", random.Uint64())
			p.Events[j].Body = models.ForecastEvent{
				Head: models.Head{EventID: p.Events[j].EventID, Subject: p.Subject, Revision: p.Revision, AsOf: "2026-03-02T00:00:00+01:00", IssuedAt: "2026-03-02T02:15:00+01:00",
					RunID: "0123456789abcdef", Customer: "c", Service: "web", Signal: fmt.Sprint("signal-", i)},
				Measure: models.MeasureTotal, Span: models.SpanDay, Unit: "orders", Mean: n(), Q05: n(), Q10: n(), Q25: n(), Q50: n(), Q75: n(), Q90: n(), Q95: n(),
			}
		}
		one.Parcels, one.Said = append(one.Parcels, p), append(one.Said, said)
	}
	var size int64
	for b.Loop() {
		require.NoError(b, commit(s, one))
		held, err := s.Backlog(ctx)
		require.NoError(b, err)
		size = held.Bytes
		for held.Parcels > 0 {
			line, err := s.Outgoing(ctx, 2000)
			require.NoError(b, err)
			var d models.Delivery
			for _, c := range line {
				d.Done = append(d.Done, c.Seq)
			}
			require.NoError(b, s.Settle(ctx, d))
			held.Parcels -= len(line)
		}
	}
	b.ReportMetric(float64(size)/parcels/1e3, "kB/parcel")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/parcels, "µs/parcel")
	require.NoError(b, s.Close())
}

// BenchmarkTrack is what comparing a day's values with what was told of them takes of the
// database: a signal has been told once a week for 400 days, and scored for 90.
func BenchmarkTrack(b *testing.B) {
	for _, signals := range []int{100, 1000} {
		b.Run(fmt.Sprint(signals), func(b *testing.B) {
			p := Place{Dir: b.TempDir()}
			s, err := Open(ctx, p)
			require.NoError(b, err)
			day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
			r := rand.New(rand.NewPCG(1, 2))
			for i := range signals {
				batch := models.Batch{Customer: "c", RunID: fmt.Sprint("r", i), Ran: models.Ran{RunID: fmt.Sprint("r", i), Started: day}}
				for week := range 57 {
					batch.Forecasts = append(batch.Forecasts, noisyForecast(r, fmt.Sprint("s", i), day.AddDate(0, 0, -7*week)))
				}
				for n := range 90 {
					batch.Scores = append(batch.Scores, scoreAt(fmt.Sprint("s", i), day.AddDate(0, 0, -n-1), r.Float64()))
				}
				_, err := s.Commit(ctx, batch)
				require.NoError(b, err)
			}
			size, err := s.Size(ctx)
			require.NoError(b, err)
			n := 0
			for b.Loop() {
				n++
				batch := models.Batch{Customer: "c", RunID: fmt.Sprint("d", n), Ran: models.Ran{RunID: fmt.Sprint("d", n), Started: day}}
				for i := range signals {
					subject := fmt.Sprint("s", i)
					_, err := s.Scores(ctx, "c", subject, day.AddDate(0, 0, -90))
					require.NoError(b, err)
					_, err = s.Kept(ctx, "c", subject, day.AddDate(0, 0, -1), day)
					require.NoError(b, err)
					batch.Scores = append(batch.Scores, scoreAt(subject, day, r.Float64()))
				}
				_, err := s.Commit(ctx, batch)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n*signals), "µs/signal")
			b.ReportMetric(float64(size)/float64(signals)/1000, "kB/signal")
			require.NoError(b, s.Close())
		})
	}
}

// noisyForecast is one of 400 days with a week, a trend and ranges that widen.
func noisyForecast(r *rand.Rand, subject string, asOf time.Time) models.Kept {
	k := keptAt(subject, asOf, "1", 400)
	level := 1000 * (1 + 0.05*r.NormFloat64())
	for i := range k.Points {
		middle := level * (1 + 0.2*math.Sin(2*math.Pi*float64(i)/7) + 0.0005*float64(i)) * (1 + 0.01*math.Sin(float64(i)))
		k.Points[i].Mean = middle * 1.002
		for j, p := range models.Probabilities {
			k.Points[i].Quantiles[j] = middle * math.Exp((p-0.5)*0.2*(1+math.Sqrt(float64(i))/20))
		}
	}
	return k
}
