package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// scsJob is a search job as Splunk Cloud Services describes it; of what a client sends,
// the first four count.
type scsJob struct {
	Query           string         `json:"query"`
	QueryParameters *scsParameters `json:"queryParameters,omitempty"`
	MaxTime         int            `json:"maxTime,omitempty"` // seconds
	ExtractFields   string         `json:"extractFields,omitempty"`

	SID              string    `json:"sid"`
	Status           string    `json:"status"`
	PercentComplete  int       `json:"percentComplete"`
	ResultsAvailable int       `json:"resultsAvailable"`
	DispatchTime     string    `json:"dispatchTime"`
	CompletionTime   string    `json:"completionTime,omitempty"`
	ResolvedEarliest string    `json:"resolvedEarliest"`
	ResolvedLatest   string    `json:"resolvedLatest"`
	Messages         []message `json:"messages"`
}

type scsParameters struct {
	Earliest string `json:"earliest,omitempty"`
	Latest   string `json:"latest,omitempty"`
}

// The states of a job there.
const (
	scsRunning  = "running"
	scsDone     = "done"
	scsFailed   = "failed"
	scsCanceled = "canceled"
)

// longest is the most that maxTime may be, and what it is unless said, in seconds.
const longest = 3600

// serveSCSJobs routes what lies below search/v2beta1/jobs.
func (s *Server) serveSCSJobs(w http.ResponseWriter, r *http.Request, path string) {
	sid, what, _ := strings.Cut(path, "/")
	switch {
	case sid == "" && r.Method == http.MethodPost:
		s.serveSCSCreate(w, r)
		return
	case sid == "" && r.Method == http.MethodGet:
		s.serveSCSList(w, r)
		return
	}
	j := s.jobs.get(sid, s.clock())
	switch {
	case j == nil:
		refuseSCS(w, http.StatusNotFound, "NOT_FOUND", "Failed to get job status: unknown sid")
	case what == "" && r.Method == http.MethodGet:
		writeJSON(w, http.StatusOK, j.scs())
	case what == "" && r.Method == http.MethodPatch:
		s.serveSCSUpdate(w, r, j)
	case what == "results" && r.Method == http.MethodGet:
		s.serveSCSResults(w, r, j)
	default:
		refuseSCS(w, http.StatusNotFound, "NOT_FOUND", "Not Found")
	}
}

func (s *Server) serveSCSCreate(w http.ResponseWriter, r *http.Request) {
	var in scsJob
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxForm)).Decode(&in); err != nil {
		refuseSCS(w, http.StatusBadRequest, "INVALID_REQUEST", "Cannot parse the request: "+err.Error())
		return
	}
	if in.MaxTime == 0 {
		in.MaxTime = longest
	}
	if in.MaxTime < 1 || in.MaxTime > longest {
		refuseSCS(w, http.StatusBadRequest, "INVALID_REQUEST", fmt.Sprintf("maxTime %d is not between 1 and %d", in.MaxTime, longest))
		return
	}
	form := url.Values{"search": {in.Query}, "max_count": {"0"}, "id": {scsSID(s.clock())}}
	if p := in.QueryParameters; p != nil {
		form.Set("earliest_time", p.Earliest)
		form.Set("latest_time", p.Latest)
	}
	j, err := s.newJob(form, "", "")
	if err != nil {
		refuseSCS(w, http.StatusBadRequest, "INVALID_QUERY", err.Error())
		return
	}
	j.options.maxTime = in.MaxTime
	if err := s.jobs.start(s, j); err != nil { //nolint:contextcheck // a job outlives the request that made it
		refuseSCS(w, http.StatusInternalServerError, "INTERNAL", err.Error())
		return
	}
	writeJSON(w, http.StatusCreated, j.scs())
}

// scsSID looks like the service's own: 32 letters, 19 digits, 5 letters.
func scsSID(now time.Time) string {
	return fmt.Sprintf("%s_%019d_%s", secret(), now.UnixNano(), secret()[:5])
}

func (s *Server) serveSCSList(w http.ResponseWriter, r *http.Request) {
	count, err := whole(r.URL.Query(), "count", 1000)
	if err != nil {
		refuseSCS(w, http.StatusBadRequest, "INVALID_REQUEST", err.Error())
		return
	}
	list := []scsJob{}
	for _, info := range s.Jobs() {
		if j := s.jobs.get(info.SID, s.clock()); j != nil {
			if one := j.scs(); r.URL.Query().Get("status") == "" || r.URL.Query().Get("status") == one.Status {
				list = append(list, one)
			}
		}
	}
	writeJSON(w, http.StatusOK, list[:min(count, len(list))])
}

func (s *Server) serveSCSUpdate(w http.ResponseWriter, r *http.Request, j *job) {
	var in struct {
		Status string `json:"status"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxForm)).Decode(&in); err != nil {
		refuseSCS(w, http.StatusBadRequest, "INVALID_REQUEST", "Cannot parse the request: "+err.Error())
		return
	}
	out := j.scs()
	switch {
	case in.Status == scsCanceled && out.Status == scsRunning:
		s.jobs.remove(j)
		out.Status = scsCanceled
	case in.Status == "finalized":
		j.finalize()
	default:
		refuseSCS(w, http.StatusBadRequest, "INVALID_REQUEST", fmt.Sprintf("A job that is %s cannot become %q", out.Status, in.Status))
		return
	}
	writeJSON(w, http.StatusOK, out)
}

// scs describes the job.
func (j *job) scs() scsJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := scsJob{
		Query: j.search, QueryParameters: &scsParameters{j.options.earliest, j.options.latest}, MaxTime: j.options.maxTime,
		SID: j.sid, Status: scsRunning, ResultsAvailable: len(j.outcome.table.rows), DispatchTime: scsTime(j.created),
		ResolvedEarliest: scsTime(fromEpoch(max(0, j.program.within.earliest))), ResolvedLatest: scsTime(fromEpoch(j.program.within.latest)),
		Messages: scsMessages(j.messages),
	}
	switch j.state {
	case StateDone:
		out.Status, out.PercentComplete = scsDone, 100
	case StateFailed:
		out.Status = scsFailed
	default:
		return out
	}
	out.CompletionTime = scsTime(j.ended)
	if j.finalized { // at the end of its time
		out.CompletionTime = scsTime(j.created.Add(time.Duration(j.options.maxTime) * time.Second))
	}
	return out
}

func scsTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// scsMessages writes messages in the service's types, of which none is WARN.
func scsMessages(all []message) []message {
	out := append([]message{}, all...)
	for i := range out {
		if out[i].Type == "WARN" {
			out[i].Type = "ERROR"
		}
	}
	return out
}

// whole reads a number of a query.
func whole(query url.Values, name string, otherwise int) (int, error) {
	text := query.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, refusef("Invalid value for parameter %s: %s", name, text)
	}
	return n, nil
}

// scsResults is a page of results.
type scsResults struct {
	Results  []map[string]any    `json:"results"`
	Fields   []map[string]string `json:"fields"`
	Messages []message           `json:"messages"`
	NextLink string              `json:"nextLink,omitempty"`
	Wait     string              `json:"wait,omitempty"`
}

// serveSCSResults answers a page: 30 rows unless told otherwise, all with count=0.
func (s *Server) serveSCSResults(w http.ResponseWriter, r *http.Request, j *job) {
	query := r.URL.Query()
	count, err := whole(query, "count", 30)
	offset, err2 := whole(query, "offset", 0)
	if err != nil || err2 != nil {
		refuseSCS(w, http.StatusBadRequest, "INVALID_REQUEST", fmt.Sprint(err, err2))
		return
	}
	out := scsResults{Results: []map[string]any{}, Fields: []map[string]string{}, Messages: []message{}}
	_, early := s.faults.take(ScopeSearch, "preview")
	select {
	case <-j.done:
	default:
		early = true
	}
	if early {
		out.Wait = r.URL.String()
		writeJSON(w, http.StatusOK, out)
		return
	}
	p := page{count: count, offset: offset}
	if p.count == 0 || p.count > maxResultRows {
		p.count = maxResultRows
	}
	j.mu.Lock()
	p.columns, out.Messages = j.columns, scsMessages(j.messages)
	rows := j.outcome.table.rows
	j.mu.Unlock()
	if field := query.Get("field"); field != "" {
		wanted := strings.Split(field, ",")
		p.columns = slices.DeleteFunc(slices.Clone(p.columns), func(c string) bool { return !slices.Contains(wanted, c) })
	}
	p.cut(rows)
	if next := offset + len(p.rows); next < len(rows) && len(p.rows) > 0 {
		out.NextLink = fmt.Sprintf("%s?count=%d&offset=%d", r.URL.Path, count, next)
	}
	if _, ok := s.faults.take(ScopeSearch, "truncate"); ok && len(p.rows) > 0 {
		p.rows = p.rows[:len(p.rows)-1]
	}
	for _, c := range p.columns {
		out.Fields = append(out.Fields, map[string]string{"name": c})
	}
	for _, row := range p.rows {
		out.Results = append(out.Results, p.object(row, resultsTime))
	}
	writeJSON(w, http.StatusOK, out)
}
