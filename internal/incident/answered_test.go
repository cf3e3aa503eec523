package incident

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// answers says what somebody did in the pager with an alert.
func (p *paging) answers(minute int, key string, resolved bool) Outcome {
	p.Helper()
	at := start.Add(time.Duration(minute) * time.Minute)
	r := Report{Customer: "nord", Source: "PagerDuty", Paged: key, By: "Eva Ek", At: at, Taken: !resolved, Cleared: resolved}
	i, entries, outcome := Take(r, []models.Incident{p.i}, "nord-2", p.rules)
	if outcome != Dropped {
		p.keep(Settle(i, entries, at, p.rules))
	}
	return outcome
}

func TestWhatIsTakenInThePagerIsTakenHere(t *testing.T) {
	p := &paging{T: t, rules: paged()}
	p.alarm(0, nil)
	key := p.notices[0].Key
	require.Equal(t, Dropped, p.answers(1, key+"0", false), "nobody's key")
	require.Equal(t, Dropped, p.answers(1, key+".acknowledge", false), "a clock's alert is not the case")
	require.Equal(t, Taken, p.answers(2, key, false))
	require.Equal(t, []any{models.IncidentAcknowledged, "Eva Ek"}, []any{p.i.State, p.i.Assignee})
	require.Equal(t, 1, p.says(models.EntryState, "acknowledged in PagerDuty"))
	require.Equal(t, Dropped, p.answers(3, key, false), "it is known")
	p.until(3, 100)
	require.Len(t, p.notices, 2, "paging has stopped")
	require.Equal(t, Resolves, p.answers(101, key, true))
	require.Equal(t, models.IncidentResolved, p.i.State)
	require.Equal(t, Dropped, p.answers(102, key, true))
	require.Equal(t, Dropped, p.answers(102, key, false), "what is over is not taken")

	// Of a case that came to a graver level after it was taken the answer stops the paging.
	p = &paging{T: t, rules: paged()}
	p.alarm(0, fan("db2"))
	p.do(5, Acknowledge, "")
	p.alarm(61, fan("db1"))
	require.Equal(t, Taken, p.answers(62, p.notices[0].Key, false))
	require.Zero(t, p.i.Escalation.Due)
	p.until(63, 200)
	require.Len(t, p.notices, 2)
}
