package main

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/csv"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func pemOf(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// piped is what came out of the search command.
type piped struct {
	outcome
	kind     string // of the command
	messages []string
	columns  []string
	rows     []map[string]string
}

// chunk writes one of Splunk's chunks.
func chunk(b *bytes.Buffer, metadata any, body string) {
	text, _ := json.Marshal(metadata) // what is written here marshals
	fmt.Fprintf(b, "chunked 1.0,%d,%d\n%s%s", len(text), len(body), text, body)
}

// pipe runs the search command on rows, the first being the names of the fields, in so many chunks.
func (s *splunkSide) pipe(rows [][]string, chunks int, args ...string) piped {
	s.t.Helper()
	var in bytes.Buffer
	chunk(&in, map[string]any{"action": "getinfo", "preview": false, "streaming_command_will_restart": false, "searchinfo": map[string]any{
		"args": args, "raw_args": args, "dispatch_dir": s.dir, "sid": "1", "app": "search", "owner": "admin", "username": "admin", "session_key": s.key, "splunkd_uri": s.server.Ready().SearchURL,
		"splunk_version": "9.4.0", "search": "%7C%20foresight", "command": "foresight", "maxresultrows": 50000, "earliest_time": "0", "latest_time": "0",
	}}, "")
	body := rows[1:]
	for n := range chunks {
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		part := body[n*len(body)/chunks : (n+1)*len(body)/chunks]
		require.NoError(s.t, w.WriteAll(append([][]string{rows[0]}, part...)))
		chunk(&in, map[string]any{"action": "execute", "finished": n == chunks-1}, text.String())
	}
	p := piped{outcome: s.script("foresight.py", in.Bytes())}
	out := bufio.NewReader(strings.NewReader(p.out))
	for {
		head, err := out.ReadString('\n')
		if errors.Is(err, io.EOF) && head == "" {
			return p
		}
		require.NoError(s.t, err)
		var m, n int
		_, err = fmt.Sscanf(head, "chunked 1.0,%d,%d", &m, &n)
		require.NoError(s.t, err, head)
		text := make([]byte, m+n)
		_, err = io.ReadFull(out, text)
		require.NoError(s.t, err)
		p.take(s.t, text[:m], text[m:])
	}
}

func (p *piped) take(t *testing.T, metadata, body []byte) {
	t.Helper()
	var told struct {
		Type      string
		Inspector struct{ Messages [][]string }
	}
	require.NoError(t, json.Unmarshal(metadata, &told))
	p.kind += told.Type
	for _, m := range told.Inspector.Messages {
		p.messages = append(p.messages, m[0]+" "+m[1])
	}
	table, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	require.NoError(t, err)
	for n, cells := range table {
		if n == 0 {
			p.columns = cells
			continue
		}
		row := map[string]string{}
		for i, column := range p.columns {
			row[column] = cells[i]
		}
		p.rows = append(p.rows, row)
	}
}

// rowsOf makes what timechart span=1d hands on of series that begin on a day in a zone.
func rowsOf(t *testing.T, from, zone string, days int, columns ...string) (rows [][]string, tidy string) {
	t.Helper()
	at, err := time.ParseInLocation(time.DateOnly, from, location(t, zone))
	require.NoError(t, err)
	rows = append(rows, append([]string{"_time", "_span", "_spandays"}, columns...))
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	require.NoError(t, w.Write([]string{"series", "time", "value"}))
	for n := range days {
		day := at.AddDate(0, 0, n)
		row := []string{strconv.FormatInt(day.Unix(), 10), "86400", "1"}
		for k, column := range columns {
			value := strconv.FormatFloat(growing(n, day)+float64(100*k), 'f', -1, 64)
			row = append(row, value)
			require.NoError(t, w.Write([]string{column, day.Format(time.DateOnly), value}))
		}
		rows = append(rows, row)
	}
	w.Flush()
	return rows, b.String()
}

// told is what `foresight forecast` says of a series on a day: its cells by column.
func forecastOf(t *testing.T, dir, text string, flags ...string) map[string]map[string]string {
	t.Helper()
	file := filepath.Join(dir, "series.csv")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	o := plain(t, append([]string{"forecast", file}, flags...)...)
	require.Equal(t, 0, o.code, o)
	table, err := csv.NewReader(strings.NewReader(o.out)).ReadAll()
	require.NoError(t, err)
	found := map[string]map[string]string{}
	for _, cells := range table[1:] {
		row := map[string]string{}
		for i, column := range table[0] {
			row[column] = cells[i]
		}
		found[row["series"]+" "+row["time"]] = row
	}
	return found
}

// The command's rows are those of `foresight forecast` on the same series.
func TestAppCommandSaysWhatForecastSays(t *testing.T) {
	s := withScripts(t)
	rows, text := rowsOf(t, "2024-01-01", "Europe/Stockholm", 430, "count", "svårt, \"namn\"")
	p := s.pipe(rows, 3, "count", `svårt, "namn"`, "AS", "ny", "horizon=90", "country=se", "tz=Europe/Stockholm", "capacity=1500", "interval=95,80", "quantiles=0.6")
	require.Equal(t, 0, p.code, p)
	assert.Equal(t, "events", p.kind)
	assert.Empty(t, p.messages)
	require.Len(t, p.rows, 520)
	for n, row := range rows[1:] {
		assert.Equal(t, row[0], p.rows[n]["_time"])
		assert.Equal(t, row[3], p.rows[n]["count"])
		assert.Empty(t, p.rows[n]["prediction(count)"])
	}
	want := forecastOf(t, s.dir, text, "--horizon", "90", "--country", "SE", "--tz", "Europe/Stockholm", "--capacity", "1500", "--quantiles", "0.025,0.1,0.5,0.6,0.9,0.975")
	require.Len(t, want, 180)
	for _, row := range p.rows[430:] {
		seconds, err := strconv.ParseInt(row["_time"], 10, 64)
		require.NoError(t, err)
		day := time.Unix(seconds, 0).In(location(t, "Europe/Stockholm")).Format("2006-01-02 15:04")
		require.Equal(t, "00:00", day[11:], "a day begins at midnight")
		assert.Empty(t, row["count"])
		for series, named := range map[string]string{"count": "prediction(count)", `svårt, "namn"`: "ny"} {
			w := want[series+" "+day[:10]]
			require.NotNil(t, w, "%s %s", series, day)
			for column, field := range map[string]string{"q0.5": "%s", "q0.025": "lower95(%s)", "q0.975": "upper95(%s)", "q0.1": "lower80(%s)", "q0.9": "upper80(%s)", "q0.6": "q0.6(%s)", "overload_probability": "overload_probability(%s)"} {
				require.Equal(t, w[column], row[fmt.Sprintf(field, named)], "%s of %s on %s", column, series, day)
			}
		}
		assert.Equal(t, []string{"prediction(count)", "upper95(prediction(count))", "lower95(prediction(count))", "ny"}, []string{row["_predictedcount"], row["_uppercount"], row["_lowercount"], row[`_predictedsvårt, "namn"`]})
	}
}

func TestAppCommandHoldsBack(t *testing.T) {
	s := withScripts(t)
	rows, _ := rowsOf(t, "2024-01-01", "UTC", 400, "count")
	p := s.pipe(rows, 1, "count", "holdback=28", "future_timespan=30", "upper90=high", "algorithm=LLP5")
	require.Equal(t, 0, p.code, p)
	require.Len(t, p.messages, 1)
	assert.Contains(t, p.messages[0], "INFO foresight: algorithm and period are predict's")
	require.Len(t, p.rows, 402)
	_, short := rowsOf(t, "2024-01-01", "UTC", 372, "count")
	want := forecastOf(t, s.dir, short, "--horizon", "30", "--quantiles", "0.025,0.5,0.95")
	for n, row := range p.rows[372:] {
		w := want["count "+time.Date(2024, 1, 1+372+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)]
		require.Equal(t, []string{w["q0.5"], w["q0.95"], w["q0.025"]}, []string{row["prediction(count)"], row["high(prediction(count))"], row["lower95(prediction(count))"]})
		assert.Equal(t, n < 28, row["count"] != "", "what came stands beside it")
	}
}

// Fifty thousand rows: a hundred shops, each with 500 days.
func TestAppCommandTakesManyRows(t *testing.T) {
	s := withScripts(t)
	rows := [][]string{{"_time", "shop", "count"}}
	for n := range 500 {
		for shop := range 100 {
			at := time.Date(2024, 1, 1+n, 0, 0, 0, 0, time.UTC)
			rows = append(rows, []string{strconv.FormatInt(at.Unix(), 10), fmt.Sprintf("butik %d å", shop), strconv.FormatFloat(growing(n, at)+float64(shop), 'f', -1, 64)})
		}
	}
	p := s.pipe(rows, 7, "count", "horizon=14", "by", "shop")
	require.Equal(t, 0, p.code, p.err+strings.Join(p.messages, "\n"))
	require.Len(t, p.rows, 50_000+14*100)
	for n, row := range p.rows[50_000:] {
		require.Equal(t, fmt.Sprintf("butik %d å", n%100), row["shop"])
		require.NotEmpty(t, row["prediction(count)"])
	}
	require.Len(t, p.messages, 1)
	assert.Contains(t, p.messages[0], "WARN foresight: 50000 rows are as many as Splunk hands on")
}

// Where something is wrong there is a message, and no row.
func TestAppCommandSaysWhyThereIsNoForecast(t *testing.T) {
	s := withScripts(t)
	rows, _ := rowsOf(t, "2024-01-01", "UTC", 60, "count", "other")
	refused := func(name, words string, args ...string) {
		t.Helper()
		p := s.pipe(rows, 2, args...)
		assert.NotZero(t, p.code, name)
		assert.Empty(t, p.rows, name)
		require.NotEmpty(t, p.messages, "%s: %s", name, p.err)
		assert.Contains(t, p.messages[0], "ERROR ", name)
		assert.Contains(t, p.messages[0], words, name)
	}
	refused("no field", "name the fields to forecast")
	refused("no such field", `there is no field "cuont" with numbers in the results; there are: count, other`, "cuont")
	refused("no such option", "Unrecognized option: horizons=3", "count", "horizons=3")
	refused("no such country", "Foresight refuses it: country", "count", "country=XX")
	refused("no such zone", "tz Mars/Olympus: no such time zone", "count", "tz=Mars/Olympus")
	rows[30][4] = "{much} %s"
	refused("one bad value", `the field "other" is "{much} %s" at 2024-01-30T00:00:00Z`, "*", "other")
	rows[30][4] = "1"
	s.secret("token", "another-token-altogether")
	refused("a wrong token", "does not let the app in: the bearer token is missing or is not known. Nothing was forecast.", "count")
	s.secret("token", appToken)
	s.set("url", "http://127.0.0.1:1")
	refused("a server that is down", "Foresight cannot be reached at http://127.0.0.1:1: Connection refused", "count")
	silent := silentServer(t)
	s.set("url", silent.URL, "timeout", "0.3")
	refused("a server that is silent", "did not answer within 0.3 seconds", "count")
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "series,time,mean,q0.025,q0.5,q0.975\ncount,2024-03-01T00:00:00Z,1,1,1,1\n")
	}))
	defer half.Close()
	s.set("url", half.URL, "timeout", "10")
	refused("half an answer", `no forecast came back of "other"`, "count", "other")
	s.server.HidePasswords(true)
	refused("no right to read the token", "capability list_storage_passwords", "count")

	// Without rows there is nothing to say, and in a preview nothing is asked.
	s.server.HidePasswords(false)
	p := s.pipe(rows[:1], 1, "count")
	assert.Equal(t, 0, p.code, p)
	assert.Empty(t, p.rows)
}
