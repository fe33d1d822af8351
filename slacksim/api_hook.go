package slacksim

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"countersign/slacksim/blockkit"
)

// serveHook takes an answer at a response_url.
func (s *webAPI) serveHook(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	entry := Entry{Time: began, Direction: FromApp, Kind: "response_url", Name: "response_url", Payload: raw}
	key := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	status, code := s.useHook(key, raw)
	entry.Millis, entry.Error = millis(began), code
	s.transcript.add(entry)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	answer := object{"ok": code == ""}
	if code != "" {
		answer["error"] = code
	}
	_ = json.NewEncoder(w).Encode(answer) // the app may have hung up
}

func (s *webAPI) useHook(key string, raw []byte) (int, string) {
	if f := s.faults.take(FaultServerError, "response_url"); f != nil {
		return f.status(), "server_error"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hooks.byKey[key]
	switch {
	case h == nil || time.Since(h.made) > hookLife:
		return http.StatusNotFound, "expired_url"
	case h.uses >= hookUses:
		return http.StatusNotFound, "used_url"
	}
	var a args
	if json.Unmarshal(raw, &a.body) != nil || a.body == nil {
		return http.StatusBadRequest, "invalid_payload"
	}
	body, err := s.checked(a, blockkit.MessageText)
	if err != nil {
		return http.StatusBadRequest, codeOf(err)
	}
	ch := s.channels[h.channel]
	original := ch.at(h.ts)
	switch {
	case a.flag("delete_original"):
		if original == nil {
			return http.StatusNotFound, "message_not_found"
		}
		s.erase(ch, original)
	case body.empty() && !body.hasBlocks:
		return http.StatusBadRequest, "no_text"
	case a.flag("replace_original") && original != nil:
		s.rewrite(ch, original, body)
	default:
		m := body.answering(a, &s.ws.App, h.person)
		m.threadTS = a.str("thread_ts")
		s.post(ch, m)
	}
	h.uses++
	return http.StatusOK, ""
}
