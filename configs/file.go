package configs

// The structs of the file as it is written. Pointers and zero values mean "not
// given"; withDefaults fills them in. The `yaml` tag names the key; the JSON
// Schema is made of the same tags, so that the two cannot drift.

type file struct {
	Splunk    fileSplunk     `yaml:"splunk" jsonschema:"required" jsonschema_description:"Where volumes are read from and events are written to."`
	State     fileState      `yaml:"state" jsonschema_description:"Where what must survive a restart is kept (default: a database in the folder state beside this file)."`
	Outbox    fileOutbox     `yaml:"outbox" jsonschema_description:"What waits to be sent while Splunk takes nothing."`
	Report    fileDir        `yaml:"report" jsonschema_description:"Where reports are written (default: folder report beside this file)."`
	Web       fileWeb        `yaml:"web" jsonschema_description:"The web pages of serve and demo."`
	Log       fileLog        `yaml:"log" jsonschema_description:"What is logged, and how."`
	Run       fileRun        `yaml:"run" jsonschema_description:"Bounds of a run."`
	Channels  []fileChannel  `yaml:"channels" jsonschema_description:"Ways to tell people, for every customer."`
	Customers []fileCustomer `yaml:"customers" jsonschema:"required,minItems=1" jsonschema_description:"The organisations whose systems are watched."`
}

type fileSplunk struct {
	Deployment    string             `yaml:"deployment" jsonschema:"enum=enterprise,enum=splunk_cloud" jsonschema_description:"What search and hec are of: with splunk_cloud, Splunk Cloud Platform, no acknowledgement of events is waited for, and check knows its addresses (default: by the host of search, splunk_cloud below splunkcloud.com)."`
	Search        fileSearch         `yaml:"search" jsonschema:"oneof_required=platform" jsonschema_description:"The management port (8089), for searches: of Splunk Enterprise or Splunk Cloud Platform, with hec."`
	HEC           fileHEC            `yaml:"hec" jsonschema:"oneof_required=platform" jsonschema_description:"The HTTP Event Collector (8088), for events."`
	CloudServices *fileCloudServices `yaml:"cloud_services" jsonschema:"oneof_required=cloud_services" jsonschema_description:"Instead of search and hec: a tenant of Splunk Cloud Services, which is another product than Splunk Cloud Platform (see docs/splunk-setup.md)."`
	ITSI          *fileITSI          `yaml:"itsi" jsonschema_description:"Keep maintenance windows in the calendar of Splunk ITSI, for services that have an itsi (default: do not; see docs/splunk-setup.md)."`
	Notes         *fileNotes         `yaml:"notes" jsonschema_description:"Read what people write about cases inside Splunk, in a collection of the app's KV store (default: do not)."`
}

type fileSearch struct {
	URL       string        `yaml:"url" jsonschema:"required" jsonschema_description:"Address of the management port, such as https://splunk.example.com:8089."`
	Failover  []string      `yaml:"failover" jsonschema_description:"Addresses of further search heads. The next is asked when one cannot be reached or is busy (503), and stays the one that is asked; same users, apps and data."`
	Token     *secretSource `yaml:"token" jsonschema_description:"Authentication token; or username and password."`
	Username  string        `yaml:"username" jsonschema_description:"User to log in as, with password; a token is better."`
	Password  *secretSource `yaml:"password" jsonschema_description:"Password of username."`
	App       string        `yaml:"app" jsonschema_description:"App that searches run in (default search)."`
	Owner     string        `yaml:"owner" jsonschema_description:"User that searches run as (default nobody)."`
	CAFile    string        `yaml:"ca_file" jsonschema_description:"PEM file of the authority that signed the server's certificate (default: the system's)."`
	CertFile  string        `yaml:"cert_file" jsonschema_description:"PEM file of a certificate of our own, for a server that asks for one, with key_file; read again when it changes."`
	KeyFile   string        `yaml:"key_file" jsonschema_description:"PEM file of its key."`
	Proxy     *fileProxy    `yaml:"proxy" jsonschema_description:"Proxy on the way there (default: HTTPS_PROXY and NO_PROXY of the environment)."`
	Timeout   duration      `yaml:"timeout" jsonschema_description:"Longest wait for one request (default 1m)."`
	TimeLimit duration      `yaml:"time_limit" jsonschema_description:"Longest run of one search job (default 15m)."`
	token     Secret
	password  Secret
}

type fileHEC struct {
	URL      string        `yaml:"url" jsonschema:"required" jsonschema_description:"Address of the HTTP Event Collector, such as https://splunk.example.com:8088."`
	Token    *secretSource `yaml:"token" jsonschema:"required" jsonschema_description:"The collector's token."`
	Index    string        `yaml:"index" jsonschema_description:"Index that Foresight's events go to (default foresight)."`
	CAFile   string        `yaml:"ca_file" jsonschema_description:"PEM file of the authority that signed the server's certificate (default: the system's)."`
	CertFile string        `yaml:"cert_file" jsonschema_description:"PEM file of a certificate of our own, for a server that asks for one, with key_file; read again when it changes."`
	KeyFile  string        `yaml:"key_file" jsonschema_description:"PEM file of its key."`
	Proxy    *fileProxy    `yaml:"proxy" jsonschema_description:"Proxy on the way there (default: HTTPS_PROXY and NO_PROXY of the environment)."`
	Timeout  duration      `yaml:"timeout" jsonschema_description:"Longest wait for one request (default 30s)."`
	Batch    fileBatch     `yaml:"batch" jsonschema_description:"Bounds of one request."`

	MetricIndex string `yaml:"metric_index" jsonschema_description:"Metric index that forecasts are written to as well, as metric points for mstats over many signals (default: none)."`

	token Secret
}

type fileBatch struct {
	Events int `yaml:"events" jsonschema_description:"Most events in one request (default 500)."`
	Bytes  int `yaml:"bytes" jsonschema_description:"Most bytes in one request, before compression (default 1000000)."`
}

type fileState struct {
	Dir       string        `yaml:"dir" jsonschema_description:"Folder of the embedded database, relative to this file (default state)."`
	URL       *secretSource `yaml:"url" jsonschema_description:"Address of a PostgreSQL database that is used instead, such as postgres://user:password@host/database: a secret, since it may hold a password."`
	Retention duration      `yaml:"retention" jsonschema_description:"How long told forecasts, their scores, refused events and the records of runs are kept (default 800d; what was last sent and the history stay)."`
	url       Secret
}

type fileOutbox struct {
	MaxBytes int `yaml:"max_bytes" jsonschema_description:"How much of the database it may take (default 1000000000). Beyond it new forecasts are left out until it has emptied, and nothing else."`
}

type fileDir struct {
	Dir string `yaml:"dir" jsonschema_description:"Folder, relative to this file."`
}

type fileLog struct {
	Level  string `yaml:"level" jsonschema:"enum=debug,enum=info,enum=warn,enum=error" jsonschema_description:"Least severe level that is logged (default info)."`
	Format string `yaml:"format" jsonschema:"enum=json,enum=console" jsonschema_description:"json for machines, console for people (default json)."`
}

type fileRun struct {
	Workers  int    `yaml:"workers" jsonschema_description:"Forecasts at a time, in this process (default 0: one per CPU)."`
	Searches int    `yaml:"searches" jsonschema_description:"Searches in Splunk at a time, in this process, beside which forecasts go on (default 0: two more than workers). The search user's quota (srchJobsQuota) should hold them."`
	Missed   string `yaml:"missed" jsonschema:"enum=catch_up,enum=skip" jsonschema_description:"What serve does at its start with queries that have had no complete pass for the day: catch_up runs them at once, skip waits for the next time of their schedule (default catch_up)."`
}

type fileCustomer struct {
	ID        string         `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes: every event's identity is built on it."`
	Name      string         `yaml:"name" jsonschema_description:"For people; may change (default: the id)."`
	Country   string         `yaml:"country" jsonschema_description:"ISO 3166-1 country of the public holidays: AU, DE, DK, EC, ES, FI, FR, GB, NL, NO, SE or US; leave out for none."`
	Zone      string         `yaml:"zone" jsonschema:"required" jsonschema_description:"IANA time zone in which days, weeks and months are built, such as Europe/Stockholm."`
	Language  string         `yaml:"language" jsonschema:"enum=en,enum=sv" jsonschema_description:"What its people are spoken to in, by letters, messages, pages and the report (default: English; pages go by the browser)."`
	Calendar  fileCalendar   `yaml:"calendar" jsonschema_description:"The customer's own days."`
	Freezes   []fileFreeze   `yaml:"freezes" jsonschema_description:"Days in which no change may be made."`
	LeadTime  *fileLeadTime  `yaml:"lead_time" jsonschema_description:"From the decision to the finished work; default of the customer's signals."`
	Plans     []filePlan     `yaml:"plans" jsonschema_description:"What the business intends and no series can know: committed, it is part of every forecast; else it is a what-if beside it."`
	Overrides []fileOverride `yaml:"overrides" jsonschema_description:"What planners expect instead of the forecast: carried beside it, never in its place, so that both can be scored."`
	Process   fileProcess    `yaml:"process" jsonschema_description:"How cases of the incident process are handled."`
	Channels  []fileChannel  `yaml:"channels" jsonschema_description:"Ways to tell people that only this customer may use."`
	Services  []fileService  `yaml:"services" jsonschema:"required,minItems=1" jsonschema_description:"What the customer's users would name: payments, the web shop."`
}

type fileCalendar struct {
	Events []fileEvent `yaml:"events" jsonschema_description:"Campaigns, concerts, planned outages. All events of one name share one effect, so list the past ones too."`
	Files  []string    `yaml:"files" jsonschema_description:"CSV files with the columns date,event, or iCalendar files; relative to this file."`
}

type fileEvent struct {
	Name      string `yaml:"name" jsonschema:"required" jsonschema_description:"Events of one name share one effect."`
	From      date   `yaml:"from" jsonschema_description:"First day."`
	To        date   `yaml:"to" jsonschema_description:"Last day, included (default: the first)."`
	Dates     []date `yaml:"dates" jsonschema_description:"Single days, instead of from and to."`
	KnownFrom date   `yaml:"known_from" jsonschema_description:"Day from which it was known; a replay of an earlier day does not see it (default: always known)."`
}

type fileFreeze struct {
	Name string  `yaml:"name" jsonschema:"required" jsonschema_description:"For people."`
	From yearday `yaml:"from" jsonschema:"required" jsonschema_description:"First day: a date, or month-day for every year."`
	To   yearday `yaml:"to" jsonschema:"required" jsonschema_description:"Last day, included: a date, or month-day for every year."`
}

type fileLeadTime struct {
	WorkDays     int `yaml:"work_days" jsonschema_description:"Delivery, installation and tests, in working days."`
	ApprovalDays int `yaml:"approval_days" jsonschema_description:"Working days before the order may be placed."`
}

type fileService struct {
	ID      string       `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the customer."`
	Name    string       `yaml:"name" jsonschema_description:"For people; may change (default: the id)."`
	Owner   string       `yaml:"owner" jsonschema_description:"Who plans its capacity."`
	ITSI    string       `yaml:"itsi" jsonschema_description:"Its _key in Splunk ITSI, for maintenance windows (splunk.itsi)."`
	Outages []fileOutage `yaml:"outages" jsonschema_description:"Known outages and maintenance, which are not learned from: of all of the service's signals."`
	Queries []fileQuery  `yaml:"queries" jsonschema:"required,minItems=1" jsonschema_description:"Searches on a schedule, a signal each."`
}

type fileQuery struct {
	ID       string       `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the service."`
	Schedule string       `yaml:"schedule" jsonschema_description:"Cron spec of five fields in the customer's zone (default: hourly at :15, or daily at 02:15 for spans of a day and longer)."`
	Source   string       `yaml:"source" jsonschema:"enum=events,enum=tstats,enum=mstats,enum=saved" jsonschema_description:"events: search and stats, of summary indexes too; tstats: index-time fields or a data model, much faster; mstats: a metric index; saved: a saved search (default events, or what data_model or saved_search ask for)."`
	Search   string       `yaml:"search" jsonschema_description:"SPL up to the first pipe; for tstats and mstats the where clause, with the index; with saved_search which of its rows. Required but for data_model and saved_search."`
	Span     string       `yaml:"span" jsonschema:"enum=5m,enum=15m,enum=30m,enum=1h,enum=1d,enum=1w,enum=1mon" jsonschema_description:"Width of a bucket (default 1h; 1d for distinct counts, percentiles and minima, which cannot be made of hours)."`
	History  duration     `yaml:"history" jsonschema_description:"How far back the data of a forecast go (default 3y). What earlier runs have read of it is kept; a search that was changed is read anew."`
	Overlap  duration     `yaml:"overlap" jsonschema_description:"How much of what earlier runs have read each run reads again, for events that came late (default 7d; as much as history: all of it)."`
	Lag      *delay       `yaml:"lag" jsonschema_description:"How late an event may arrive (default 10m)."`
	KnownBy  string       `yaml:"known_by" jsonschema:"enum=eventtime,enum=indextime" jsonschema_description:"When a replay counts a bucket as known: its end plus lag, or by the index time of its events (default eventtime)."`
	Empty    string       `yaml:"empty" jsonschema:"enum=zero,enum=missing,enum=witness" jsonschema_description:"What a bucket without a row means (default zero for counts and sums, missing for all else)."`
	Witness  *fileWitness `yaml:"witness" jsonschema_description:"Another stream of the same hosts, whose silence tells a hole from a zero; with empty: witness."`
	Split    *fileSplit   `yaml:"split" jsonschema_description:"One signal for each value of a field, beside their total."`
	Signal   fileSignal   `yaml:"signal" jsonschema_description:"What the query measures."`

	DataModel   *fileDataModel   `yaml:"data_model" jsonschema_description:"A data model that tstats reads, accelerated or not."`
	SavedSearch *fileSavedSearch `yaml:"saved_search" jsonschema_description:"A search that is kept in Splunk: of events, or of rows with a _time (timechart, bin and stats) in buckets no wider than span; its own time range gives way."`
}

type fileWitness struct {
	Search string `yaml:"search" jsonschema:"required" jsonschema_description:"SPL up to the first pipe: a heartbeat, a log that always talks."`
	Span   string `yaml:"span" jsonschema:"enum=5m,enum=15m,enum=30m,enum=1h,enum=1d" jsonschema_description:"Width of the buckets in which it must speak (default 1h)."`
	Source string `yaml:"source" jsonschema:"enum=events,enum=tstats,enum=mstats" jsonschema_description:"Where it is heard (default: as the query where that is events or tstats without data_model, mstats with metric, else events)."`
	Metric string `yaml:"metric" jsonschema_description:"With source mstats: the metric of which one measurement is a word."`
}

type fileSplit struct {
	By  string `yaml:"by" jsonschema:"required" jsonschema_description:"Field whose values become signals."`
	Max int    `yaml:"max" jsonschema_description:"The largest values by volume are kept; the total holds them all (default 50)."`
}

type fileSignal struct {
	ID          string          `yaml:"id" jsonschema_description:"Never changes; unique within the service (default: the query's id)."`
	Name        string          `yaml:"name" jsonschema_description:"For people; may change (default: the id)."`
	Unit        string          `yaml:"unit" jsonschema_description:"transactions, %, GB."`
	Kind        string          `yaml:"kind" jsonschema:"enum=count,enum=gauge,enum=ratio,enum=cumulative" jsonschema_description:"count adds up; gauge is a reading; ratio is measure over denominator; cumulative is an ever growing counter (default: by the measure)."`
	Measure     string          `yaml:"measure" jsonschema_description:"count, count(eval(status=\"declined\")), sum(f), avg(f), max(f), min(f), last(f), dc(f) or p95(f); for a ratio the numerator (default count). With mstats f is a metric, with data_model DATASET.FIELD."`
	Denominator string          `yaml:"denominator" jsonschema_description:"A ratio's denominator: count or sum(f)."`
	Aggregate   string          `yaml:"aggregate" jsonschema:"enum=sum,enum=mean,enum=max,enum=last,enum=none" jsonschema_description:"How buckets combine into a longer one (default: by the measure)."`
	Min         *float64        `yaml:"min" jsonschema_description:"Least possible value (default 0 for counts and ratios)."`
	Max         *float64        `yaml:"max" jsonschema_description:"Largest possible value."`
	Driver      string          `yaml:"driver" jsonschema_description:"service/signal of the volume that loads this resource: it is forecast by that volume where the last 120 days (of daily buckets the last year) show how it follows, and its limit is told in the volume too; else as it is, and the report says why."`
	Outages     []fileOutage    `yaml:"outages" jsonschema_description:"Known outages and maintenance, which are not learned from, beside the service's."`
	Ceilings    []fileCeiling   `yaml:"ceilings" jsonschema_description:"What a saturated system let through at most: values there count as at least that. Without any, a largest value that comes improbably often is taken for one, unless it is max."`
	Capacity    []fileCapacity  `yaml:"capacity" jsonschema_description:"What the system bears, from which day; what is already ordered too."`
	PeakFactor  *filePeakFactor `yaml:"peak_factor" jsonschema_description:"The busiest instant in a bucket of the query over that bucket's mean rate; as far as the query's buckets are finer than the busiest one forecast, it is learned from them."`
	LeadTime    *fileLeadTime   `yaml:"lead_time" jsonschema_description:"From the decision to the finished work (default: the customer's)."`
	Risk        *float64        `yaml:"risk" jsonschema_description:"Probability of overload at which work is needed, between 0 and 1 (default 0.2)."`
	Horizon     duration        `yaml:"horizon" jsonschema_description:"How far ahead overload is looked for, 400d at most (default 120d)."`
}

type fileCapacity struct {
	ID       string   `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; a step that is delivered late keeps its id."`
	From     date     `yaml:"from" jsonschema:"required" jsonschema_description:"First day on which it is in force."`
	Limit    *float64 `yaml:"limit" jsonschema:"required" jsonschema_description:"In the signal's unit."`
	Per      string   `yaml:"per" jsonschema:"enum=1s,enum=1min,enum=5min,enum=1h,enum=1d,enum=bucket" jsonschema_description:"Width of time that the limit applies to (default bucket: the query's span)."`
	Headroom float64  `yaml:"headroom" jsonschema_description:"Share of the limit kept free, from 0 up to but not 1 (default 0)."`
	Note     string   `yaml:"note" jsonschema_description:"For people."`
}

type filePeakFactor struct {
	Mean   float64 `yaml:"mean" jsonschema:"required" jsonschema_description:"1 or more."`
	Spread float64 `yaml:"spread" jsonschema_description:"Standard deviation of its logarithm, 0 or more."`
}
