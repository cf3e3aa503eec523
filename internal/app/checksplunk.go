package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/configs"
	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/enterprise"
)

// platform is Splunk Enterprise or Splunk Cloud Platform, which tells more of itself than a tenant of
// Splunk Cloud Services does.
type platform struct {
	search *enterprise.SearchClient
	events *enterprise.HECClient
}

const (
	soon      = 30 * 24 * time.Hour  // a certificate that ends within is told of
	skewed    = 30 * time.Second     // clocks that differ by more are told of
	farAhead  = 400 * 24 * time.Hour // as far as forecasts go
	keptLeast = 400 * 24 * time.Hour // what a forecast said a year ago stands beside what came
)

// needless are rights that a stolen password of Foresight's user should not give.
var needless = []string{"admin_all_objects", "change_authentication", "delete_by_keyword", "edit_indexer_cluster", "edit_indexes", "edit_roles", "edit_roles_grantable",
	"edit_server", "edit_token_http", "edit_tokens_all", "edit_user", "indexes_edit", "install_apps", "restart_splunkd", "run_collect", "run_custom_command"}

// splunk says of a server that answers whether it will do for what Foresight asks of it.
func (c *checker) splunk(ctx context.Context, cfg *configs.Config, p *platform) {
	info, err := p.search.ServerInfo(ctx)
	if err != nil {
		c.line("server info", err, "")
		return
	}
	if info.TooOld() {
		c.line("version", fmt.Errorf("splunk %s lacks endpoints that searches are run by: 9.0.2 or later is needed", info.Version), "")
	}
	c.certificate("certificate of search", cfg.Splunk.Search.URL, info.Peer)
	if heads := p.search.Heads(); len(heads) > 1 {
		for _, head := range heads {
			info, err := head.ServerInfo(ctx)
			c.line("search head "+head.URL(), err, fmt.Sprintf("Splunk %s (%s) takes the credentials", info.Version, info.ServerName))
		}
	}
	c.clock(info.Ahead)
	c.rights(ctx, cfg, p.search)
	c.index(ctx, p.search, cfg.Splunk.HEC.Index, false)
	c.index(ctx, p.search, cfg.Splunk.HEC.MetricIndex, true)
}

// certificate says of whom a server's certificate is, and how long it lasts. Whether it is of the host that was asked
// for, and trusted, has been seen by then.
func (c *checker) certificate(what, url string, peer enterprise.Peer) {
	shown := peer.Certificate
	if shown == nil {
		if strings.HasPrefix(url, "http://") {
			c.warn(what, errors.New("there is none: by http:// passwords and tokens can be read on their way; write https:// if the server can"))
		}
		return
	}
	left := shown.NotAfter.Sub(c.app.Clock())
	words := fmt.Sprintf("of %s, signed by %s, until %s (%s)", hosts(shown.DNSNames, shown.Subject.String()), shown.Issuer, shown.NotAfter.UTC().Format(time.DateOnly),
		counted(int(left.Hours()/24), "day"))
	if left < soon {
		c.warn(what, errors.New(words+": renew it, nothing is read or sent once it has ended"))
		return
	}
	c.line(what, nil, words)
}

// hosts are the first of a certificate's names, or its subject.
func hosts(names []string, subject string) string {
	switch n := len(names); {
	case n == 0:
		return subject
	case n > 3:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), n-3)
	}
	return strings.Join(names, ", ")
}

// clock compares the server's clock with this machine's, which says where searches end and when events were said.
func (c *checker) clock(ahead time.Duration) {
	if ahead.Abs() <= skewed {
		c.line("clock", nil, "the server's agrees with this machine's")
		return
	}
	where := "ahead of"
	if ahead < 0 {
		where = "behind"
	}
	c.warn("clock", fmt.Errorf("the server's is %s %s this machine's: set both by NTP; a query's last hours may be read before they are whole, or late", ahead.Abs().Round(time.Second), where))
}

// rights says what the user may do: too little, or more than is needed.
func (c *checker) rights(ctx context.Context, cfg *configs.Config, search *enterprise.SearchClient) {
	r, err := search.Rights(ctx)
	if err != nil {
		if enterprise.Unseen(err) {
			c.warn("rights", fmt.Errorf("the server does not say: %w", err))
			return
		}
		c.line("rights", err, "")
		return
	}
	what := "rights of " + r.User
	if r.Capabilities != nil && !slices.Contains(r.Capabilities, "search") {
		c.line(what, fmt.Errorf("roles %s lack the capability search: see docs/splunk-setup.md for the role to paste", strings.Join(r.Roles, ", ")), "")
		return
	}
	zone := r.TimeZone
	if zone == "" {
		zone = "the server's"
	}
	c.line(what, nil, fmt.Sprintf("may search, by roles %s; time zone %s", strings.Join(r.Roles, ", "), zone))
	var more []string
	for _, right := range needless {
		if slices.Contains(r.Capabilities, right) {
			more = append(more, right)
		}
	}
	if more != nil {
		c.warn(what, fmt.Errorf("has rights that Foresight does not need: %s; give it a role of its own, as in docs/splunk-setup.md", strings.Join(more, ", ")))
	}
	c.roles(ctx, cfg, search, r.Roles)
}

// roles compares the bounds of the user's roles, of which Splunk takes the widest, with what queries ask for. Where one of
// them is not shown nothing is said.
func (c *checker) roles(ctx context.Context, cfg *configs.Config, search *enterprise.SearchClient, names []string) {
	jobs, window := 0, time.Duration(0)
	for _, name := range names {
		role, err := search.Role(ctx, name)
		if err != nil {
			return
		}
		if role.Jobs == 0 {
			jobs = -1 // not said: Splunk's default
		} else if jobs >= 0 {
			jobs = max(jobs, role.Jobs)
		}
		if role.Window == 0 {
			window = -1 // no bound
		} else if window >= 0 {
			window = max(window, role.Window)
		}
	}
	what := "roles " + strings.Join(names, ", ")
	if at := searches(cfg.Run); jobs > 0 && jobs < at {
		c.warn(what, fmt.Errorf("srchJobsQuota lets %d searches go on at a time, and Foresight begins %d: raise it, or lower run.searches; the others wait in Splunk's queue", jobs, at))
	}
	longest, of := time.Duration(0), ""
	for _, customer := range cfg.Customers {
		for _, s := range customer.Services {
			for _, q := range s.Queries {
				if q.History > longest {
					longest, of = q.History, s.ID+"/"+q.ID
				}
			}
		}
	}
	if window > 0 && window < longest {
		c.line(what, fmt.Errorf("srchTimeWin lets a search reach %s back, and %s asks for %s: what is older would be missing without a word; set srchTimeWin = 0",
			inDays(window), of, inDays(longest)), "")
	}
}

func inDays(d time.Duration) string { return counted(int(d.Hours()/24), "day") }

// index says whether an index is there, of the type that is written to it, and how it keeps what lies ahead.
func (c *checker) index(ctx context.Context, search *enterprise.SearchClient, name string, metric bool) {
	what := "index " + name
	if name == "" {
		return // none, or the token's default, which nobody here knows
	}
	i, err := search.Index(ctx, name)
	switch {
	case enterprise.Unseen(err):
		c.warn(what, fmt.Errorf("the search head does not show it to this user: whether it is there, and how it keeps what lies ahead, is not known (%s); see docs/splunk-setup.md for its definition",
			splunk.ReasonOf(err)))
		return
	case err != nil:
	case i.Metric != metric:
		err = fmt.Errorf("it is of the wrong type: %s would be refused; make one with datatype = %s, or name another", kinds[metric], datatypes[metric])
	case i.Disabled:
		err = errors.New("it is disabled: enable it in Splunk")
	}
	if err != nil {
		c.line(what, err, "")
		return
	}
	c.line(what, nil, fmt.Sprintf("takes %s, keeps them %s", kinds[metric], orUnsaid(i.Frozen)))
	if i.Ahead > 0 && i.Ahead < farAhead {
		c.warn(what, fmt.Errorf("what lies more than %s ahead goes to quarantine buckets, where it is found, but slowly: set quarantineFutureSecs = %d", inDays(i.Ahead), int(farAhead.Seconds())))
	}
	if i.Frozen > 0 && i.Frozen < keptLeast {
		c.warn(what, fmt.Errorf("it drops what is older than %s: forecasts of last year cannot be compared with what came; raise frozenTimePeriodInSecs", inDays(i.Frozen)))
	}
}

// What an index takes, by whether it is one of metrics.
var (
	kinds     = map[bool]string{false: "events", true: "metric points"}
	datatypes = map[bool]string{false: "event", true: "metric"}
)

func orUnsaid(d time.Duration) string {
	if d == 0 {
		return "for a time that the server does not say"
	}
	return "for " + inDays(d)
}

// tally adds up what searches cost the server.
type tally struct {
	splunk.Searcher
	cost    splunk.Cost   // of all
	slowest time.Duration // of one
}

// Search implements splunk.Searcher.
func (t *tally) Search(ctx context.Context, s splunk.Search) (splunk.Rows, error) {
	rows, err := t.Searcher.Search(ctx, s)
	t.slowest = max(t.slowest, rows.Cost.Runtime)
	t.cost.Runtime += rows.Cost.Runtime
	t.cost.Scanned += rows.Cost.Scanned
	return rows, err
}

// words says what the searches of a sample cost, and what the whole history will, when the server says so at all.
func (t *tally) words(q models.Query, sample time.Duration) string {
	if t.cost == (splunk.Cost{}) {
		return ""
	}
	text := fmt.Sprintf("; %s on the server, which read %s", t.cost.Runtime.Round(10*time.Millisecond), counted(t.cost.Scanned, "event"))
	if whole := scaled(t.cost.Runtime, q.History, sample); whole >= time.Minute {
		text += fmt.Sprintf("; its history of %s will take about %s, once", inDays(q.History), whole.Round(time.Minute))
	}
	return text
}

// tooSlow tells of a history that cannot be read within the limit: a search of it covers up to a year.
func (t *tally) tooSlow(q models.Query, sample, limit time.Duration) error {
	year := scaled(t.slowest, min(q.History, 365*24*time.Hour), sample)
	if year <= limit {
		return nil
	}
	return fmt.Errorf("a search of its history will take about %s, and time_limit is %s: raise it, or read an accelerated data model or a summary (source)",
		year.Round(time.Minute), limit)
}

// scaled is what a longer stretch costs if every day is as dear as the sample's.
func scaled(cost, stretch, sample time.Duration) time.Duration {
	return time.Duration(float64(cost) * (float64(stretch) / float64(sample)))
}
