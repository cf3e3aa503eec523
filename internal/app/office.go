package app

import (
	"context"
	"errors"
	"time"

	"foresight/internal/store"
	"foresight/internal/web"
	"foresight/models"
)

// office is what administrators see and do by the pages. It implements web.Admin.
type office struct {
	*store.Store
	clock func() time.Time
	wake  func() // the courier, who sends what is in line
}

// Sessions implements web.Admin.
func (o office) Sessions(ctx context.Context) ([]models.Session, error) {
	return o.Store.Sessions(ctx, o.clock())
}

// Resend implements web.Admin.
func (o office) Resend(ctx context.Context, id string) error {
	_, err := o.Store.Resend(ctx, []string{id}, o.clock())
	if err == nil {
		o.wake()
	}
	return inOutbox(err)
}

// Drop implements web.Admin.
func (o office) Drop(ctx context.Context, id string) error {
	_, err := o.Store.Drop(ctx, []string{id})
	return inOutbox(err)
}

// inOutbox tells what is gone meanwhile from what failed.
func inOutbox(err error) error {
	var unknown store.UnknownError
	if errors.As(err, &unknown) {
		return web.RefusedError{Err: models.Refuse("it is not there any more: somebody else has dealt with it")}
	}
	return err
}
