package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

func TestHash(t *testing.T) {
	text, err := Hash("correct horse")
	require.NoError(t, err)
	other, err := Hash("correct horse")
	require.NoError(t, err)
	require.NotEqual(t, text, other, "each has a salt of its own")
	h, err := parse(text)
	require.NoError(t, err)
	require.True(t, h.opens("correct horse"))
	require.False(t, h.opens("correct horsf"))
	require.False(t, h.opens(""))
	_, err = Hash("short")
	require.ErrorContains(t, err, "can be guessed")
}

// The hash of the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1,
// from the test vectors of its test.c.
func TestHashOfTheReference(t *testing.T) {
	h, err := parse("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	require.NoError(t, err)
	require.True(t, h.opens("password"))
	require.False(t, h.opens("differentpassword"))
}

func TestHashesThatAreNone(t *testing.T) {
	const salt, key = "c2FsdHNhbHRzYWx0", "aGFzaGhhc2hoYXNoaGFzaGhhc2g"
	for _, text := range []string{"", "swordfish", "$2y$10$abc", "$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + key, "$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=99999999,t=1,p=1$" + salt + "$" + key, "$argon2id$v=19$m=64,t=1000,p=1$" + salt + "$" + key, "$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=1,t=1,p=1$" + salt + "$" + key, "$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + key, "$argon2id$v=19$m=64,t=1,p=1$$" + key, "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$aGFz"} {
		_, err := New(Options{Users: []models.User{{Name: "eva", Hash: text}}})
		require.ErrorContains(t, err, "user eva", text)
		require.NotContains(t, err.Error(), "swordfish")
	}
}

// However tries come, by whatever names: of one name from one address no more pass than those at once and
// one for each while since.
func TestLimiterBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, at := newLimiter(), time.Unix(1_800_000_000, 0)
		began, passed := at, map[string]int{}
		for range rapid.IntRange(1, 300).Draw(t, "tries") {
			at = at.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "wait")) * time.Millisecond)
			name, address := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name"), rapid.SampledFrom([]string{"1", "2"}).Draw(t, "address")
			if l.takes(name, address, at) {
				for key, bound := range map[string]int{"both " + name + address: triesAtOnce, "address " + address: byAddress, "name " + name: byName} {
					passed[key]++
					require.LessOrEqual(t, passed[key], bound+int(at.Sub(began)/perTry)+1, key)
				}
			}
		}
	})
}

func TestLimiterForgets(t *testing.T) {
	l, at := newLimiter(), time.Unix(1_800_000_000, 0)
	for n := range mostKept {
		l.takes(fmt.Sprint(n), strings.Repeat("x", n%3), at)
	}
	require.LessOrEqual(t, len(l.kinds), mostKept+3, "a flood of names takes no more memory")
}

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:8080": true, "localhost:1": true, "localhost": true, "[::1]:80": true, "[::1]": true, "127.9.9.9": true,
		":8080": false, "0.0.0.0:80": false, "192.0.2.1:80": false, "localhost.example:80": false, "": false, "[::]:80": false} {
		require.Equal(t, want, Loopback(address), address)
	}
}

func TestRoles(t *testing.T) {
	w := Who{grants: []models.Grant{{Customer: "nord", Role: models.RoleViewer}, {Customer: "nord", Role: models.RoleOperator}, {Customer: "*", Role: models.RoleViewer}}}
	require.True(t, w.Works("nord"))
	require.True(t, w.Sees("syd"))
	require.False(t, w.Works("syd"))
	require.True(t, w.SeesAll())
	require.False(t, Who{}.Sees("nord"))
	require.False(t, Who{grants: []models.Grant{{Customer: "nord", Role: models.RoleAdmin}}}.SeesAll())
}

// Whatever grants somebody has: a right with a customer is theirs exactly when one of the grants is of that customer,
// or of all, and its role may that.
func TestRightsAreThoseOfTheRole(t *testing.T) {
	may := map[models.Role][]Right{
		models.RoleViewer:   {See},
		models.RoleOperator: {See, Work, Cover},
		models.RoleAdmin:    {See, Work, Cover, Audit, Access, Outbox},
		"root":              nil, // a role that is none
	}
	rights := append([]Right{"", "fly"}, may[models.RoleAdmin]...)
	rapid.Check(t, func(t *rapid.T) {
		grant := rapid.Custom(func(t *rapid.T) models.Grant {
			return models.Grant{Customer: rapid.SampledFrom([]string{"nord", "syd", "*"}).Draw(t, "of"), Role: rapid.SampledFrom([]models.Role{"viewer", "operator", "admin", "root"}).Draw(t, "role")}
		})
		w := Who{grants: rapid.SliceOfN(grant, 0, 4).Draw(t, "grants")}
		for _, customer := range []string{"nord", "syd", "*", "other", ""} {
			for _, right := range rights {
				want := false
				for _, g := range w.grants {
					want = want || (g.Customer == "*" || g.Customer == customer) && slices.Contains(may[g.Role], right)
				}
				require.Equal(t, want, w.May(right, customer), "%v: %s with %q", w.grants, right, customer)
			}
		}
	})
}

// However somebody asks: no more pass than those at once and what has come by since; and who keeps to the pace is
// never refused, whatever others do.
func TestPaceBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const perSecond, atOnce = 2, 5
		p, at := NewPace(perSecond, atOnce), time.Unix(1_800_000_000, 0)
		began, passed := at, 0
		for range rapid.IntRange(1, 200).Draw(t, "asked") {
			at = at.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "wait")) * time.Millisecond)
			if p.Takes("hasty", at) {
				passed++
			}
			require.LessOrEqual(t, passed, atOnce+int(at.Sub(began).Seconds()*perSecond)+1)
		}
		for n := range 20 {
			require.True(t, p.Takes("steady", at.Add(time.Duration(n)*time.Second/perSecond)))
		}
	})
}
