package pipeline

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// twoQueries is the shop with a second query.
func twoQueries(t *testing.T, second string) models.Customer {
	t.Helper()
	c := shop(t)
	q := c.Services[0].Queries[0]
	q.ID, q.Signal.ID = second, second
	c.Services[0].Queries = append(c.Services[0].Queries, q)
	return c
}

func TestAPanicIsItsQuerysFailureOnly(t *testing.T) {
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){
		"payments": growing(1000, 0.001),
		"bad":      func(models.Query, models.Window) (models.Fetched, error) { panic("boom") },
	}}
	result, err := lineOf(source, nil, nil).Run(t.Context(), jobOf(t, twoQueries(t, "bad"), asOfDay))
	require.ErrorContains(t, err, "pay/bad: a defect of foresight, please report it: boom")
	require.Len(t, result.Signals, 1)
	require.NotEmpty(t, result.Signals[0].Forecasts)
}

// One place for searches is one search at a time, over all that share the desk.
func TestRunsShareADesk(t *testing.T) {
	running, most := 0, 0
	inLine := make(chan struct{}, 1)
	count := func(d int) {
		inLine <- struct{}{}
		running += d
		most = max(most, running)
		<-inLine
	}
	answer := growing(1000, 0.001)
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){}}
	for _, id := range []string{"payments", "more"} {
		source.answer[id] = func(q models.Query, w models.Window) (models.Fetched, error) {
			count(1)
			defer count(-1)
			return answer(q, w)
		}
	}
	desk := NewDesk(1, 1)
	ended := make(chan error)
	for range 2 {
		line := lineOf(source, nil, nil)
		line.Desk = desk
		go func() {
			_, err := line.Run(t.Context(), jobOf(t, twoQueries(t, "more"), asOfDay))
			ended <- err
		}()
	}
	require.NoError(t, <-ended)
	require.NoError(t, <-ended)
	require.Equal(t, 1, most)
}

// A search that takes long leaves the others their places, even where one forecast is made
// at a time.
func TestASlowSearchDoesNotStarveTheOthers(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	answer := growing(1000, 0.001)
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){
		"payments": answer,
		"slow": func(q models.Query, w models.Window) (models.Fetched, error) {
			close(asked)
			<-release
			return answer(q, w)
		},
	}}
	desk := NewDesk(3, 1)
	run := func(query string) error {
		line := lineOf(source, nil, nil)
		line.Desk = desk
		job := jobOf(t, twoQueries(t, "slow"), asOfDay)
		job.Want = func(_ models.Service, q models.Query) bool { return q.ID == query }
		_, err := line.Run(t.Context(), job)
		return err
	}
	ended := make(chan error)
	go func() { ended <- run("slow") }()
	<-asked
	require.NoError(t, run("payments"))
	close(release)
	require.NoError(t, <-ended)
}
