package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
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

// sse is one event for the page.
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

// watch streams a person's events until whoever watches goes away: as server-sent events, or
// over a WebSocket where that is asked for. Of the first a browser opens six to one address and
// has every further request wait; of the second some hundreds.
func (p *pages) watch(w http.ResponseWriter, r *http.Request) {
	person := r.URL.Query().Get("person")
	events, stop := p.follow(person)
	if events == nil {
		refuse(w, http.StatusNotFound, fmt.Errorf("no person %q", person))
		return
	}
	defer stop()
	send, gone := stream(w, r)
	if send == nil {
		return // and it was answered
	}
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	for {
		var err error
		select {
		case e, open := <-events:
			if !open {
				return
			}
			err = send(e)
		case <-beat.C:
			err = send(sse{})
		case <-gone:
			return
		}
		if err != nil {
			return
		}
	}
}

// follow answers what happens to a person from now on, until stop; nil where there is nobody of
// that ID.
func (p *pages) follow(person string) (events chan sse, stop func()) {
	p.st.mu.Lock()
	defer p.st.mu.Unlock()
	if p.st.people[person] == nil {
		return nil, nil
	}
	events = make(chan sse, 512)
	if p.watchers[person] == nil {
		p.watchers[person] = map[chan sse]bool{}
	}
	p.watchers[person][events] = true
	return events, func() {
		p.st.mu.Lock()
		defer p.st.mu.Unlock()
		delete(p.watchers[person], events)
		if len(p.watchers[person]) == 0 {
			delete(p.watchers, person)
		}
	}
}

// stream begins an answer that does not end; send with no name is a sign of life. A nil send:
// it could not begin.
func stream(w http.ResponseWriter, r *http.Request) (send func(sse) error, gone <-chan struct{}) {
	if websocket.IsWebSocketUpgrade(r) {
		conn, err := upgrader.Upgrade(w, r, nil) // from which page it comes, ownPageOnly has asked
		if err != nil {
			return nil, nil
		}
		context.AfterFunc(r.Context(), func() { _ = conn.Close() }) // nobody watches any more
		closed := make(chan struct{})
		go func() { // a page says nothing here but that it goes
			defer close(closed)
			_, _, _ = conn.ReadMessage()
		}()
		return func(e sse) error { return conn.WriteJSON(object{"event": e.name, "data": e.data}) }, closed
	}
	flusher, ok := w.(http.Flusher)
	if !ok {
		refuse(w, http.StatusInternalServerError, errors.New("no way to stream"))
		return nil, nil
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = fmt.Fprint(w, ": hello\n\n")
	flusher.Flush()
	return func(e sse) error {
		defer flusher.Flush()
		if e.name == "" {
			_, err := fmt.Fprint(w, ": beat\n\n")
			return err
		}
		_, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.name, e.data)
		return err
	}, r.Context().Done()
}
