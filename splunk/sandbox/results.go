package sandbox

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// maxResultRows is limits.conf [restapi] maxresultrows: no page is longer.
const maxResultRows = 50000

// page is a stretch of results on its way out.
type page struct {
	mode     string
	offset   int
	count    int // 0 = all
	columns  []string
	rows     []*row
	messages []message
	preview  bool
}

func pageOf(r *http.Request) (page, error) {
	p := page{mode: outputMode(r), count: 100}
	if p.mode == "" {
		p.mode = "xml"
	}
	switch p.mode {
	case "json", "json_rows", "json_cols", "csv", "xml", "raw":
	default:
		return p, refusef("Invalid output_mode: %s", p.mode)
	}
	for name, at := range map[string]*int{"count": &p.count, "offset": &p.offset} {
		v := r.Form.Get(name)
		if v == "" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return p, refusef("Invalid value for parameter %s: %s", name, v)
		}
		*at = n
	}
	if p.count == 0 || p.count > maxResultRows {
		p.count = maxResultRows
	}
	return p, nil
}

// cut takes the page's rows out of all.
func (p *page) cut(all []*row) {
	from := min(p.offset, len(all))
	p.rows = all[from:min(from+p.count, len(all))]
}

func (p page) write(w http.ResponseWriter) {
	switch p.mode {
	case "csv":
		p.writeCSV(w)
	case "raw":
		p.writeRaw(w)
	case "xml":
		p.writeXML(w)
	default:
		p.writeJSON(w)
	}
}

const (
	resultsTime = "2006-01-02T15:04:05.000-07:00"
	exportTime  = "2006-01-02 15:04:05.000 MST"
)

// cell returns a field as results show it: text, a list for a multivalue, and a time
// stamp for _time; nil where the row has no value.
func cell(r *row, name, timeLayout string) any {
	v := r.get(name)
	switch v.kind {
	case null:
		return nil
	case multi:
		return v.mv
	default:
		if x, ok := v.number(); ok && name == "_time" {
			return fromEpoch(x).Format(timeLayout)
		}
		return v.text()
	}
}

// object returns a row for JSON, fields without a value left out.
func (p page) object(r *row, timeLayout string) map[string]any {
	out := make(map[string]any, len(p.columns))
	for _, n := range p.columns {
		if c := cell(r, n, timeLayout); c != nil {
			out[n] = c
		}
	}
	return out
}

func (p page) writeJSON(w http.ResponseWriter) {
	body := map[string]any{"preview": p.preview, "init_offset": p.offset, "messages": p.messages}
	switch p.mode {
	case "json":
		fields := make([]map[string]string, len(p.columns))
		for i, n := range p.columns {
			fields[i] = map[string]string{"name": n}
		}
		rows := make([]any, len(p.rows))
		for i, r := range p.rows {
			rows[i] = p.object(r, resultsTime)
		}
		body["fields"], body["results"], body["highlighted"] = fields, rows, struct{}{}
	case "json_rows":
		rows := make([][]any, len(p.rows))
		for i, r := range p.rows {
			rows[i] = make([]any, len(p.columns))
			for k, n := range p.columns {
				rows[i][k] = cell(r, n, resultsTime)
			}
		}
		body["fields"], body["rows"] = append([]string{}, p.columns...), rows
	case "json_cols":
		columns := make([][]any, len(p.columns))
		for k, n := range p.columns {
			columns[k] = make([]any, len(p.rows))
			for i, r := range p.rows {
				columns[k][i] = cell(r, n, resultsTime)
			}
		}
		body["fields"], body["columns"] = append([]string{}, p.columns...), columns
	}
	writeJSON(w, http.StatusOK, body)
}

func (p page) writeCSV(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/csv; charset=UTF-8")
	out := csv.NewWriter(w)
	_ = out.Write(p.columns) // errors stay with the writer, and mean that the client has gone
	for _, r := range p.rows {
		record := make([]string, len(p.columns))
		for i, n := range p.columns {
			switch c := cell(r, n, resultsTime).(type) {
			case string:
				record[i] = c
			case []string:
				record[i] = strings.Join(c, "\n")
			}
		}
		_ = out.Write(record)
	}
	out.Flush()
}

// writeRaw answers the events' texts; rows that are none have none.
func (p page) writeRaw(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	for _, r := range p.rows {
		if text, ok := cell(r, "_raw", resultsTime).(string); ok {
			_, _ = io.WriteString(w, text+"\n") // the client has gone, if anything
		}
	}
}

func (p page) writeXML(w http.ResponseWriter) {
	var b strings.Builder
	fmt.Fprintf(&b, "<results preview='%s'>\n<meta>\n<fieldOrder>\n", map[bool]string{true: "1", false: "0"}[p.preview])
	for _, n := range p.columns {
		fmt.Fprintf(&b, "<field>%s</field>\n", escape(n))
	}
	b.WriteString("</fieldOrder>\n</meta>\n")
	if len(p.messages) > 0 {
		b.WriteString("<messages>\n")
		for _, m := range p.messages {
			fmt.Fprintf(&b, "<msg type=%q>%s</msg>\n", m.Type, escape(m.Text))
		}
		b.WriteString("</messages>\n")
	}
	for i, r := range p.rows {
		fmt.Fprintf(&b, "<result offset='%d'>\n", p.offset+i)
		for _, n := range p.columns {
			var values []string
			switch c := cell(r, n, resultsTime).(type) {
			case string:
				values = []string{c}
			case []string:
				values = c
			default:
				continue
			}
			if n == "_raw" {
				fmt.Fprintf(&b, "<field k='_raw'><v xml:space='preserve' trunc='0'>%s</v></field>\n", escape(values[0]))
				continue
			}
			fmt.Fprintf(&b, "<field k='%s'>", escape(n))
			for _, v := range values {
				fmt.Fprintf(&b, "<value><text>%s</text></value>", escape(v))
			}
			b.WriteString("</field>\n")
		}
		b.WriteString("</result>\n")
	}
	b.WriteString("</results>\n")
	writeXML(w, http.StatusOK, b.String())
}

// serveExport runs a search and streams its results: in JSON one object a line, a
// transforming search first with a preview of the first half, as the real one sends
// previews that do not count.
func (s *Server) serveExport(w http.ResponseWriter, r *http.Request, owner, app string) {
	if r.Form.Get("count") == "" {
		r.Form.Set("count", "0")
	}
	p, err := pageOf(r)
	if err != nil {
		writeMessage(w, r, http.StatusBadRequest, "FATAL", err.Error())
		return
	}
	j, err := s.newJob(r.Form, owner, app)
	if err != nil {
		writeMessage(w, r, http.StatusBadRequest, "FATAL", err.Error())
		return
	}
	if r.Form.Get("max_count") == "" {
		j.options.maxCount = 0 // export streams everything
	}
	if !s.launch(w, r, j) { //nolint:contextcheck // the job is removed when the request ends
		return
	}
	defer s.jobs.remove(j)
	select {
	case <-j.done:
	case <-r.Context().Done():
		return
	}
	p.columns, p.messages, p.rows = j.columns, j.messages, j.outcome.table.rows
	if p.mode != "json" {
		p.write(w)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if half := len(p.rows) / 2; j.program.reporting && half > 0 && r.Form.Get("preview") != "0" && r.Form.Get("preview") != "false" {
		p.exportRows(w, p.rows[:half], true)
	}
	p.exportRows(w, p.rows, false)
}

// exported is one line of an export.
type exported struct {
	Preview  bool           `json:"preview"`
	Offset   *int           `json:"offset,omitempty"`
	LastRow  bool           `json:"lastrow,omitempty"`
	Result   map[string]any `json:"result,omitempty"`
	Messages []message      `json:"messages,omitempty"`
}

func (p page) exportRows(w http.ResponseWriter, rows []*row, preview bool) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	messages := p.messages
	if preview {
		messages = nil
	}
	if len(rows) == 0 {
		_ = enc.Encode(exported{Preview: preview, LastRow: true, Messages: messages})
		return
	}
	for i, r := range rows {
		l := exported{Preview: preview, Offset: &i, LastRow: i == len(rows)-1, Result: p.object(r, exportTime)}
		if l.LastRow {
			l.Messages = messages
		}
		if enc.Encode(l) != nil {
			return // the client has gone
		}
	}
}
