// Package intermittent forecasts a series that is mostly zero: parts sold, rare
// jobs, errors of one kind. Three methods split it into the size of a demand and
// how often one comes, smooth both, and forecast the mean demand per step, level
// into the future.
//
// With y the value, z the smoothed size and 1{·} one or zero, the method of Teunter,
// Syntetos and Babai ("Intermittent demand: linking forecasting to inventory
// obsolescence", European Journal of Operational Research 214 (2011) 606-615),
// TSB, renews the probability p of a demand at every step, and so forgets an item
// that is no longer asked for:
//
//	forecast  p·z
//	p' = p + β·(1{y>0} − p)
//	z' = z + α·(y − z)          only when y > 0
//
// Croston ("Forecasting and stock control for intermittent demands", Operational
// Research Quarterly 23 (1972) 289-303) renews the mean interval q between demands,
// and only when one comes, k steps after the last:
//
//	forecast  z/q
//	q' = q + β·(k − q)          only when y > 0
//	z' = z + α·(y − z)          only when y > 0
//
// Syntetos and Boylan ("The accuracy of intermittent demand estimates",
// International Journal of Forecasting 21 (2005) 303-314) take off its bias, SBA:
//
//	forecast  (1 − β/2)·z/q
//
// A missing value (NaN) renews nothing and is no step of an interval.
//
// Where demands follow a week, a Shape gives each phase w a factor r_w on the probability and s_w on
// the size; the methods then follow what is left:
//
//	forecast  min(1, r_w·p) · s_w·z
//	p' = p + β·(1{y>0} − min(1, r_w·p))
//	z' = z + α·(y/s_w − z)
//
// A forecast is a distribution (Quantile): nothing with probability 1 − r_w·p, and else a size as the
// past ones came out over what was expected of them.
package intermittent
