package incident

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

// heeded are paged rules by which whoever has a case hears that its times run out, and bo that they have.
func heeded() Rules {
	r := paged()
	r.Policies[0].Steps = r.Policies[0].Steps[:1]
	r.Policies[0].Repeat = 0
	r.Policies[0].Clocks = []models.ClockNotice{
		{Warned: true, Assignee: true, To: models.PolicyStep{Channel: "mail"}},
		{Breached: true, Of: []models.ClockKind{models.ClockAcknowledge, models.ClockUpdate}, To: models.PolicyStep{Contacts: []string{"bo"}}},
		{Breached: true, To: models.PolicyStep{Contacts: []string{"bo"}}},
	}
	return r
}

// clocked are the notices that tell of clocks.
func (p *paging) clocked() (all []string) {
	for _, n := range p.notices {
		if n.Clock != "" {
			all = append(all, fmt.Sprintf("%s %s %s %s %s", n.Due.Sub(start), n.Clock, n.Kind, n.Contact, n.Channel))
		}
	}
	return all
}

func TestPromisedTimesAreToldBeforeTheyRunOut(t *testing.T) {
	p := &paging{T: t, rules: heeded()}
	p.alarm(0, nil)
	p.until(1, 61)
	require.Equal(t, []string{"1h1m0s acknowledge breached bo mail"}, p.clocked(), "once, though two rules say so, and not by the chat that waits")
	require.Equal(t, 1, p.says(models.EntrySuppressed, "no contact has the case"))
	p.do(62, Acknowledge, "")
	require.Equal(t, "eva", p.i.Assignee)
	require.Equal(t, models.NoticeAcknowledged, p.notices[len(p.notices)-1].Kind, "bo hears that somebody has it")
	p.until(63, 260)
	require.Equal(t, []string{"3h0m0s update warned eva mail", "4h1m0s update breached bo mail"}, p.clocked()[1:])
	require.Equal(t, "the time to update ran out at 2026-11-25T13:00:00Z", p.notices[len(p.notices)-1].Text)
	require.Empty(t, Audit(p.i, p.entries, posted(p.notices), start.Add(260*time.Minute), p.rules))

	p.rules.Policies[0].Clocks = nil
	before := len(p.notices)
	p.until(261, 1500)
	require.Greater(t, p.says(models.EntryClock, "the time to resolve ran out"), 0)
	require.Len(t, p.notices, before, "who asks for nothing is told nothing")
}

// What no longer holds is taken back: the warning of a clock that has stopped, or has run out.
func TestAWarningIsTakenBackWhenItsClockHasStopped(t *testing.T) {
	p := &paging{T: t, rules: heeded()}
	p.rules.Policies[0].Clocks[0] = models.ClockNotice{Warned: true, To: models.PolicyStep{Contacts: []string{"eva"}}}
	p.alarm(0, nil)
	p.until(1, 45)
	require.Equal(t, []string{"45m0s acknowledge warned eva mail"}, p.clocked())
	require.Equal(t, []models.ClockKind{models.ClockAcknowledge}, p.i.Escalation.Warned)
	now, entries, err := Do(p.i, Acknowledge, by("eva", start.Add(50*time.Minute), ""), p.rules)
	require.NoError(t, err)
	turn := Settle(now, entries, start.Add(50*time.Minute), p.rules)
	require.Contains(t, turn.Withdrawn, models.Withdrawal{Incident: "nord-1", Before: place(now.Entries), Clock: models.ClockAcknowledge})
	require.Empty(t, turn.Incidents[0].Escalation.Warned)
	require.Greater(t, place(now.Entries), p.notices[len(p.notices)-1].Seq)
}

func TestAWindowKeepsClocksQuietToo(t *testing.T) {
	p := &paging{T: t, rules: heeded()}
	p.rules.Windows = []models.Maintenance{{ID: "w", Name: "move", From: start, To: start.Add(90 * time.Minute)}}
	p.alarm(0, nil)
	p.until(1, 100)
	require.Empty(t, p.clocked())
	require.Equal(t, 2, p.says(models.EntrySuppressed, "nobody is told of it: the window keeps it quiet"), "of the warning and of the breach")
	require.Empty(t, Audit(p.i, p.entries, posted(p.notices), start.Add(100*time.Minute), p.rules))
}

// A channel that keeps alerts open gets one of its own for a clock, and hears of its end.
func TestAClocksAlertIsItsOwn(t *testing.T) {
	p := &paging{T: t, rules: heeded()}
	p.rules.Channels["pager"] = models.ChannelPagerDuty
	p.rules.Contacts[1].Rules = []models.ContactRule{{Channel: "pager"}}
	p.rules.Policies[0].Steps[0].Contacts = []string{"bo"}
	p.alarm(0, nil)
	p.until(1, 61)
	page, breach := p.notices[0], p.notices[1]
	require.Equal(t, page.Key+".acknowledge", breach.Key)
	p.do(62, Resolve, "mended")
	ended := map[string]models.NoticeKind{}
	ids := map[string]bool{}
	for _, n := range p.notices[2:] {
		ended[n.Key] = n.Kind
		ids[n.ID] = true
	}
	require.Equal(t, map[string]models.NoticeKind{page.Key: models.NoticeResolved, breach.Key: models.NoticeResolved}, ended)
	require.Len(t, ids, len(p.notices)-2)
}

func TestTheAuditorFindsWhoWasNotToldOfAClock(t *testing.T) {
	p := &paging{T: t, rules: heeded()}
	quiet := p.rules.Policies[0].Clocks
	p.rules.Policies[0].Clocks = nil
	p.alarm(0, nil)
	p.until(1, 61)
	p.rules.Policies[0].Clocks = quiet
	at := start.Add(61 * time.Minute)
	lapses := Audit(p.i, p.entries, posted(p.notices), at, p.rules)
	require.Len(t, lapses, 2)
	require.Contains(t, lapses[0].Text, "the time to acknowledge ran out at 2026-11-25T10:00:00Z, and nobody was told: policy shop wants it")
	grown := append(append([]models.Entry(nil), p.entries...), models.Entry{Kind: models.EntryLevel, From: "1", To: "2"})
	require.Empty(t, Audit(p.i, grown, posted(p.notices), at, p.rules), "another policy may have been its")

	p = &paging{T: t, rules: heeded()}
	p.alarm(0, nil)
	p.until(1, 61)
	all := posted(p.notices)
	last := &all[len(all)-1]
	last.Is, last.Settled = models.NoticeWithdrawn, at.Add(20*time.Minute)
	lapses = Audit(p.i, p.entries, all, at, p.rules)
	require.Len(t, lapses, 1)
	require.Contains(t, lapses[0].Text, "until the time to acknowledge was no longer running")
	require.Contains(t, Audit(p.i, p.entries, all[:len(all)-1], at, p.rules)[0].Text, "the timeline says that bo is told, and no notice was made")
}

// A promise runs out whether or not somebody looks at its clock.
func TestTheAuditorFindsClocksThatNobodyLookedAt(t *testing.T) {
	p := &paging{T: t, rules: heeded()}
	p.alarm(0, nil)
	ran := func(at time.Time) (all []string) {
		for _, l := range Audit(p.i, p.entries, posted(p.notices), at, p.rules) {
			if strings.Contains(l.Text, "ran out") {
				all = append(all, l.Text)
			}
		}
		return all
	}
	require.Empty(t, ran(start.Add(time.Hour)))
	require.Equal(t, []string{"the time to acknowledge ran out at 2026-11-25T10:00:00Z and nothing was said of it: no serve was running"}, ran(start.Add(time.Hour+Tolerance+time.Second)))
}

// Whatever happens: of each turn that a clock takes a receiver hears once at most, of none that did not
// come, and of none without an entry of its own.
func TestOneNoticeForEachTurnOfAClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := heeded()
		at, cases := start, []models.Incident(nil)
		var entries []models.Entry
		var notices []models.Notice
		keep := func(turn models.Turn) {
			if len(turn.Incidents) > 0 {
				cases = turn.Incidents
			}
			entries, notices = append(entries, turn.Entries...), append(notices, turn.Notices...)
		}
		take := func(r Report) {
			if now, gained, outcome := Take(r, cases, "nord-1", rules); outcome != Dropped && (outcome != Opened || cases == nil) {
				keep(Settle(now, gained, at, rules))
			}
		}
		take(alarm("a", at))
		for range rapid.IntRange(1, 40).Draw(t, "n") {
			at = at.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "later")) * time.Minute)
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				r := alarm(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"), at)
				r.Cleared, r.Urgency = rapid.Bool().Draw(t, "cleared"), models.Grade(rapid.IntRange(0, 3).Draw(t, "urgency"))
				take(r)
			case 1:
				v := rapid.SampledFrom([]Verb{Acknowledge, Start, Hold, Resolve, Reopen}).Draw(t, "verb")
				if now, gained, err := Do(cases[0], v, by(rapid.SampledFrom([]string{"eva", "nobody known"}).Draw(t, "who"), at, "because"), rules); err == nil {
					keep(Settle(now, gained, at, rules))
				}
			case 2:
				if now, gained, err := Update(cases[0], by("eva", at, "we are at it"), rules); err == nil {
					keep(Settle(now, gained, at, rules))
				}
			default:
				keep(Look(cases[0], at, rules))
			}
		}
		keep(Look(cases[0], at, rules))
		turns := map[string]int{} // of each clock: how often the timeline says so
		for _, e := range entries {
			if k, kind, tells := ofClock(e); tells {
				turns[clockWords(k, kind)]++
			}
		}
		ids, heard := map[string]bool{}, map[string]int{}
		for _, n := range notices {
			require.False(t, ids[n.ID], "made twice")
			ids[n.ID] = true
			if n.Clock != "" {
				words := clockWords(n.Clock, n.Kind)
				heard[words+n.Contact]++
				require.LessOrEqual(t, heard[words+n.Contact], turns[words])
			}
		}
		for _, k := range []models.ClockKind{models.ClockAcknowledge, models.ClockUpdate, models.ClockResolve} {
			words := clockWords(k, models.NoticeBreached)
			require.Equal(t, turns[words], heard[words+"bo"], "every breach is told")
		}
		require.Empty(t, Audit(cases[0], entries, posted(notices), at, rules))
	})
}
