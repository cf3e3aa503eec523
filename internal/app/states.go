package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/google/renameio/v2"

	"foresight/analytics"
	"foresight/analytics/regress"
)

// states are what earlier runs left of the series of a file, by their names. A nil *states knows
// nothing and keeps nothing.
type states struct {
	path  string
	panel *regress.Panel // of all that were read; nil: siblings teach nothing

	mu     sync.Mutex
	series map[string]*analytics.State
}

// statesFile is the file's content.
type statesFile struct {
	Version int                         `json:"version"`
	Series  map[string]*analytics.State `json:"series"`
}

// statesVersion is of the file; a state has a version of its own.
const statesVersion = 1

// readStates reads the file; one that is not there yet is empty.
func readStates(path string, siblings bool) (*states, error) {
	if path == "" {
		if siblings {
			return nil, errors.New("--siblings needs --state FILE, in which earlier runs have left what the other series learnt")
		}
		return nil, nil
	}
	s := &states{path: path, series: map[string]*analytics.State{}}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("--state: %w", err)
	}
	if err == nil {
		f := statesFile{}
		if err := json.Unmarshal(data, &f); err != nil {
			return nil, fmt.Errorf("--state %s is damaged (%w); move it away to start afresh", path, err)
		}
		if f.Version != statesVersion {
			return nil, fmt.Errorf("--state %s has format %d, this program reads %d; move it away to start afresh", path, f.Version, statesVersion)
		}
		for name, state := range f.Series {
			if state != nil {
				s.series[name] = state
			}
		}
	}
	if siblings {
		s.panel = &regress.Panel{}
		for _, state := range s.series {
			s.panel.Add(state.Coefficients)
		}
	}
	return s, nil
}

// give puts what is known of a series into its options. The panel is that of the file as it was
// read: a forecast never depends on the other series of its own run.
func (s *states) give(name string, o *analytics.Options) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o.State = s.series[name]
	if s.panel == nil {
		return
	}
	var own regress.Coefficients
	if o.State != nil {
		own = o.State.Coefficients
	}
	o.Siblings = s.panel.Mean(own)
}

// keep takes what a run has left of a series.
func (s *states) keep(name string, state *analytics.State) {
	if s == nil || state == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.series[name] = state
}

// write replaces the file whole, so that a crash leaves the old or the new one.
func (s *states) write() error {
	if s == nil {
		return nil
	}
	data, err := json.Marshal(statesFile{statesVersion, s.series})
	if err != nil {
		return fmt.Errorf("writing --state: %w", err)
	}
	if err := renameio.WriteFile(s.path, data, 0o600); err != nil {
		return fmt.Errorf("writing --state: %w", err)
	}
	return nil
}
