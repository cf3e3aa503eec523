package cloudservices

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/splunk/splunk-cloud-sdk-go/services/search"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// finalized are the words of a search that was ended before its end.
var finalized = regexp.MustCompile(`(?i)finaliz`)

// judge accepts a job only if all of its state says that its result is complete.
func (c *SearchClient) judge(s splunk.Search, j search.SearchJob) error {
	said := messagesOf(j.Messages)
	e := &splunk.Error{Op: "running " + s.Label, Host: c.tenant.conn.Host(), Code: -1, Why: splunk.ReasonIncomplete,
		Reply: c.tenant.conn.Short(wire.Join(said))}
	bad := wire.Suspicious(said)
	switch status := *j.Status; {
	case status == search.SearchStatusFailed:
		e.Why, e.Err = splunk.ReasonFailed, errors.New("the search failed")
		if text := wire.Join(said); strings.Contains(strings.ToLower(text), "quota") {
			e.Why = splunk.ReasonQuota
		} else if wire.BadSearch.MatchString(text) {
			e.Why, e.Mend = splunk.ReasonBadSearch, wire.MendSearch+s.SPL
		}
	case status != search.SearchStatusDone:
		e.Err = fmt.Errorf("the search ended as %s, not done", wire.Shorten(string(status)))
	case len(bad) > 0:
		e.Err = errors.New("the search warns, so that its result may lack something")
	case finalized.MatchString(wire.Join(said)), c.cutShort(j):
		e.Err = errors.New("the search was finalized before its end")
	case j.ResultsAvailable == nil || *j.ResultsAvailable < 0:
		e.Err = errors.New("the server does not say resultsAvailable")
	case int(*j.ResultsAvailable) > c.config.MaxRows:
		e.Why, e.Err = splunk.ReasonTooLarge, fmt.Errorf("%d rows are more than the limit of %d", *j.ResultsAvailable, c.config.MaxRows)
		e.Mend = "use a wider span or a split field with fewer values"
	default:
		return nil
	}
	return e
}

// cutShort tells whether a job ran for all the time that it was given: the service then
// finalizes it, and no status of its own says so.
func (c *SearchClient) cutShort(j search.SearchJob) bool {
	if j.DispatchTime == nil || j.CompletionTime == nil || j.MaxTime == nil {
		return false
	}
	began, err1 := time.Parse(time.RFC3339Nano, *j.DispatchTime)
	ended, err2 := time.Parse(time.RFC3339Nano, *j.CompletionTime)
	return err1 == nil && err2 == nil && ended.Sub(began) >= time.Duration(*j.MaxTime)*time.Second
}

// messagesOf reads the service's messages. One without a type says nothing good.
func messagesOf(all []search.Message) []splunk.Message {
	said := make([]splunk.Message, 0, len(all))
	for _, m := range all {
		var one splunk.Message
		if m.Type != nil {
			one.Type = string(*m.Type)
		}
		if m.Text != nil {
			one.Text = *m.Text
		}
		said = append(said, one)
	}
	return said
}
