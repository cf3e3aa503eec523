package web

import (
	"html/template"
	"net/http"

	"foresight/internal/wording"
)

// handler is one of the pages, by whoever speaks the reader's language.
type handler func(v *server, w http.ResponseWriter, r *http.Request)

// to hands a request to a page in the reader's language.
func (v *server) to(page handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { page(v.speaking(r), w, r) }
}

// speaking is the server in the reader's language: that of the reader's customers where they have one
// in common, else the one that the browser asks for.
func (v *server) speaking(r *http.Request) *server {
	own := *v
	own.say = wording.In(v.languageOf(r))
	return &own
}

func (v *server) languageOf(r *http.Request) string {
	common, some := "", false
	if v.options.Process != nil {
		for _, c := range v.options.Process.Customers() {
			if who(r).Known() && !who(r).Sees(c.ID) {
				continue // the sign-in page is of all
			}
			if some && c.Language != common {
				common = ""
				break
			}
			common, some = c.Language, true
		}
	}
	if common != "" {
		return common
	}
	return wording.Accepted(r.Header.Get("Accept-Language"))
}

// templates are the pages by language.
func templates() map[string]*template.Template {
	all := map[string]*template.Template{}
	for _, lang := range wording.Languages() {
		say := wording.In(lang)
		all[lang] = template.Must(template.New("").Funcs(template.FuncMap{"t": say.T, "n": say.N, "lang": say.Lang}).ParseFS(files, "*.gohtml"))
	}
	return all
}
