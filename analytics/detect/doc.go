// Package detect finds what does not belong to a series' pattern: lasting
// changes of level, and stretches in which nothing came although
// something should have. It works on values in time order; NaN is a missing value.
package detect
