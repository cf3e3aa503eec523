package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"foresight/internal/incident"
	"foresight/internal/store"
)

// IncidentReview keeps the review of a case from a file ("-" is standard input); without one it prints
// what is to be filled in.
func (a *App) IncidentReview(ctx context.Context, path, id, file string, o ActOptions) error {
	if file == "" {
		return a.reviewTemplate(ctx, path, id)
	}
	var text []byte
	var err error
	if file == "-" {
		text, err = io.ReadAll(a.In)
	} else {
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return usage(fmt.Errorf("reading the review: %w", err))
	}
	o.Text = string(text)
	return a.IncidentAct(ctx, path, id, "review", o)
}

func (a *App) reviewTemplate(ctx context.Context, path, id string) error {
	found := false
	err := a.reading(ctx, path, func(kept *store.Store) error {
		i, timeline, err := kept.Incident(ctx, id)
		var unknown store.UnknownIncidentError
		if errors.As(err, &unknown) {
			return usage(err)
		}
		if err != nil {
			return err
		}
		found = true
		if i.Review != nil && i.Review.Text != "" {
			return a.say("%s", i.Review.Text)
		}
		return a.say("%s", incident.ReviewTemplate(i, timeline, time.Local)) //nolint:gosmopolitan // for whoever writes it
	})
	if err == nil && !found {
		return usage(store.UnknownIncidentError{ID: id})
	}
	return err
}
