package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/internal/web"
)

func TestCalendar(t *testing.T) {
	h := web.New(web.NewBoard(nil), web.Options{Calendar: func(_ context.Context, customer, secret string) ([]byte, bool, error) {
		if customer == "syd" {
			return nil, false, errors.New("no database")
		}
		return []byte("BEGIN:VCALENDAR\r\n"), customer == "nord" && secret == "geheim", nil
	}})
	ask := func(method, path, etag string) *http.Response {
		r := httptest.NewRequest(method, path, http.NoBody)
		r.Header.Set("If-None-Match", etag)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	good := ask(http.MethodGet, "/calendar/nord/geheim.ics", "")
	require.Equal(t, http.StatusOK, good.StatusCode)
	require.Equal(t, "text/calendar; charset=utf-8", good.Header.Get("Content-Type"))
	require.Equal(t, http.StatusNotModified, ask(http.MethodGet, "/calendar/nord/geheim.ics", good.Header.Get("ETag")).StatusCode)
	for _, path := range []string{"/calendar/nord/falsch.ics", "/calendar/nord/geheim", "/calendar/nobody/geheim.ics", "/calendar/nord/", "/calendar/nord/geheim.ics/x"} {
		require.Equal(t, http.StatusNotFound, ask(http.MethodGet, path, "").StatusCode, path)
	}
	require.Equal(t, http.StatusInternalServerError, ask(http.MethodGet, "/calendar/syd/geheim.ics", "").StatusCode)
	require.Equal(t, http.StatusMethodNotAllowed, ask(http.MethodPost, "/calendar/nord/geheim.ics", "").StatusCode)
}
