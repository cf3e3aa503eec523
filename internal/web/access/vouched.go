package access

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"foresight/models"
)

// Provider is who vouches for people beside the local users, and what its groups may. The zero
// Provider is none.
type Provider struct {
	Issuer, Client string
	Grants         []models.GroupGrant
}

var (
	// ErrNoRole says that somebody is known to the provider and may do nothing here.
	ErrNoRole = errors.New("nothing here is open to you: none of your groups has a role")
	// ErrTaken says that the provider's name for somebody is another's here.
	ErrTaken = errors.New("the name is that of a local user or of a program, and would pass for them")
)

// Vouch opens a session for whom the provider vouches for, and returns its cookie. Of the groups
// those are kept that have a role; what they may is read again at each request. Errors: ErrNoRole, ErrTaken.
func (g *Gate) Vouch(r *http.Request, name string, groups []string) (*http.Cookie, error) {
	_, local := g.users[name]
	if local || name == program || slices.ContainsFunc(g.tokens, func(t token) bool { return t.Name == name }) {
		return nil, fmt.Errorf("%w: %q", ErrTaken, name)
	}
	s := models.Session{User: name, Provider: g.Provider.Issuer, Proof: g.Provider.proof()}
	for _, group := range groups {
		if slices.ContainsFunc(g.Provider.Grants, func(x models.GroupGrant) bool { return x.Group == group }) && !slices.Contains(s.Groups, group) {
			s.Groups = append(s.Groups, group)
		}
	}
	if !g.vouched(s).Known() {
		return nil, fmt.Errorf("%w: %q", ErrNoRole, name)
	}
	return g.admit(r, s)
}

// program is the name by which Foresight itself stands in timelines.
const program = "foresight"

// vouched says who somebody with a provider's session is.
func (g *Gate) vouched(s models.Session) Who {
	if g.Provider.Issuer == "" || s.Provider != g.Provider.Issuer || s.Proof != g.Provider.proof() {
		return Who{}
	}
	if _, local := g.users[s.User]; local { // who has come to have that name since
		return Who{}
	}
	w := Who{Name: s.User, Person: true}
	for _, x := range g.Provider.Grants {
		if x.Group == models.EveryGroup || slices.Contains(s.Groups, x.Group) {
			w.grants = append(w.grants, x.Grant)
		}
	}
	return w
}

// proof is the same as long as it is the same client of the same provider.
func (p Provider) proof() string { return sum(p.Issuer + "\x1f" + p.Client)[:16] }
