package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// prop is one property of an entry. A boolean is true or false in JSON, 1 or 0 in
// Atom; []prop and []string nest.
type prop struct {
	key string
	val any
}

// entry is one object of a feed.
type entry struct {
	name, id   string
	owner, app string
	at         time.Time
	content    []prop
	single     bool // Atom writes the entry itself, not a feed around it
	ours       bool // it can be changed and removed
}

// links are where an entry is looked at and changed.
func (e entry) links() map[string]string {
	links := map[string]string{"alternate": e.id}
	if e.ours {
		links["list"], links["edit"], links["remove"] = e.id, e.id, e.id
	}
	return links
}

func (e entry) acl() []prop {
	owner, app, sharing := e.owner, e.app, "global"
	if owner == "" {
		owner = "nobody"
	}
	if app == "" {
		app = "search"
	}
	return []prop{
		{"app", app}, {"owner", owner}, {"sharing", sharing}, {"modifiable", true}, {"can_write", true},
		{"perms", []prop{{"read", []string{owner}}, {"write", []string{owner}}}},
	}
}

// writeFeed answers with entries, in Atom unless JSON was asked for.
func writeFeed(w http.ResponseWriter, r *http.Request, title string, entries []entry) {
	writeFeedAs(w, r, http.StatusOK, title, entries)
}

// writeFeedAs is writeFeed with another status: 201 for what was made.
func writeFeedAs(w http.ResponseWriter, r *http.Request, status int, title string, entries []entry) {
	if wantsJSON(r) {
		list := make([]any, len(entries))
		for i, e := range entries {
			list[i] = map[string]any{
				"name": e.name, "id": e.id, "updated": stamp(e.at), "author": e.owner, "links": e.links(),
				"acl": object(e.acl()), "content": object(e.content),
			}
		}
		writeJSON(w, status, map[string]any{
			"origin": r.URL.Path, "generator": map[string]string{"build": serverBuild, "version": serverVersion}, "entry": list,
			"paging": map[string]int{"total": len(list), "perPage": 30, "offset": 0}, "messages": []message{},
		})
		return
	}
	const spaces = ` xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"`
	var b strings.Builder
	if len(entries) == 1 && entries[0].single {
		writeEntry(&b, spaces, entries[0])
		writeXML(w, status, b.String())
		return
	}
	fmt.Fprintf(&b, "<feed%s>\n<title>%s</title>\n<id>%s</id>\n<generator build=%q version=%q/>\n<author><name>Splunk</name></author>\n"+
		"<opensearch:totalResults>%d</opensearch:totalResults>\n<opensearch:itemsPerPage>30</opensearch:itemsPerPage>\n<opensearch:startIndex>0</opensearch:startIndex>\n<s:messages/>\n",
		spaces, escape(title), escape(r.URL.Path), serverBuild, serverVersion, len(entries))
	for _, e := range entries {
		writeEntry(&b, "", e)
	}
	b.WriteString("</feed>\n")
	writeXML(w, status, b.String())
}

func writeEntry(b *strings.Builder, spaces string, e entry) {
	fmt.Fprintf(b, "<entry%s>\n<title>%s</title>\n<id>%s</id>\n<updated>%s</updated>\n<link href=\"%s\" rel=\"alternate\"/>\n<published>%s</published>\n<author><name>%s</name></author>\n<content type=\"text/xml\">",
		spaces, escape(e.name), escape(e.id), stamp(e.at), escape(e.id), stamp(e.at), escape(e.owner))
	writeDict(b, append([]prop{{"eai:acl", e.acl()}}, e.content...))
	b.WriteString("</content>\n</entry>\n")
}

func writeDict(b *strings.Builder, props []prop) {
	b.WriteString("<s:dict>")
	for _, p := range props {
		fmt.Fprintf(b, "<s:key name=\"%s\">", escape(p.key))
		switch v := p.val.(type) {
		case []prop:
			writeDict(b, v)
		case []string:
			b.WriteString("<s:list>")
			for _, s := range v {
				fmt.Fprintf(b, "<s:item>%s</s:item>", escape(s))
			}
			b.WriteString("</s:list>")
		case []message:
			b.WriteString("<s:dict>")
			for _, m := range v {
				fmt.Fprintf(b, "<s:key name=%q><s:list><s:item>%s</s:item></s:list></s:key>", strings.ToLower(m.Type), escape(m.Text))
			}
			b.WriteString("</s:dict>")
		case bool:
			b.WriteString(map[bool]string{true: "1", false: "0"}[v])
		default:
			b.WriteString(escape(fmt.Sprint(v)))
		}
		b.WriteString("</s:key>\n")
	}
	b.WriteString("</s:dict>")
}

// object turns properties into what encoding/json writes.
func object(props []prop) map[string]any {
	out := make(map[string]any, len(props))
	for _, p := range props {
		if inner, ok := p.val.([]prop); ok {
			out[p.key] = object(inner)
			continue
		}
		out[p.key] = p.val
	}
	return out
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000-07:00") }
