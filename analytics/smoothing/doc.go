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
// trend and the season stays, so that time keeps its place. A forecast through a
// gap is the forecast from before it, and a likelihood counts what was observed.
//
// Fit estimates one form, Auto chooses among the sensible ones by AICc, Average
// weighs them by it. What a model needs to go on with the next day is its Stored
// part. A Workspace keeps the memory of fits. Two additive seasons, one within the
// other, are DoubleSpec's, fitted by FitDouble.
//
// Parameters, starting level, slope and up to 48 starting seasons are searched
// together, by Levenberg and Marquardt's method on exact derivatives, from several
// seeds. The region is the usual one, in which forecast::ets's default bounds (0.0001
// from its edges, and the admissible region within them) lie: whatever R finds is
// within reach.
//
// Left out: multiplicative trends (HKOS's M and Md). A growth by a factor a step
// runs away ninety days ahead, which is why R's ets does not try it unless told to,
// and each would need recursions and derivatives of its own; a series that grows so
// is smoothed on logarithms, where a damped trend is that form. Additive errors with
// a multiplicative season can be fitted; Auto does not try them.
package smoothing
