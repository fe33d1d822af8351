package slacksim

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// pageAPI is what the page asks and does, in people's names and in that of who
// tests an app.
type pageAPI struct {
	*client
	faults  *faultBox
	sockets *socketPool
	door    *httpDoor
	public  bool
}

// who answers the person of a query.
func (s *pageAPI) who(r *http.Request) (*Person, error) {
	id := r.URL.Query().Get("person")
	if p := s.byHandle(id); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("no person %q", id)
}

// look answers a GET with what build makes under the lock.
func (s *pageAPI) look(w http.ResponseWriter, r *http.Request, build func(*Person) (object, error)) {
	s.mu.Lock()
	p, err := s.who(r)
	var out object
	if err == nil {
		out, err = build(p)
	}
	var raw []byte
	if err == nil {
		raw, err = json.Marshal(out)
	}
	s.mu.Unlock()
	if err != nil {
		refuse(w, http.StatusNotFound, err)
		return
	}
	reply(w, http.StatusOK, json.RawMessage(raw))
}

// idOf takes a handle or an id.
func (s *pageAPI) idOf(person string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.byHandle(person); p != nil {
		return p.ID
	}
	return person
}

// ownPageOnly keeps other sites' pages from acting as somebody: the Host must
// be this workspace's (against DNS rebinding), and so must the Origin.
func (s *pageAPI) ownPageOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		base, err := url.Parse(s.base)
		own := err == nil && (r.Host == base.Host || host == "localhost" || net.ParseIP(host).IsLoopback())
		if !own && !s.public {
			refuse(w, http.StatusForbidden, fmt.Errorf("host %q is not this workspace", host))
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			if o, err := url.Parse(origin); err != nil || o.Host != r.Host {
				refuse(w, http.StatusForbidden, fmt.Errorf("origin %q is not this workspace", origin))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
