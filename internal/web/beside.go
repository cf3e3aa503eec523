package web

import "net/http"

// beside hands what systems report to the intake and all else to the pages, which can only be read.
func beside(pages, intake http.Handler) http.Handler {
	if intake == nil {
		return pages
	}
	mux := http.NewServeMux()
	for _, path := range []string{"/api/v1/reports", "/api/v1/intake/", "/api/v1/heartbeat/", "/v2/enqueue"} {
		mux.Handle(path, intake)
	}
	mux.Handle("/", pages)
	return mux
}
