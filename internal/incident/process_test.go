package incident

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

var start = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

func rules() Rules {
	return Rules{Process: models.Process{
		Targets: map[models.Priority]models.ServiceTargets{
			1: {Acknowledge: 15 * time.Minute, Update: time.Hour, Resolve: 4 * time.Hour, Restore: 8 * time.Hour},
			3: {Acknowledge: time.Hour, Update: 4 * time.Hour, Resolve: 24 * time.Hour, Restore: 48 * time.Hour},
		},
		Groups:  []models.RedundantGroup{{ID: "db", Service: "shop", Members: []string{"db1", "db2"}, Needed: 1}},
		Windows: []models.Maintenance{{ID: "w1", Name: "new database", Services: []string{"shop"}, From: start.Add(100 * time.Hour), To: start.Add(102 * time.Hour)}},
	}}
}

func alarm(key string, at time.Time) Report {
	return Report{Customer: "nord", Service: "shop", Key: key, Source: "splunk", Title: key, At: at}
}

// desk keeps cases as a store does.
type desk struct {
	cases []models.Incident
	log   []models.Entry
}

func (d *desk) take(r Report) (models.Incident, Outcome) {
	i, entries, outcome := Take(r, d.cases, fmt.Sprintf("INC-%d", len(d.cases)+1), rules())
	d.keep(i, entries)
	return i, outcome
}

func (d *desk) keep(i models.Incident, entries []models.Entry) {
	if i.ID == "" {
		return
	}
	d.log = append(d.log, entries...)
	for n := range d.cases {
		if d.cases[n].ID == i.ID {
			d.cases[n] = i
			return
		}
	}
	d.cases = append(d.cases, i)
}

func (d *desk) do(t require.TestingT, n int, v Verb, a Act) {
	i, entries, err := Do(d.cases[n], v, a, rules())
	require.NoError(t, err)
	d.keep(i, entries)
}

func by(who string, at time.Time, text string) Act { return Act{At: at, By: who, Text: text} }

func TestACaseFromAlarmToReview(t *testing.T) {
	var d desk
	r := alarm("checkout fails", start)
	r.Impact, r.Urgency = 1, 1
	i, outcome := d.take(r)
	require.Equal(t, Opened, outcome)
	require.Equal(t, models.Priority(1), i.Priority)
	require.Equal(t, start.Add(15*time.Minute), clock(&i, models.ClockAcknowledge).Deadline)

	i, entries := Tick(i, start.Add(12*time.Minute), rules())
	require.Len(t, entries, 1)
	require.Contains(t, entries[0].Text, "runs out")
	d.keep(i, entries)
	_, entries = Tick(i, start.Add(13*time.Minute), rules())
	require.Empty(t, entries, "a warning is given once")

	d.do(t, 0, Acknowledge, by("eva", start.Add(20*time.Minute), ""))
	i = d.cases[0]
	require.Equal(t, "eva", i.Assignee)
	require.True(t, clock(&i, models.ClockAcknowledge).Breached, "it was late, and stays so")
	require.False(t, clock(&i, models.ClockAcknowledge).Running())

	d.do(t, 0, Start, by("eva", start.Add(30*time.Minute), ""))
	d.do(t, 0, Hold, by("eva", start.Add(time.Hour), "waits for the supplier"))
	require.Equal(t, "waits for the supplier", d.cases[0].HoldFor)
	d.do(t, 0, Start, by("eva", start.Add(10*time.Hour), ""))
	i = d.cases[0]
	require.Equal(t, start.Add(13*time.Hour), clock(&i, models.ClockResolve).Deadline, "an hour of four was spent")
	require.Empty(t, i.HoldFor)

	d.do(t, 0, Resolve, by("eva", start.Add(11*time.Hour), "the supplier has changed the key"))
	i = d.cases[0]
	require.False(t, clock(&i, models.ClockResolve).Breached)
	require.NotNil(t, i.Review)
	d.do(t, 0, Close, by("eva", start.Add(48*time.Hour), ""))
	_, _, err := Do(d.cases[0], Reopen, by("eva", start.Add(49*time.Hour), "no"), rules())
	var notNow *NotNowError
	require.ErrorAs(t, err, &notNow)
}

func TestWhatHasToBeSaidIs(t *testing.T) {
	var d desk
	d.take(alarm("a", start))
	for _, v := range []Verb{Hold, Resolve, Cancel} {
		_, _, err := Do(d.cases[0], v, by("eva", start, " "), rules())
		require.ErrorIs(t, err, ErrNoReason, v)
	}
}

func TestTwoPeopleDoNotOverwriteEachOther(t *testing.T) {
	var d desk
	i, _ := d.take(alarm("a", start))
	a := by("eva", start.Add(time.Minute), "mine")
	a.Seen = i.Version
	d.do(t, 0, Hold, a)
	b := by("bo", start.Add(2*time.Minute), "not needed")
	b.Seen = i.Version
	_, _, err := Do(d.cases[0], Cancel, b, rules())
	var changed *ChangedError
	require.ErrorAs(t, err, &changed)
}

func TestTheSameFactIsOneCase(t *testing.T) {
	var d desk
	d.take(alarm("a", start))
	for n := range 10 {
		_, outcome := d.take(alarm("a", start.Add(time.Duration(n)*time.Second)))
		require.Equal(t, Counted, outcome)
	}
	i, outcome := d.take(alarm("b", start.Add(time.Minute)))
	require.Equal(t, Joined, outcome, "of the same service at once")
	require.Equal(t, 12, i.Occurrences)
	cleared := alarm("a", start.Add(2*time.Minute))
	cleared.Cleared = true
	_, outcome = d.take(cleared)
	require.Equal(t, Eased, outcome)
	cleared.Key = "b"
	i, outcome = d.take(cleared)
	require.Equal(t, Resolves, outcome)
	require.Equal(t, models.IncidentResolved, i.State)
	_, outcome = d.take(cleared)
	require.Equal(t, Dropped, outcome)

	i, outcome = d.take(alarm("b", start.Add(20*time.Minute)))
	require.Equal(t, Reopened, outcome)
	require.Equal(t, models.IncidentNew, i.State, "nobody had taken it")
	require.True(t, clock(&i, models.ClockAcknowledge).Running())
	cleared.At = start.Add(21 * time.Minute)
	d.take(cleared)
	i, outcome = d.take(alarm("b", start.Add(3*time.Hour)))
	require.Equal(t, Opened, outcome)
	require.Equal(t, []string{"INC-1"}, i.Related)
}

func TestAPersonSaysWhenItIsOver(t *testing.T) {
	var d desk
	fault := alarm("the till is slow", start)
	fault.By = "shop@nord"
	d.take(fault)
	_, outcome := d.take(alarm("latency", start.Add(time.Minute)))
	require.Equal(t, Joined, outcome)
	over := alarm("latency", start.Add(time.Hour))
	over.Cleared = true
	i, outcome := d.take(over)
	require.Equal(t, Eased, outcome)
	require.Equal(t, models.IncidentNew, i.State)
}

// The standby's fan fails, then the primary: one record, which was level 2 and is level 1.
func TestRedundancyLostIsAStateOfItsOwn(t *testing.T) {
	var d desk
	fan := Report{Customer: "nord", Service: "shop", Component: "db2", Key: "fan", Source: "splunk", Title: "fan failed", At: start}
	i, _ := d.take(fan)
	require.Equal(t, models.LevelProactive, i.Level)
	require.Equal(t, 0, i.Redundancy.Spare())
	require.True(t, clock(&i, models.ClockRestore).Running())

	primary := Report{Customer: "nord", Service: "shop", Component: "db1", Key: "down", Source: "alertmanager", Title: "no answer", At: start.Add(time.Hour)}
	i, outcome := d.take(primary)
	require.Equal(t, Counted, outcome)
	require.Len(t, d.cases, 1)
	require.Equal(t, models.LevelReactive, i.Level)
	require.Equal(t, models.GradeHigh, i.Urgency)

	primary.Cleared, primary.At = true, start.Add(2*time.Hour)
	i, _ = d.take(primary)
	require.Equal(t, models.LevelProactive, i.Level)
	fan.Cleared, fan.At = true, start.Add(3*time.Hour)
	i, outcome = d.take(fan)
	require.Equal(t, Resolves, outcome)
	require.False(t, clock(&i, models.ClockRestore).Running())
	var levels []string
	for _, e := range d.log {
		if e.Kind == models.EntryLevel {
			levels = append(levels, e.From+e.To)
		}
	}
	require.Equal(t, []string{"21", "12"}, levels)
}

func TestAWindowKeepsQuietAndHidesNothing(t *testing.T) {
	var d desk
	at := start.Add(101 * time.Hour)
	i, _ := d.take(alarm("a", at))
	require.Equal(t, "w1", i.Silenced)
	require.Contains(t, d.log[len(d.log)-1].Text, "new database")
	i, entries := Tick(i, start.Add(103*time.Hour), rules())
	require.Empty(t, i.Silenced, "it lasts longer than the window")
	require.NotEmpty(t, entries)
	over := alarm("a", at.Add(time.Minute))
	over.Cleared = true
	_, outcome := d.take(over)
	require.Equal(t, Resolves, outcome, "an end passes through a window")
}

// Whatever comes in whatever order: no occurrence is lost, every change of state is an arrow,
// entries count up, time does not run back, and no clock runs in a case that is over.
func TestNoInterleavingBreaksACase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d desk
		told, at := 0, start
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			at = at.Add(time.Duration(rapid.IntRange(-5, 90).Draw(t, "later")) * time.Minute)
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0, 1:
				r := alarm(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key"), at)
				r.Component = rapid.SampledFrom([]string{"", "db1", "db2"}).Draw(t, "component")
				r.Cleared = rapid.Bool().Draw(t, "cleared")
				r.Urgency = models.Grade(rapid.IntRange(0, 3).Draw(t, "urgency"))
				if _, outcome := d.take(r); !r.Cleared {
					told++
					require.NotEqual(t, Dropped, outcome)
				}
			case 2:
				if len(d.cases) > 0 {
					n := rapid.IntRange(0, len(d.cases)-1).Draw(t, "case")
					v := rapid.SampledFrom([]Verb{Acknowledge, Start, Hold, Resolve, Close, Reopen, Cancel}).Draw(t, "verb")
					i, entries, err := Do(d.cases[n], v, by("eva", at, "because"), rules())
					if err == nil {
						d.keep(i, entries)
					}
				}
			default:
				for _, c := range slices.Clone(d.cases) {
					i, entries := Tick(c, at, rules())
					d.keep(i, entries)
				}
			}
			check(t, d, told)
		}
	})
}

func check(t *rapid.T, d desk, told int) {
	counted := 0
	for _, c := range d.cases {
		i := c
		counted += i.Occurrences
		facts := 0
		for _, f := range i.Facts {
			facts += f.Count
		}
		require.Equal(t, i.Occurrences, facts)
		if !i.State.Open() {
			for _, k := range i.Clocks {
				require.False(t, k.Running(), "%s runs in a case that is %s", k.Kind, i.State)
			}
		}
		state, last := models.IncidentNew, models.Entry{}
		for _, e := range d.log {
			if e.Incident != i.ID {
				continue
			}
			require.Equal(t, last.Seq+1, e.Seq)
			require.False(t, e.At.Before(last.At))
			last = e
			if e.Kind == models.EntryState {
				require.Equal(t, string(state), e.From)
				require.True(t, arrow(e), "%s to %s", e.From, e.To)
				state = models.IncidentState(e.To)
			}
		}
		require.Equal(t, state, i.State)
	}
	require.Equal(t, told, counted, "an occurrence is lost, or counted twice")
}

// arrow is one of the machine, or what a rule alone does: resolve what nobody has taken, and take that back.
func arrow(e models.Entry) bool {
	for _, s := range steps {
		if string(s.from) == e.From && string(s.to) == e.To {
			return true
		}
	}
	return e.From == string(models.IncidentNew) && e.To == string(models.IncidentResolved) ||
		e.From == string(models.IncidentResolved) && e.To == string(models.IncidentNew)
}

// A deadline stands until its clock is paused, stopped or given another target.
func TestADeadlineDoesNotMoveByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d desk
		i, _ := d.take(alarm("a", start))
		before := clock(&i, models.ClockResolve).Deadline
		for range rapid.IntRange(1, 20).Draw(t, "n") {
			at := start.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "at")) * time.Minute)
			if rapid.Bool().Draw(t, "occurs") {
				d.take(alarm("a", at))
			} else {
				i, entries := Tick(d.cases[0], at, rules())
				d.keep(i, entries)
			}
			i := d.cases[0]
			require.Equal(t, before, clock(&i, models.ClockResolve).Deadline)
		}
	})
}

// Many sources name service and component when something begins, and only its key when it ends.
func TestAKeyedFactEndsByItsKeyAlone(t *testing.T) {
	var d desk
	fires := func(service, component, key string, n int) Outcome {
		_, outcome := d.take(Report{Customer: "nord", Service: service, Component: component, Key: key, Keyed: true, Source: "pager", Title: key, At: start.Add(time.Duration(n) * time.Second)})
		return outcome
	}
	ends := func(key string, n int) (models.Incident, Outcome) {
		return d.take(Report{Customer: "nord", Service: "other", Key: key, Keyed: true, Source: "pager", Cleared: true, At: start.Add(time.Duration(n) * time.Second)})
	}
	require.Equal(t, Opened, fires("till", "till7", "a", 0))
	i, outcome := ends("a", 1)
	require.Equal(t, Resolves, outcome)
	require.Equal(t, "till", i.Service)
	_, outcome = ends("unknown", 1)
	require.Equal(t, Dropped, outcome)

	// A redundant component is up when nothing of it fires any more.
	require.Equal(t, Opened, fires("shop", "db2", "fan", 2))
	require.Equal(t, Counted, fires("shop", "db2", "disk", 3))
	i, outcome = ends("fan", 4)
	require.Equal(t, Eased, outcome)
	require.Equal(t, []string{"db2"}, i.Redundancy.Down)
	require.Equal(t, models.IncidentNew, i.State)
	i, outcome = ends("disk", 5)
	require.Equal(t, Resolves, outcome)
	require.Empty(t, i.Redundancy.Down)
	require.Empty(t, i.Redundancy.Alarms)
}

// The same alarm of two components is two facts: the end of one is not the end of the other.
func TestAComponentIsPartOfAFact(t *testing.T) {
	for _, keyed := range []bool{false, true} {
		var d desk
		say := func(component string, minute int, over bool) (models.Incident, Outcome) {
			return d.take(Report{Customer: "nord", Service: "till", Component: component, Key: "disk", Keyed: keyed, Source: "prom", Title: "disk full", Cleared: over, At: start.Add(time.Duration(minute) * time.Minute)})
		}
		say("w1", 0, false)
		i, outcome := say("w2", 1, false)
		require.Equal(t, Joined, outcome)
		require.Len(t, i.Facts, 2)
		_, outcome = say("w3", 2, true)
		require.Equal(t, Dropped, outcome, "nothing of it fires")
		i, outcome = say("w1", 3, true)
		require.Equal(t, Eased, outcome, "w2 fires still")
		require.Equal(t, []bool{false, true}, []bool{i.Facts[0].Firing, i.Facts[1].Firing})
		_, outcome = say("w1", 4, true)
		require.Equal(t, Dropped, outcome)
		say("w1", 5, false)

		i, outcome = say("", 6, true)
		require.Equal(t, Resolves, outcome, "an end that names no component is that of all")
		var seqs []int
		for _, e := range d.log {
			seqs = append(seqs, e.Seq)
		}
		require.Len(t, seqs, i.Entries)
		require.IsIncreasing(t, seqs)
		require.Len(t, d.cases, 1)

		// So it is in a redundant group.
		say = func(component string, minute int, over bool) (models.Incident, Outcome) {
			return d.take(Report{Customer: "nord", Service: "shop", Component: component, Key: "fan", Keyed: keyed, Source: "prom", Title: "fan failed", Cleared: over, At: start.Add(time.Duration(minute) * time.Minute)})
		}
		say("db1", 10, false)
		say("db2", 11, false)
		i, outcome = say("", 12, true)
		require.Equal(t, Resolves, outcome)
		require.Empty(t, i.Redundancy.Alarms)
		require.Equal(t, models.LevelProactive, i.Level)
	}
}

// In a group too an end is of what fires: another source's, or another alarm's, changes nothing.
func TestAnEndInAGroupIsOfWhatFires(t *testing.T) {
	var d desk
	r := Report{Customer: "nord", Service: "shop", Component: "db1", Key: "fan", Source: "nagios", Title: "fan failed", At: start}
	d.take(r)
	r.Cleared, r.At = true, start.Add(time.Minute)
	for _, bend := range []func(*Report){func(r *Report) { r.Source = "command" }, func(r *Report) { r.Key = "disk" }, func(r *Report) { r.Component = "db2" }} {
		other := r
		bend(&other)
		_, outcome := d.take(other)
		require.Equal(t, Dropped, outcome)
	}
	require.Equal(t, []string{"db1"}, d.cases[0].Redundancy.Down)
	_, outcome := d.take(r)
	require.Equal(t, Resolves, outcome)
}

// What is looked at again and again is told once while it lasts.
func TestAStandingFactIsOneOccurrence(t *testing.T) {
	var d desk
	r := alarm("heartbeat", start)
	r.Standing = true
	d.take(r)
	_, outcome := d.take(r)
	require.Equal(t, Dropped, outcome)
	require.Equal(t, 1, d.cases[0].Occurrences)
	over := r
	over.Cleared = true
	_, outcome = d.take(over)
	require.Equal(t, Resolves, outcome)
	r.At = start.Add(time.Minute)
	_, outcome = d.take(r)
	require.Equal(t, Reopened, outcome)
	require.Equal(t, 2, d.cases[0].Occurrences)

	// Of a redundant group each component is a state of its own.
	for _, c := range []struct {
		component string
		want      Outcome
	}{{"db1", Opened}, {"db1", Dropped}, {"db2", Counted}, {"db2", Dropped}} {
		r := Report{Customer: "nord", Service: "shop", Component: c.component, Key: c.component, Source: "beats", Title: "silent", At: start.Add(2 * time.Minute), Standing: true}
		_, outcome = d.take(r)
		require.Equal(t, c.want, outcome, c.component)
	}
	require.Nil(t, d.cases[0].Redundancy, "a redundant component's case is its own, also beside one of level 1")
}

// An acknowledgement in the source takes a case that nobody has taken, and counts nothing.
func TestAcknowledgedInItsSource(t *testing.T) {
	var d desk
	taken := alarm("a", start.Add(time.Minute))
	taken.Taken = true
	_, outcome := d.take(taken)
	require.Equal(t, Dropped, outcome, "nobody knows of it")
	d.take(alarm("a", start))
	i, outcome := d.take(taken)
	require.Equal(t, Taken, outcome)
	require.Equal(t, models.IncidentAcknowledged, i.State)
	require.Equal(t, 1, i.Occurrences)
	require.Empty(t, i.Assignee, "a machine is nobody to ask")
	require.False(t, clock(&i, models.ClockAcknowledge).Running())
	_, outcome = d.take(taken)
	require.Equal(t, Dropped, outcome)
}

func TestAReviewIsWrittenOnceItIsOver(t *testing.T) {
	var d desk
	r := alarm("a", start)
	r.Impact, r.Urgency = 1, 1
	d.take(r)
	_, _, err := ReviewDone(d.cases[0], by("eva", start, "too early"), rules())
	var notNow *NotNowError
	require.ErrorAs(t, err, &notNow)
	d.do(t, 0, Resolve, by("eva", start.Add(time.Hour), "done"))
	due := d.cases[0].Review.Due
	i, entries, err := ReviewDone(d.cases[0], by("eva", start.Add(2*time.Hour), "a text"), rules())
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, models.Review{Due: due, Done: start.Add(2 * time.Hour), Text: "a text"}, *i.Review)
	template := ReviewTemplate(i, d.log, time.UTC, "")
	require.Contains(t, template, "## Timeline")
	require.Regexp(t, `(?m)^- \S+ \S+ UTC \S+: opened level 1(: .*)?$`, template)
	require.Regexp(t, `(?m)^- \S+ \S+ UTC eva: state \S.* → resolved: done$`, template)
	require.NotRegexp(t, `(?m) $`, template)
	_, _, err = ReviewDone(i, by("eva", start, " "), rules())
	require.Error(t, err)
}
