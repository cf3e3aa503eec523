package web

import (
	"encoding/json"
	"net/http"
)

// apiRoot is where programs ask.
const apiRoot = "/api/v1/"

// apiError answers a program that is refused.
func (v *server) apiError(w http.ResponseWriter, status int, why string) {
	v.answer(w, status, struct {
		Error string `json:"error"`
	}{why})
}

// answer writes JSON.
func (v *server) answer(w http.ResponseWriter, status int, what any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what) // the reader has gone: nobody to tell
}
