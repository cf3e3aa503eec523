package splunk

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// happening is one event of the fake.
type happening struct {
	at    int64
	part  string // "" for none
	value float64
}

// fake answers the searches of this package over a list of events, by their text: it
// knows the bucket's formula and the measures count, sum, max, latest and dc.
type fake struct {
	t        testing.TB
	events   []happening
	searches []Search
	tooLarge int64 // refuse searches over more seconds than these; 0 for none
}

var (
	formulaPattern = regexp.MustCompile(`eval fs_epoch=(?:floor\(\(?_time([+-]\d+)?\)?/(\d+)\)\*(\d+)([+-]\d+)?|(\d+)|_time)`)
	spanPattern    = regexp.MustCompile(`span=(\d+)s`)
	measurePattern = regexp.MustCompile(`(?:stats|tstats) (count|sum|max|latest|dc)[^ ]* as fs_value`)
)

func (f *fake) Search(_ context.Context, s Search) (Rows, error) {
	f.searches = append(f.searches, s)
	from, to := s.Earliest.Unix(), s.Latest.Unix()
	if f.tooLarge > 0 && to-from > f.tooLarge {
		return Rows{}, &Error{Op: "running", Why: ReasonTooLarge}
	}
	m := formulaPattern.FindStringSubmatch(s.SPL)
	require.NotNil(f.t, m, s.SPL)
	bucket := func(t int64) int64 {
		switch {
		case m[5] != "":
			return number64(m[5])
		case m[2] == "":
			w := number64(spanPattern.FindStringSubmatch(s.SPL)[1])
			return t / w * w
		}
		require.Equal(f.t, m[2], m[3], s.SPL)
		return (t+number64(m[1]))/number64(m[2])*number64(m[3]) + number64(m[4])
	}
	type key struct {
		epoch int64
		part  string
	}
	values := map[key][]happening{}
	for _, e := range f.events {
		if e.at < from || e.at >= to || strings.Contains(s.SPL, "heartbeat") != (e.part == "heartbeat") {
			continue
		}
		k := key{epoch: bucket(e.at)}
		if strings.Contains(s.SPL, "fs_part") {
			k.part = e.part
			if e.part == "" {
				k.part = noPart
			}
		}
		values[k] = append(values[k], e)
	}
	fn := measurePattern.FindStringSubmatch(s.SPL)
	require.NotNil(f.t, fn, s.SPL)
	var rows Rows
	for k, v := range values {
		row := Row{epochColumn: {fmt.Sprint(k.epoch)}, valueColumn: {fmt.Sprint(measured(fn[1], v))}}
		if strings.Contains(s.SPL, weightColumn) {
			row[weightColumn] = []string{fmt.Sprint(len(v))}
		}
		if k.part != "" {
			row[partColumn] = []string{k.part}
		}
		rows.Rows = append(rows.Rows, row)
	}
	return rows, nil
}

func measured(fn string, events []happening) float64 {
	slices.SortFunc(events, func(a, b happening) int { return int(a.at - b.at) })
	sum, most, distinct := 0.0, events[0].value, map[float64]bool{}
	for _, e := range events {
		sum += e.value
		most = max(most, e.value)
		distinct[e.value] = true
	}
	return map[string]float64{"count": float64(len(events)), "sum": sum, "max": most,
		"latest": events[len(events)-1].value, "dc": float64(len(distinct))}[fn]
}

func number64(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix("0"+strings.TrimPrefix(s, "+"), "0"), 10, 64)
	if s == "" || err != nil {
		return 0
	}
	return n
}

// every makes an event each step seconds in [from, to), of parts in turn.
func every(from, to time.Time, step int64, parts ...string) []happening {
	var all []happening
	for t, i := from.Unix(), 0; t < to.Unix(); t, i = t+step, i+1 {
		e := happening{at: t, value: float64(i % 7)}
		if len(parts) > 0 {
			e.part = parts[i%len(parts)]
		}
		all = append(all, e)
	}
	return all
}
