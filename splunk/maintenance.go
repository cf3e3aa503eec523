package splunk

import (
	"context"
	"errors"

	"foresight/models"
)

// ErrNoWindow says that a maintenance calendar has no such window (any more).
var ErrNoWindow = errors.New("there is no such maintenance window")

// Maintenance is the maintenance calendar of Splunk ITSI.
type Maintenance interface {
	// MakeWindow makes a window and returns its key; of one whose title is there already that one's.
	MakeWindow(ctx context.Context, w models.ServiceWindow) (key string, err error)
	// ReplaceWindow replaces a window whole; the error may be ErrNoWindow.
	ReplaceWindow(ctx context.Context, key string, w models.ServiceWindow) error
	// ReadWindows proves that windows can be read.
	ReadWindows(ctx context.Context) error
	// RemoveWindow removes a window; one that is not there is removed.
	RemoveWindow(ctx context.Context, key string) error
}
