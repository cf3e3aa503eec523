//go:build browser

package app

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/browsertest"
	"foresight/splunk/sandbox"
)

// splunkWeb serves the set-up page as Splunk Web does: the panel's HTML, the page's script after it, and splunkd
// behind /splunkd/__raw, which takes what is posted with the form key of the session only, and hands on paths that it has decoded.
type splunkWeb struct {
	t          *testing.T
	site       string
	mu         sync.Mutex
	refused    int
	configured []string
	checks     int
}

const sessionsKey = "1234567890"

func newSplunkWeb(t *testing.T, s *sandbox.Server) *splunkWeb {
	t.Helper()
	w := &splunkWeb{t: t}
	pem, err := os.ReadFile(s.Ready().CAFile)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(pem))
	splunkd, err := url.Parse(s.Ready().SearchURL)
	require.NoError(t, err)
	raw := &httputil.ReverseProxy{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}, Rewrite: func(r *httputil.ProxyRequest) {
		at, err := url.Parse(strings.TrimPrefix(r.In.URL.Path, "/en-US/splunkd/__raw"))
		if assert.NoError(t, err) {
			r.Out.URL.Path, r.Out.URL.RawPath = at.Path, at.RawPath
		}
		r.SetURL(splunkd)
		r.Out.Header.Set("Authorization", "Bearer "+s.Ready().SearchToken)
	}}
	mux := http.NewServeMux()
	mux.HandleFunc("/en-US/app/foresight/foresight_setup", w.page)
	mux.HandleFunc("/en-US/static/app/foresight/", func(out http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(out, r, Files(), "appserver/static/"+strings.TrimPrefix(r.URL.Path, "/en-US/static/app/foresight/"))
	})
	mux.HandleFunc("/en-US/splunkd/__raw/", func(out http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if r.Method == http.MethodPost && (r.Header.Get("X-Splunk-Form-Key") != sessionsKey || r.Header.Get("X-Requested-With") != "XMLHttpRequest") {
			w.refused++
			http.Error(out, "", http.StatusUnauthorized)
			return
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/apps/local/foresight"):
			w.configured = append(w.configured, r.PostFormValue("configured"))
		case strings.HasSuffix(r.URL.Path, "/services/foresight/check"):
			w.checks++
			_, _ = io.WriteString(out, `{"checks":[{"part":"reports","works":true,"text":"works"},{"part":"forecasts and actions","works":false,"text":"no <b>token</b>"}]}`)
		default:
			raw.ServeHTTP(out, r)
		}
	})
	mux.HandleFunc("/favicon.ico", func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusNoContent) })
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	w.site = site.URL
	return w
}

// page is what Splunk makes of the view: it takes scripts and form fields out of its HTML.
func (w *splunkWeb) page(out http.ResponseWriter, _ *http.Request) {
	text, err := fs.ReadFile(Files(), "default/data/ui/views/foresight_setup.xml")
	require.NoError(w.t, err)
	var view struct {
		Version string `xml:"version,attr"`
		Script  string `xml:"script,attr"`
		Label   string `xml:"label"`
		HTML    struct {
			Inner string `xml:",innerxml"`
		} `xml:"row>panel>html"`
	}
	require.NoError(w.t, xml.Unmarshal(text, &view))
	assert.Equal(w.t, "1.1", view.Version)
	for _, taken := range []string{"<script", "<form", "<input", "on"} {
		assert.NotContains(w.t, strings.ToLower(view.HTML.Inner), taken+"=", "Splunk takes it out")
	}
	http.SetCookie(out, &http.Cookie{Name: "splunkweb_csrf_token_8000", Value: sessionsKey, Path: "/"}) // the page's script reads it, as in Splunk
	out.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(out, "<!DOCTYPE html><title>"+view.Label+"</title><script src=\"/en-US/static/app/foresight/"+view.Script+"\"></script>"+view.HTML.Inner)
}

// An administrator fills the page in: settings and secrets are where the scripts look for them, and no
// secret comes back to the page.
func TestBrowserSetUpPage(t *testing.T) {
	s, err := sandbox.Start(t.Context(), sandbox.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	w := newSplunkWeb(t, s)
	ctx, said := browsertest.Start(t)
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		for _, a := range actions {
			require.NoError(t, chromedp.Do(ctx, a))
		}
	}
	open := chromedp.WaitVisible(`#foresight-fields:not([disabled]) #foresight-url`)
	fill := func(field, text string) chromedp.Action[chromedp.Void] {
		return chromedp.SetValue(`#foresight-`+field, text)
	}
	told := func(words string) chromedp.Action[chromedp.Void] {
		return chromedp.WaitVisible(`//div[@id="foresight-said"]/p[.="` + words + `"]`)
	}
	splunkd := &settingsReader{t: t, s: s}
	splunkd.post("/servicesNS/nobody/foresight/configs/conf-foresight", "name", "connection", "url", "")

	do(chromedp.Navigate(w.site+"/en-US/app/foresight/foresight_setup"), open)
	do(fill("url", "http://foresight.example.com"), chromedp.Click(`#foresight-save`), told("The address begins with https://; http is taken for this machine only."))
	do(fill("url", "https://foresight.example.com"), fill("secret", "hush åäö & more"), chromedp.Click(`#foresight-save`), told("Name the integration whose secret it is."))
	do(fill("integration", "nord/search"), fill("token", "a-token"), fill("tz", "Europe/Stockholm"),
		fill("ca", "-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n-----END CERTIFICATE-----\n"), chromedp.Click(`#foresight-save`), told("Saved."))
	assert.Equal(t, map[string]any{"url": "https://foresight.example.com", "integration": "nord/search", "tz": "Europe/Stockholm", "ca": "-----BEGIN CERTIFICATE----- AAAA BBBB -----END CERTIFICATE-----"},
		splunkd.get("/servicesNS/nobody/foresight/configs/conf-foresight/connection")["connection"])
	secrets := func() map[string]any {
		found := map[string]any{}
		for name, content := range splunkd.get("/servicesNS/nobody/foresight/storage/passwords") {
			found[name] = content["clear_password"]
		}
		return found
	}
	assert.Equal(t, map[string]any{"foresight:nord/search:": "hush åäö & more", "foresight:token:": "a-token"}, secrets())

	// Opened again it shows what is kept, but for secrets; another integration's is kept beside the first, and one is changed.
	do(chromedp.Navigate(w.site+"/en-US/app/foresight/foresight_setup"), open, chromedp.WaitVisible(`//input[@id="foresight-secret" and @placeholder="kept; write to change it"]`))
	do(fill("secret", "another"), chromedp.Click(`#foresight-save`), told("Saved."))
	do(fill("integration", "syd/search"), fill("secret", "of syd"), chromedp.Click(`#foresight-save`), told("Saved."))
	assert.Equal(t, map[string]any{"foresight:nord/search:": "another", "foresight:syd/search:": "of syd", "foresight:token:": "a-token"}, secrets())
	do(chromedp.Click(`#foresight-test`), told("reports: works"), told("forecasts and actions: no <b>token</b>"))
	w.mu.Lock()
	defer w.mu.Unlock()
	assert.Zero(t, w.refused)
	assert.Equal(t, 1, w.checks)
	assert.Equal(t, []string{"true", "true", "true"}, w.configured)
	for _, line := range said() { // that a name is taken is how the page learns to change a password
		assert.Contains(t, line, "409")
	}
}
