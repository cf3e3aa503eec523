package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web"
	"foresight/models"
)

var asOf = time.Date(2026, 9, 14, 0, 0, 0, 0, time.UTC)

func board() *web.Board {
	return web.NewBoard([]models.Customer{{ID: "nordbutik", Name: "Nordbutik <AB>"}, {ID: "a/b"}})
}

// result has a late and a timely action, an overload and a signal without a forecast.
func result(id string) models.Result {
	return models.Result{Customer: models.Customer{ID: id, Name: "Nordbutik <AB>"}, AsOf: asOf, IssuedAt: asOf.Add(time.Hour),
		Signals: []models.SignalResult{{Err: "too few"}},
		Findings: []models.Finding{{Subject: models.Subject{Kind: models.KindOverload}, State: models.StateOpen},
			{Subject: models.Subject{Kind: models.KindOverload}, State: models.StateWithdrawn}},
		Actions: []models.Action{
			{State: models.StateOpen, Title: "Second thing", LatestStart: asOf.AddDate(0, 1, 0)},
			{State: models.StateOpen, Title: "First thing", LatestStart: asOf.AddDate(0, 0, -3), Late: true},
			{State: models.StateWithdrawn, Title: "Gone thing", LatestStart: asOf}}}
}

func ask(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestIndex(t *testing.T) {
	b := board()
	h := web.New(b, web.Options{Version: "1.2.3"})
	w := ask(h, "GET", "/")
	assert.Equal(t, 200, w.Code)
	assert.Contains(t, w.Body.String(), "not run yet")
	assert.NotContains(t, w.Body.String(), "Nothing to do", "before a run nothing is known")

	b.Done(result("nordbutik"), []byte("<p>page</p>"), asOf.Add(2*time.Hour), nil)
	b.Failed("a/b", asOf, errors.New("reading query \"orders\": 401 unauthorized"))
	page := ask(h, "GET", "/").Body.String()
	assert.Contains(t, page, "Nordbutik &lt;AB&gt;")
	assert.Contains(t, page, `href="/report/nordbutik"`)
	assert.Contains(t, page, "11 Sep 2026 (Fri)")
	assert.Contains(t, page, "1 signal has no forecast")
	assert.Contains(t, page, "last run fine")
	assert.Contains(t, page, "401 unauthorized")
	assert.Contains(t, page, "Foresight 1.2.3")
	assert.NotContains(t, page, "Gone thing")
	assert.Regexp(t, `(?s)First thing.*Second thing`, page)
	assert.Contains(t, page, "3 days ago")
}

// Of one start the work that is needed first stands first.
func TestIndexOrdersByNeed(t *testing.T) {
	b := board()
	r := result("nordbutik")
	start := asOf.AddDate(0, 0, 1)
	r.Actions = []models.Action{{State: models.StateOpen, Title: "Later need", LatestStart: start, NeedBy: asOf.AddDate(0, 0, 60)},
		{State: models.StateOpen, Title: "Sooner need", LatestStart: start, NeedBy: asOf.AddDate(0, 0, 40)}}
	b.Done(r, nil, asOf, nil)
	page := ask(web.New(b, web.Options{}), "GET", "/").Body.String()
	assert.Regexp(t, `(?s)in 1 day<.*Sooner need.*Later need`, page)
}

// planned is a source whose first customer has a case with a plan.
type planned struct {
	web.Source
	plan []models.Task
}

func (p planned) Customers(ctx context.Context) ([]web.Standing, error) {
	all, err := p.Source.Customers(ctx)
	all[0].Plans = []models.Incident{{ID: "nordbutik-1", State: models.IncidentNew, Plan: p.plan}}
	return all, err
}

// What must start next may be of a plan, and comes before the forecast's own action.
func TestIndexTellsOfPlans(t *testing.T) {
	b := board()
	b.Done(result("nordbutik"), nil, asOf, nil)
	h := web.New(planned{b, []models.Task{{Action: "x", Title: "Order machines", State: models.TaskOpen, LatestStart: asOf.AddDate(0, 0, -5), Late: true},
		{Action: "y", Title: "Was done", State: models.TaskDone, LatestStart: asOf}}}, web.Options{})
	page := ask(h, "GET", "/").Body.String()
	assert.Regexp(t, `(?s)5 days ago</span> <span class="badge bad">late</span></td><td>Order machines.*First thing.*Second thing`, page)
	assert.NotContains(t, page, "Was done")
}

// A limit that is reached further ahead is not "nothing to do".
func TestIndexTellsWhatIsFurtherAhead(t *testing.T) {
	b := board()
	r := result("nordbutik")
	r.Actions, r.Signals = nil, nil
	r.Findings = []models.Finding{{Subject: models.Subject{Kind: models.KindOutlook}, State: models.StateOpen}}
	b.Done(r, nil, asOf, nil)
	page := ask(web.New(b, web.Options{}), "GET", "/").Body.String()
	assert.Contains(t, page, "No work is due yet; further ahead 1 limit may be crossed.")
	assert.NotContains(t, page, "Nothing to do")
}

func TestAge(t *testing.T) {
	b := board()
	b.Done(result("nordbutik"), nil, asOf, nil)
	for d, want := range map[time.Duration]string{0: "just now", -time.Hour: "just now", time.Minute: "1 minute ago",
		119 * time.Minute: "1 hour ago", 23 * time.Hour: "23 hours ago", 49 * time.Hour: "2 days ago"} {
		h := web.New(b, web.Options{Clock: func() time.Time { return asOf.Add(d) }})
		assert.Contains(t, ask(h, "GET", "/").Body.String(), "00:00, "+want)
	}
}

func TestReport(t *testing.T) {
	b := board()
	b.Done(result("a/b"), []byte("<p>page</p>"), asOf, nil)
	h := web.New(b, web.Options{})
	w := ask(h, "GET", "/report/a%2Fb")
	require.Equal(t, 200, w.Code)
	assert.Equal(t, "<p>page</p>", w.Body.String())
	assert.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	assert.Equal(t, 304, ask(h, "GET", "/report/a%2Fb", "If-None-Match", w.Header().Get("ETag")).Code)

	head := ask(h, "HEAD", "/report/a%2Fb")
	assert.Equal(t, 200, head.Code)
	assert.Equal(t, "11", head.Header().Get("Content-Length"))
	assert.Zero(t, head.Body.Len())

	b.Failed("a/b", asOf, errors.New("down"))
	assert.Equal(t, 200, ask(h, "GET", "/report/a%2Fb").Code, "the last page outlives a failed run")
}

func TestRefusals(t *testing.T) {
	h := web.New(board(), web.Options{})
	for _, c := range []struct {
		method, path string
		code         int
	}{
		{"GET", "/report/nobody", 404}, {"GET", "/report/nordbutik", 404}, {"GET", "/report/", 404}, {"GET", "/report", 404},
		{"GET", "/style.css", 404}, {"GET", "/favicon.ico", 404}, {"GET", "/report/x/y", 404},
		{"POST", "/", 405}, {"DELETE", "/report/nordbutik", 405}, {"PUT", "/healthz", 405}, {"OPTIONS", "/nowhere", 405},
	} {
		w := ask(h, c.method, c.path)
		assert.Equal(t, c.code, w.Code, "%s %s", c.method, c.path)
		assert.Contains(t, w.Body.String(), "All customers")
		if c.code == 405 {
			assert.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
		}
	}
}

func TestHeaders(t *testing.T) {
	h := web.New(board(), web.Options{})
	for _, path := range []string{"/", "/healthz", "/readyz", "/report/nordbutik", "/nowhere"} {
		g := ask(h, "GET", path).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=(), geolocation=(), microphone=()", "Cache-Control": "no-cache", "Strict-Transport-Security": "",
		} {
			assert.Equal(t, want, g.Get(name), "%s of %s", name, path)
		}
	}
	assert.Equal(t, "max-age=31536000", ask(h, "GET", "/", "X-Forwarded-Proto", "https").Header().Get("Strict-Transport-Security"), "who came by https comes by it from then on")
	post := ask(h, "POST", "/")
	assert.Equal(t, "DENY", post.Header().Get("X-Frame-Options"), "what is refused too")
}

func TestHealth(t *testing.T) {
	b := board()
	h := web.New(b, web.Options{})
	assert.Equal(t, 200, ask(h, "GET", "/healthz").Code)
	w := ask(h, "GET", "/readyz")
	assert.Equal(t, 503, w.Code)
	assert.Contains(t, w.Body.String(), `customer "nordbutik": no run has ended yet`)

	b.Done(result("nordbutik"), nil, asOf, nil)
	assert.Equal(t, 503, ask(h, "GET", "/readyz").Code, "the other customer has not run")
	b.Done(result("a/b"), nil, asOf, nil)
	assert.Equal(t, 200, ask(h, "GET", "/readyz").Code)

	b.Done(result("a/b"), nil, asOf, errors.New("query orders: partial results"))
	w = ask(h, "GET", "/readyz")
	assert.Equal(t, 503, w.Code)
	assert.Contains(t, w.Body.String(), "the last run failed: query orders: partial results")
	assert.Equal(t, 503, ask(web.New(web.NewBoard(nil), web.Options{}), "GET", "/readyz").Code)
}

// A pass over one query that succeeds does not make the others' failures good.
func TestReadyOnlyWhenEveryQueryIs(t *testing.T) {
	b := web.NewBoard([]models.Customer{{ID: "shop"}})
	h := web.New(b, web.Options{})
	ready := func() string { return ask(h, "GET", "/readyz").Body.String() }
	standing := func() web.Standing {
		all, err := b.Customers(t.Context())
		require.NoError(t, err)
		return all[0]
	}
	r := result("shop")
	b.Done(r, nil, asOf, nil)
	assert.Equal(t, "ready\n", ready())
	assert.Equal(t, map[string]int{models.KindOverload: 1}, standing().Findings, "the open ones")

	r.Errors = []models.RunError{{Service: "web", Query: "orders", Stage: "fetch", Text: "HTTP 401"}, {Service: "web", Query: "cpu", Stage: "plan", Text: "no such what-if"}}
	b.Done(r, nil, asOf.Add(time.Hour), nil)
	assert.Equal(t, "not ready: customer \"shop\": the last run failed: web/orders: HTTP 401\n", ready())
	assert.Equal(t, asOf, standing().Complete, "since when not all is in order")

	r.Errors = r.Errors[1:]
	b.Done(r, nil, asOf.Add(2*time.Hour), nil)
	assert.Equal(t, "ready\n", ready())
	assert.Equal(t, asOf.Add(2*time.Hour), standing().Complete)
}

// A changed configuration brings customers and takes others away; what is known of the
// rest stays.
func TestBoardKeepsWhoStays(t *testing.T) {
	b := board()
	b.Done(result("nordbutik"), []byte("<p>page</p>"), asOf, nil)
	b.Done(result("a/b"), []byte("<p>other</p>"), asOf, nil)
	b.Keep([]models.Customer{{ID: "new", Name: "New"}, {ID: "nordbutik", Name: "Renamed"}})
	h := web.New(b, web.Options{})
	page := ask(h, "GET", "/").Body.String()
	assert.Regexp(t, `(?s)New.*Renamed`, page, "in the configuration's order")
	assert.Contains(t, page, "First thing")
	assert.Equal(t, "<p>page</p>", ask(h, "GET", "/report/nordbutik").Body.String())
	assert.Equal(t, 404, ask(h, "GET", "/report/a%2Fb").Code)
	assert.Equal(t, "not ready: customer \"new\": no run has ended yet\n", ask(h, "GET", "/readyz").Body.String())
}

// Who restarts processes asks /livez: it is well whatever database and delivery do.
func TestHealthOfDatabaseAndDelivery(t *testing.T) {
	b := web.NewBoard([]models.Customer{{ID: "shop"}})
	b.Done(result("shop"), nil, asOf, nil)
	var database, reading error
	var held, told []string
	h := web.New(b, web.Options{
		Database: func(ctx context.Context) error {
			_, bounded := ctx.Deadline()
			require.True(t, bounded, "a database that never answers must not hold the probe")
			return database
		},
		Delivery: func(context.Context) ([]string, error) { return held, reading },
		OnError:  func(err error) { told = append(told, err.Error()) },
	})
	for _, path := range []string{"/livez", "/healthz", "/readyz"} {
		assert.Equal(t, 200, ask(h, "GET", path).Code, path)
	}
	database = errors.New("password of host db")
	w := ask(h, "GET", "/healthz")
	assert.Equal(t, 503, w.Code)
	assert.Contains(t, w.Body.String(), "the database does not answer")
	assert.NotContains(t, w.Body.String(), "password", "the reader is not told of the inside")
	assert.Equal(t, 200, ask(h, "GET", "/livez").Code)

	held = []string{"held: the token is refused", "full: forecasts are held back"}
	w = ask(h, "GET", "/readyz")
	assert.Equal(t, 503, w.Code)
	assert.Equal(t, "not ready: delivery: held: the token is refused\nnot ready: delivery: full: forecasts are held back\n", w.Body.String())

	reading = errors.New("disk gone")
	w = ask(h, "GET", "/readyz")
	assert.Equal(t, 503, w.Code)
	assert.NotContains(t, w.Body.String(), "disk gone")
	require.Len(t, told, 2)
	assert.Contains(t, told[0], "password of host db")
	assert.Contains(t, told[1], "disk gone")
}

func TestMetricsPage(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "foresight_up 1") })
	assert.Equal(t, 404, ask(web.New(board(), web.Options{}), "GET", "/metrics").Code, "where no one measures")
	assert.Equal(t, "foresight_up 1", ask(web.New(board(), web.Options{Metrics: page}), "GET", "/metrics").Body.String())
	own := web.NewMetrics(page)
	assert.Equal(t, "foresight_up 1", ask(own, "GET", "/metrics").Body.String())
	for path, method := range map[string]string{"/": "GET", "/readyz": "GET", "/metrics": "POST"} {
		assert.Contains(t, []int{404, 405}, ask(own, method, path).Code, path)
	}
}

// sick is a source that cannot be read.
type sick struct{}

func (sick) Customers(context.Context) ([]web.Standing, error) { return nil, errors.New("secret disk") }
func (sick) Report(context.Context, string) (web.Page, bool, error) {
	return web.Page{}, false, errors.New("secret disk")
}

func TestSourceThatFails(t *testing.T) {
	var told []error
	h := web.New(sick{}, web.Options{OnError: func(err error) { told = append(told, err) }})
	for path, code := range map[string]int{"/": 500, "/report/x": 500, "/readyz": 503} {
		w := ask(h, "GET", path)
		assert.Equal(t, code, w.Code)
		assert.NotContains(t, w.Body.String(), "secret disk", "the reader is not told of the inside")
	}
	require.Len(t, told, 3)
	assert.ErrorContains(t, told[0], "secret disk")
}

func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	at, ended := make(chan string, 1), make(chan error, 1)
	started := make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(started)
			<-r.Context().Done() // never answers by itself
			return
		}
		_, _ = io.WriteString(w, "hello")
	})
	go func() { ended <- web.Serve(ctx, "127.0.0.1:0", slow, func(a string) { at <- a }) }()
	addr := <-at
	resp, err := http.Get("http://" + addr + "/")
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, "hello", string(body))

	err = web.Serve(ctx, addr, slow, nil)
	require.Error(t, err)
	assert.ErrorContains(t, err, addr)
	assert.ErrorContains(t, err, "another program has this address")

	go func() {
		if resp, err := http.Get("http://" + addr + "/slow"); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-started
	asked := time.Now()
	cancel()
	require.NoError(t, <-ended)
	assert.Less(t, time.Since(asked), 1500*time.Millisecond, "a request that hangs must not hold the end")
	assert.ErrorContains(t, web.Serve(t.Context(), "256.0.0.1:1", slow, nil), `listening on "256.0.0.1:1"`)
}
