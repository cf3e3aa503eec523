package configs

import (
	"time"

	"foresight/models"
)

// Years over which the freezes of every year are written out.
const (
	firstYear = 2000
	lastYear  = 2060
)

// build turns a checked file into a Config.
func build(path string, f *file) *Config {
	s, h := f.Splunk.Search, f.Splunk.HEC
	c := &Config{
		Path: path,
		Splunk: Splunk{
			Deployment: Deployment(f.Splunk.Deployment),
			Search: Search{
				URL: s.URL, Failover: s.Failover, Token: s.token, Username: s.Username, Password: s.password,
				App: s.App, Owner: s.Owner, CAFile: resolve(path, s.CAFile), Way: wayOf(path, s.CertFile, s.KeyFile, s.Proxy),
				Timeout: time.Duration(s.Timeout), TimeLimit: time.Duration(s.TimeLimit),
			},
			HEC: HEC{
				URL: h.URL, Token: h.token, Index: h.Index, CAFile: resolve(path, h.CAFile), Way: wayOf(path, h.CertFile, h.KeyFile, h.Proxy),
				Timeout: time.Duration(h.Timeout), Batch: Batch(h.Batch), MetricIndex: h.MetricIndex,
			},
			CloudServices: cloudServicesOf(path, f.Splunk.CloudServices),
			ITSI:          itsiOf(f.Splunk.ITSI),
			Notes:         notesOf(f.Splunk.Notes),
		},
		State:      State{Dir: resolve(path, f.State.Dir), URL: f.State.url, Retention: time.Duration(f.State.Retention)},
		Outbox:     Outbox(f.Outbox),
		Report:     Report{Dir: resolve(path, f.Report.Dir)},
		Web:        webOf(path, f.Web),
		Log:        Log(f.Log),
		Run:        Run{Workers: f.Run.Workers, Searches: f.Run.Searches, Missed: Missed(f.Run.Missed)},
		EventFiles: map[string][]string{},

		IntakeSecrets: map[string]map[string]Secret{},
		FeedSecrets:   map[string]Secret{},
	}
	c.Channels = channelsOf(path, f.Channels)
	for _, fc := range f.Customers {
		c.Customers = append(c.Customers, customer(fc, kinds(f.Channels, fc.Channels)))
		c.Channels = append(c.Channels, channelsOf(path, fc.Channels)...)
		c.IntakeSecrets[fc.ID] = map[string]Secret{}
		c.FeedSecrets[fc.ID] = fc.Process.feedSecret
		for _, i := range fc.Process.Integrations {
			c.IntakeSecrets[fc.ID][i.ID] = i.secret
		}
		for _, file := range fc.Calendar.Files {
			c.EventFiles[fc.ID] = append(c.EventFiles[fc.ID], resolve(path, file))
		}
	}
	return c
}

func customer(f fileCustomer, channels map[string]models.ChannelKind) models.Customer {
	zone, err := time.LoadLocation(f.Zone)
	if err != nil {
		zone = time.UTC // validate has refused it
	}
	c := models.Customer{ID: f.ID, Name: f.Name, Country: f.Country, Zone: zone, Language: f.Language, LeadTime: leadTime(f.LeadTime)}
	for _, e := range f.Calendar.Events {
		known := e.KnownFrom.in(zone)
		for _, d := range e.Dates {
			c.Events = append(c.Events, models.CalendarEvent{Name: e.Name, From: d.in(zone), To: d.in(zone), KnownFrom: known})
		}
		if len(e.Dates) == 0 {
			c.Events = append(c.Events, models.CalendarEvent{Name: e.Name, From: e.From.in(zone), To: e.To.in(zone), KnownFrom: known})
		}
	}
	for _, fr := range f.Freezes {
		c.Freezes = append(c.Freezes, freezes(fr, zone)...)
	}
	for _, p := range f.Plans {
		c.Plans = append(c.Plans, plan(p, zone))
	}
	for _, o := range f.Overrides {
		c.Overrides = append(c.Overrides, override(o, zone))
	}
	c.Process = processOf(f.Process, channels, zone)
	if len(f.Services) == 1 {
		c.Process.Inventories = inventoriesOf(f.Process.Inventories, f.Services[0].ID)
	} else {
		c.Process.Inventories = inventoriesOf(f.Process.Inventories, "")
	}
	for _, s := range f.Services {
		svc := models.Service{ID: s.ID, Name: s.Name, Owner: s.Owner, ITSI: s.ITSI}
		for _, q := range s.Queries {
			built := query(q, zone)
			built.Signal.Outages = outagesOf(s.Outages, q.Signal.Outages, zone)
			svc.Queries = append(svc.Queries, built)
		}
		c.Services = append(c.Services, svc)
	}
	return c
}

// freezes writes a yearly freeze out, one for each year; one that ends before it
// begins in the calendar (12-10 to 01-07) ends in the year after.
func freezes(f fileFreeze, zone *time.Location) []models.Freeze {
	if !f.From.Yearly {
		return []models.Freeze{{Name: f.Name, From: f.From.in(zone), To: f.To.in(zone)}}
	}
	all := make([]models.Freeze, 0, lastYear-firstYear+1)
	for y := firstYear; y <= lastYear; y++ {
		end := y
		if f.To.Before(f.From.Time) {
			end++
		}
		all = append(all, models.Freeze{Name: f.Name, From: inYear(f.From, y, zone), To: inYear(f.To, end, zone)})
	}
	return all
}

// inYear returns the day in year y; 29 February becomes 28 in a common year.
func inYear(d yearday, y int, zone *time.Location) time.Time {
	_, m, dd := d.Date()
	if m == time.February && dd == 29 && time.Date(y, 2, 29, 0, 0, 0, 0, time.UTC).Day() != 29 {
		dd = 28
	}
	return time.Date(y, m, dd, 0, 0, 0, 0, zone)
}

func query(f fileQuery, zone *time.Location) models.Query {
	q := models.Query{
		ID: f.ID, Schedule: f.Schedule, Source: models.Source(f.Source), Search: f.Search, Span: models.Span(f.Span),
		History: time.Duration(f.History), Overlap: time.Duration(f.Overlap), Lag: time.Duration(*f.Lag), KnownBy: models.KnownBy(f.KnownBy),
		Empty: models.Empty(f.Empty), Signal: signal(f.Signal, zone), DataModel: dataModelOf(f.DataModel), Saved: savedSearchOf(f.SavedSearch),
	}
	if f.Witness != nil {
		q.Witness = &models.Witness{Search: f.Witness.Search, Span: models.Span(f.Witness.Span), Source: models.Source(f.Witness.Source), Metric: f.Witness.Metric}
	}
	if f.Split != nil {
		q.Split = &models.Split{By: f.Split.By, Max: f.Split.Max}
	}
	return q
}

func signal(f fileSignal, zone *time.Location) models.Signal {
	s := models.Signal{
		ID: f.ID, Name: f.Name, Unit: f.Unit, Kind: models.Kind(f.Kind), Measure: f.Measure, Denominator: f.Denominator,
		Aggregate: models.Aggregate(f.Aggregate), Min: f.Min, Max: f.Max, Driver: f.Driver, Ceilings: ceilings(f.Ceilings, zone),
		LeadTime: leadTime(f.LeadTime), Risk: *f.Risk, Horizon: time.Duration(f.Horizon),
	}
	for _, c := range f.Capacity {
		s.Capacity = append(s.Capacity, models.CapacityStep{
			ID: c.ID, From: c.From.in(zone), Limit: *c.Limit, Per: models.Per(c.Per), Headroom: c.Headroom, Note: c.Note,
		})
	}
	if f.PeakFactor != nil {
		s.PeakFactor = &models.PeakFactor{Mean: f.PeakFactor.Mean, Spread: f.PeakFactor.Spread}
	}
	return s
}

func leadTime(f *fileLeadTime) models.LeadTime {
	if f == nil {
		return models.LeadTime{}
	}
	return models.LeadTime{WorkDays: f.WorkDays, ApprovalDays: f.ApprovalDays}
}
