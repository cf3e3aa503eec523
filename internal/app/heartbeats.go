package app

import (
	"context"
	"slices"
	"time"

	"foresight/internal/incident"
	"foresight/internal/wording"
	"foresight/models"
)

// Beside the heartbeats it is kept when a serve last listened to them, and since when without a
// gap. No integration can have these ids.
const (
	beatListened = ":listened"
	beatSince    = ":since"
)

// unheard is how long nobody may listen before what is silent then is nobody's silence: a restart
// and a reload take less.
const unheard = 5 * time.Minute

// beats looks at the customer's heartbeats, and notes that somebody did.
func (d *duty) beats(ctx context.Context, c models.Customer, at time.Time) ([]models.Report, error) {
	if !slices.ContainsFunc(c.Process.Integrations, func(i models.Integration) bool { return i.Kind == models.IntegrationHeartbeat }) {
		return nil, nil
	}
	last, err := d.kept.KeptBeats(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	since := last[beatSince]
	if at.Sub(last[beatListened]) > unheard {
		since = at
		if err := d.kept.KeepBeat(ctx, c.ID, beatSince, at); err != nil {
			return nil, err
		}
	}
	return heartbeats(c, last, since, at), d.kept.KeepBeat(ctx, c.ID, beatListened, at)
}

// heartbeats are the customer's that are silent for too long, and those that are heard. since is
// when they could first be heard without a gap: a silence before that is nobody's.
func heartbeats(c models.Customer, last map[string]time.Time, since, at time.Time) []models.Report {
	var all []models.Report
	say := wording.In(c.Language)
	for _, i := range c.Process.Integrations {
		if i.Kind != models.IntegrationHeartbeat {
			continue
		}
		heard := last[i.ID]
		r := models.Report{
			Customer: c.ID, Service: i.Service, Component: i.Component, Key: "heartbeat", Keyed: true, Source: i.ID, Kind: models.CaseHeartbeat, At: at, Standing: true,
			Title: say.T("heartbeat %s is missing", i.ID), Detail: say.T("It should come every %s; the last came %s.", incident.Lasting(say, i.Every), ago(say, heard)),
		}
		if r.Service == "" {
			r.Service = c.Services[0].ID // its only one
		}
		switch {
		case at.Sub(heard) <= i.Every:
			r.Cleared, r.Component = true, "" // of whichever it was when it fell silent
		case at.Sub(since) <= i.Every:
			continue
		}
		all = append(all, r)
	}
	return all
}

func ago(say wording.Voice, heard time.Time) string {
	if heard.IsZero() {
		return say.T("never")
	}
	return say.T("moment|at %s", say.Date(heard, say.T("2006-01-02T15:04:05Z07:00")))
}
