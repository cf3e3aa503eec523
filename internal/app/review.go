package app

import (
	"context"
	"fmt"
	"io"
	"os"

	"foresight/internal/incident"
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
	return a.oneCase(ctx, path, id, func(s showing) error {
		if s.Review != nil && s.Review.Text != "" {
			return a.say("%s", s.Review.Text)
		}
		return a.say("%s", incident.ReviewTemplate(s.Incident, s.timeline, s.zones.of(s.Customer), languageOf(s.cfg, s.Customer)))
	})
}
