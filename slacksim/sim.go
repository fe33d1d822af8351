package slacksim

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// Sim is a running workspace. All methods are safe for concurrent use. What
// happens to a workspace is a method of the part it happens to.
type Sim struct {
	*client     // what people do
	*admin      // what an administrator does
	*courier    // what the app receives
	*socketPool // its connections
	*httpDoor   // its request URLs
	*faultBox   // what goes wrong on the way

	opt    Options
	life   *lifetime
	state  *state
	pump   *pump
	server *http.Server
}

// New starts a workspace. It stops with Close.
func New(ws Workspace, opt Options) (*Sim, error) {
	if err := ws.complete(); err != nil {
		return nil, fmt.Errorf("workspace: %w", err)
	}
	opt.complete()
	ln, err := listen(opt)
	if err != nil {
		return nil, err
	}
	life, faults, transcript := newLifetime(), &faultBox{}, newTranscript(opt.Transcript, ws.App)
	st := newState(ws, cmp.Or(opt.BaseURL, "http://"+ln.Addr().String()), opt.TriggerLife)
	sockets := &socketPool{life: life, st: st, faults: faults, transcript: transcript,
		tickets: map[string]time.Time{}, pending: map[string]*waiting{}}
	door := &httpDoor{life: life, app: &st.ws.App, faults: faults, ackWithin: opt.AckWithin}
	courier := &courier{life: life, ackWithin: opt.AckWithin, faults: faults, transcript: transcript, sockets: sockets, door: door}
	out := newEventQueue()

	events, pages := &events{state: st, out: out}, newPages(st, transcript)
	conversations, modals := &conversations{state: st, pages: pages, events: events}, &modals{state: st, pages: pages}
	client := &client{state: st, conversations: conversations, modals: modals, pages: pages, events: events, courier: courier, transcript: transcript}
	api := &webAPI{state: st, conversations: conversations, modals: modals, sockets: sockets, faults: faults,
		limits: rateLimits{scale: opt.RateScale, buckets: map[string]*rate.Limiter{}}, transcript: transcript}
	page := &pageAPI{client: client, faults: faults, sockets: sockets, door: door, public: opt.Public}

	s := &Sim{client: client, admin: &admin{state: st, conversations: conversations, events: events}, courier: courier, socketPool: sockets, httpDoor: door, faultBox: faults,
		opt: opt, life: life, state: st, pump: &pump{courier: courier, st: st, out: out, retries: opt.Retries},
		server: &http.Server{Handler: life.counted(routes(api, sockets, page)), ReadHeaderTimeout: 10 * time.Second,
			BaseContext: func(net.Listener) context.Context { return life.ctx }}}
	life.spawn(s.pump.run)
	life.spawn(func() { _ = s.server.Serve(ln) }) // answers ErrServerClosed on Close
	return s, nil
}

//go:embed page/*.*
var page embed.FS

// routes is everything the workspace serves: Slack's side for the app, and
// the page with its API for people.
func routes(api *webAPI, sockets *socketPool, p *pageAPI) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/", api.serveAPI)
	mux.HandleFunc("GET /link/", sockets.link)
	mux.HandleFunc("POST /upload/v1/", api.serveUpload)
	mux.HandleFunc("GET /files-pri/", api.serveFile)
	mux.HandleFunc("GET /signin", serveSignIn)
	mux.HandleFunc("POST /actions/", api.serveHook)

	people := http.NewServeMux()
	people.HandleFunc("GET /sim/state", p.pageState)
	people.HandleFunc("GET /sim/messages", p.pageMessages)
	people.HandleFunc("GET /sim/events", p.watch)
	people.HandleFunc("GET /sim/view", p.pageView)
	people.HandleFunc("GET /sim/file", p.pageFile)
	people.HandleFunc("GET /sim/transcript", p.pageTranscript)
	people.HandleFunc("POST /sim/say", posted(p.pageSay))
	people.HandleFunc("POST /sim/upload", p.pageUpload)
	people.HandleFunc("POST /sim/command", posted(p.pageCommand))
	people.HandleFunc("POST /sim/shortcut", posted(p.pageShortcut))
	people.HandleFunc("POST /sim/action", posted(p.pageAction))
	people.HandleFunc("POST /sim/submit", posted(p.pageSubmit))
	people.HandleFunc("POST /sim/close", posted(p.pageClose))
	people.HandleFunc("POST /sim/suggest", posted(p.pageSuggest))
	people.HandleFunc("POST /sim/open-home", posted(p.pageOpenHome))
	people.HandleFunc("POST /sim/react", posted(p.pageReact))
	people.HandleFunc("POST /sim/faults", posted(p.pageFaults))
	people.HandleFunc("POST /sim/step", posted(p.pageStep))
	people.HandleFunc("POST /sim/http", posted(p.pageHTTP))
	mux.Handle("/sim/", p.ownPageOnly(people))

	assets, err := fs.Sub(page, "page")
	if err != nil {
		panic("slacksim: embedded page: " + err.Error()) // the directory is embedded above
	}
	mux.Handle("/", http.FileServerFS(assets))
	return mux
}

// Close drops every connection and stops all deliveries.
func (s *Sim) Close() error {
	if !s.life.end() {
		return nil
	}
	s.life.stop()
	s.closeAll()
	err := s.server.Close()
	s.life.wg.Wait()
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

// URL is the address of the page; APIURL that of the Web API, with a slash at
// its end as the SDKs want it.
func (s *Sim) URL() string    { return s.state.base }
func (s *Sim) APIURL() string { return s.state.base + "/api/" }

// App is the app as registered, with its tokens and signing secret.
func (s *Sim) App() App { return s.state.ws.App }

// Transcript is what has passed between the people, the workspace and the app.
func (s *Sim) Transcript() *Transcript { return s.client.transcript }
