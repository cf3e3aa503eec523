package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/internal/report"
	"foresight/models"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func render(t require.TestingT, r models.Result, o report.Options) string {
	var b bytes.Buffer
	require.NoError(t, report.HTML(&b, r, o))
	return b.String()
}

func withHindsight(r models.Result) report.Options {
	return report.Options{Hindsight: map[string][]models.HistoryPoint{
		report.HindsightKey(r.Signals[0]): hindsight(r.AsOf)}}
}

func TestGolden(t *testing.T) {
	r := fixture()
	swedish := withHindsight(r)
	swedish.Lang = "sv"
	for name, o := range map[string]report.Options{"page": {}, "hindsight": withHindsight(r), "hindsight.sv": swedish} {
		t.Run(name, func(t *testing.T) {
			got := render(t, r, o)
			file := filepath.Join("testdata", name+".golden.html")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err, "run with -update to write it")
			if string(want) != got {
				at := 0
				for at < min(len(want), len(got)) && want[at] == got[at] {
					at++
				}
				t.Fatalf("%s differs at byte %d; look at it and run with -update\nwant …%s\ngot  …%s", file, at,
					string(want)[max(0, at-80):min(len(want), at+120)], got[max(0, at-80):min(len(got), at+120)])
			}
		})
	}
}

// wellFormed reads a page as XML with HTML's own entities and void elements: every
// element is closed and every attribute quoted.
func wellFormed(page string) error {
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(page, "<!DOCTYPE html>")))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	depth := []string{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch e := tok.(type) {
		case xml.StartElement:
			depth = append(depth, e.Name.Local)
		case xml.EndElement:
			if len(depth) == 0 || depth[len(depth)-1] != e.Name.Local {
				return io.ErrUnexpectedEOF
			}
			depth = depth[:len(depth)-1]
		}
	}
	if len(depth) > 0 {
		return io.ErrUnexpectedEOF
	}
	return nil
}

var (
	elsewhere = regexp.MustCompile(`(?i)(src|href|action|xlink:href)\s*=\s*["']?\s*(https?:|//)|url\(\s*["']?(https?:|//)|@import|<script|<iframe`)
	ids       = regexp.MustCompile(` id="([^"]+)"`)
	links     = regexp.MustCompile(`(?:href="#|url\(#)([^")]+)`)
	paths     = regexp.MustCompile(` (?:d|x|y|cx|cy|r|viewBox|width|height)="([^"]*)"`)
	badNumber = regexp.MustCompile(`NaN|Inf|[0-9]e[+-]?[0-9]`)
)

func TestPageStandsOnItsOwn(t *testing.T) {
	r := fixture()
	page := render(t, r, withHindsight(r))
	require.NoError(t, wellFormed(page))
	assert.Empty(t, elsewhere.FindAllString(page, -1), "a page must not load or run anything from elsewhere")
	assert.NotContains(t, page, "alert(1)</script>")
	assert.Contains(t, page, "&lt;script&gt;")
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(page, -1) {
		assert.False(t, seen[m[1]], "id %q twice", m[1])
		seen[m[1]] = true
	}
	for _, m := range links.FindAllStringSubmatch(page, -1) {
		assert.True(t, seen[m[1]], "nothing has the id %q", m[1])
	}
}

func TestWhatThePageSays(t *testing.T) {
	r := fixture()
	page := strings.NewReplacer("\u202f", " ", "&#39;", "'").Replace(render(t, r, withHindsight(r)))
	for _, want := range []string{
		"11 Sep 2026 (Fri)", "What still helps:", "moved: latest start 2026-09-18 → 2026-09-11 (data)",
		"No forecast, because the search came back incomplete (2 of 5 indexers answered). Whether it will be overloaded is unknown.",
		"That is not the same as no overload.", "fetch failed: Splunk said: 3 peers down &lt;b&gt;now&lt;/b&gt;",
		"2 Christmases seen", "14 missing days", "32 % less error than simply repeating the last season",
		"Christmas lifts 22 Dec 2026 (Tue) to 1.75 ×", "highest on Fridays, 1.25 × the usual",
		"12 000 orders an hour since 1 Jan 2024 (Mon),", "16 000 orders an hour from 1 Mar 2027 (Mon) on, already ordered",
		"The busiest hour of each day", "Mother's Day", "seen 3 times", "What has since come true.",
		"The usable limit was first crossed on 27 Nov 2026 (Fri)", "A simpler method was taken: monthly data has no week to learn",
	} {
		assert.Contains(t, page, want)
	}
	late, timely := strings.Index(page, "Add capacity to the order system"), strings.Index(page, "Prepare the shop")
	assert.Less(t, late, timely, "the earliest start stands first")
	assert.NotContains(t, page, "unknown orders")
}

// Unknown is never said as "no overload": the page's first sentence, by what there is.
func TestFirstSentence(t *testing.T) {
	bare := func(change func(*models.Result)) models.Result {
		r := fixture()
		r.Actions, r.Findings, r.Errors, r.Signals = nil, nil, nil, r.Signals[:2]
		change(&r)
		return r
	}
	for want, r := range map[string]models.Result{
		"for 1 of them the last day to start has passed": fixture(),
		"the next must start by 17 Nov 2026 (Tue)":       bare(func(r *models.Result) { r.Actions = fixture().Actions[:1] }),
		"Limits may be crossed, but no work is due yet":  bare(func(r *models.Result) { r.Findings = fixture().Findings[:1] }),
		"part of the picture is unknown":                 bare(func(r *models.Result) { r.Errors = fixture().Errors }),
		"for 1 signal no limit is configured":            bare(func(*models.Result) {}),
		"but no limit is configured":                     bare(func(r *models.Result) { r.Signals = r.Signals[1:] }),
		"no limit is likely to be crossed":               bare(func(r *models.Result) { r.Signals = r.Signals[:1] }),
	} {
		assert.Contains(t, render(t, r, report.Options{}), want)
	}
}

// Months have neither days of the week nor days.
func TestMonthsAreMonths(t *testing.T) {
	r := fixture()
	r.Signals = r.Signals[1:2]
	f := &r.Signals[0].Forecasts[0]
	f.Components = append(f.Components, models.Component{Name: "week", Values: make([]float64, len(f.Points))})
	r.Findings = []models.Finding{peak(models.Subject{Service: "pay", Signal: "sales"}, *f, f.Points[3].Time, "Christmas", 5)}
	var came []models.HistoryPoint
	for _, p := range f.Points[:6] {
		came = append(came, models.HistoryPoint{Time: p.Time, Total: p.Mean, Busiest: math.NaN()})
	}
	page := render(t, r, report.Options{Hindsight: map[string][]models.HistoryPoint{report.HindsightKey(r.Signals[0]): came}})
	assert.Contains(t, page, "Christmas, Dec</text>")
	assert.Contains(t, page, "Dec 2026</time>")
	assert.NotContains(t, page, "day of the week")
	assert.Contains(t, page, "The largest was Feb 2027")
	assert.Contains(t, page, "in the very month that was said")
	assert.NotContains(t, page, "1 Feb 2027")
}

// Crossing days that fall on one day share one line and one label.
func TestCrossingsOfOneDay(t *testing.T) {
	r := fixture()
	o := *r.Findings[0].Overload
	o.Early = o.Expected
	r.Findings[0].Overload = &o
	page := render(t, r, report.Options{})
	assert.Contains(t, page, "10, 50\u202f%: 27 Nov")
	assert.NotContains(t, page, ">10\u202f%: 27 Nov")
}

// The plot with the limit names its peak days even when only the totals have peaks.
func TestNamesOfAnotherMeasure(t *testing.T) {
	r := fixture()
	r.Findings = []models.Finding{peak(models.Subject{Service: "shop", Signal: "orders"}, r.Signals[0].Forecasts[0],
		time.Date(2026, 11, 27, 0, 0, 0, 0, stockholm()), "Black Friday", 3)}
	page := render(t, r, report.Options{})
	// The strip, and the near and long plots of both measures.
	assert.Equal(t, 5, strings.Count(page, "Black Friday, 27 Nov</text>"))
	assert.Contains(t, page, "<title>Black Friday, 27 Nov: 17\u202f100\u202forders (90 %: ")
}

func TestEmptyAndUgly(t *testing.T) {
	empty := render(t, models.Result{}, report.Options{})
	require.NoError(t, wellFormed(empty))
	assert.Contains(t, empty, "nothing can be said")
	assert.NotContains(t, empty, "no limit is likely to be crossed")

	r := fixture()
	r.Signals[0].Forecasts, r.Signals[0].History = nil, nil
	r.Actions, r.Customer.Zone = nil, nil
	page := render(t, r, report.Options{})
	require.NoError(t, wellFormed(page))
	assert.Contains(t, page, "the run gave none and did not say why")

	assert.ErrorContains(t, report.HTML(io.Discard, r, report.Options{Lang: "tlh"}), `language "tlh" is not known`)
	assert.ErrorContains(t, report.HTML(broken{}, r, report.Options{}), "writing the report")
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestSize(t *testing.T) {
	r := fixture()
	one := r.Signals[0]
	r.Signals = nil
	for i := range 10 {
		s := one
		s.Signal.ID = one.Signal.ID + string(rune('a'+i))
		s.Signal.Name = strings.Repeat("A long name ", 20)
		r.Signals = append(r.Signals, s)
	}
	size := len(render(t, r, report.Options{}))
	t.Logf("%d bytes", size)
	assert.Less(t, size, 2_000_000, "10 signals of 400 days and two measures")
}

func TestFileName(t *testing.T) {
	for id, want := range map[string]string{"nordbutik": "nordbutik.html", "a/b": "a-b.html", "../../etc": "-..-etc.html", "": "customer.html", "Å": "-.html"} {
		assert.Equal(t, want, report.FileName(models.Customer{ID: id}))
	}
}

// Whatever numbers come, no coordinate is NaN, infinite or in exponent form.
func TestNoBadCoordinates(t *testing.T) {
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e308, -1e308, 5e-324}),
		rapid.Float64Range(0, 1e6))
	rapid.Check(t, func(t *rapid.T) {
		r := fixture()
		r.Signals = r.Signals[:1]
		s := &r.Signals[0]
		s.History = s.History[len(s.History)-rapid.IntRange(0, 40).Draw(t, "history"):]
		for i := range s.History {
			s.History[i].Total = number.Draw(t, "total")
		}
		s.Signal.Kind = rapid.SampledFrom([]models.Kind{models.KindCount, models.KindGauge}).Draw(t, "kind")
		s.Forecasts = s.Forecasts[:1]
		f := &s.Forecasts[0]
		f.Span = rapid.SampledFrom([]models.Span{models.SpanDay, models.SpanMonth}).Draw(t, "span")
		f.Points = append([]models.ForecastPoint(nil), f.Points[:rapid.IntRange(0, 40).Draw(t, "points")]...)
		for i := range f.Points {
			for q := range f.Points[i].Quantiles {
				f.Points[i].Quantiles[q] = number.Draw(t, "q")
			}
			f.Points[i].Limit, f.Points[i].Mean = number.Draw(t, "limit"), number.Draw(t, "mean")
		}
		for i, x := range r.Findings {
			if x.Peak != nil {
				p := *x.Peak
				p.Factor, p.Expected = number.Draw(t, "factor"), number.Draw(t, "expected")
				p.Date = r.AsOf.AddDate(0, 0, rapid.IntRange(-3, 500).Draw(t, "date"))
				r.Findings[i].Peak = &p
			}
		}
		page := render(t, r, report.Options{Hindsight: map[string][]models.HistoryPoint{
			report.HindsightKey(*s): {{Time: r.AsOf, Total: number.Draw(t, "came")}}}})
		require.NoError(t, wellFormed(page))
		assert.NotContains(t, page, "NaN")
		assert.NotContains(t, page, "+Inf")
		for _, m := range paths.FindAllStringSubmatch(page, -1) {
			require.NotRegexp(t, badNumber, m[1])
		}
	})
}

func TestSummerTimeNightKeepsItsWeek(t *testing.T) {
	r := fixture()
	r.AsOf = time.Date(2026, 10, 24, 0, 0, 0, 0, stockholm()) // the 25th has 25 hours
	require.NoError(t, wellFormed(render(t, r, report.Options{})))
}

func TestThePageShowsTheAccuracy(t *testing.T) {
	r := fixture()
	r.Signals[0].Accuracy = []models.Accuracy{{Measure: models.MeasureTotal, Band: models.LeadBands[1], From: r.AsOf.AddDate(0, 0, -9), To: r.AsOf.AddDate(0, 0, -1), Buckets: 9, N: 9, WAPE: 0.031, Naive: 0.07, Coverage90: 0.88}}
	var page bytes.Buffer
	require.NoError(t, report.HTML(&page, r, report.Options{}))
	require.True(t, strings.Contains(page.String(), "missed by 3\u202f% of the volume"))
}
