package sandbox

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// serveJobs routes what lies below search/jobs and search/v2/jobs.
func (s *Server) serveJobs(w http.ResponseWriter, r *http.Request, owner, app, path string) {
	sid, what, _ := strings.Cut(path, "/")
	switch {
	case sid == "" && r.Method == http.MethodPost:
		s.serveCreate(w, r, owner, app)
		return
	case sid == "":
		s.serveList(w, r)
		return
	case sid == "export":
		s.serveExport(w, r, owner, app)
		return
	}
	j := s.jobs.get(sid, s.clock())
	if j == nil {
		writeMessage(w, r, http.StatusNotFound, "FATAL", "Unknown sid.")
		return
	}
	switch {
	case what == "" && r.Method == http.MethodGet:
		writeFeed(w, r, j.search, []entry{j.entry()})
	case what == "" && r.Method == http.MethodDelete:
		s.jobs.remove(j)
		writeMessage(w, r, http.StatusOK, "INFO", "Search job cancelled.")
	case what == "control" && r.Method == http.MethodPost:
		s.serveControl(w, r, j)
	case what == "results" || what == "results_preview" || what == "events":
		s.serveResults(w, r, j, what)
	case what == "" || what == "control":
		writeMessage(w, r, http.StatusMethodNotAllowed, "FATAL", "Method Not Allowed")
	default:
		writeMessage(w, r, http.StatusNotFound, "ERROR", "Not Found")
	}
}

// serveList lists the searches: all of them unless count says otherwise.
func (s *Server) serveList(w http.ResponseWriter, r *http.Request) {
	count, err := whole(r.Form, "count", 0)
	offset, err2 := whole(r.Form, "offset", 0)
	if err = errors.Join(err, err2); err != nil {
		writeMessage(w, r, http.StatusBadRequest, "FATAL", err.Error())
		return
	}
	var entries []entry
	for _, info := range s.Jobs() {
		if j := s.jobs.get(info.SID, s.clock()); j != nil {
			e := j.entry()
			e.single = false
			entries = append(entries, e)
		}
	}
	entries = entries[min(offset, len(entries)):]
	if count > 0 {
		entries = entries[:min(count, len(entries))]
	}
	writeFeed(w, r, "jobs", entries)
}

// newJob compiles the search that a form describes. The error is the client's.
func (s *Server) newJob(form url.Values, owner, app string) (*job, error) {
	spl := strings.TrimSpace(form.Get("search"))
	if spl == "" {
		return nil, refusef("Search string cannot be empty")
	}
	if owner == "" || owner == "-" {
		owner = s.access.username
	}
	if app == "" || app == "-" {
		app = "search"
	}
	j := &job{sid: form.Get("id"), search: spl, owner: owner, app: app, priority: 5, options: jobOptions{
		maxCount: 10000, allowPartial: form.Get("allow_partial_results") != "false" && form.Get("allow_partial_results") != "0",
		earliest: form.Get("earliest_time"), latest: form.Get("latest_time"),
	}}
	if strings.ContainsAny(j.sid, "/?#") {
		return nil, refusef("Invalid value for parameter id: %s", j.sid)
	}
	for name, to := range map[string]*int{"max_count": &j.options.maxCount, "max_time": &j.options.maxTime,
		"auto_cancel": &j.options.autoCancel, "timeout": &j.options.ttl} {
		v := form.Get(name)
		if v == "" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return nil, refusef("Invalid value for parameter %s: %s", name, v)
		}
		*to = n
	}
	now := s.clock()
	within := unbounded(now)
	for _, end := range []struct {
		name string
		at   *float64
	}{{"earliest_time", &within.earliest}, {"latest_time", &within.latest},
		{"index_earliest", &within.indexEarliest}, {"index_latest", &within.indexLatest}} {
		v := form.Get(end.name)
		if v == "" {
			continue
		}
		t, err := parseTime(v, now)
		if err != nil {
			return nil, refusef("Invalid %s: %v", end.name, err)
		}
		*end.at = epochOf(t)
	}
	var err error
	j.program, err = compile(spl, within, now, knowledge{s.store, &s.settings, &s.kv, owner, app})
	return j, err
}

func (s *Server) serveCreate(w http.ResponseWriter, r *http.Request, owner, app string) {
	mode := r.Form.Get("exec_mode")
	switch mode {
	case "", "normal", "blocking", "oneshot":
	default:
		writeMessage(w, r, http.StatusBadRequest, "FATAL", "Invalid value for parameter exec_mode: "+mode)
		return
	}
	j, err := s.newJob(r.Form, owner, app)
	if err != nil {
		writeMessage(w, r, http.StatusBadRequest, "FATAL", err.Error())
		return
	}
	if !s.launch(w, r, j) { //nolint:contextcheck // a job outlives the request that made it
		return
	}
	if mode == "blocking" || mode == "oneshot" {
		select {
		case <-j.done:
		case <-r.Context().Done(): // nobody is waiting any more
			s.jobs.remove(j)
			return
		}
	}
	switch {
	case mode == "oneshot":
		defer s.jobs.remove(j)
		s.serveResults(w, r, j, "results")
	case wantsJSON(r):
		writeJSON(w, http.StatusCreated, map[string]string{"sid": j.sid})
	default:
		writeXML(w, http.StatusCreated, "<response>\n  <sid>"+escape(j.sid)+"</sid>\n</response>\n")
	}
}

// launch starts a job, or answers why not.
func (s *Server) launch(w http.ResponseWriter, r *http.Request, j *job) bool {
	switch err := s.jobs.start(s, j); {
	case errors.Is(err, errTaken):
		writeMessage(w, r, http.StatusConflict, "FATAL", "A search with the id "+j.sid+" exists already.")
		return false
	case err != nil:
		writeMessage(w, r, http.StatusServiceUnavailable, "FATAL", "The server is shutting down.")
		return false
	}
	return true
}

func (s *Server) serveControl(w http.ResponseWriter, r *http.Request, j *job) {
	switch action := r.Form.Get("action"); action {
	case "cancel":
		s.jobs.remove(j)
		writeMessage(w, r, http.StatusOK, "INFO", "Search job cancelled.")
	case "finalize":
		j.finalize()
		writeMessage(w, r, http.StatusOK, "INFO", "Search job finalized.")
	case "setttl":
		n, err := strconv.Atoi(r.Form.Get("ttl"))
		if err != nil || n < 1 {
			writeMessage(w, r, http.StatusBadRequest, "FATAL", "Invalid value for parameter ttl: "+r.Form.Get("ttl"))
			return
		}
		j.mu.Lock()
		j.ttl = time.Duration(n) * time.Second
		j.mu.Unlock()
		writeMessage(w, r, http.StatusOK, "INFO", "The ttl of the search job was changed to "+strconv.Itoa(n)+".")
	case "setpriority":
		n, err := strconv.Atoi(r.Form.Get("priority"))
		if err != nil || n < 0 || n > 10 {
			writeMessage(w, r, http.StatusBadRequest, "FATAL", "Invalid value for parameter priority: "+r.Form.Get("priority"))
			return
		}
		j.mu.Lock()
		j.priority = n
		j.mu.Unlock()
		writeMessage(w, r, http.StatusOK, "INFO", "The search job's priority was changed.")
	case "pause", "unpause", "enablepreview", "disablepreview": // said of the job; it goes on all the same
		j.mu.Lock()
		switch action {
		case "pause", "unpause":
			j.paused = action == "pause"
		default:
			j.previewed = action == "enablepreview"
		}
		j.mu.Unlock()
		writeMessage(w, r, http.StatusOK, "INFO", "Search job "+action+" accepted.")
	case "touch", "save", "unsave":
		writeMessage(w, r, http.StatusOK, "INFO", "Search job "+action+" accepted.")
	default:
		writeMessage(w, r, http.StatusBadRequest, "FATAL", "Invalid action: "+action)
	}
}

// serveResults answers a page of a job's results, or 204 while there are none.
func (s *Server) serveResults(w http.ResponseWriter, r *http.Request, j *job, what string) {
	select {
	case <-j.done:
	default:
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if r.Form.Get("search") != "" && what != "events" && r.Form.Get("exec_mode") == "" {
		writeMessage(w, r, http.StatusBadRequest, "FATAL", "Post-processing results by search= is not supported by this server.")
		return
	}
	p, err := pageOf(r)
	if err != nil {
		writeMessage(w, r, http.StatusBadRequest, "FATAL", err.Error())
		return
	}
	j.mu.Lock()
	p.columns, p.messages = j.columns, append([]message{}, j.messages...)
	rows := j.outcome.table.rows
	j.mu.Unlock()
	p.cut(rows)
	if _, ok := s.faults.take(ScopeSearch, "truncate"); ok && len(p.rows) > 0 {
		p.rows = p.rows[:len(p.rows)-1]
	}
	if what == "results_preview" {
		p.preview = false // the job is done: so is its preview
	}
	if _, ok := s.faults.take(ScopeSearch, "preview"); ok {
		p.preview = true
	}
	p.write(w)
}

// Dispatch runs a search as the scheduler runs a saved search of an app, and returns its sid, which
// an alert's webhook names.
func (s *Server) Dispatch(saved, app, owner, spl string) (sid string, err error) {
	j, err := s.newJob(url.Values{"search": {spl}}, owner, app)
	if err != nil {
		return "", err
	}
	j.label, j.sid = saved, "scheduler__"+owner+"__"+app+"__RMD5"+secret()[:16]+"_at_"+strconv.FormatInt(s.clock().Unix(), 10)+"_1"
	j.options.ttl = 24 * 60 * 60 // alert.expires' default
	return j.sid, s.jobs.start(s, j)
}

// Forget takes a search out, as Splunk does when its time to live has passed.
func (s *Server) Forget(sid string) {
	if j := s.jobs.get(sid, s.clock()); j != nil {
		s.jobs.remove(j)
	}
}
