package app

import (
	"context"

	"foresight/internal/metrics"
	"foresight/internal/web"
	"foresight/models"
	"foresight/splunk"
)

// meteredSearcher counts the searches that fail for good; those that are tried again
// are counted where they wait.
type meteredSearcher struct {
	splunk.Searcher
	meter *metrics.Metrics
}

// Search implements splunk.Searcher.
func (s meteredSearcher) Search(ctx context.Context, search splunk.Search) (splunk.Rows, error) {
	rows, err := s.Searcher.Search(ctx, search)
	if err != nil && ctx.Err() == nil {
		s.meter.Failed(metrics.Search, err)
	}
	return rows, err
}

// meteredSender counts what becomes of events.
type meteredSender struct {
	splunk.Sender
	meter *metrics.Metrics
}

// Send implements splunk.Sender.
func (s meteredSender) Send(ctx context.Context, events []models.Event) ([]models.Rejected, error) {
	rejected, err := s.Sender.Send(ctx, events)
	if err == nil {
		s.meter.Sent(len(events)-len(rejected), len(rejected))
	} else if ctx.Err() == nil {
		s.meter.Failed(metrics.HEC, err)
	}
	return rejected, err
}

// standings reads where the customers stand from what the pages show.
func standings(source web.Source) func(context.Context) ([]metrics.Standing, error) {
	return func(ctx context.Context) ([]metrics.Standing, error) {
		all, err := source.Customers(ctx)
		if err != nil {
			return nil, err
		}
		measured := make([]metrics.Standing, 0, len(all))
		for _, s := range all {
			left := models.ToDo(s.Actions, s.Plans)
			m := metrics.Standing{Customer: s.ID, Failed: s.Run.Error != "", Ended: s.Run.Ended, Complete: s.Complete,
				Findings: s.Findings, Unknown: s.Unknown, Actions: len(left), Late: models.CountLate(left)}
			measured = append(measured, m)
		}
		return measured, nil
	}
}
