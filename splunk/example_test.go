package splunk_test

import (
	"fmt"
	"time"

	"foresight/models"
	"foresight/splunk"
)

// The week in which Stockholm's clocks go back, by local days: three searches, since
// the night to 26 October 2025 has 25 hours.
func ExamplePlan() {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		fmt.Println(err)
		return
	}
	q := models.Query{ID: "orders", Source: models.SourceEvents, Search: "index=shop sourcetype=order",
		Span: models.SpanDay, Signal: models.Signal{Measure: "sum(amount)"}}
	w := models.Window{From: time.Date(2025, 10, 20, 0, 0, 0, 0, zone), To: time.Date(2025, 10, 28, 0, 0, 0, 0, zone)}
	chunks, err := splunk.Plan(zone, q, w)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range chunks {
		fmt.Println(c.Search.Label)
	}
	fmt.Println(chunks[0].Search.SPL)
	// Output:
	// query orders, 2025-10-19T22:00Z to 2025-10-25T22:00Z
	// query orders, 2025-10-25T22:00Z to 2025-10-26T23:00Z
	// query orders, 2025-10-26T23:00Z to 2025-10-27T23:00Z
	// search (index=shop sourcetype=order) | eval fs_epoch=floor((_time+7200)/86400)*86400-7200 | stats sum(amount) as fs_value by fs_epoch | sort 0 fs_epoch | table fs_epoch fs_value
}

// A span must divide every offset of the zone, or no local day can be built of it.
func ExampleCheckQuery() {
	zone, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		fmt.Println(err)
		return
	}
	q := models.Query{ID: "orders", Source: models.SourceEvents, Search: "index=shop", Span: models.SpanHour, Signal: models.Signal{Measure: "count"}}
	fmt.Println(splunk.CheckQuery(q, zone))
	q.Span, q.Search = models.Span30Min, "index=shop | delete"
	fmt.Println(splunk.CheckQuery(q, zone))
	// Output:
	// query orders: span 1h does not divide the offset +05:30 of zone Asia/Kolkata, so that no local day can be built of its buckets: use span 30m
	// query orders: search: a pipe outside quotes: write the search up to the first pipe, the measure says what follows
}
