package app

import (
	"context"
	"fmt"
	"time"

	"foresight/configs"
	"foresight/models"
	"foresight/splunk"
)

// extras tries what is optional and configured: the notes of people in Splunk, ITSI's calendar, and
// whether Splunk can be asked about alerts. Nothing is written.
func (c *checker) extras(ctx context.Context, cfg *configs.Config, on clients) {
	if n := cfg.Splunk.Notes; n != nil && on.records != nil {
		waiting, err := on.records.Records(ctx, splunk.Collection{App: n.App, Name: n.Collection}, unanswered, 0, notesAtOnce)
		c.line("notes in Splunk", err, fmt.Sprintf("the collection %s of the app %s can be read; %s not answered yet", n.Collection, n.App, counted(len(waiting), "note")))
	}
	if cfg.Splunk.ITSI != nil && on.windows != nil {
		c.line("ITSI's calendar", on.windows.ReadWindows(ctx), "maintenance windows can be read; whether they can be written shows with the first")
	}
	for _, customer := range cfg.Customers {
		for _, i := range customer.Process.Integrations {
			if i.Kind == models.IntegrationSplunk && i.Verify && on.alerts != nil {
				c.alerts(ctx, on.alerts)
				return
			}
		}
	}
}

// alerts asks for a job that nobody has: that Splunk knows none is the answer that says that it can be asked.
func (c *checker) alerts(ctx context.Context, jobs splunk.AlertJobs) {
	const nobodys = "foresight_check_of_no_job"
	_, err := jobs.AlertJob(ctx, fmt.Sprintf("%s_%d", nobodys, c.app.Clock().UnixNano()/int64(time.Millisecond)))
	if splunk.ReasonOf(err) == splunk.ReasonNotFound {
		err = nil
	}
	c.line("alerts of Splunk", err, "Splunk can be asked for their searches; whether those of other users may be read shows with the first alert")
}
