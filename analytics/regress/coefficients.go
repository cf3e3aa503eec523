package regress

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Coefficients are what a fit has learnt of seasons, calendar and growth, by name and on the fit
// scale: "weekday::6", "december::1224", "large:easter:-1". Series of one kind in one country share
// much of them.
type Coefficients map[string]float64

// shared reports whether siblings may have a block in common: not where the level of one
// series lay.
func (b block) shared() bool {
	return b != blockLevel && b != blockBend && b != blockStep && b != blockShift
}

func (k key) String() string { return blockNames[k.block] + ":" + k.id + ":" + strconv.Itoa(k.n) }

// Coefficients returns what siblings can share of the fit; nothing of a fit in the series' own unit,
// whose effects are amounts.
func (m *Model) Coefficients() Coefficients {
	out := Coefficients{}
	if !m.Log() {
		return out
	}
	for id, c := range m.design.col {
		if k := m.design.shared.keys[id]; c != unknown && k.block.shared() {
			out[k.String()] = m.sol.beta[c]
		}
	}
	return out
}

// Panel gathers what several series have learnt. The zero Panel is empty.
type Panel struct {
	size  int
	sum   Coefficients
	count map[string]int
}

// Add takes a series in.
func (p *Panel) Add(c Coefficients) {
	if p.sum == nil {
		p.sum, p.count = Coefficients{}, map[string]int{}
	}
	p.size++
	for k, v := range c {
		p.sum[k] += v
		p.count[k]++
	}
}

// Mean is the mean over the panel's series of each coefficient that at least half of them have:
// Options.Centre for a series of their kind. own is what that series has itself put into the panel,
// and is left out of the mean; nil when it has not. Nil for fewer than three other series, whose
// mean says more of them than of their kind.
func (p *Panel) Mean(own Coefficients) Coefficients {
	size := p.size
	if own != nil {
		size--
	}
	if size < leastPanel {
		return nil
	}
	out := Coefficients{}
	for k, sum := range p.sum {
		n := p.count[k]
		if v, in := own[k]; in {
			sum, n = sum-v, n-1
		}
		if 2*n >= size {
			out[k] = sum / float64(n)
		}
	}
	return out
}

const leastPanel = 3

// nearCentre is the share of a block's prior standard deviation that is left when its mean is known
// from siblings: that of the prototype in which a tenth was too tight (mean series' coefficients as
// each one's prior, a panel of sixteen shops).
const nearCentre = 0.25

// mostCentre is the largest effect that is believed, on the fit scale: e^10 is no season.
const mostCentre = 10

// centre is the prior mean of each column, and the share of each block's strength; nil and ones
// without Options.Centre.
func (f *fitter) centre(given Coefficients) (mean []float64, share [numBlocks]float64) {
	for b := range share {
		share[b] = 1
	}
	if len(given) == 0 || !f.scale.log {
		return nil, share
	}
	mean = make([]float64, len(f.design.cols))
	for id, c := range f.design.col {
		if c == unknown {
			continue
		}
		k := f.design.shared.keys[id]
		if v, ok := given[k.String()]; ok && k.block.shared() && math.Abs(v) <= mostCentre {
			mean[c] = v
			share[k.block] = nearCentre
		}
	}
	return mean, share
}

// blockNames are the blocks' names in stored strengths and coefficients.
var blockNames = [numBlocks]string{
	blockLevel: "level", blockSlope: "slope", blockBend: "bend", blockStep: "step", blockShift: "shift",
	blockWeekday: "weekday", blockWeekend: "weekend", blockYear: "year", blockMonthDay: "month day",
	blockPayday: "payday", blockDecember: "december", blockRamp: "ramp", blockLead: "lead",
	blockClass: "class", blockLarge: "large", blockSmall: "small", blockOwn: "own",
}

// storedPrior is a Prior as JSON.
type storedPrior struct {
	Sigma float64            `json:"sigma"`
	Tau   map[string]float64 `json:"tau"`
}

// MarshalJSON writes the strengths by the blocks' names.
func (p Prior) MarshalJSON() ([]byte, error) {
	s := storedPrior{Sigma: p.sigma, Tau: map[string]float64{}}
	for b, name := range blockNames {
		s.Tau[name] = p.tau[b]
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads strengths; a block that is not named has its default, and one
// that is unknown, from another version, is passed over. A strength that is not above 0
// is an error.
func (p *Prior) UnmarshalJSON(text []byte) error {
	var s storedPrior
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("reading prior strengths: %w", err)
	}
	*p = *defaultPrior()
	p.sigma = s.Sigma
	if !(s.Sigma > 0) {
		return fmt.Errorf("reading prior strengths: sigma %v is not above 0", s.Sigma)
	}
	for b, name := range blockNames {
		v, ok := s.Tau[name]
		if !ok {
			continue
		}
		if !(v > 0) {
			return fmt.Errorf("reading prior strengths: %s %v is not above 0", name, v)
		}
		p.tau[b] = v
	}
	return nil
}
