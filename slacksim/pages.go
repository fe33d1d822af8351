package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// pages are the open pages of people: they are told what changes. mu of the
// state guards them.
type pages struct {
	st         *state
	transcript *Transcript
	toasts     map[string][]string // passing notes, by person
	watchers   map[string]map[chan sse]bool
}

func newPages(st *state, transcript *Transcript) *pages {
	return &pages{st: st, transcript: transcript, toasts: map[string][]string{}, watchers: map[string]map[chan sse]bool{}}
}

// sse is one server-sent event for the page.
type sse struct {
	name string
	data json.RawMessage
}

// show tells a person's open pages of something. The caller holds mu.
func (p *pages) show(person, name string, data object) {
	watchers := p.watchers[person]
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
func (p *pages) toast(person, text string) error {
	p.st.mu.Lock()
	defer p.st.mu.Unlock()
	p.toasts[person] = append(p.toasts[person], text)
	if n := len(p.toasts[person]); n > 100 {
		p.toasts[person] = p.toasts[person][n-100:]
	}
	p.transcript.add(Entry{Direction: ByPerson, Kind: "toast", Name: person, Payload: quoted(text)})
	p.show(person, "toast", object{"level": "error", "text": text})
	p.st.touch()
	return errors.New(text)
}

// watch streams a person's events to the page until it goes away.
func (p *pages) watch(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	person := r.URL.Query().Get("person")
	p.st.mu.Lock()
	known := p.st.people[person] != nil
	if !ok || !known {
		p.st.mu.Unlock()
		refuse(w, http.StatusNotFound, fmt.Errorf("no person %q", person))
		return
	}
	events := make(chan sse, 512)
	if p.watchers[person] == nil {
		p.watchers[person] = map[chan sse]bool{}
	}
	p.watchers[person][events] = true
	p.st.mu.Unlock()
	defer func() {
		p.st.mu.Lock()
		delete(p.watchers[person], events)
		if len(p.watchers[person]) == 0 {
			delete(p.watchers, person)
		}
		p.st.mu.Unlock()
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
