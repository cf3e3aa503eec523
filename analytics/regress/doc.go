// Package regress is a ridge regression of a daily (or weekly, or monthly)
// series on its trend, its seasons and its calendar.
//
// Counts are modelled on the log scale, so that effects are factors, grow with
// the level and never forecast below zero; a series with negative values is
// modelled as it is:
//
//	log y(t) = trend(t) + week(t) + year(t) + month day(t) + Σ occasions(t) + e(t)
//
// Every group of coefficients (a block) has a normal prior around zero whose
// variance is estimated from the data in a few closed-form rounds (MacKay 1992,
// "Bayesian interpolation", Neural Computation 4, eq. 4.9, with a weak prior of
// weight two), so that an effect seen once is shrunk and one seen often is not.
// Outliers are down-weighted by iteration (Tukey's bisquare); days that are
// closed are left out of the fit and forecast as closed.
//
// A day is the local date of its time in the time's own location.
package regress
