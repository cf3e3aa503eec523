package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// MaintenanceWindow is a window of ITSI's calendar.
type MaintenanceWindow struct {
	Key, Title string
	Services   []string // keys
	From, To   time.Time
}

// itsi is ITSI's maintenance calendar, and nothing else of ITSI.
type itsi struct {
	mu        sync.Mutex
	installed bool
	windows   map[string]itsiWindow
}

type itsiWindow struct {
	Key     string `json:"_key"`
	Title   string `json:"title"`
	Comment string `json:"comment"`
	Objects []struct {
		Key  string `json:"_key"`
		Type string `json:"object_type"`
	} `json:"objects"`
	Start *float64 `json:"start_time"`
	End   *float64 `json:"end_time"`
}

// InstallITSI has the server answer for ITSI's maintenance calendar.
func (s *Server) InstallITSI() {
	s.itsi.mu.Lock()
	defer s.itsi.mu.Unlock()
	s.itsi.installed, s.itsi.windows = true, map[string]itsiWindow{}
}

// MaintenanceWindows are those of ITSI's calendar, by title.
func (s *Server) MaintenanceWindows() map[string]MaintenanceWindow {
	s.itsi.mu.Lock()
	defer s.itsi.mu.Unlock()
	all := map[string]MaintenanceWindow{}
	for _, w := range s.itsi.windows {
		out := MaintenanceWindow{Key: w.Key, Title: w.Title, From: fromEpoch(*w.Start), To: fromEpoch(*w.End)}
		for _, o := range w.Objects {
			out.Services = append(out.Services, o.Key)
		}
		all[w.Title] = out
	}
	return all
}

const maintenance = "maintenance_services_interface/maintenance_calendar"

// serveMaintenance makes, lists, replaces and removes windows.
func (s *Server) serveMaintenance(w http.ResponseWriter, r *http.Request, owner, app, path string) {
	s.itsi.mu.Lock()
	defer s.itsi.mu.Unlock()
	if !s.itsi.installed || app != "SA-ITOA" || owner != "nobody" {
		kvFailure(w, http.StatusNotFound, "Not Found")
		return
	}
	key := strings.TrimPrefix(strings.TrimPrefix(path, maintenance), "/")
	kept, has := s.itsi.windows[key]
	switch {
	case key == "" && r.Method == http.MethodGet:
		var filter struct {
			Title *string `json:"title"`
		}
		if f := r.Form.Get("filter"); f != "" && json.Unmarshal([]byte(f), &filter) != nil {
			kvFailure(w, http.StatusBadRequest, "Invalid filter")
			return
		}
		all := []itsiWindow{}
		for _, k := range slices.Sorted(maps.Keys(s.itsi.windows)) {
			if one := s.itsi.windows[k]; filter.Title == nil || one.Title == *filter.Title {
				all = append(all, one)
			}
		}
		writeJSON(w, http.StatusOK, all)
	case key == "" && r.Method == http.MethodPost:
		s.saveWindow(w, r, "")
	case !has:
		kvFailure(w, http.StatusNotFound, "Object not found")
	case r.Method == http.MethodGet:
		writeJSON(w, http.StatusOK, kept)
	case r.Method == http.MethodPut:
		s.saveWindow(w, r, key)
	case r.Method == http.MethodDelete:
		delete(s.itsi.windows, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		kvFailure(w, http.StatusMethodNotAllowed, "Method Not Allowed")
	}
}

// saveWindow makes a window or replaces it whole. Objects are of one type; a title is one window's.
func (s *Server) saveWindow(w http.ResponseWriter, r *http.Request, key string) {
	var one itsiWindow
	if json.Unmarshal([]byte(r.Form.Get("data")), &one) != nil || one.Title == "" || len(one.Objects) == 0 || one.Start == nil || one.End == nil || *one.Start >= *one.End {
		kvFailure(w, http.StatusBadRequest, "A maintenance window has title, objects, start_time and end_time, in epoch seconds.")
		return
	}
	for _, o := range one.Objects {
		if o.Type != one.Objects[0].Type || o.Type != "service" && o.Type != "entity" || o.Key == "" {
			kvFailure(w, http.StatusBadRequest, "The objects of a maintenance window are services all, or entities all.")
			return
		}
	}
	for k, other := range s.itsi.windows {
		if other.Title == one.Title && k != key {
			kvFailure(w, http.StatusConflict, "A maintenance window of this title exists.")
			return
		}
	}
	if key == "" {
		key = secret()[:24]
	}
	one.Key = key
	s.itsi.windows[key] = one
	writeJSON(w, http.StatusOK, map[string]string{"_key": key})
}
