package notify

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// service is an HTTP server on loopback, and what it was sent.
type service struct {
	*httptest.Server
	mu     sync.Mutex
	paths  []string
	heads  []http.Header
	bodies []map[string]any
	raw    [][]byte
	answer func(w http.ResponseWriter)
}

func serving(t *testing.T) *service {
	t.Helper()
	s := &service{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var body map[string]any
		s.mu.Lock()
		defer s.mu.Unlock()
		if json.Unmarshal(raw, &body) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		s.paths, s.heads, s.bodies, s.raw = append(s.paths, r.Method+" "+r.RequestURI), append(s.heads, r.Header), append(s.bodies, body), append(s.raw, raw)
		if s.answer != nil {
			s.answer(w)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) channel(t *testing.T, kind models.ChannelKind, bend func(*Config)) Channel {
	t.Helper()
	c := Config{ID: "x", Kind: kind, Secret: "geheim", URL: s.URL, Username: "f", Timeout: 10 * time.Second, Agent: "foresight/test", Clock: func() time.Time { return fails.Made }}
	if kind == models.ChannelTeams || kind == models.ChannelSlack {
		c.Secret, c.URL = s.URL+"/services/geheim", ""
	}
	if bend != nil {
		bend(&c)
	}
	channel, err := New(c)
	require.NoError(t, err)
	return channel
}

// story sends a page, that somebody has taken it, and its end.
func (s *service) story(t *testing.T, c Channel) {
	t.Helper()
	taken := resolved()
	taken.Kind, taken.State, taken.Text = models.NoticeAcknowledged, models.IncidentAcknowledged, ""
	for _, n := range []models.Notice{fails, taken, resolved()} {
		require.NoError(t, c.Send(t.Context(), n))
	}
	require.Len(t, s.bodies, 3)
	for _, h := range s.heads {
		require.Equal(t, "application/json", h.Get("Content-Type"))
		require.Equal(t, "foresight/test", h.Get("User-Agent"))
	}
}

const title = `[nord-1] Kassan "3" svarar inte Bcc: all@nord.test`

func TestPagerDuty(t *testing.T) {
	s := serving(t)
	s.story(t, s.channel(t, models.ChannelPagerDuty, nil))
	require.Equal(t, []string{"POST /v2/enqueue", "POST /v2/enqueue", "POST /v2/enqueue"}, s.paths)
	for n, action := range []string{"trigger", "acknowledge", "resolve"} {
		require.Equal(t, []any{action, "nord-1.abcdef01", "geheim"}, []any{s.bodies[n]["event_action"], s.bodies[n]["dedup_key"], s.bodies[n]["routing_key"]})
	}
	p := s.bodies[0]["payload"].(map[string]any)
	require.Equal(t, []any{title, "shop", "critical", "2026-11-25T09:00:00Z"}, []any{p["summary"], p["source"], p["severity"], p["timestamp"]})
	require.Equal(t, "nord-1", p["custom_details"].(map[string]any)["Case"])
}

func TestAlertsOfOpsgenieAndJira(t *testing.T) {
	for kind, path := range map[models.ChannelKind]string{models.ChannelOpsgenie: "/v2/alerts", models.ChannelJSM: "/jsm/ops/integration/v2/alerts"} {
		s := serving(t)
		s.story(t, s.channel(t, kind, nil))
		const of = "/nord-1.abcdef01/"
		require.Equal(t, []string{"POST " + path, "POST " + path + of + "acknowledge?identifierType=alias", "POST " + path + of + "close?identifierType=alias"}, s.paths)
		require.Equal(t, "GenieKey geheim", s.heads[2].Get("Authorization"))
		require.Equal(t, []any{title, "nord-1.abcdef01", "P1", "shop"}, []any{s.bodies[0]["message"], s.bodies[0]["alias"], s.bodies[0]["priority"], s.bodies[0]["entity"]})
		require.Equal(t, "bo", s.bodies[2]["user"])
		require.Contains(t, s.bodies[2]["note"], "the cable was out")
	}
}

func TestServiceNow(t *testing.T) {
	s := serving(t)
	s.story(t, s.channel(t, models.ChannelServiceNow, nil))
	require.Equal(t, "POST /api/global/em/jsonv2", s.paths[0])
	user, password, _ := (&http.Request{Header: s.heads[0]}).BasicAuth()
	require.Equal(t, []string{"f", "geheim"}, []string{user, password})
	record := func(n int) map[string]any { return s.bodies[n]["records"].([]any)[0].(map[string]any) }
	require.Equal(t, []any{"1", "New", "nord-1.abcdef01", "2026-11-25 09:00:30"}, []any{record(0)["severity"], record(0)["resolution_state"], record(0)["message_key"], record(0)["time_of_event"]})
	require.Equal(t, []any{"0", "Closing", "nord-1.abcdef01"}, []any{record(2)["severity"], record(2)["resolution_state"], record(2)["message_key"]})
	var more map[string]string
	require.NoError(t, json.Unmarshal([]byte(record(0)["additional_info"].(string)), &more), "JSON within the JSON")
	require.Equal(t, "nord-1", more["Case"])
}

func TestRooms(t *testing.T) {
	s := serving(t)
	s.story(t, s.channel(t, models.ChannelTeams, nil))
	require.Equal(t, "POST /services/geheim", s.paths[0])
	attached := s.bodies[0]["attachments"].([]any)[0].(map[string]any)
	require.Equal(t, "application/vnd.microsoft.card.adaptive", attached["contentType"])
	card := attached["content"].(map[string]any)
	require.Equal(t, "AdaptiveCard", card["type"])
	require.Equal(t, `\[nord-1\] Kassan "3" svarar inte Bcc: all@nord.test`, card["body"].([]any)[0].(map[string]any)["text"])

	s = serving(t)
	s.story(t, s.channel(t, models.ChannelSlack, nil))
	require.Equal(t, title+": Priority 1", s.bodies[0]["text"])
	block := s.bodies[0]["blocks"].([]any)[0].(map[string]any)["text"].(map[string]any)
	require.Equal(t, "mrkdwn", block["type"])
	require.Contains(t, block["text"], "fel &lt;b&gt; &amp;", "nobody is mentioned by what others wrote")
	require.Contains(t, s.bodies[2]["text"], "Resolved by bo")
}

func TestASignedWebhook(t *testing.T) {
	s := serving(t)
	s.story(t, s.channel(t, models.ChannelWebhook, func(c *Config) { c.URL += "/in?x=1" }))
	require.Equal(t, "POST /in?x=1", s.paths[0])
	require.Equal(t, []string{fails.ID, resolved().ID, resolved().ID}, []string{s.heads[0].Get(HeaderID), s.heads[1].Get(HeaderID), s.heads[2].Get(HeaderID)})
	require.Equal(t, strconv.FormatInt(fails.Made.Unix(), 10), s.heads[0].Get(HeaderTimestamp))
	require.Equal(t, Sign("geheim", fails.Made, s.raw[0]), s.heads[0].Get(HeaderSignature))
	require.NotEqual(t, Sign("geheim", fails.Made, s.raw[1]), s.heads[0].Get(HeaderSignature))
	require.Equal(t, []any{"nord-1", fails.Title}, []any{s.bodies[0]["incident"], s.bodies[0]["title"]})

	s = serving(t)
	own := s.channel(t, models.ChannelWebhook, func(c *Config) {
		c.Template = `{"what": {{json .Title}}, "p": {{.Priority}}, "more": {"by": {{json .By}}}}`
	})
	s.story(t, own)
	require.Equal(t, map[string]any{"what": fails.Title, "p": 1.0, "more": map[string]any{"by": "bo"}}, s.bodies[2])
}

// A signature can be made elsewhere: printf "1764061230.{}" | openssl dgst -sha256 -hmac geheim.
func TestSign(t *testing.T) {
	require.Equal(t, "v1=0c78a64a3bfc1804552ddabd181b545d0a4d0d6c6df71db144b52aaca100c181", Sign("geheim", time.Unix(1764061230, 0), []byte("{}")))
}

func TestATemplateThatCannotBeWritten(t *testing.T) {
	for text, want := range map[string]string{
		`{"what": "{{.Title}}"}`:        "which is not JSON",
		`{"what": {{json .Titel}}}`:     "Titel",
		`{"what": {{json .Title}`:       "reading its template",
		`{"what": {{json .Title}}} {"2`: "which is not JSON",
	} {
		_, err := New(Config{ID: "x", Kind: models.ChannelWebhook, Template: text})
		require.ErrorContains(t, err, want)
	}
}

func TestWhatAnAnswerMeans(t *testing.T) {
	for _, c := range []struct {
		code         int
		after        string
		final, alone bool
		wait         time.Duration
	}{
		{400, "", true, true, 0}, {413, "", true, true, 0}, {422, "", true, true, 0},
		{401, "", false, false, 0}, {403, "", false, false, 0}, {404, "", false, false, 0}, {302, "", false, false, 0},
		{429, "7", false, false, 7 * time.Second}, {500, "", false, false, 0}, {503, "x", false, false, 0},
	} {
		s := serving(t)
		s.answer = func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", c.after)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(c.code)
			_, _ = io.WriteString(w, strings.Repeat("no ", 1000))
		}
		err := s.channel(t, models.ChannelSlack, nil).Send(t.Context(), fails)
		var e *Error
		require.True(t, errors.As(err, &e))
		require.Equal(t, []any{"status_" + strconv.Itoa(c.code), c.final, c.alone, c.wait}, []any{e.Reason(), e.Final, e.Alone, e.After})
		require.Less(t, len(e.Text), 600)
		require.Len(t, s.paths, 1, "no secret follows a redirect")
	}
	s := serving(t)
	s.Close()
	err := s.channel(t, models.ChannelSlack, nil).Send(t.Context(), fails)
	require.ErrorContains(t, err, "refused")
	require.NotContains(t, err.Error(), "geheim", "the address is the secret")
}

// That a promised time runs out is an alert of its own, told by its name.
func TestAClocksNotice(t *testing.T) {
	late := fails
	late.Kind, late.Clock, late.Key, late.Text = models.NoticeBreached, models.ClockResolve, fails.Key+".resolve", "the time to resolve ran out at 2026-11-25T13:00:00Z"
	late.Deadline, late.Zone = time.Date(2026, 11, 25, 13, 0, 0, 0, time.UTC), "Europe/Stockholm"
	const promised = "25 Nov 2026, 14:00 (+01:00)"
	const link = "https://foresight.nord.test/incidents/nord-1"
	const words = "The time to resolve has run out"
	for kind, want := range map[models.ChannelKind][]string{
		models.ChannelPagerDuty:  {`"event_action":"trigger"`, `"dedup_key":"` + late.Key, words + ": [" + late.Incident, `"client_url":"` + link, `"Promised":"2026-11-25T13:00:00Z"`},
		models.ChannelJSM:        {`"alias":"` + late.Key, `"message":"` + words, `"Link":"` + link},
		models.ChannelOpsgenie:   {`"message":"` + words},
		models.ChannelTeams:      {words, promised, "Attention", `"type":"Action.OpenUrl"`, link},
		models.ChannelSlack:      {words, promised, link + "|Open the case"},
		models.ChannelServiceNow: {words, `"resolution_state":"New"`},
		models.ChannelWebhook:    {`"kind":"breached"`, `"clock":"resolve"`, `"link":"` + link},
	} {
		s := serving(t)
		require.NoError(t, s.channel(t, kind, func(c *Config) { c.Pages = "https://foresight.nord.test" }).Send(t.Context(), late))
		require.Len(t, s.raw, 1)
		for _, w := range want {
			require.Contains(t, string(s.raw[0]), w, kind)
		}
	}
}
