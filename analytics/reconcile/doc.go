// Package reconcile makes forecasts of parts and of their sums agree. Base forecasts
// ŷ of all series, the sums first, are moved to the nearest coherent ones
//
//	ỹ = ŷ − W·U·(UᵀWU)⁻¹·Uᵀŷ,  Uᵀ = [I −C]
//
// where C says which parts each sum holds and W is the covariance of the base
// forecasts' errors: Wickramasuriya, Athanasopoulos & Hyndman (2019), "Optimal
// forecast reconciliation for hierarchical and grouped time series through trace
// minimization", whose eq. 9 this is, written for the sums (their eq. 10) so that
// only a matrix as large as the number of sums is solved. The choices of W give
// their names: OLS (W = I), WLS structural (the number of parts), WLS variance,
// MinT with shrinkage. Means and joint paths are moved alike: each path by itself.
package reconcile
