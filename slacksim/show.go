package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Toast is a passing note that Slack's client shows one person.
type Toast struct {
	Level string    `json:"level"`
	Text  string    `json:"text"`
	Time  time.Time `json:"time"`
}

// sse is one server-sent event for the page.
type sse struct {
	name string
	data json.RawMessage
}

// show tells a person's open pages of something. The caller holds mu.
func (s *Sim) show(person, name string, data object) {
	watchers := s.watchers[person]
	if len(watchers) == 0 {
		return
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return // built here from JSON values
	}
	for ch := range watchers {
		select {
		case ch <- sse{name, raw}:
		default:
			// A page that cannot keep up reconnects and reads everything anew.
			delete(watchers, ch)
			close(ch)
		}
	}
}

// toast shows a person what went wrong and answers it as an error.
func (s *Sim) toast(person, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := Toast{Level: "error", Text: text, Time: time.Now()}
	s.toasts[person] = append(s.toasts[person], t)
	if n := len(s.toasts[person]); n > 100 {
		s.toasts[person] = s.toasts[person][n-100:]
	}
	s.transcript.add(Entry{Direction: ByPerson, Kind: "toast", Name: person, Payload: quoted(text)})
	s.show(person, "toast", object{"level": t.Level, "text": t.Text})
	s.touch()
	return errors.New(text)
}

// watch streams a person's events to the page until it goes away.
func (s *Sim) watch(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	person := r.URL.Query().Get("person")
	s.mu.Lock()
	known := s.people[person] != nil
	s.mu.Unlock()
	if !ok || !known {
		refuse(w, http.StatusNotFound, fmt.Errorf("no person %q", person))
		return
	}
	events := make(chan sse, 512)
	s.mu.Lock()
	if s.watchers[person] == nil {
		s.watchers[person] = map[chan sse]bool{}
	}
	s.watchers[person][events] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.watchers[person], events)
		if len(s.watchers[person]) == 0 {
			delete(s.watchers, person)
		}
		s.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = fmt.Fprint(w, ": hello\n\n")
	flusher.Flush()
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	for {
		var err error
		select {
		case e, open := <-events:
			if !open {
				return
			}
			_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.name, e.data)
		case <-beat.C:
			_, err = fmt.Fprint(w, ": beat\n\n")
		case <-r.Context().Done():
			return
		}
		if err != nil {
			return
		}
		flusher.Flush()
	}
}
