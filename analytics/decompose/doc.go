// Package decompose parts a series into trend, season and remainder: STL
// (Cleveland, Cleveland, McRae and Terpenning, "STL: a seasonal-trend
// decomposition procedure based on loess", Journal of Official Statistics 6
// (1990) 3-73, written C90 below), MSTL for several periods at once (Bandara,
// Hyndman and Bergmeir, arXiv 2107.13462, 2021) and the classical decomposition by
// moving averages. STL and Classical give R's numbers (stats::stl and
// stats::decompose of R 4.2), MSTL those of statsforecast.
//
//	y = trend + season + remainder                 STL, Classical
//	y = trend · season · remainder                 Classical, multiplicative
//	y = trend + season₁ + … + season_k + remainder MSTL
package decompose
