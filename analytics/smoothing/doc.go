// Package smoothing forecasts a series by exponential smoothing: simple, with a
// linear or damped trend, and with an additive or multiplicative season (Holt
// 1957, Winters 1960; in state-space form Hyndman, Koehler, Ord and Snyder,
// Forecasting with Exponential Smoothing, Springer 2008, written HKOS below).
//
// With level l, trend b, season s, and q = l + φb, one step reads, for an
// additive season (s = 0 without one),
//
//	μ  = q + s                 the forecast of y
//	e  = y − μ
//	l' = q + α·e
//	b' = φb + αβ·e
//	s' = s + γ(1−α)·e
//
// and for a multiplicative season
//
//	μ  = q·s
//	e  = y − μ
//	l' = q + α·e/s
//	b' = φb + αβ·e/s
//	s' = s + γ(1−α)·e/l'       as Holt and Winters, and R's stats::HoltWinters
//	s' = s + γ(1−α)·e/q        as ETS(M,·,M), taken when Spec.Relative is set
//
// These are the smoothing equations of R's stats::HoltWinters in the form of an
// error correction, so Params are R's own a, b and g. ETS counts the same gains
// as α, αβ and γ(1−α); FromETS and Params.ETS translate. The usual region of
// ETS (0 < α < 1, β_ETS < α, γ_ETS < 1 − α; HKOS table 2.1) is the unit cube here.
//
// A missing observation (NaN) corrects nothing: the level moves by the damped
// trend and the season stays, so that time keeps its place.
package smoothing
