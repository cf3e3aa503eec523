// Package analytics forecasts one regular series with calibrated quantiles: it chooses and
// combines members by rolling origins, spreads quantiles from the errors made in the past, draws
// joint paths, and reads the date of an overload and the named peaks from them.
//
// It is pure: no clock, no input or output, no goroutines, and the same answer for the same input
// (random numbers come from Options.Seed).
package analytics
