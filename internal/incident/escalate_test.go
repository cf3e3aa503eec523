package incident

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

// paged are rules by which eva is told at once, after half an hour who is on call, and so once
// more after a quarter of an hour.
func paged() Rules {
	r := rules()
	r.Channels = map[string]models.ChannelKind{"mail": models.ChannelEmail, "chat": models.ChannelSlack}
	r.Contacts = []models.Contact{
		{ID: "eva", Name: "Eva", Email: "eva@nord", Rules: []models.ContactRule{{Channel: "mail"}}},
		{ID: "bo", Name: "Bo", Rules: []models.ContactRule{{Channel: "mail", To: "bo@nord"}, {Channel: "chat", After: 5 * time.Minute}}},
		{ID: "kim", Name: "Kim"},
	}
	r.Rotas = []models.Rota{{ID: "first", Rotations: []models.Rotation{{Contacts: []string{"kim", "bo"}, From: start.Truncate(24 * time.Hour), Days: 7}}}}
	r.Policies = []models.Policy{{ID: "shop", Services: []string{"shop"}, Repeat: 1, RepeatAfter: 15 * time.Minute, Steps: []models.PolicyStep{
		{Contacts: []string{"eva"}}, {After: 30 * time.Minute, Rotas: []string{"first"}},
	}}}
	return r
}

// paging follows one case.
type paging struct {
	*testing.T
	rules   Rules
	i       models.Incident
	entries []models.Entry
	notices []models.Notice
	taken   int
}

func (p *paging) keep(t models.Turn) {
	if len(t.Incidents) == 0 {
		return
	}
	p.i = t.Incidents[0]
	p.entries, p.notices, p.taken = append(p.entries, t.Entries...), append(p.notices, t.Notices...), p.taken+len(t.Withdrawn)
}

func (p *paging) alarm(minute int, more func(*Report)) {
	r := alarm("a", start.Add(time.Duration(minute)*time.Minute))
	if more != nil {
		more(&r)
	}
	var cases []models.Incident
	if p.i.ID != "" {
		cases = append(cases, p.i)
	}
	i, entries, _ := Take(r, cases, "nord-1", p.rules)
	p.keep(Settle(i, entries, r.At, p.rules))
}

func (p *paging) do(minute int, v Verb, text string) {
	at := start.Add(time.Duration(minute) * time.Minute)
	i, entries, err := Do(p.i, v, by("eva", at, text), p.rules)
	require.NoError(p, err)
	p.keep(Settle(i, entries, at, p.rules))
}

// until looks every minute.
func (p *paging) until(from, to int) {
	for m := from; m <= to; m++ {
		p.keep(Look(p.i, start.Add(time.Duration(m)*time.Minute), p.rules))
	}
}

// told are the notices as "minute contact kind".
func (p *paging) told() []string {
	var all []string
	for _, n := range p.notices {
		all = append(all, strings.Join([]string{n.Due.Sub(start).String(), n.Channel, n.To, string(n.Kind)}, " "))
	}
	return all
}

func (p *paging) says(kind models.EntryKind, text string) int {
	n := 0
	for _, e := range p.entries {
		if e.Kind == kind && strings.Contains(e.Text, text) {
			n++
		}
	}
	return n
}

func TestEscalationGoesByItsSteps(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	p.rules.Targets = nil // no clock says anything
	p.alarm(0, nil)
	require.Equal(t, []string{"0s mail eva@nord page"}, p.told(), "the first at once")
	p.until(1, 29)
	require.Len(t, p.notices, 1)
	p.until(30, 30)
	require.Equal(t, []string{"0s mail eva@nord page", "30m0s mail bo@nord page", "35m0s chat  page"}, p.told())
	require.Equal(t, 1, p.says(models.EntrySuppressed, "kim of schedule first is not told: without contact rules"))
	require.Equal(t, 1, p.says(models.EntrySuppressed, "bo is told instead"))
	p.until(31, 200)
	require.Equal(t, []string{"45m0s mail eva@nord page", "1h15m0s mail bo@nord page", "1h20m0s chat  page"}, p.told()[3:], "once more, and then no more")
	require.Equal(t, 1, p.says(models.EntrySuppressed, "nobody has taken it"))
	require.Zero(t, p.i.Escalation.Due)
	require.Equal(t, 1, p.i.Version, "to be told changes nothing that a person saw")
	ids := map[string]bool{}
	for n, one := range p.notices {
		ids[one.ID] = true
		require.True(t, n == 0 || one.Seq > p.notices[n-1].Seq, "in order")
	}
	require.Len(t, ids, len(p.notices))
	require.Equal(t, p.notices[0].Key, p.notices[3].Key, "the same alert to the same receiver")
}

func TestAcknowledgingStopsPaging(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	p.alarm(0, nil)
	p.until(1, 31)
	p.do(32, Acknowledge, "")
	require.Equal(t, 1, p.taken, "what waits is taken back: bo is not called at 35")
	require.Equal(t, []string{"32m0s mail eva@nord acknowledged", "32m0s mail bo@nord acknowledged", "32m0s chat  acknowledged"}, p.told()[3:])
	p.until(33, 300)
	require.Len(t, p.notices, 6)
	p.do(301, Resolve, "mended")
	require.Equal(t, []string{"5h1m0s mail eva@nord resolved", "5h1m0s mail bo@nord resolved", "5h1m0s chat  resolved"}, p.told()[6:])
	p.until(302, 400)
	require.Len(t, p.notices, 9)
}

func TestNobodyWaitsForAStepThatReachesNobody(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	p.rules.Rotas[0].Rotations = nil
	p.rules.Policies[0].Steps = []models.PolicyStep{{Rotas: []string{"first"}}, {After: 30 * time.Minute, Contacts: []string{"kim"}}, {After: time.Hour, Contacts: []string{"eva"}}}
	p.alarm(0, nil)
	require.Equal(t, []string{"0s mail eva@nord page"}, p.told())
	require.Equal(t, 1, p.says(models.EntrySuppressed, "nobody on call: schedule first"))
	require.Equal(t, 1, p.says(models.EntrySuppressed, "kim is not told: without contact rules"))

	p = &paging{T: t, rules: p.rules}
	p.rules.Policies[0].Steps = p.rules.Policies[0].Steps[:2]
	p.alarm(0, nil)
	p.until(1, 300)
	require.Empty(t, p.notices)
	require.Equal(t, 2, p.says(models.EntrySuppressed, "nobody on call"), "once a round, a quarter of an hour apart")
}

func TestAWindowHoldsPagesBack(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	p.rules.Windows = []models.Maintenance{{ID: "w", Name: "move", From: start, To: start.Add(time.Hour)}}
	p.alarm(0, nil)
	p.until(1, 59)
	require.Empty(t, p.notices)
	require.Equal(t, 1, p.says(models.EntrySuppressed, "step 1 of policy shop is due and waits"))
	p.until(60, 60)
	require.Equal(t, []string{"1h0m0s mail eva@nord page"}, p.told(), "it lasts longer than the window")
	require.Zero(t, p.says(models.EntryNotified, "late"))

	// One that begins while people are being told stops that too; an end passes through.
	p = &paging{T: t, rules: paged()}
	p.rules.Windows = []models.Maintenance{{ID: "w", Name: "move", From: start.Add(10 * time.Minute), To: start.Add(time.Hour)}}
	p.alarm(0, nil)
	p.alarm(20, nil)
	p.until(20, 50)
	require.Len(t, p.notices, 1)
	p.alarm(51, func(r *Report) { r.Cleared = true })
	require.Equal(t, "51m0s mail eva@nord resolved", p.told()[1], "silenced meanwhile, and told of the end")
}

func fan(host string) func(*Report) { return func(r *Report) { r.Component, r.Key = host, host } }

func TestOnlyAPolicyThatSaysSoPagesForWhatDoesNotFailYet(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	p.alarm(0, fan("db2"))
	require.Equal(t, models.LevelProactive, p.i.Level)
	p.do(5, Acknowledge, "")
	p.until(6, 60)
	require.Empty(t, p.notices, "the standby wakes nobody")
	p.alarm(61, fan("db1"))
	require.Equal(t, models.LevelReactive, p.i.Level)
	require.Equal(t, []string{"1h1m0s mail eva@nord page"}, p.told(), "it has become an outage: that is news to whoever had taken it")
	p.do(62, Start, "")
	require.Equal(t, models.NoticeAcknowledged, p.notices[1].Kind)
	p.until(63, 300)
	require.Len(t, p.notices, 2)

	p = &paging{T: t, rules: paged()}
	p.rules.Policies[0].Levels = []models.Level{models.LevelProactive}
	p.alarm(0, fan("db2"))
	require.Len(t, p.notices, 1)
}

func TestPagingBeginsAnew(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	p.alarm(0, nil)
	p.alarm(2, func(r *Report) { r.Cleared = true })
	p.alarm(4, func(r *Report) { r.By = "a customer" })
	require.Equal(t, []string{"0s mail eva@nord page", "2m0s mail eva@nord resolved", "4m0s mail eva@nord page"}, p.told(), "whoever reports that it is back")
	require.NotEqual(t, p.notices[0].ID, p.notices[2].ID)
	require.Equal(t, 2, p.i.Escalation.Episode)

	// A graver case goes by the graver policy.
	p = &paging{T: t, rules: paged()}
	p.rules.Policies = append([]models.Policy{{ID: "grave", Priorities: []models.Priority{1}, Steps: []models.PolicyStep{{Channel: "chat"}}}}, p.rules.Policies...)
	p.alarm(0, nil)
	p.alarm(3, func(r *Report) { r.Impact, r.Urgency = 1, 1 })
	require.Equal(t, []string{"0s mail eva@nord page", "3m0s chat  page"}, p.told())
	require.Equal(t, "grave", p.i.Escalation.Policy)
}

// A policy of several levels and priorities pages anew with each that is graver, whichever step it is
// at: an outage is not left to the repetition of what had lost its spare.
func TestAGraverCaseIsPagedAnewByTheSamePolicy(t *testing.T) {
	outage := func(p *paging) {
		p.rules.Targets, p.rules.Policies[0].Levels = nil, []models.Level{models.LevelReactive, models.LevelProactive}
		p.alarm(0, fan("db2"))
		require.Equal(t, []string{"0s mail eva@nord page"}, p.told())
	}
	p := &paging{T: t, rules: paged()}
	outage(p)
	p.until(1, 2)
	p.alarm(3, fan("db1"))
	require.Equal(t, []any{models.LevelReactive, models.Priority(2)}, []any{p.i.Level, p.i.Priority})
	require.Equal(t, []string{"3m0s mail eva@nord page"}, p.told()[1:], "once, for both")
	require.NotEqual(t, p.notices[0].ID, p.notices[1].ID)
	p.until(4, 33)
	require.Equal(t, "33m0s mail bo@nord page", p.told()[2], "the steps begin anew")
	require.Empty(t, Audit(p.i, p.entries, posted(p.notices), start.Add(33*time.Minute), p.rules))

	// A graver report is reason enough while nobody has it, also when all had been told in vain.
	graver := func(r *Report) { r.Impact, r.Urgency = 1, 1 }
	for minute, told := range map[int]int{3: 1, 200: 6} {
		p = &paging{T: t, rules: paged()}
		p.alarm(0, nil)
		p.until(1, minute)
		require.Len(t, p.notices, told)
		p.alarm(minute, graver)
		require.Len(t, p.notices, told+1)
		p.alarm(minute, graver)
		require.Len(t, p.notices, told+1, "no graver than it was")
	}
	p = &paging{T: t, rules: paged()}
	p.alarm(0, nil)
	p.do(1, Acknowledge, "")
	p.alarm(2, graver)
	require.Len(t, p.notices, 2, "whoever has it sees it")

	// A first step that waits does not wait longer for it.
	p = &paging{T: t, rules: paged()}
	p.rules.Policies[0].Steps[0].After = 5 * time.Minute
	p.alarm(0, nil)
	p.alarm(4, graver)
	p.until(4, 5)
	require.Equal(t, []string{"5m0s mail eva@nord page"}, p.told())
}

// A storm of one broken service is one case, and who is told is told once.
func TestAStormIsOneNotice(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	for n := range 10_000 {
		p.alarm(0, func(r *Report) { r.Key, r.At = fmt.Sprint(n%20), start.Add(time.Duration(n)*6*time.Millisecond) })
	}
	require.Equal(t, 10_000, p.i.Occurrences)
	require.Equal(t, []string{"0s mail eva@nord page"}, p.told())
}

func TestAStepThatIsLateSaysSo(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	p.alarm(0, nil)
	require.Empty(t, Audit(p.i, p.entries, posted(p.notices), start.Add(32*time.Minute), p.rules))
	lapses := Audit(p.i, p.entries, posted(p.notices), start.Add(50*time.Minute), p.rules)
	require.Len(t, lapses, 1)
	require.Contains(t, lapses[0].Text, "step 2 of policy shop was due and was not carried out")
	p.until(50, 50)
	require.Equal(t, 1, p.says(models.EntryNotified, "late by 20 min"))
	require.Equal(t, start.Add(65*time.Minute), p.i.Escalation.Due, "who is told late has the whole time all the same")
}

// posted are notices that were sent when they were due.
func posted(all []models.Notice) []models.Posted {
	var out []models.Posted
	for _, n := range all {
		out = append(out, models.Posted{Notice: n, Is: models.NoticeSent, Settled: n.Due})
	}
	return out
}

func TestTheAuditorFindsWhatWasNotSent(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	p.alarm(0, nil)
	at := start.Add(20 * time.Minute)
	one := posted(p.notices)
	for _, c := range []struct {
		name string
		bend func(*models.Posted)
		want string
	}{
		{"fine", func(*models.Posted) {}, ""},
		{"waits", func(n *models.Posted) { n.Is, n.Reply = models.NoticeFailed, "connection refused" }, "Eva by mail has not been told for 20 min and is tried on: connection refused"},
		{"dead", func(n *models.Posted) { n.Is, n.Reply = models.NoticeDead, "no such user" }, "Eva by mail was not told and will not be: no such user"},
		{"late", func(n *models.Posted) { n.Settled = at }, "was told 20 min late"},
		{"taken back", func(n *models.Posted) { n.Is, n.Settled = models.NoticeWithdrawn, at }, "was not told for 20 min, until somebody had taken it"},
		{"merged", func(n *models.Posted) { n.Is, n.Settled = models.NoticeMerged, at }, ""},
	} {
		n := one[0]
		c.bend(&n)
		lapses := Audit(p.i, p.entries, []models.Posted{n}, at, p.rules)
		if c.want == "" {
			require.Empty(t, lapses, c.name)
			continue
		}
		require.Len(t, lapses, 1, c.name)
		require.Contains(t, lapses[0].Text, c.want)
	}
	lapses := Audit(p.i, p.entries, nil, at, p.rules)
	require.Len(t, lapses, 1)
	require.Contains(t, lapses[0].Text, "no notice was made")

	none := p.i
	none.Escalation, none.Service = nil, "till"
	require.Contains(t, Audit(none, nil, nil, at, p.rules)[0].Text, "no policy is for level 1, priority 3 of till")
	none.Service = "shop"
	require.Contains(t, Audit(none, nil, nil, at, p.rules)[0].Text, "paging has not begun")

	// Of a level that is told of elsewhere nobody hears here; of one that no policy names nobody needs to.
	none.Service, none.Level = "till", models.LevelProactive
	require.Empty(t, Audit(none, nil, nil, at, p.rules))
	spare := p.rules
	spare.Policies = append(slices.Clone(spare.Policies), models.Policy{ID: "spare", Levels: []models.Level{2}, Services: []string{"shop"}, Steps: p.rules.Policies[0].Steps})
	require.Contains(t, Audit(none, nil, nil, at, spare)[0].Text, "no policy is for level 2, priority 3 of till")
	none.Level = models.LevelReactive
	require.Contains(t, Audit(none, nil, nil, at, Rules{})[0].Text, "nobody is told: there are no policies; add")

	grown := append(append([]models.Entry(nil), p.entries...), models.Entry{At: start.Add(5 * time.Minute), Kind: models.EntryLevel, From: "2", To: "1"})
	require.Empty(t, Audit(p.i, grown, posted(p.notices), start.Add(8*time.Minute), p.rules))
	require.Contains(t, Audit(p.i, grown, posted(p.notices), at, p.rules)[0].Text, "it came to level 1, policy shop is for it, and nobody was told")
	require.Empty(t, Audit(p.i, append(grown, models.Entry{Kind: models.EntryState, By: "eva"}), posted(p.notices), at, p.rules))

	one[0].Is, one[0].Reply = models.NoticeFailed, "connection refused"
	turn := Lapsed(p.i, one, at, p.rules)
	require.Len(t, turn.Entries, 1)
	require.Empty(t, Lapsed(turn.Incidents[0], one, at.Add(time.Hour), p.rules).Entries, "once")
	one[0].Is = models.NoticeDead
	require.Len(t, Lapsed(turn.Incidents[0], one, at, p.rules).Entries, 1, "and once that it is given up")
}

// Once all steps were carried out as often as the policy wants, everybody was told: that nobody looks at the
// case further is no step that was left out. A step of a later round is called by its own number.
func TestTheAuditorCountsSteps(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	p.alarm(0, nil)
	p.i.Clocks = nil // which nobody looks at here
	p.until(0, 45)
	sent := posted(p.notices)
	lapses := Audit(p.i, p.entries, sent, start.Add(3*time.Hour), p.rules)
	require.Len(t, lapses, 1)
	require.Equal(t, "step 2 of policy shop, time 2 was due and was not carried out: no serve was running", lapses[0].Text)
	p.until(46, 75)
	require.Len(t, p.told(), 6, "all steps, twice")
	require.Empty(t, Audit(p.i, p.entries, posted(p.notices), start.Add(9*time.Hour), p.rules))
}

// Whatever happens in whatever order: no notice is made twice, nobody is paged for a case that
// somebody has taken at its level, and once it is over nothing is due.
func TestNoInterleavingPagesWithoutNeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := paged()
		i, entries, _ := Take(alarm("a", start), nil, "nord-1", rules)
		at, ids := start, map[string]bool{}
		keep := func(turn models.Turn) {
			for _, n := range turn.Notices {
				require.False(t, ids[n.ID], "the notice %s of %s is made twice", n.Kind, n.Contact)
				ids[n.ID] = true
			}
			if len(turn.Incidents) > 0 {
				i = turn.Incidents[0]
			}
			if !i.State.Open() {
				require.True(t, i.Escalation.Due.IsZero())
				require.Empty(t, i.Escalation.Told)
			}
		}
		keep(Settle(i, entries, at, rules))
		for range rapid.IntRange(1, 40).Draw(t, "n") {
			at = at.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "later")) * time.Minute)
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				r := alarm("a", at)
				r.Cleared = rapid.Bool().Draw(t, "cleared")
				if now, entries, outcome := Take(r, []models.Incident{i}, "nord-2", rules); outcome != Dropped && now.ID == i.ID {
					keep(Settle(now, entries, at, rules))
				}
			case 1:
				v := rapid.SampledFrom([]Verb{Acknowledge, Start, Hold, Resolve, Reopen}).Draw(t, "verb")
				if now, entries, err := Do(i, v, by("eva", at, "because"), rules); err == nil {
					turn := Settle(now, entries, at, rules)
					for _, n := range turn.Notices {
						require.NotEqual(t, models.NoticePage, n.Kind, "a person has just dealt with it")
					}
					keep(turn)
				}
			default:
				turn := Look(i, at, rules)
				if i.State != models.IncidentNew && i.Escalation.Due.IsZero() {
					require.Empty(t, turn.Notices)
				}
				keep(turn)
				require.Empty(t, Look(i, at, rules), "a second look at the same moment finds nothing")
			}
		}
	})
}
