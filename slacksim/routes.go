package slacksim

import (
	"embed"
	"io/fs"
	"net/http"
)

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
	people.HandleFunc("POST /sim/http", posted(p.pageHTTP))
	mux.Handle("/sim/", p.ownPageOnly(people))

	assets, err := fs.Sub(page, "page")
	if err != nil {
		panic("slacksim: embedded page: " + err.Error()) // the directory is embedded above
	}
	mux.Handle("/", http.FileServerFS(assets))
	return mux
}
