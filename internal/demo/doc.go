// Package demo holds what `foresight demo` shows: real series shipped with the
// program, a web shop generated from a seed, the configuration that watches them,
// and the story that is told of what the forecasts said and what came.
package demo
