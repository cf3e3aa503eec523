// Package levelshape forecasts a series with one strong period as a level a period
// times a fixed shape within it (Honda, "Don't learn the shape: forecasting
// periodic time series by rank-1 decomposition", arXiv 2605.07222, 2026; the method
// is called FLAIR there).
//
// The series, cut into periods of P values that end where it ends, is
//
//	y[i·P + p] = L_i·S_p      L_i the sum over period i, ΣS = 1
//
// S is the mean of the proportions in the last periods. The level is short and
// smooth. If it has a longer cycle of c periods (a year of weeks), that is taken out
// by factors drawn toward a single harmonic or toward none, L_i = F_{i mod c}·ℓ_i;
// then z, the Box-Cox transform of ℓ counted from its last value, is regressed on
// its past:
//
//	z_i = a + b·i/k + w₁·z_{i−1} + w_c·z_{i−c}      i of k periods
//
// by ridge regression in which w₁ is drawn to 1 and all else to 0: a random walk.
// The strength of the ridge is no choice: 25 regressions are averaged, with weights
// by their leave-one-out errors, which follow from the leverages. Ahead the trend
// b·i/k goes on damped by φ, the autocorrelation of the level's steps, if positive.
//
// Different from the paper: the shape's memory is not always 2 periods but the one
// of 2, 4 … 64 that would have been nearest in the last 52 periods, each judged 4
// periods ahead (on the daily series we develop with this takes 5 to 25 % off the
// error); the level is standardised before the ridge, so that another unit of y
// changes nothing but the unit; the level is not shrunk by the noise of its singular
// value (0.1 % on such series); the cycle need not be whole; the forecast is the
// path without noise instead of the median of many with it.
//
// Missing values (NaN) are filled within their phase, and a period with less than
// half of its values observed shapes nothing and is no target of the regression. A
// series with negative values is lifted above zero by a quarter of its range.
//
// Where there is no strong period (see Strongest) the method has nothing to say:
// never use it alone.
package levelshape
