package analytics

// planPart is one change's component, with where it acts.
type planPart struct {
	Component
	share []float64
}

// components names each change's part of the median: first the factors, then the amounts. What the
// bounds cut off, and what a range that leans to one side adds, goes to the last part that acts on
// the bucket, so that all components still come to the median.
func (l *layer) components(medians []float64) []Component {
	var parts []planPart
	for _, amounts := range [...]bool{false, true} {
		for k := range l.plans {
			if p, acts := l.plans[k].part(amounts, len(medians)); acts {
				parts = append(parts, p)
			}
		}
	}
	for t := range medians {
		total := l.middle(t)
		for _, p := range parts {
			if p.Multiplicative {
				total *= p.Values[t]
			} else {
				total += p.Values[t]
			}
		}
		settleParts(parts, t, total, medians[t])
	}
	out := make([]Component, len(parts))
	for k := range parts {
		out[k] = parts[k].Component
	}
	return out
}

// part is the change's component of factors or of amounts; false when it has none.
func (o *overlay) part(amounts bool, n int) (planPart, bool) {
	p := planPart{Component{Name: o.Name, Multiplicative: !amounts, Values: make([]float64, n)}, o.share}
	acts := !o.Factor.certain() && !amounts || !o.Amount.certain() && amounts
	for t := range n {
		factor, amount := o.at(t, 0)
		if p.Values[t] = factor; amounts {
			p.Values[t] = amount
		}
		acts = acts || !amounts && factor != 1 || amounts && amount != 0
	}
	return p, acts
}

// settleParts gives the difference between a bucket's total and its median to the last part there.
func settleParts(parts []planPart, t int, total, median float64) {
	if total == median {
		return
	}
	for k := len(parts) - 1; k >= 0; k-- {
		p := &parts[k]
		switch {
		case p.share[t] == 0:
		case !p.Multiplicative:
			p.Values[t] += median - total
			return
		case total != 0: // the parts after it, if any, do not act on the bucket
			p.Values[t] *= median / total
			return
		}
	}
}
