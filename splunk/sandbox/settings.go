package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// settings are what apps keep in Splunk by REST: passwords in its store, and stanzas of .conf files.
// Which app they are of makes no difference here.
type settings struct {
	mu     sync.Mutex
	kept   map[string]map[string]string // by path and name below it, as clients ask for them
	hidden bool                         // the password store is not for this user
}

const passwords = "storage/passwords"

// HidePasswords has the password store refused, as it is to a user without the capability
// list_storage_passwords, or gives it back.
func (s *Server) HidePasswords(hide bool) {
	s.settings.mu.Lock()
	defer s.settings.mu.Unlock()
	s.settings.hidden = hide
}

// isSetting reports whether a path is one of settings: storage/passwords[/X], configs/conf-FILE[/X], saved/searches[/X].
func isSetting(path string) bool {
	return path == passwords || strings.HasPrefix(path, passwords+"/") || strings.HasPrefix(path, "configs/conf-") ||
		path == savedSearches || strings.HasPrefix(path, savedSearches+"/")
}

// serveSettings lists, makes, changes and deletes them.
func (s *Server) serveSettings(w http.ResponseWriter, r *http.Request, owner, app, path string) {
	parts := strings.SplitN(path, "/", 3)
	under, name := parts[0]+"/"+parts[1], ""
	if len(parts) == 3 {
		name = parts[2]
	}
	s.settings.mu.Lock()
	defer s.settings.mu.Unlock()
	if s.settings.hidden && under == passwords {
		writeMessage(w, r, http.StatusForbidden, "ERROR", "Action forbidden.")
		return
	}
	if name == "" && r.Method == http.MethodPost {
		s.makeSetting(w, r, owner, app, under)
		return
	}
	var names []string
	if name == "" {
		for key := range s.settings.kept {
			if of, one, _ := strings.Cut(key, "\x1f"); of == under {
				names = append(names, one)
			}
		}
		slices.Sort(names)
	} else if _, has := s.settings.kept[under+"\x1f"+name]; !has {
		writeMessage(w, r, http.StatusNotFound, "ERROR", "Could not find object id="+name)
		return
	} else {
		names = []string{name}
	}
	switch {
	case r.Method == http.MethodGet:
	case r.Method == http.MethodPost:
		for key, value := range given(r.PostForm) {
			s.settings.kept[under+"\x1f"+name][key] = value
		}
	case r.Method == http.MethodDelete && name != "":
		delete(s.settings.kept, under+"\x1f"+name)
		names = nil
	default:
		writeMessage(w, r, http.StatusMethodNotAllowed, "FATAL", "Method Not Allowed")
		return
	}
	s.writeSettings(w, r, http.StatusOK, owner, app, under, names)
}

// makeSetting keeps a new one; a password is named by realm and user.
func (s *Server) makeSetting(w http.ResponseWriter, r *http.Request, owner, app, under string) {
	name, values := r.PostForm.Get("name"), given(r.PostForm)
	if name == "" {
		writeMessage(w, r, http.StatusBadRequest, "ERROR", `Argument "name" is missing.`)
		return
	}
	if under == passwords {
		values["username"] = name
		name = escapeColons(values["realm"]) + ":" + escapeColons(name) + ":"
	}
	if under == savedSearches {
		values["eai:owner"], values["eai:app"] = owner, app
	}
	if _, has := s.settings.kept[under+"\x1f"+name]; has {
		writeMessage(w, r, http.StatusConflict, "ERROR", "An object with name="+name+" already exists")
		return
	}
	if s.settings.kept == nil {
		s.settings.kept = map[string]map[string]string{}
	}
	s.settings.kept[under+"\x1f"+name] = values
	s.writeSettings(w, r, http.StatusCreated, owner, app, under, []string{name})
}

func escapeColons(s string) string { return strings.ReplaceAll(s, ":", `\:`) }

// given are a form's own values, without those that say how to answer.
func given(form url.Values) map[string]string {
	values := map[string]string{}
	for key := range form {
		if key != "name" && key != "output_mode" {
			values[key] = form.Get(key)
		}
	}
	return values
}

func (s *Server) writeSettings(w http.ResponseWriter, r *http.Request, status int, owner, app, under string, names []string) {
	entries := []entry{}
	for _, name := range names {
		e := entry{name: name, id: "/servicesNS/nobody/foresight/" + under + "/" + url.PathEscape(name), owner: owner, app: app, at: s.clock()}
		values := s.settings.kept[under+"\x1f"+name]
		for _, key := range slices.Sorted(maps.Keys(values)) {
			if under == passwords && key == "password" {
				e.content = append(e.content, prop{"clear_password", values[key]}, prop{"encr_password", "$7$hidden"}, prop{"password", "********"})
				continue
			}
			e.content = append(e.content, prop{key, values[key]})
		}
		entries = append(entries, e)
	}
	writeFeedAs(w, r, status, under, entries)
}
