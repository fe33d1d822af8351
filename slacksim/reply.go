package slacksim

import (
	"encoding/json"
	"fmt"
	"net/http"
)

func refuse(w http.ResponseWriter, status int, err error) {
	reply(w, status, object{"ok": false, "error": err.Error()})
}

func reply(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the browser may have gone
}

// posted decodes a JSON body of at most 1 MB and answers {"ok": true} with
// what handle adds, or {"ok": false, "error"}.
func posted[T any](handle func(*http.Request, T) (object, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in T
		dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
		dec.UseNumber()
		if err := dec.Decode(&in); err != nil {
			refuse(w, http.StatusBadRequest, fmt.Errorf("body is not the JSON expected: %w", err))
			return
		}
		out, err := handle(r, in)
		if err != nil {
			refuse(w, http.StatusOK, err)
			return
		}
		if out == nil {
			out = object{}
		}
		if _, has := out["ok"]; !has {
			out["ok"] = true
		}
		reply(w, http.StatusOK, out)
	}
}
