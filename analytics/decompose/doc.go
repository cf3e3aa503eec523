// Package decompose parts a series into trend, season and remainder: STL
// (Cleveland, Cleveland, McRae and Terpenning, "STL: a seasonal-trend
// decomposition procedure based on loess", Journal of Official Statistics 6
// (1990) 3-73, written C90 below) and the classical decomposition by moving
// averages. Both give R's numbers (stats::stl and stats::decompose of R 4.2).
package decompose
