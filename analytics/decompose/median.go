package decompose

// middles returns the two middle values of v in order of size, the same one twice
// when its length is odd. It reorders v, and does not sort it (Hoare,
// "Algorithm 65: find", Communications of the ACM 4 (1961) 321-322).
func middles(v []float64) (lower, upper float64) {
	k := len(v) / 2
	lo, hi := 0, len(v)-1
	for lo < hi {
		a, b, c := v[lo], v[(lo+hi)/2], v[hi]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			lo, hi = k, k
		}
	}
	upper = v[k]
	if len(v)%2 == 1 {
		return upper, upper
	}
	lower = v[0]
	for _, x := range v[:k] {
		lower = max(lower, x)
	}
	return lower, upper
}
