package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The scopes of a fault: searches or events. Splunk Cloud Services, which has both on one
// listener, is struck by what it does.
const (
	ScopeBoth   = ""
	ScopeSearch = "search"
	ScopeHEC    = "hec"
)

// Fault is one way to misbehave.
type Fault struct {
	Scope string        // ScopeBoth, ScopeSearch or ScopeHEC
	Kind  string        // see ParseFaults
	Times int           // how many requests (or searches) it strikes; 0 = all
	Delay time.Duration // of slow
	Code  int           // of code: the HEC code to answer
}

// Faults is several ways to misbehave at once.
type Faults []Fault

// ParseFaults reads faults parted by commas, each "[search:|hec:]name[:argument…]":
//
//	busy[:N]          503, with HEC code 9 or Splunk's words on concurrent searches
//	unauthorized[:N]  401, as if the token or session had been revoked
//	cut[:N]           the request is carried out, but its reply ends half way
//	slow:DURATION     every reply waits so long
//	partial[:N]       a search loses a third of its events, ends DONE and says so in a WARN message
//	failed[:N]        a search ends FAILED
//	finalized[:N]     a search loses a third of its events and ends DONE with isFinalized
//	stuck[:N]         a search stays RUNNING until it is cancelled
//	truncate[:N]      a page of results lacks its last row, though resultCount counts it
//	preview[:N]       a page of results says preview: true
//	pending[:N]       an ack poll answers false for everything
//	code:C[:N]        HEC answers code C with its HTTP status, for the codes about load too
//
// N is the number of requests (for partial, failed, finalized and stuck: of searches)
// struck before all is well again; without it all are. Without a scope, busy,
// unauthorized, cut and slow strike searches and events. Logins are never struck by
// unauthorized. Splunk Cloud Services says things its own way: busy is 429, preview a
// page that is not ready, finalized a job that took all its maxTime, and an HEC code
// counts by its HTTP status.
func ParseFaults(spec string) (Faults, error) {
	var out Faults
	if strings.TrimSpace(spec) == "" {
		return nil, nil
	}
	for item := range strings.SplitSeq(spec, ",") {
		f, err := parseFault(strings.TrimSpace(item))
		if err != nil {
			return nil, fmt.Errorf("reading fault %q: %w", item, err)
		}
		out = append(out, f)
	}
	return out, nil
}

func parseFault(item string) (Fault, error) {
	var f Fault
	for _, scope := range []string{ScopeSearch, ScopeHEC} {
		if rest, ok := strings.CutPrefix(item, scope+":"); ok {
			f.Scope, item = scope, rest
		}
	}
	name, args, has := strings.Cut(item, ":")
	f.Kind = name
	var err error
	switch name {
	case "slow":
		if f.Delay, err = time.ParseDuration(args); err != nil || f.Delay < 0 {
			return f, errors.New("write how long, as in slow:2s")
		}
		return f, nil
	case "code":
		code, times, more := strings.Cut(args, ":")
		args, has = times, more
		if f.Code, err = strconv.Atoi(code); err != nil || hecReply(f.Code).text == "" {
			return f, errors.New("write an HEC code from 0 to 27, as in code:26 or code:9:2")
		}
		err = f.within(ScopeHEC)
	case "pending":
		err = f.within(ScopeHEC)
	case "partial", "failed", "finalized", "stuck", "truncate", "preview":
		err = f.within(ScopeSearch)
	case "busy", "unauthorized", "cut":
	default:
		return f, errors.New("no such fault: there are busy, unauthorized, cut, slow, partial, failed, finalized, stuck, truncate, preview, pending and code")
	}
	if err != nil {
		return f, err
	}
	if has {
		if f.Times, err = strconv.Atoi(args); err != nil || f.Times < 1 {
			return f, fmt.Errorf("%q is no count: write %s:3 for the next three", args, name)
		}
	}
	return f, nil
}

// within sets the only scope that the fault has.
func (f *Fault) within(scope string) error {
	if f.Scope != ScopeBoth && f.Scope != scope {
		return fmt.Errorf("%s has no meaning for %s: leave the scope out", f.Kind, f.Scope)
	}
	f.Scope = scope
	return nil
}

// faultState counts the faults down.
type faultState struct {
	mu     sync.Mutex
	faults Faults
}

func (s *faultState) set(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = slices.Clone(f)
}

// take returns the first fault of a kind that strikes scope, and counts it.
func (s *faultState) take(scope, kind string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Kind != kind || f.Scope != ScopeBoth && f.Scope != scope {
			continue
		}
		switch f.Times {
		case 0:
		case 1:
			s.faults = slices.Delete(s.faults, i, i+1)
		default:
			s.faults[i].Times--
		}
		return f, true
	}
	return Fault{}, false
}

// SetFaults replaces how the server misbehaves from now on; nil makes it behave.
func (s *Server) SetFaults(f Faults) { s.faults.set(f) }
