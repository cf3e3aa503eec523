package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// kill -9 of one process of several that serve, which share their queries: another takes
// up what it had in hand, or it does itself when it is started again. On PostgreSQL a
// process that is silent counts as dead after a minute and a half, so that a cycle lasts
// that long; they run side by side.
func TestCrashServe(t *testing.T) {
	t.Parallel()
	kills, seed := crashes(t)
	for on, abreast := range map[string]int{"SQLite": 1, "PostgreSQL": 2} {
		t.Run(on, func(t *testing.T) {
			t.Parallel()
			crashServe(t, fmt.Sprintf("%s, %d serving", on, abreast), max(2, kills/10), seed, abreast)
		})
	}
}

func crashServe(t *testing.T, on string, cycles int, seed uint64, abreast int) {
	t.Helper()
	now := time.Now()
	from, to := now.AddDate(0, -13, 0).Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly)
	fresh := func(t *testing.T) *world {
		w := crashing(t, from, to)
		if abreast > 1 {
			return onPostgres(t, w)
		}
		return w
	}
	today := func() string { // what a pass stands on; the lag is ten minutes
		return time.Now().Add(-10 * time.Minute).In(location(t, "Europe/Stockholm")).Format(time.DateOnly)
	}
	day := today()
	undisturbed := fresh(t)
	serveUntil(t, undisturbed, nil, func() bool { return len(undisturbed.events("foresight:run")) >= 3 })
	want, ids := byFinding(t, undisturbed.events()), len(byID(t, undisturbed.events()))
	saying(t, undisturbed.events())

	cycle := func(t *testing.T, n int) *toll {
		t.Logf("FORESIGHT_CRASH_SEED=%d draws these blows again", seed)
		random, c := rand.New(rand.NewPCG(seed, uint64(n))), &toll{phases: map[string]int{}}
		var blows []blow
		for i := range 1 + random.IntN(2) {
			b := strike(random, n+i*3)
			b.nth = 1 // each process has few queries
			t.Log(b)
			blows = append(blows, b)
		}
		w := fresh(t)
		for _, v := range serveUntil(t, w, blows, func() bool { return len(byID(t, w.events())) >= ids }, abreast) {
			c.fallen(v)
		}
		if today() != day { // serve forecasts from the real day: what is wanted was said of another, so there is nothing to compare with
			t.Skip("a day has begun, and with it other forecasts")
		}
		c.judge(t, w, want, byFinding)
		return c
	}
	sum := &toll{phases: map[string]int{}}
	for _, c := range sideBySide(t, cycles, cycle) {
		sum.add(c)
	}
	for n := cycles; sum.kills == 0 && sum.cycles > 0 && n < 3*cycles; n++ { // others may have done what a blow waits for
		sum.add(cycle(t, n))
	}
	if sum.cycles > 0 {
		require.NotZero(t, sum.kills)
		sum.tell(t, on, seed)
	}
}

// sideBySide are the tolls of so many cycles, but for those that were skipped.
func sideBySide(t *testing.T, cycles int, cycle func(t *testing.T, n int) *toll) []*toll {
	t.Helper()
	all := make([]*toll, cycles)
	t.Run("cycles", func(t *testing.T) {
		for n := range cycles {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				all[n] = cycle(t, n)
			})
		}
	})
	return slices.DeleteFunc(all, func(c *toll) bool { return c == nil })
}

// byFinding tells events apart by all that they say, a case by its finding: cases are
// numbered as they come, and of several queries any may be the first. A case and its work
// begin when serve hears of them, which is another moment in each world.
func byFinding(t *testing.T, events []indexed) map[string]string {
	t.Helper()
	byID(t, events)
	var names []string
	for _, e := range events {
		if number, finding := e.text("incident_id"), e.text("finding_id"); number != "" && finding != "" {
			names = append(names, strconv.Quote(number), strconv.Quote("the case of "+finding))
		}
	}
	numbered := strings.NewReplacer(names...)
	told := map[string]string{}
	for _, e := range events {
		e.Event = maps.Clone(e.Event)
		delete(e.Event, "event_id") // of a case it is made of its number
		if e.text("incident_id") != "" {
			for _, heard := range []string{"as_of", "opened", "time_submitted", "revision"} {
				delete(e.Event, heard)
			}
		}
		text := numbered.Replace(e.said())
		told[text] = text
	}
	return told
}

// serveUntil serves with so many processes abreast, the first with the blows in their
// turn, each in a process started after the last one's end, until the condition holds
// and nothing is left in the outbox. It ends them and returns all there were.
func serveUntil(t *testing.T, w *world, blows []blow, enough func() bool, abreast ...int) []*victim {
	t.Helper()
	next := func() *victim {
		var b *blow
		if len(blows) > 0 {
			b, blows = &blows[0], blows[1:]
		}
		return launch(w, b, "serve")
	}
	first := next()
	all, living := []*victim{first}, []*victim{}
	if len(abreast) > 0 {
		for range abreast[0] - 1 {
			other := launch(w, nil, "serve")
			all, living = append(all, other), append(living, other)
		}
	}
	eventually(t, "everything in the index", 6*time.Minute, func() bool {
		select {
		case <-first.done:
			require.True(t, first.killed(), "%s", first.err.String())
			first = next()
			all = append(all, first)
		default:
		}
		return enough() && w.foresight("outbox", "list", "-c", w.config()).out == ""
	})
	for _, v := range append(living, first) {
		if v.cmd.Process.Signal(syscall.SIGTERM) == nil {
			o := v.ended(10 * time.Second)
			require.True(t, v.killed() || o.code == app.ExitFine, o)
		}
	}
	return all
}

// add sums two tests up.
func (c *toll) add(other *toll) {
	c.kills, c.cycles, c.events, c.doubles = c.kills+other.kills, c.cycles+other.cycles, c.events+other.events, c.doubles+other.doubles
	for phase, n := range other.phases {
		c.phases[phase] += n
	}
}
