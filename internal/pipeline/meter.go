package pipeline

import (
	"time"

	"foresight/models"
)

// Stages whose time a Meter is told.
const (
	StageFetch    = "fetch"    // of one query: from the first search to the last row
	StageForecast = "forecast" // of one signal: all its measures
)

// Meter is told what the line does, for the metrics of a process that runs for long. Its
// methods are called from several goroutines at once.
type Meter interface {
	// Took is told how long a stage took that came to its end.
	Took(stage string, d time.Duration)
	// Ended is told of every run that came to its end, well or not; err is nil when
	// nothing failed.
	Ended(r models.Result, took time.Duration, err error)
}

// timed does the work and tells how long it took, when it succeeded.
func (l *Line) timed(stage string, work func() error) error {
	began := l.Clock()
	if err := work(); err != nil {
		return err
	}
	if l.Meter != nil {
		l.Meter.Took(stage, l.Clock().Sub(began))
	}
	return nil
}

// ended tells the meter of a run.
func (l *Line) ended(r models.Result, began time.Time, err error) {
	if l.Meter != nil {
		l.Meter.Ended(r, l.Clock().Sub(began), err)
	}
}
