package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"foresight/internal/web/access"
	"foresight/models"
)

// accessView is what access.gohtml prints.
type accessView struct {
	frame
	Provider string // "": nobody vouches for people
	Users    []memberRow
	Groups   []memberRow
	Tokens   []memberRow
	Sessions []sessionRow
}

// memberRow is who has access, and to what of the reader's.
type memberRow struct{ Name, Roles string }

type sessionRow struct {
	Name, Provider, Until string
	Count                 int
}

// accessPage says who may do what with the customers that the reader administers, and who is signed in.
func (v *server) accessPage(w http.ResponseWriter, r *http.Request) {
	g := v.options.Gate
	p := accessView{frame: v.frame(r, v.say.T("Who has access"), "admin")}
	for _, u := range g.Users {
		p.Users = v.member(r, p.Users, u.Name, u.Grants)
	}
	for _, t := range g.Tokens {
		p.Tokens = v.member(r, p.Tokens, t.Name, t.Grants)
	}
	if g.Provider.Issuer != "" {
		p.Provider = v.options.SignOnName
		for _, x := range g.Provider.Grants {
			p.Groups = v.member(r, p.Groups, x.Group, []models.Grant{x.Grant})
		}
	}
	live, err := v.options.Admin.Sessions(r.Context())
	if err != nil {
		v.internal(w, fmt.Errorf("reading who is signed in: %w", err))
		return
	}
	for _, s := range live {
		if !v.governs(r, s) {
			continue
		}
		if n := len(p.Sessions) - 1; n >= 0 && p.Sessions[n].Name == s.User && p.Sessions[n].Provider == s.Provider {
			p.Sessions[n].Count++
			p.Sessions[n].Until = s.Until.UTC().Format("2006-01-02 15:04")
			continue
		}
		p.Sessions = append(p.Sessions, sessionRow{s.User, s.Provider, s.Until.UTC().Format("2006-01-02 15:04"), 1})
	}
	v.render(w, http.StatusOK, "access.gohtml", p)
}

// member adds somebody who has a role with a customer that the reader administers.
func (v *server) member(r *http.Request, all []memberRow, name string, grants []models.Grant) []memberRow {
	var roles []string
	for _, g := range grants {
		if who(r).May(access.Access, g.Customer) || g.Customer == models.EveryCustomer {
			of := nameOf(v.customer(g.Customer))
			if g.Customer == models.EveryCustomer {
				of = v.say.T("every customer")
			}
			roles = append(roles, v.say.T("%s of %s", string(g.Role), of))
		}
	}
	if len(roles) == 0 {
		return all
	}
	return append(all, memberRow{name, strings.Join(roles, ", ")})
}

// governs reports whether the reader may see and end a session: who administers all customers any, another only
// those of local users who have roles with the reader's customers alone.
func (v *server) governs(r *http.Request, s models.Session) bool {
	if who(r).May(access.Access, models.EveryCustomer) {
		return true
	}
	for _, u := range v.options.Gate.Users {
		if s.Provider != "" || u.Name != s.User {
			continue
		}
		for _, g := range u.Grants {
			if !who(r).May(access.Access, g.Customer) {
				return false
			}
		}
		return true
	}
	return false
}

// endSessions signs somebody out everywhere.
func (v *server) endSessions(w http.ResponseWriter, r *http.Request) {
	s := models.Session{User: r.PostFormValue("name"), Provider: r.PostFormValue("provider")}
	if !v.governs(r, s) {
		v.did(r, "end sessions", "", s.User, "may not")
		v.message(w, http.StatusForbidden, "These sessions are not yours to end", "Who administers every customer that the person has a role with may.")
		return
	}
	n, err := v.options.Admin.EndSessionsOf(r.Context(), s.User, s.Provider)
	if err != nil {
		v.internal(w, fmt.Errorf("ending sessions: %w", err))
		return
	}
	v.did(r, "end sessions", "", fmt.Sprintf("%s: %d", s.User, n), "")
	http.Redirect(w, r, "/admin/access", http.StatusSeeOther)
}

// cursor marks a place in the audit log.
func cursor(d models.Deed) string { return strconv.FormatInt(d.At.UnixNano(), 10) + "." + d.ID }

func cursorOf(text string) (d models.Deed, err error) {
	if text == "" {
		return d, nil
	}
	at, id, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(at, 10, 64)
	if err != nil || n <= 0 {
		return d, errors.New("the place in the log is none; begin with the newest")
	}
	return models.Deed{At: time.Unix(0, n), ID: id}, nil
}
