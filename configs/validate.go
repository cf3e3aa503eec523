package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// validate holds every rule of the file. What is wrong goes to d.errs; secrets are
// read into f.
func validate(d *decoder, f *file) {
	v := validator{d}
	v.splunk(&f.Splunk)
	v.state(&f.State)
	v.outbox(&f.Outbox)
	v.oneOf("log.level", f.Log.Level, "debug", "info", "warn", "error")
	v.oneOf("log.format", f.Log.Format, "json", "console")
	v.run(&f.Run)
	v.web(&f.Web, f.Customers)
	if len(f.Customers) == 0 {
		v.fail("customers", "no customer is given; list at least one")
	}
	v.channels(f)
	ids := v.unique()
	for i := range f.Customers {
		key := fmt.Sprintf("customers[%d]", i)
		ids(key, f.Customers[i].ID)
		v.customer(key, &f.Customers[i], kinds(f.Channels, f.Customers[i].Channels))
	}
	v.ownSecrets(f)
	v.verifiable(f)
	v.itsi(f)
}

func (v validator) run(r *fileRun) {
	if r.Workers < 0 {
		v.fail("run.workers", "%d workers cannot work; write 0 for one per CPU, or more", r.Workers)
	}
	if r.Searches < 0 {
		v.fail("run.searches", "%d searches at a time cannot be; write 0 for two more than workers, or more", r.Searches)
	}
	v.oneOf("run.missed", r.Missed, string(MissedCatchUp), string(MissedSkip))
}

// validator adds checks to the decoder, which knows the places.
type validator struct{ *decoder }

func (v validator) search(s *fileSearch) {
	const key = "splunk.search"
	v.url(key+".url", s.URL, "https://splunk.example.com:8089")
	seen := map[string]bool{s.URL: true}
	for i, head := range s.Failover {
		at := fmt.Sprintf("%s.failover[%d]", key, i)
		v.url(at, head, "https://splunk2.example.com:8089")
		if seen[head] {
			v.fail(at, "%q is there already; list each search head once", shown(head))
		}
		seen[head] = true
	}
	v.authority(key+".ca_file", s.CAFile)
	v.way(key, s.CertFile, s.KeyFile, s.Proxy)
	basic := s.Username != "" || s.Password != nil
	switch {
	case s.Token != nil && basic:
		v.fail(key, "both a token and a username are given; keep the token")
	case s.Token != nil:
		s.token = v.secret(key+".token", s.Token)
	case s.Username != "" && s.Password != nil:
		s.password = v.secret(key+".password", s.Password)
	case s.Username != "":
		v.fail(key+".username", "there is no password beside it; write password: {env: NAME}")
	case s.Password != nil:
		v.fail(key+".password", "there is no username beside it; write username: NAME")
	case !v.given(key + ".token"):
		v.fail(key+".token", "the token is missing; write token: {env: NAME}, or username and password")
	default:
		v.fail(key+".token", "the token is empty; write token: {env: NAME} or {file: path}")
	}
}

func (v validator) hec(h *fileHEC) {
	const key = "splunk.hec"
	v.url(key+".url", h.URL, "https://splunk.example.com:8088")
	v.authority(key+".ca_file", h.CAFile)
	v.way(key, h.CertFile, h.KeyFile, h.Proxy)
	if h.Token == nil {
		v.fail(key+".token", "the token is missing; write token: {env: NAME} or {file: path}")
	} else {
		h.token = v.secret(key+".token", h.Token)
	}
	v.index(key+".index", h.Index)
	if h.MetricIndex != "" {
		v.index(key+".metric_index", h.MetricIndex)
	}
	if h.MetricIndex == h.Index {
		v.fail(key+".metric_index", "it is the index of the events: an index holds either metrics or events; name another")
	}
	v.batch(key+".batch", h.Batch)
}

// indexName follows indexes.conf: lower case letters, digits, _ and -, not beginning
// with _ or -.
var indexName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

func (v validator) index(key, name string) {
	if !indexName.MatchString(name) {
		v.fail(key, "%q cannot be an index; use lower case letters, digits, _ and -", name)
	}
}

func (v validator) batch(key string, b fileBatch) {
	if b.Events < 1 {
		v.fail(key+".events", "a batch of %d events is none; write 1 or more", b.Events)
	}
	if b.Bytes < 10_000 {
		v.fail(key+".bytes", "%d bytes do not hold the largest event; write 10000 or more", b.Bytes)
	}
}

func (v validator) outbox(o *fileOutbox) {
	if o.MaxBytes < 1_000_000 {
		v.fail("outbox.max_bytes", "%d bytes do not hold the forecasts of one query; write 1000000 or more", o.MaxBytes)
	}
}

// state wants the address of a PostgreSQL database, if any is given.
// leastRetention is how far back accuracy is told of days.
const leastRetention = duration(90 * day)

func (v validator) state(s *fileState) {
	if s.Retention < leastRetention {
		v.fail("state.retention", "accuracy is told of the last 90 days; write 90d or more, and 450d or more to score forecasts as far ahead as they reach")
	}
	const key = "state.url"
	if s.URL == nil {
		if v.given(key) {
			v.fail(key, "the address is empty; write url: {env: NAME} or {file: path}, or leave it out for the embedded database")
		}
		return
	}
	s.url = v.secret(key, s.URL)
	// What is wrong with it is not repeated: it may hold a password.
	if scheme, _, _ := strings.Cut(s.url.Value(), "://"); s.url.IsSet() && scheme != "postgres" && scheme != "postgresql" {
		v.fail(key, "the address does not begin with postgres://; write one such as postgres://user:password@host/database")
	}
}

// url wants an absolute http(s) address of a server, without anything after it.
func (v validator) url(key, text, example string) {
	u, err := url.Parse(text)
	switch {
	case text == "":
		v.fail(key, "the address is missing; write one such as %s", example)
	case err != nil || u.Host == "" || u.Hostname() == "":
		v.fail(key, "%q is not an address; write one such as %s", shown(text), example)
	case u.Scheme != "http" && u.Scheme != "https":
		v.fail(key, "%q begins with neither https:// nor http://; write one such as %s", shown(text), example)
	case u.User != nil:
		v.fail(key, "the address holds a user or password; take it out and use token, or username and password")
	case u.RawQuery != "" || u.Fragment != "":
		v.fail(key, "%q ends with a query or fragment; cut it off", shown(text))
	}
}

// shown keeps a password out of an error about its address.
func shown(address string) string {
	if strings.Contains(address, "@") {
		return "…@" + address[strings.LastIndex(address, "@")+1:]
	}
	return address
}

// readable wants a file that is there.
func (v validator) readable(key, path string) {
	if path == "" {
		return
	}
	if info, err := os.Stat(resolve(v.path, path)); err != nil {
		v.fail(key, "%v; mend the path (it is relative to this file)", err)
	} else if info.IsDir() {
		v.fail(key, "%q is a folder; name the file", path)
	}
}

// authority wants a certificate's file that is there, where something is going to connect: like a
// secret it may be on the server only.
func (v validator) authority(key, path string) {
	if _, err := os.Stat(resolve(v.path, path)); path != "" && v.offline && errors.Is(err, fs.ErrNotExist) {
		v.warnings = append(v.warnings, v.errorAt(v.where(key), key, "%v; mend the path (it is relative to this file)", err))
		return
	}
	v.readable(key, path)
}

func (v validator) secret(key string, s *secretSource) Secret {
	secret, err := s.read(v.path, v.env)
	var missing missingSecret
	switch {
	case errors.As(err, &missing) && v.offline:
		v.warnings = append(v.warnings, v.errorAt(v.where(key), key, "%v", err))
	case err != nil:
		v.fail(key, "%v", err)
	}
	return secret
}

func (v validator) customer(key string, c *fileCustomer, channels map[string]models.ChannelKind) {
	v.country(key+".country", c.Country)
	zone := v.zone(key+".zone", c.Zone)
	if c.Language != "" {
		v.oneOf(key+".language", c.Language, models.Languages...)
	}
	v.calendar(key+".calendar", c.Calendar)
	for i, f := range c.Freezes {
		v.freeze(fmt.Sprintf("%s.freezes[%d]", key, i), f)
	}
	v.leadTime(key+".lead_time", c.LeadTime)
	if len(c.Services) == 0 {
		v.fail(key+".services", "no service is given; list at least one")
	}
	ids := v.unique()
	for i, s := range c.Services {
		at := fmt.Sprintf("%s.services[%d]", key, i)
		ids(at, s.ID)
		v.service(at, s, zone)
	}
	v.feed(key+".process.feed_secret", &c.Process)
	v.process(key+".process", c.Process, c.Services, channels, zone)
	v.drivers(key, c)
	v.plans(key, c)
}

// zone returns the loaded zone, nil when it is not one.
func (v validator) zone(key, name string) *time.Location {
	if name == "" || name == "Local" {
		v.fail(key, "the zone is missing; write an IANA name such as Europe/Stockholm")
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		v.fail(key, "unknown time zone %q; write an IANA name such as Europe/Stockholm", name)
		return nil
	}
	return loc
}

func (v validator) calendar(key string, c fileCalendar) {
	for i, e := range c.Events {
		at := fmt.Sprintf("%s.events[%d]", key, i)
		if strings.TrimSpace(e.Name) == "" {
			v.fail(at+".name", "the event has no name; events of one name share one effect")
		}
		switch {
		case len(e.Dates) > 0 && (v.given(at+".from") || v.given(at+".to")):
			v.fail(at, "both dates and from/to are given; keep one")
		case len(e.Dates) == 0 && e.From.IsZero():
			v.fail(at+".from", "the event has no day; write from and to, or dates")
		case e.To.Before(e.From.Time):
			v.fail(at+".to", "%s lies before from, %s; swap them", e.To.Format(time.DateOnly), e.From.Format(time.DateOnly))
		}
	}
	for i, f := range c.Files {
		at := fmt.Sprintf("%s.files[%d]", key, i)
		if f == "" {
			v.fail(at, "the file has no name; write a path, relative to this file")
		}
		v.readable(at, f)
	}
}

func (v validator) freeze(key string, f fileFreeze) {
	if strings.TrimSpace(f.Name) == "" {
		v.fail(key+".name", "the freeze has no name; write one for people")
	}
	switch {
	case f.From.IsZero() || f.To.IsZero():
		v.fail(key, "from and to must both be given; write dates, or month-day for every year")
	case f.From.Yearly != f.To.Yearly:
		v.fail(key, "one end is a date and the other a day of every year; write both alike")
	case !f.From.Yearly && f.To.Before(f.From.Time):
		v.fail(key+".to", "%s lies before from, %s; swap them", f.To.Format(time.DateOnly), f.From.Format(time.DateOnly))
	}
}

func (v validator) leadTime(key string, l *fileLeadTime) {
	if l == nil || !v.given(key) {
		return // none, or the customer's
	}
	if l.WorkDays < 0 || l.WorkDays > 1000 {
		v.fail(key+".work_days", "%d is not between 0 and 1000; write working days", l.WorkDays)
	}
	if l.ApprovalDays < 0 || l.ApprovalDays > 1000 {
		v.fail(key+".approval_days", "%d is not between 0 and 1000; write working days", l.ApprovalDays)
	}
}

func (v validator) service(key string, s fileService, zone *time.Location) {
	if len(s.Queries) == 0 {
		v.fail(key+".queries", "no query is given; list at least one")
	}
	v.outages(key, s.Outages, zone)
	queries, signals := v.unique(), v.unique()
	for i, q := range s.Queries {
		at := fmt.Sprintf("%s.queries[%d]", key, i)
		fine := queries(at, q.ID)
		if v.given(at + ".signal.id") {
			signals(at+".signal", q.Signal.ID)
		} else if fine {
			signals(at, q.Signal.ID) // the query's own
		}
		v.query(at, q, zone)
		v.outages(at+".signal", q.Signal.Outages, zone)
	}
}

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]*$`)

// unique returns a check that the ids of one list are well formed and differ. key
// is that of the entry whose id it is.
func (v validator) unique() func(key, id string) bool {
	seen := map[string]string{}
	return func(key, id string) bool {
		at := key + ".id"
		switch other, twice := seen[id]; {
		case id == "":
			v.fail(at, "the id is missing; write one that never changes")
		case !idForm.MatchString(id):
			v.fail(at, "%q is not an id; use lower case letters, digits, _, . and -, and begin with a letter or digit", id)
		case twice:
			v.fail(at, "%q is the id of %s too; give each its own", id, other)
		default:
			seen[id] = key
			return true
		}
		return false
	}
}

// oneOf wants text to be one of the choices.
func (v validator) oneOf(key, text string, choices ...string) bool {
	if slices.Contains(choices, text) {
		return true
	}
	mend := "use one of " + strings.Join(choices, ", ")
	if near := nearest(text, choices); near != "" {
		mend = fmt.Sprintf("did you mean %q?", near)
	}
	v.fail(key, "%q is not known; %s", text, mend)
	return false
}

// spans of models, as text.
func spanNames() []string {
	return []string{
		string(models.Span5Min), string(models.Span15Min), string(models.Span30Min), string(models.SpanHour),
		string(models.SpanDay), string(models.SpanWeek), string(models.SpanMonth),
	}
}
