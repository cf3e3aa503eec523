// Package detect finds what does not belong to a series' pattern: lasting changes of
// level, stretches in which nothing came although something should have, and values
// that have left what was forecast of them. It works on values in time order; NaN is a
// missing value.
package detect
