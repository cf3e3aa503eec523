package sandbox

import (
	"fmt"
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
func (s *Server) serveSettings(w http.ResponseWriter, r *http.Request, owner, app string) {
	under, name, action := settingOf(r)
	if action != "" {
		writeMessage(w, r, http.StatusNotFound, "ERROR", fmt.Sprintf("In handler '%s': Invalid custom action for this internal handler (custom action: %s).", under, action))
		return
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

// settingOf is which setting a request asks for. Paths are parted at their slashes before they are decoded, so that
// one in a name is written %2F; %252F, as in the links of answers, comes through a proxy that decodes as well. A
// slash left as it is begins the name of an action on the setting.
func settingOf(r *http.Request) (under, name, action string) {
	_, _, path := place(r.URL.EscapedPath())
	parts := strings.SplitN(path, "/", 4)
	for i, part := range parts {
		if decoded, err := url.PathUnescape(part); err == nil {
			parts[i] = strings.NewReplacer("%2F", "/", "%2f", "/").Replace(decoded)
		}
	}
	parts = append(parts, "", "")
	return parts[0] + "/" + parts[1], parts[2], parts[3]
}

// linkTo is where an answer says that a setting is.
func linkTo(under, name string) string {
	escaped := url.PathEscape(strings.ReplaceAll(name, "/", "%2F"))
	return "/servicesNS/nobody/foresight/" + under + "/" + strings.ReplaceAll(escaped, ":", "%3A")
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
		e := entry{name: name, id: linkTo(under, name), owner: owner, app: app, at: s.clock(), ours: true}
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
