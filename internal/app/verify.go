package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"foresight/internal/store"
	"foresight/internal/web/intake"
	"foresight/models"
	"foresight/splunk"
)

// How alerts of Splunk are verified.
const (
	verifyAtOnce  = 50               // alerts that a process takes at a time
	verifyLease   = 2 * time.Minute  // after which another process takes them
	verifyPause   = 15 * time.Second // between two times that Splunk is asked about one
	verifyPatient = 2 * time.Minute  // a search head of a cluster may not know a new job yet
	// verifyKnown is how long after its alert Splunk surely knows a job: its ttl is ten periods of its
	// schedule (alert_actions.conf), and a schedule's shortest period is a minute.
	verifyKnown = 5 * time.Minute
)

// verifier asks Splunk whether the alerts that came in are true. Several processes may do so at once.
type verifier struct {
	kept  *store.Store
	jobs  splunk.AlertJobs
	desk  intake.Desk // where what is true goes
	held  <-chan struct{}
	clock func() time.Time
	log   zerolog.Logger

	away bool // Splunk cannot be asked, which was said
}

func (w *works) verifier() *verifier {
	return &verifier{kept: w.store, jobs: w.clients.alerts, desk: counting{w.desk, w.meter}, held: w.desk.held, clock: w.app.Clock, log: w.line.Log}
}

// run verifies whatever comes, until ctx ends.
func (v *verifier) run(ctx context.Context) {
	if v.jobs == nil {
		return // the configuration has no alert that is to be verified
	}
	tick := time.NewTicker(verifyPause)
	defer tick.Stop()
	for {
		if err := v.round(ctx); err != nil && ctx.Err() == nil {
			v.log.Error().Err(err).Msg("verifying alerts of Splunk; tried again")
		}
		select {
		case <-ctx.Done():
			return
		case <-v.held:
		case <-tick.C:
		}
	}
}

// round asks about all that is due.
func (v *verifier) round(ctx context.Context) error {
	for ctx.Err() == nil {
		now := v.clock()
		all, err := v.kept.ClaimHeld(ctx, now, now.Add(verifyLease), verifyAtOnce)
		if err != nil || len(all) == 0 {
			return err
		}
		for _, h := range all {
			if err := v.verify(ctx, h); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// verify decides upon one, or has it asked about again.
func (v *verifier) verify(ctx context.Context, h models.HeldIntake) error {
	job, err := v.jobs.AlertJob(ctx, h.Claim.SID)
	now := v.clock()
	unknown := splunk.ReasonOf(err) == splunk.ReasonNotFound
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && !unknown:
		v.wait(err)
		return v.kept.KeepHeld(ctx, h, now.Add(verifyPause))
	case unknown && now.Sub(h.Held) > verifyKnown && !h.Missed:
		v.answered()
		return v.take(ctx, h, "Splunk could not be asked in time whether this alert is true, and no longer knows its search "+h.Claim.SID)
	case unknown && now.Sub(h.Held) < verifyPatient:
		v.answered()
		h.Missed = true
		return v.kept.KeepHeld(ctx, h, now.Add(verifyPause))
	case unknown:
		v.answered()
		return v.refuse(ctx, h, "Splunk knows no search "+h.Claim.SID)
	}
	v.answered()
	if why := differs(h.Claim, job); why != "" {
		return v.refuse(ctx, h, why)
	}
	return v.take(ctx, h, "")
}

// differs says in what an alert is not what it says, "" where it is.
func differs(c models.AlertClaim, job splunk.AlertJob) string {
	for _, d := range []struct{ what, said, is string }{{"saved search", c.Search, job.Saved}, {"app", c.App, job.App}, {"owner", runsAs(c.Owner), runsAs(job.Owner)}} {
		if d.said != d.is && d.is == "" {
			return fmt.Sprintf("the search %s has no %s in Splunk, so that it is not of %q", c.SID, d.what, d.said)
		}
		if d.said != d.is {
			return fmt.Sprintf("the search %s is of the %s %q in Splunk, and not of %q", c.SID, d.what, d.is, d.said)
		}
	}
	return ""
}

// runsAs names who runs what nobody owns.
func runsAs(owner string) string {
	if owner == "splunk-system-user" {
		return "nobody"
	}
	return owner
}

// take brings an alert into the cases. Where the process ended after that, it was taken before.
func (v *verifier) take(ctx context.Context, h models.HeldIntake, doubt string) error {
	if doubt != "" {
		for n := range h.Intake.Reports {
			h.Intake.Reports[n].Detail += "\nNot verified: " + doubt + "."
		}
		v.log.Warn().Str("customer", h.Intake.Customer).Str("integration", h.Intake.Integration).Str("sid", h.Claim.SID).Msg("an alert is taken unverified: " + doubt)
	}
	if _, err := v.desk.Take(ctx, h.Intake); err != nil && !errors.Is(err, models.ErrReplayed) {
		return fmt.Errorf("taking the alert %s: %w", h.Claim.SID, err)
	}
	return v.kept.KeepHeld(ctx, h, time.Time{})
}

// refuse lets an alert go that is not true, and says so, once: a replay of it is known for a day.
func (v *verifier) refuse(ctx context.Context, h models.HeldIntake, why string) error {
	h.Refused = why
	if err := v.kept.KeepHeld(ctx, h, time.Time{}); err != nil {
		return err
	}
	v.log.Warn().Str("customer", h.Intake.Customer).Str("integration", h.Intake.Integration).Str("remote", h.Remote).Str("search", h.Claim.Search).
		Msg("an alert that is not true is refused: " + why + "; somebody knows the integration's address: give it another secret")
	return v.kept.KeepDeed(ctx, models.Deed{ID: rand.Text(), At: v.clock(), Who: "integration " + h.Intake.Integration, Did: "report", Of: h.Claim.SID,
		Customer: h.Intake.Customer, Remote: h.Remote, Refused: why})
}

// wait says once that alerts wait for Splunk.
func (v *verifier) wait(err error) {
	if !v.away {
		v.log.Warn().Err(err).Msg("Splunk cannot be asked whether alerts are true: they are held, and asked about again")
	}
	v.away = true
}

func (v *verifier) answered() {
	if v.away {
		v.log.Info().Msg("alerts of Splunk are verified again")
	}
	v.away = false
}
