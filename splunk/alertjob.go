package splunk

import "context"

// AlertJob is a search job of a saved search, as far as an alert can be known by it.
type AlertJob struct {
	Saved string // name of the saved search; "" of one that has none
	App   string
	Owner string
}

// AlertJobs knows the jobs of alerts.
type AlertJobs interface {
	// AlertJob finds a job by its sid. Of one that Splunk does not know (any more) the
	// error's reason is ReasonNotFound.
	AlertJob(ctx context.Context, sid string) (AlertJob, error)
}
