package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A lean Splunk for many signals: it answers the one form of search that a daily sum split
// by host takes, by a formula, and counts the events that it takes. The sandbox would hold
// eleven million events for ten thousand signals, and its own work would be measured.
type leanSplunk struct {
	*httptest.Server
	t     *testing.T
	parts int // hosts of every query

	mu        sync.Mutex
	jobs      map[string]leanJob
	events    int
	forecasts int // by the runs' own count
}

// leanJob is a search for the days [from, to) of one query.
type leanJob struct {
	query    string
	from, to int64 // days since 1970
	columns  bool  // split by host
}

const day = 86400

func startLean(t *testing.T, parts int) *leanSplunk {
	t.Helper()
	s := &leanSplunk{t: t, parts: parts, jobs: map[string]leanJob{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /servicesNS/nobody/search/search/v2/jobs", s.create)
	mux.HandleFunc("GET /servicesNS/nobody/search/search/v2/jobs/{sid}", s.status)
	mux.HandleFunc("GET /servicesNS/nobody/search/search/v2/jobs/{sid}/results", s.results)
	mux.HandleFunc("DELETE /servicesNS/nobody/search/search/v2/jobs/{sid}", s.remove)
	mux.HandleFunc("POST /servicesNS/nobody/search/search/v2/jobs/{sid}/control", s.remove)
	mux.HandleFunc("GET /services/collector/health", func(w http.ResponseWriter, _ *http.Request) { say(w, `{"text":"HEC is healthy","code":17}`) })
	mux.HandleFunc("POST /services/collector/event", s.take)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func say(w http.ResponseWriter, text string) { _, _ = io.WriteString(w, text) }

var (
	leanSearch = regexp.MustCompile(`^search \(index=main query=(\w+)\) \| eval fs_epoch=(?:floor\(_time/86400\)\*86400|\d+)(, fs_part)?`)
)

func (s *leanSplunk) create(w http.ResponseWriter, r *http.Request) {
	asked := leanSearch.FindStringSubmatch(r.FormValue("search"))
	from, err := strconv.ParseInt(r.FormValue("earliest_time"), 10, 64)
	to, err2 := strconv.ParseInt(r.FormValue("latest_time"), 10, 64)
	if !assert.NotNil(s.t, asked, "a search that the lean Splunk does not know: %s", r.FormValue("search")) || err != nil || err2 != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	sid := r.FormValue("id")
	s.mu.Lock()
	s.jobs[sid] = leanJob{query: asked[1], from: from / day, to: to / day, columns: asked[2] != ""}
	s.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	say(w, `{"sid":"`+sid+`"}`)
}

func (s *leanSplunk) job(r *http.Request) leanJob {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.jobs[r.PathValue("sid")]
}

// rows is how many rows a job has.
func (s *leanSplunk) rows(j leanJob) int {
	if !j.columns {
		return int(j.to - j.from)
	}
	return int(j.to-j.from) * s.parts
}

func (s *leanSplunk) status(w http.ResponseWriter, r *http.Request) {
	say(w, fmt.Sprintf(`{"entry":[{"content":{"dispatchState":"DONE","isDone":true,"isFailed":false,"isFinalized":false,"isZombie":false,"resultCount":%d,"messages":[]}}]}`,
		s.rows(s.job(r))))
}

func (s *leanSplunk) results(w http.ResponseWriter, r *http.Request) {
	j := s.job(r)
	offset, _ := strconv.Atoi(r.FormValue("offset"))
	count, _ := strconv.Atoi(r.FormValue("count"))
	out := bufio.NewWriterSize(w, 1<<16)
	_, _ = fmt.Fprintf(out, `{"preview":false,"init_offset":%d,"messages":[],"fields":[{"name":"fs_epoch"},{"name":"fs_value"},{"name":"fs_part"}],"results":[`, offset)
	parts := 1
	if j.columns {
		parts = s.parts
	}
	for n := offset; n < min(offset+count, s.rows(j)); n++ {
		if n > offset {
			_ = out.WriteByte(',')
		}
		d, p := j.from+int64(n/parts), n%parts
		_, _ = fmt.Fprintf(out, `{"fs_epoch":"%d","fs_value":"%d","fs_part":"host-%04d"}`, d*day, leanValue(j.query, p, d), p)
	}
	_, _ = out.WriteString("]}")
	_ = out.Flush()
}

// leanValue is a host's orders on a day: a level, growth, a week, a year and noise, all its own.
func leanValue(query string, part int, d int64) int64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s/%d", query, part)
	own := h.Sum64()
	x := uint64(d)*0x9e3779b97f4a7c15 ^ own
	x ^= x >> 31
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 29
	level := 500 + float64(own%4000)
	week := [7]float64{1.02, 1, 0.98, 1.05, 1.1, 0.7, 0.6}[(d+int64(own>>32%3))%7]
	year := 1 + 0.2*math.Sin(2*math.Pi*float64(d)/365.25+float64(own>>40%6))
	growth := 1 + float64(own>>20%100)/1e6*float64(d-19000)
	noise := 1 + 0.1*(float64(x>>11)/(1<<53)-0.5)
	return int64(level * week * year * growth * noise)
}

func (s *leanSplunk) remove(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	delete(s.jobs, r.PathValue("sid"))
	s.mu.Unlock()
	say(w, "{}")
}

var runsForecasts = regexp.MustCompile(`"forecasts":(\d+)`)

// take counts events, and the forecasts that run events tell of.
func (s *leanSplunk) take(w http.ResponseWriter, r *http.Request) {
	var body io.Reader = r.Body
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		body = unzipped
	}
	var events, forecasts int
	d := json.NewDecoder(body)
	for {
		var e struct {
			Sourcetype string
			Event      json.RawMessage
		}
		if err := d.Decode(&e); err != nil {
			break
		}
		events++
		if e.Sourcetype == "foresight:run" {
			if m := runsForecasts.FindSubmatch(bytes.ReplaceAll(e.Event, []byte(" "), nil)); m != nil {
				n, _ := strconv.Atoi(string(m[1]))
				forecasts += n
			}
		}
	}
	s.mu.Lock()
	s.events, s.forecasts = s.events+events, s.forecasts+forecasts
	s.mu.Unlock()
	say(w, `{"text":"Success","code":0}`)
}

// taken returns and forgets what was taken.
func (s *leanSplunk) taken() (events, forecasts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	events, forecasts = s.events, s.forecasts
	s.events, s.forecasts = 0, 0
	return events, forecasts
}

// seen is how many forecasts were told since taken.
func (s *leanSplunk) seen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forecasts
}
