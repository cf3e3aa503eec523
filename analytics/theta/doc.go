// Package theta forecasts by the theta method in state-space form: the dynamic
// optimised theta model and its three simpler relatives (Fiorucci, Pellegrini,
// Louzada, Petropoulos and Koehler, "Models for optimising the theta method and
// their relationship to state space models", International Journal of Forecasting
// 32 (2016) 1151-1161, written F16 below).
//
// The series is bent about its straight line, A + B·t, by the factor theta; the
// bent line is smoothed exponentially and put together again with the straight
// one. With ω = 1 − 1/θ, the level ℓ of the smoothing and t = 1, 2 … the steps read
//
//	μ_t = ℓ_{t−1} + ω·((1−α)^{t−1}·A_{t−1} + (1−(1−α)^t)/α·B_{t−1})
//	ℓ_t = α·y_t + (1−α)·ℓ_{t−1}
//
// where the line is that of the whole series (STM, OTM), or of the values up to
// now (DSTM, DOTM; F16 eqs. 10-16):
//
//	ȳ_t = ((t−1)·ȳ_{t−1} + y_t)/t
//	B_t = ((t−2)·B_{t−1} + 6/t·(y_t − ȳ_{t−1}))/(t+1)
//	A_t = ȳ_t − (t+1)/2·B_t
//
// with A_1 = y_1, B_1 = 0, and μ_1 = y_1 for the dynamic models. The standard
// models have θ = 2, the optimised ones find θ ≥ 1. What is unknown (α, θ, ℓ_0)
// minimises the squares of y_t − μ_t over t ≥ 4, as no line can be told before.
//
// A missing value (NaN) stands for its own expectation μ_t, in the history as in
// the future: time keeps its place. Missing values before the first observed one
// are left off.
//
// For given α and ω the errors are linear in ℓ_0, which is worked out by least
// squares; without gaps the sum of squares is a parabola in ω. So only α is
// searched.
package theta
