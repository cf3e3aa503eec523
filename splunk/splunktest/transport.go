package splunktest

import (
	"context"
	"fmt"
	"sort"
	"sync"
	"testing"
	"time"

	"foresight/models"
	"foresight/splunk"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func nothingFound(t *testing.T, b *bench) {
	assert.Empty(t, b.rows(t, " | stats count by host"))
	got := b.fetch(t, models.Query{Span: models.SpanHour, Signal: models.Signal{Measure: "count"}},
		models.Window{From: start, To: start.Add(24 * time.Hour)})
	require.Len(t, got.Columns, 1)
	assert.Empty(t, got.Columns[0].Points)
}

func sentIsFound(t *testing.T, b *bench) {
	at := start.Add(90*time.Minute + 123*time.Millisecond)
	b.fill(t, b.event(at, map[string]any{"n": 7, "name": "kassa"}))
	rows := b.rows(t, " | eval ms=floor(_time*1000+0.5) | table ms n name host source sourcetype")
	require.Len(t, rows, 1)
	for field, want := range map[string]string{"ms": fmt.Sprint(at.UnixMilli()), "n": "7", "name": "kassa",
		"host": "suite", "source": b.source, "sourcetype": "foresight:suite"} {
		got, err := rows[0].One(field)
		require.NoError(t, err)
		assert.Equal(t, want, got, field)
	}
}

// texts are what a client or a server may stumble over.
var texts = []string{`a "quoted" word`, `back\slash`, "pipe|and [brackets]", "Ärtsoppa på torsdag", "日本 🐟", "<b>&amp;</b>",
	"a,b;c=d", "tab\tand", "100%", "'single'", "$dollar$", "`tick`"}

func textsComeBack(t *testing.T, b *bench) {
	events := make([]models.Event, 0, len(texts))
	for i, text := range texts {
		events = append(events, b.event(start.Add(time.Duration(i)*time.Minute), map[string]any{"text": text}))
	}
	b.fill(t, events...)
	got := b.fetch(t, models.Query{Span: models.SpanHour, Signal: models.Signal{Measure: "count"},
		Split: &models.Split{By: "text", Max: 100}}, models.Window{From: start, To: start.Add(time.Hour)})
	found := make([]string, 0, len(texts))
	for _, c := range got.Columns[1:] {
		found = append(found, c.Split)
	}
	assert.ElementsMatch(t, texts, found)
	require.Len(t, got.Columns[0].Points, 1)
	assert.InDelta(t, len(texts), got.Columns[0].Points[0].Value, 0)
}

func manyPages(t *testing.T, b *bench) {
	const n = 333
	events := make([]models.Event, 0, n)
	for i := range n {
		events = append(events, b.event(start.Add(time.Duration(i)*time.Second), map[string]any{"i": i}))
	}
	b.fill(t, events...)
	rows := b.rows(t, " | eval at=_time | sort 0 at | table i")
	require.Len(t, rows, n)
	for want, row := range rows {
		got, err := row.One("i")
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(want), got)
	}
}

func ahead(t *testing.T, b *bench) {
	at := time.Now().Add(120 * 24 * time.Hour).Truncate(time.Hour) // the suite's own clock: how far ahead is all that matters
	b.fill(t, b.event(at, map[string]any{"mean": 1}))
	got := b.fetch(t, models.Query{Span: models.SpanHour, Signal: models.Signal{Measure: "count"}},
		models.Window{From: at, To: at.Add(time.Hour)})
	require.Len(t, got.Columns[0].Points, 1)
	assert.Equal(t, at.Unix(), got.Columns[0].Points[0].Time)
}

// doubles are told by their event id: by the server, or else by whoever searches.
func doubles(t *testing.T, b *bench) {
	events := make([]models.Event, 0, 10)
	for i := range 10 {
		e := b.event(start.Add(time.Duration(i%5)*time.Minute), map[string]any{"event_id": fmt.Sprintf("%s-%d", b.source, i%5), "n": i % 5})
		e.EventID = fmt.Sprintf("%s-%d", b.source, i%5)
		events = append(events, e)
	}
	for range 2 { // a second Send, as after an answer that was lost
		rejected, err := b.Send.Send(t.Context(), events)
		require.NoError(t, err)
		require.Empty(t, rejected)
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Contains(c, []string{"5", "20"}, b.count(t, c), "of which the server keeps each once, or every one")
	}, 20*time.Second, 50*time.Millisecond, "events become searchable")
	assert.Len(t, b.rows(t, " | dedup event_id | table event_id"), 5)
}

func sideBySide(t *testing.T, b *bench) {
	b.fill(t, b.event(start, map[string]any{"n": 1}))
	var all sync.WaitGroup
	var mu sync.Mutex
	var counts []string
	for range 6 {
		all.Go(func() {
			n := b.count(t, t)
			mu.Lock()
			defer mu.Unlock()
			counts = append(counts, n)
		})
	}
	all.Wait()
	sort.Strings(counts)
	assert.Equal(t, []string{"1", "1", "1", "1", "1", "1"}, counts)
}

func badSearch(t *testing.T, b *bench) {
	_, err := b.Search.Search(soon(t), splunk.Search{SPL: "search " + b.base() + " | frobnicate x",
		Earliest: start, Latest: start.Add(time.Hour), Label: "query suite"})
	require.Error(t, err)
	assert.Contains(t, []string{splunk.ReasonBadSearch, splunk.ReasonFailed}, splunk.ReasonOf(err), err)
	assert.ErrorContains(t, err, "query suite", "the error names the search")
	assert.ErrorContains(t, err, "frobnicate", "and repeats the server's words")
}

func givenUp(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	_, err := b.Search.Search(ctx, splunk.Search{SPL: "search " + b.base(), Earliest: start, Latest: start.Add(time.Hour)})
	require.ErrorIs(t, err, context.Canceled)
	_, err = b.Send.Send(ctx, []models.Event{b.event(start, map[string]any{"n": 1})})
	require.ErrorIs(t, err, context.Canceled)
	assert.Less(t, time.Since(began), 2*time.Second)
}
