package pipeline

import (
	"context"
	"fmt"

	"foresight/models"
)

// commit hands the ledger all that the run leaves: what is said, what counts as said by
// that, what was learnt and the run's record. It is kept in one piece, so that a crash
// anywhere leaves a run that said and remembered nothing, or one whose every word arrives.
func (l *Line) commit(ctx context.Context, j Job, r *models.Result, studies []*study, drafts []draft) error {
	if l.Ledger == nil {
		return nil
	}
	b := models.Batch{Customer: j.Customer.ID, RunID: j.RunID, AsOf: j.AsOf, Learnt: j.learnt.news()}
	events := 0
	for _, d := range drafts {
		if d.said != nil {
			b.Said = append(b.Said, *d.said)
		}
		if d.kept != nil {
			b.Forecasts = append(b.Forecasts, *d.kept)
		}
		if len(d.events) > 0 {
			b.Parcels = append(b.Parcels, d.parcel())
			events += len(d.events)
		}
	}
	for _, s := range studies {
		b.Scores = append(b.Scores, s.scores()...)
	}
	b.Ran = l.record(r, studies, events)
	b.Once, b.Showings = j.Once, showings(j.Customer, r, studies, l.Clock())
	done, err := l.Ledger.Commit(ctx, b)
	if err != nil {
		return fmt.Errorf("keeping the run of customer %s and its %d events: %w", j.Customer.ID, events, err)
	}
	r.Told = done.Events
	if len(done.Left) > 0 {
		l.Log.Warn().Str("customer", j.Customer.ID).Int("forecasts", len(done.Left)).
			Msg("the outbox is full: these forecasts' points are not sent now; the first run after it has emptied sends them")
	}
	return nil
}

// parcel packs a draft's events.
func (d draft) parcel() models.Parcel {
	p := models.Parcel{Subject: d.events[0].Subject, Events: d.events}
	if d.said != nil {
		p.Revision = d.said.Revision
	}
	return p
}

// record is the run's record. A run that was interrupted leaves none.
func (l *Line) record(r *models.Result, studies []*study, events int) models.Ran {
	record := models.Ran{
		RunID: r.RunID, Customer: r.Customer.ID, AsOf: r.AsOf, Started: r.IssuedAt, Duration: l.Clock().Sub(r.IssuedAt),
		Queries: len(studies), Signals: len(r.Signals), Findings: len(r.Findings), Actions: len(r.Actions),
		Events: events, Errors: r.Errors,
	}
	for _, s := range studies {
		record.Buckets, record.Holes = record.Buckets+s.buckets, record.Holes+s.holes
		record.Revised += s.revised
	}
	for _, s := range r.Signals {
		record.Forecasts += len(s.Forecasts)
	}
	return record
}
