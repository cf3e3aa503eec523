package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Bounds of the KV store, from limits.conf.
const (
	kvBatch = 50_000 // records of one batch_save
	kvRows  = 50_000 // rows of one answer
)

// record of a collection; _key and _user are among its fields.
type kvRecord map[string]any

// kvstore is the collections of all apps. Whose they are makes no difference: everything is nobody's.
type kvstore struct {
	mu   sync.Mutex
	kept map[string]map[string]kvRecord // by app and name, then by _key

	readOnly bool
}

// AddCollection makes a collection of an app, as its collections.conf does.
func (s *Server) AddCollection(app, name string) { s.kv.make(app, name) }

// LockCollections has writing refused, as to a user without the right to it, or lets it be.
func (s *Server) LockCollections(lock bool) {
	s.kv.mu.Lock()
	defer s.kv.mu.Unlock()
	s.kv.readOnly = lock
}

func (kv *kvstore) make(app, name string) {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	if kv.kept == nil {
		kv.kept = map[string]map[string]kvRecord{}
	}
	if kv.kept[app+"/"+name] == nil {
		kv.kept[app+"/"+name] = map[string]kvRecord{}
	}
}

// in returns a collection; the caller holds the lock.
func (kv *kvstore) in(app, name string) (map[string]kvRecord, bool) {
	c, ok := kv.kept[app+"/"+name]
	return c, ok
}

const collections = "storage/collections/"

// serveCollections routes storage/collections/config and storage/collections/data/NAME[/KEY].
func (s *Server) serveCollections(w http.ResponseWriter, r *http.Request, owner, app, path string) {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(path, collections), "/")
	switch {
	case kind == "config":
		s.serveCollectionConfig(w, r, owner, app, rest)
	case kind == "data" && rest != "":
		name, key, _ := strings.Cut(rest, "/")
		s.serveRecords(w, r, app, name, key)
	default:
		writeMessage(w, r, http.StatusNotFound, "ERROR", "Not Found")
	}
}

func (s *Server) serveCollectionConfig(w http.ResponseWriter, r *http.Request, owner, app, name string) {
	if name == "" && r.Method == http.MethodPost {
		if name = r.PostForm.Get("name"); name == "" {
			writeMessage(w, r, http.StatusBadRequest, "ERROR", `Argument "name" is missing.`)
			return
		}
		s.kv.mu.Lock()
		_, has := s.kv.in(app, name)
		s.kv.mu.Unlock()
		if has {
			writeMessage(w, r, http.StatusConflict, "ERROR", "An object with name="+name+" already exists")
			return
		}
		s.kv.make(app, name)
		writeFeedAs(w, r, http.StatusCreated, "collections-conf", []entry{collectionEntry(s, owner, app, name)})
		return
	}
	s.kv.mu.Lock()
	var names []string
	for full := range s.kv.kept {
		if of, one, _ := strings.Cut(full, "/"); of == app && (name == "" || one == name) {
			names = append(names, one)
		}
	}
	if name != "" && len(names) == 1 && r.Method == http.MethodDelete {
		delete(s.kv.kept, app+"/"+name)
	}
	s.kv.mu.Unlock()
	if name != "" && len(names) == 0 {
		writeMessage(w, r, http.StatusNotFound, "ERROR", "Could not find object id="+name)
		return
	}
	slices.Sort(names)
	entries := []entry{}
	for _, one := range names {
		entries = append(entries, collectionEntry(s, owner, app, one))
	}
	writeFeed(w, r, "collections-conf", entries)
}

func collectionEntry(s *Server, owner, app, name string) entry {
	return entry{name: name, id: "/servicesNS/nobody/" + app + "/" + collections + "config/" + name, owner: owner, app: app, at: s.clock(),
		content: []prop{{"disabled", false}, {"replicate", false}}}
}

// kvFailure is what the KV store answers, which is JSON always.
func kvFailure(w http.ResponseWriter, status int, words string) {
	writeJSON(w, status, map[string][]message{"messages": {{"ERROR", words}}})
}

// serveRecords reads and writes records.
func (s *Server) serveRecords(w http.ResponseWriter, r *http.Request, app, name, key string) {
	s.kv.mu.Lock()
	defer s.kv.mu.Unlock()
	c, ok := s.kv.in(app, name)
	switch {
	case !ok:
		kvFailure(w, http.StatusNotFound, "Could not find collection "+name+".")
		return
	case s.kv.readOnly && r.Method != http.MethodGet && key != "batch_find":
		kvFailure(w, http.StatusForbidden, "User does not have write access to collection "+name+".")
		return
	}
	switch {
	case r.Method == http.MethodGet && key == "":
		found, err := findRecords(c, kvQuery{Query: json.RawMessage(r.Form.Get("query")), Fields: r.Form.Get("fields"), Sort: r.Form.Get("sort"),
			Limit: number0(r.Form.Get("limit")), Skip: number0(r.Form.Get("skip"))})
		answerRecords(w, found, err)
	case r.Method == http.MethodDelete && key == "":
		found, err := findRecords(c, kvQuery{Query: json.RawMessage(r.Form.Get("query"))})
		if err != nil {
			kvFailure(w, http.StatusBadRequest, err.Error())
			return
		}
		for _, one := range found {
			delete(c, fmt.Sprint(one["_key"]))
		}
		writeJSON(w, http.StatusOK, map[string]any{})
	case r.Method == http.MethodPost:
		postRecords(w, r, c, key)
	case c[key] == nil:
		kvFailure(w, http.StatusNotFound, "Could not find object.")
	case r.Method == http.MethodGet:
		writeJSON(w, http.StatusOK, c[key])
	case r.Method == http.MethodDelete:
		delete(c, key)
		writeJSON(w, http.StatusOK, map[string]any{})
	default:
		kvFailure(w, http.StatusMethodNotAllowed, "Method Not Allowed")
	}
}

func answerRecords(w http.ResponseWriter, found []kvRecord, err error) {
	if err != nil {
		kvFailure(w, http.StatusBadRequest, err.Error())
		return
	}
	if found == nil {
		found = []kvRecord{}
	}
	writeJSON(w, http.StatusOK, found)
}

// postRecords inserts one, replaces one, or does a batch.
func postRecords(w http.ResponseWriter, r *http.Request, c map[string]kvRecord, key string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		kvFailure(w, http.StatusBadRequest, "The request broke off.")
		return
	}
	switch key {
	case "batch_find":
		var queries []kvQuery
		if json.Unmarshal(body, &queries) != nil {
			kvFailure(w, http.StatusBadRequest, "JSON in the request is invalid. ( A list of queries is expected )")
			return
		}
		all := [][]kvRecord{}
		for _, q := range queries {
			found, err := findRecords(c, q)
			if err != nil {
				kvFailure(w, http.StatusBadRequest, err.Error())
				return
			}
			all = append(all, append([]kvRecord{}, found...))
		}
		writeJSON(w, http.StatusOK, all)
	case "batch_save":
		var records []kvRecord
		if json.Unmarshal(body, &records) != nil {
			kvFailure(w, http.StatusBadRequest, "JSON in the request is invalid. ( A list of records is expected )")
			return
		}
		if len(records) > kvBatch {
			kvFailure(w, http.StatusBadRequest, "Request exceeds API limits - see limits.conf for details.")
			return
		}
		keys := []string{}
		for _, one := range records {
			keys = append(keys, put1(c, one))
		}
		writeJSON(w, http.StatusOK, keys)
	default:
		var one kvRecord
		if json.Unmarshal(body, &one) != nil || one == nil {
			kvFailure(w, http.StatusBadRequest, "JSON in the request is invalid. ( An object is expected )")
			return
		}
		given, _ := one["_key"].(string)
		switch {
		case key == "" && given != "" && c[given] != nil:
			kvFailure(w, http.StatusConflict, "A document with the same key and user already exists.")
			return
		case key != "" && c[key] == nil:
			kvFailure(w, http.StatusNotFound, "Could not find object.")
			return
		case key != "":
			one["_key"] = key
		}
		status := http.StatusCreated
		if key != "" {
			status = http.StatusOK
		}
		writeJSON(w, status, map[string]string{"_key": put1(c, one)})
	}
}

// put1 inserts a record or replaces it whole, and returns its key.
func put1(c map[string]kvRecord, one kvRecord) string {
	key, _ := one["_key"].(string)
	if key == "" {
		key = secret()[:24]
	}
	kept := maps.Clone(one)
	kept["_key"], kept["_user"] = key, "nobody"
	c[key] = kept
	return key
}
