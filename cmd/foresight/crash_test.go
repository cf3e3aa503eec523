package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/internal/pgtest"
)

// crashDay is what the runs of the crash test stand on.
const crashDay = "2025-03-01"

// blow is a kill -9 at the nth word of a phase, or a moment after it.
type blow struct {
	phase string
	nth   int
	after time.Duration
}

// The phases of a run. Of a transaction the process says nothing: it comes right after the
// last query's "done".
const (
	inFetch    = "fetching"
	inForecast = "forecasting"
	inCommit   = "done"
	beforeTake = "sending"
	afterTake  = "taken, the answer on its way"
	inSettle   = "answered"
)

// strike draws a blow, at each phase in its turn. Of each the longest moment is about what
// it lasts.
func strike(random *rand.Rand, turn int) blow {
	longest := map[string]time.Duration{
		inFetch: 100 * time.Millisecond, inForecast: 500 * time.Millisecond, inCommit: 60 * time.Millisecond, beforeTake: 0, afterTake: 0, inSettle: 15 * time.Millisecond,
	}
	phases := slices.Sorted(maps.Keys(longest))
	b := blow{phase: phases[turn%len(phases)], nth: 1 + random.IntN(3)}
	if b.phase == inCommit {
		b.nth = 3
	}
	if most := longest[b.phase]; most > 0 {
		b.after = time.Duration(random.Int64N(int64(most)))
	}
	return b
}

func (b blow) String() string { return fmt.Sprintf("%d × %s + %s", b.nth, b.phase, b.after) }

// victim is a process that a blow may end.
type victim struct {
	*process
	blow *blow // nil: none

	mu   sync.Mutex
	seen map[string]int
}

// word counts a phase's words and says whether the blow falls at this one.
func (v *victim) word(phase string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen[phase]++
	return v.blow != nil && v.blow.phase == phase && v.seen[phase] == v.blow.nth
}

// fall lets the blow fall.
func (v *victim) fall() {
	kill := func() { _ = v.cmd.Process.Kill() } // fails when it has ended
	if v.blow.after == 0 {
		kill()
		return
	}
	time.AfterFunc(v.blow.after, kill)
}

// Write reads the process's log.
func (v *victim) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		for _, phase := range []string{inFetch, inForecast, inCommit} {
			if strings.Contains(line, `"message":"`+phase+`"`) && v.word(phase) {
				v.fall()
			}
		}
	}
	return v.err.Write(p)
}

// killed reports whether it was the blow that ended it.
func (v *victim) killed() bool { return v.cmd.ProcessState.ExitCode() == -1 }

// launch starts the program on a world, with a collector of its own before the sandbox's.
func launch(w *world, b *blow, args ...string) *victim {
	w.t.Helper()
	v := &victim{blow: b, seen: map[string]int{}}
	env := maps.Clone(w.env)
	env["FORESIGHT_HEC_URL"] = w.guarded(func(string) (int, string) {
		if v.word(beforeTake) {
			v.fall()
			return 503, "" // nobody is left to read it
		}
		return 0, ""
	}, func() {
		if v.word(afterTake) || v.word(inSettle) {
			v.fall()
		}
	})
	v.process = prepare(w.t, w.dir, env, append(args, "-c", w.config())...)
	v.cmd.Stderr = v
	v.start()
	return v
}

// crashing is a world of three queries, whose events are some ten requests.
func crashing(t *testing.T, from, to string) *world {
	t.Helper()
	w := newWorld(t)
	var series strings.Builder
	customers := shop
	for i, name := range []string{"orders", "returns", "visits"} {
		one := daily(t, name, from, to, func(n int, d time.Time) float64 { return growing(n, d) * float64(i+1) })
		if i > 0 {
			_, one, _ = strings.Cut(one, "\n")
			query := shop[strings.Index(shop, "          - id: orders"):]
			customers += strings.NewReplacer("id: orders", "id: "+name, "series=orders", "series="+name, "limit: 1300", fmt.Sprint("limit: ", 1300*(i+1))).Replace(query)
		}
		series.WriteString(one)
	}
	w.load(series.String(), "Europe/Stockholm")
	w.configure(customers, "token: {env: FORESIGHT_HEC_TOKEN}", "token: {env: FORESIGHT_HEC_TOKEN}\n    batch: {events: 150}", "level: warn", "level: info")
	return w
}

// crashes says how many kills are wanted, and with which seed.
func crashes(t *testing.T) (kills int, seed uint64) {
	t.Helper()
	kills, err := strconv.Atoi(os.Getenv("FORESIGHT_CRASH"))
	if err != nil {
		t.Skip("kills processes for minutes: make crash runs it (KILLS=20 for some of it)")
	}
	seed = uint64(time.Now().UnixNano())
	if text := os.Getenv("FORESIGHT_CRASH_SEED"); text != "" {
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
	}
	return kills, seed
}

// toll is what a crash test did.
type toll struct {
	kills, cycles   int
	drawn           int // blows
	events, doubles int
	phases          map[string]int
}

func (c *toll) tell(t *testing.T, on string, seed uint64) {
	var where []string
	for _, phase := range slices.Sorted(maps.Keys(c.phases)) {
		where = append(where, fmt.Sprintf("%d at “%s”", c.phases[phase], phase))
	}
	fmt.Printf("crash test on %s: %d kills in %d cycles, seed %d: nothing is missing, and nothing is there else; of %d events %.1f %% were doubles; kills: %s\n",
		on, c.kills, c.cycles, seed, c.events, 100*float64(c.doubles)/float64(c.events), strings.Join(where, ", "))
	if c.kills >= 20 {
		require.Len(t, c.phases, 6, "kills in every phase")
	}
}

// judge wants a world's index to hold what an undisturbed one does, as told by a function,
// and nothing else.
func (c *toll) judge(t *testing.T, w *world, want map[string]string, tell func(*testing.T, []indexed) map[string]string) {
	t.Helper()
	list := w.foresight("outbox", "list", "-c", w.config())
	require.Equal(t, app.ExitFine, list.code, list)
	require.Empty(t, list.out, "something is left in the outbox")
	events := w.events()
	differ(t, want, tell(t, events))
	c.events, c.doubles = c.events+len(events), c.doubles+len(events)-len(byID(t, events))
	c.cycles++
}

// differ fails with what is missing, and what is there else.
func differ(t *testing.T, want, got map[string]string) {
	t.Helper()
	for key, text := range want {
		require.Equal(t, text, got[key], "missing or another")
	}
	for key, text := range got {
		require.Contains(t, slices.Collect(maps.Keys(want)), key, "nobody said %s", text)
	}
}

// fallen counts a process that its blow has ended.
func (c *toll) fallen(v *victim) {
	if v.killed() {
		c.kills++
		c.phases[v.blow.phase]++
	}
}

// cycle kills runs on a world, abreast of others that live or die too, and then lets one
// be.
func (c *toll) cycle(t *testing.T, w *world, random *rand.Rand, abreast, want int) {
	t.Helper()
	args := []string{"run", "--as-of", crashDay}
	for range 1 + random.IntN(3) {
		var all []*victim
		for i := range abreast {
			if i > 0 && random.IntN(2) == 0 {
				all = append(all, launch(w, nil, args...))
				continue
			}
			b := strike(random, c.drawn)
			c.drawn++
			t.Log(b)
			all = append(all, launch(w, &b, args...))
		}
		for _, v := range all {
			o := v.ended(2 * time.Minute)
			if !v.killed() {
				require.Equal(t, app.ExitFine, o.code, o)
			}
			c.fallen(v)
		}
		if c.kills >= want {
			break
		}
	}
	o := launch(w, nil, args...).ended(2 * time.Minute)
	require.Equal(t, app.ExitFine, o.code, o)
}

// kill -9 anywhere, on SQLite.
func TestCrash(t *testing.T) {
	t.Parallel()
	kills, seed := crashes(t)
	crash(t, "SQLite", kills, seed, 1, func(t *testing.T) *world { return crashing(t, "2024-02-01", crashDay) })
}

// kill -9 anywhere, with two processes on one PostgreSQL.
func TestCrashPostgres(t *testing.T) {
	t.Parallel()
	kills, seed := crashes(t)
	crash(t, "PostgreSQL, two processes", kills, seed, 2, func(t *testing.T) *world {
		return onPostgres(t, crashing(t, "2024-02-01", crashDay))
	})
}

func crash(t *testing.T, on string, kills int, seed uint64, abreast int, fresh func(t *testing.T) *world) {
	t.Helper()
	undisturbed := fresh(t)
	o := launch(undisturbed, nil, "run", "--as-of", crashDay).ended(2 * time.Minute)
	require.Equal(t, app.ExitFine, o.code, o)
	saying(t, undisturbed.events())
	want := byID(t, undisturbed.events())
	c := &toll{phases: map[string]int{}}
	for n := 0; c.kills < kills && n < 3*kills; n++ {
		random := rand.New(rand.NewPCG(seed, uint64(n)))
		t.Run(fmt.Sprint("cycle ", n), func(t *testing.T) {
			t.Logf("FORESIGHT_CRASH_SEED=%d draws these blows again", seed)
			w := fresh(t)
			c.cycle(t, w, random, abreast, kills)
			c.judge(t, w, want, byID)
		})
		if t.Failed() {
			return
		}
	}
	require.GreaterOrEqual(t, c.kills, kills)
	c.tell(t, on, seed)
}

// onPostgres moves a world's state to a schema of its own in the server's database.
func onPostgres(t *testing.T, w *world) *world {
	t.Helper()
	w.env["FORESIGHT_STATE_URL"] = pgtest.Schema(t).String()
	config, err := os.ReadFile(w.config())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.config(), append([]byte("state: {url: {env: FORESIGHT_STATE_URL}}\n"), config...), 0o600))
	return w
}
