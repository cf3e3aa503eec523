// Package backtest says where to stand in the past and how to score what was forecast from
// there: rolling origins, and the metrics of Hyndman & Athanasopoulos.
package backtest

// Plan asks for rolling origins in a history.
type Plan struct {
	Length  int // observations there are
	Horizon int // buckets ahead each origin is scored on
	Count   int // most origins wanted
	Train   int // fewest observations before an origin
	Span    int // stretch the origins should spread over; 0 = as far as Train allows
}

// Origins returns ascending origins o: train on [0, o), score on [o, o+Horizon). The last origin
// ends with the history; the others lie evenly before it, over Span where the history is long
// enough. Fewer than Count, or none, come back where the history is too short.
func (p Plan) Origins() []int {
	last := p.Length - p.Horizon
	room := last - p.Train
	if p.Horizon < 1 || p.Count < 1 || room < 0 {
		return nil
	}
	if p.Span > 0 {
		room = min(room, p.Span)
	}
	n := min(p.Count, room+1)
	if n == 1 {
		return []int{last}
	}
	out := make([]int, n)
	for i := range out {
		out[n-1-i] = last - i*room/(n-1)
	}
	return out
}
