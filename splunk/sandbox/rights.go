package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Rights are what the server says of the user that searches. Nothing here is enforced.
type Rights struct {
	Capabilities []string
	TimeZone     string        // "": the server's
	Jobs         int           // srchJobsQuota of the user's role
	Window       time.Duration // srchTimeWin of the role; 0: no bound
	Untold       bool          // the role, and the indexes, are not shown to this user
}

// IndexDefinition is what the server says of an index.
type IndexDefinition struct {
	Metric   bool
	Disabled bool
	Frozen   time.Duration // frozenTimePeriodInSecs
	Ahead    time.Duration // quarantineFutureSecs
}

// ahead is how far ahead of its index time an event of an index may lie before it goes to a quarantine
// bucket: Splunk's default but for Foresight's own indexes, which are as docs/splunk-setup.md defines them.
func ahead(index string) time.Duration {
	if index == "foresight" || index == "foresight_metrics" {
		return 34560000 * time.Second
	}
	return 2592000 * time.Second
}

// rights is the state behind both.
type rights struct {
	mu      sync.Mutex
	user    Rights
	defined map[string]IndexDefinition
}

const role = "sandbox"

// Grant has the server say other rights of its user.
func (s *Server) Grant(r Rights) {
	s.rights.mu.Lock()
	defer s.rights.mu.Unlock()
	s.rights.user = r
}

// Granted are the rights that the server says its user has.
func (s *Server) Granted() Rights {
	s.rights.mu.Lock()
	defer s.rights.mu.Unlock()
	r := s.rights.user
	r.Capabilities = slices.Clone(r.Capabilities)
	return r
}

// Define has the server say otherwise of an index than that it has Splunk's defaults.
func (s *Server) Define(index string, d IndexDefinition) {
	s.rights.mu.Lock()
	defer s.rights.mu.Unlock()
	if s.rights.defined == nil {
		s.rights.defined = map[string]IndexDefinition{}
	}
	s.rights.defined[index] = d
}

func (s *Server) definition(index string) IndexDefinition {
	s.rights.mu.Lock()
	defer s.rights.mu.Unlock()
	if d, ok := s.rights.defined[index]; ok {
		return d
	}
	return IndexDefinition{Metric: slices.Contains(s.metricIndexes, index), Frozen: 188697600 * time.Second, Ahead: ahead(index)}
}

// isRight reports whether a path is answered by serveRights.
func isRight(path string) bool {
	return path == "authentication/current-context" || path == "authorization/roles/"+role || path == "data/indexes" || strings.HasPrefix(path, "data/indexes/")
}

// serveRights says who searches, what its role allows, and which indexes there are.
func (s *Server) serveRights(w http.ResponseWriter, r *http.Request, path string) {
	user := s.Granted()
	name, one := strings.CutPrefix(path, "data/indexes/")
	switch {
	case r.Method != http.MethodGet:
		writeMessage(w, r, http.StatusMethodNotAllowed, "FATAL", "Method Not Allowed")
	case path == "authentication/current-context":
		writeFeed(w, r, "current-context", []entry{{
			name: "context", id: "/services/authentication/current-context/context", owner: "system", at: s.clock(),
			content: []prop{{"username", s.access.username}, {"tz", user.TimeZone}, {"roles", []string{role}}, {"capabilities", user.Capabilities}},
		}})
	case user.Untold:
		writeMessage(w, r, http.StatusForbidden, "ERROR", "You (user="+s.access.username+") do not have permission to perform this operation.")
	case !one && path == "data/indexes":
		var all []entry
		for _, name := range slices.Sorted(slices.Values(append(slices.Clone(s.indexes), s.metricIndexes...))) {
			all = append(all, s.indexEntry(name))
		}
		writeFeed(w, r, "indexes", all)
	case one && !s.takes(name):
		writeMessage(w, r, http.StatusNotFound, "ERROR", "Could not find object id="+name)
	case one:
		writeFeed(w, r, "indexes", []entry{s.indexEntry(name)})
	default:
		writeFeed(w, r, "roles", []entry{{name: role, id: "/services/authorization/roles/" + role, owner: "system", at: s.clock(), content: []prop{
			{"capabilities", user.Capabilities}, {"imported_roles", []string{}}, {"srchIndexesAllowed", []string{"*"}}, {"srchJobsQuota", user.Jobs},
			{"srchTimeWin", int(user.Window / time.Second)}, {"srchFilter", ""},
		}}})
	}
}

func (s *Server) indexEntry(name string) entry {
	d := s.definition(name)
	kind := "event"
	if d.Metric {
		kind = "metric"
	}
	return entry{name: name, id: "/servicesNS/nobody/search/data/indexes/" + name, owner: "nobody", app: "search", at: s.clock(), content: []prop{
		{"datatype", kind}, {"disabled", d.Disabled}, {"frozenTimePeriodInSecs", int(d.Frozen / time.Second)},
		{"quarantineFutureSecs", int(d.Ahead / time.Second)}, {"quarantinePastSecs", 77760000}, {"isInternal", strings.HasPrefix(name, "_")},
	}}
}
