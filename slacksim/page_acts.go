package slacksim

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"time"
)

// The bodies of the page's POSTs.
type (
	personBody struct {
		Person, Channel, Thread, TS string
		Text, Command, Name, Tab    string
		CallbackID                  string `json:"callback_id"`
	}
	submitBody struct {
		Person string
		ViewID string `json:"view_id"`
		State  struct {
			Values map[string]map[string]any `json:"values"`
		}
	}
	suggestBody struct {
		Person    string
		ViewID    string `json:"view_id"`
		Container *Place
		BlockID   string `json:"block_id"`
		ActionID  string `json:"action_id"`
		Value     string
	}
	stepBody struct {
		CallbackID string `json:"callback_id"`
		Inputs     map[string]any
	}
	faultsBody struct {
		Clear  bool    `json:"clear"`
		Faults []Fault `json:"faults"`
		// Disconnect tells the connections to go with this reason; Drop cuts them.
		Disconnect string `json:"disconnect"`
		Drop       bool   `json:"drop"`
	}
)

func (s *pageAPI) pageSay(_ *http.Request, in personBody) (object, error) {
	ts, err := s.Say(s.idOf(in.Person), in.Channel, in.Thread, in.Text)
	return object{"ts": ts}, err
}

func (s *pageAPI) pageUpload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFile)
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		refuse(w, http.StatusBadRequest, fmt.Errorf("the upload is too large or broken: %w", err))
		return
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	var uploads []Upload
	for _, h := range append(r.MultipartForm.File["file"], r.MultipartForm.File["files"]...) {
		data, err := readPart(h)
		if err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		uploads = append(uploads, Upload{Name: h.Filename, Data: data})
	}
	ids, ts, err := s.Share(s.idOf(r.FormValue("person")), r.FormValue("channel"), r.FormValue("thread"), r.FormValue("text"), uploads...)
	if err != nil {
		refuse(w, http.StatusOK, err)
		return
	}
	s.mu.Lock()
	files := listOf(ids, func(id string) object { return s.fileJSON(s.files[id]) })
	s.mu.Unlock()
	reply(w, http.StatusOK, object{"ok": true, "ts": ts, "files": files})
}

func readPart(h *multipart.FileHeader) ([]byte, error) {
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

func (s *pageAPI) pageCommand(r *http.Request, in personBody) (object, error) {
	return nil, s.Command(lasting(r), s.idOf(in.Person), in.Channel, in.Command, in.Text)
}

func (s *pageAPI) pageShortcut(r *http.Request, in personBody) (object, error) {
	return nil, s.Shortcut(lasting(r), s.idOf(in.Person), in.CallbackID, in.Channel, in.TS)
}

func (s *pageAPI) pageReact(_ *http.Request, in personBody) (object, error) {
	return nil, s.React(s.idOf(in.Person), in.Channel, in.TS, in.Name)
}

func (s *pageAPI) pageOpenHome(_ *http.Request, in personBody) (object, error) {
	return nil, s.OpenTab(s.idOf(in.Person), cmp.Or(in.Tab, "home"))
}

// lasting is a context that outlives the browser's request: a person who
// closes the page has still clicked.
func lasting(r *http.Request) context.Context {
	return context.WithoutCancel(r.Context())
}

// pageAction takes {person, container, block_id, action_id} and what was
// chosen: value, or one of Slack's selected_… fields.
func (s *pageAPI) pageAction(r *http.Request, in map[string]any) (object, error) {
	place, _ := in["container"].(object)
	act := Act{BlockID: str(in, "block_id"), ActionID: str(in, "action_id"),
		Place: Place{Type: str(place, "type"), Channel: str(place, "channel"), TS: str(place, "ts"), ViewID: str(place, "view_id")}}
	for k, v := range in {
		if len(k) > 8 && k[:8] == "selected" || k == "rich_text_value" || k == "files" {
			act.Value = object{k: v}
		}
	}
	if act.Value == nil {
		act.Value = in["value"]
	}
	if selected, has := in["selected"]; has {
		act.Value = selected
	}
	if st, ok := in["state"].(object); ok {
		raw, err := json.Marshal(st["values"])
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(raw, &act.State); err != nil {
			return nil, errors.New("state.values is not by block and action")
		}
	}
	return nil, s.Act(lasting(r), s.idOf(str(in, "person")), act)
}

func (s *pageAPI) pageSubmit(r *http.Request, in submitBody) (object, error) {
	result, err := s.Submit(lasting(r), s.idOf(in.Person), in.ViewID, in.State.Values)
	if err != nil {
		return nil, err
	}
	out := object{"ok": result.OK()}
	if len(result.Errors) > 0 {
		out["errors"] = result.Errors
	}
	if result.Error != "" {
		out["error"] = result.Error
	}
	return out, nil
}

func (s *pageAPI) pageClose(r *http.Request, in submitBody) (object, error) {
	return nil, s.CloseView(lasting(r), s.idOf(in.Person), in.ViewID)
}

func (s *pageAPI) pageSuggest(r *http.Request, in suggestBody) (object, error) {
	at := Place{Type: "view", ViewID: in.ViewID}
	if in.Container != nil {
		at = *in.Container
	}
	options, err := s.Suggest(r.Context(), s.idOf(in.Person), at, in.BlockID, in.ActionID, in.Value)
	if options == nil {
		options = []any{}
	}
	return object{"options": options}, err
}

func (s *pageAPI) pageFaults(_ *http.Request, in faultsBody) (object, error) {
	if in.Clear {
		s.faults.ClearFaults()
	}
	if in.Disconnect != "" {
		s.sockets.Disconnect(in.Disconnect)
	}
	if in.Drop {
		s.sockets.DropSockets()
	}
	return nil, s.faults.Inject(in.Faults...)
}

func (s *pageAPI) pageStep(_ *http.Request, in stepBody) (object, error) {
	id, err := s.RunStep(in.CallbackID, in.Inputs)
	return object{"function_execution_id": id}, err
}

func (s *pageAPI) pageHTTP(r *http.Request, in RequestURLs) (object, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	return nil, s.door.UseHTTP(ctx, in)
}
