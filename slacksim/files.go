package slacksim

import (
	"bytes"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"
)

// file is an uploaded file. Until completed it belongs to an upload URL.
type file struct {
	id, name, title, user string
	data                  []byte
	size                  int // as announced
	uploaded, completed   bool
	forApp                bool // submitted to the app in a file_input
	created               int64
	snippet, altText      string
	shares                map[string][]string // ts by channel
}

// fileTypes maps a name's ending to Slack's filetype, its pretty name and the
// MIME type; certificates have none of their own in Slack.
var fileTypes = map[string][3]string{
	"txt": {"text", "Plain Text", "text/plain"}, "log": {"text", "Plain Text", "text/plain"},
	"json": {"json", "JSON", "application/json"}, "yaml": {"yaml", "YAML", "text/yaml"}, "yml": {"yaml", "YAML", "text/yaml"},
	"md": {"markdown", "Markdown", "text/markdown"}, "csv": {"csv", "CSV", "text/csv"}, "pdf": {"pdf", "PDF", "application/pdf"},
	"png": {"png", "PNG", "image/png"}, "jpg": {"jpg", "JPEG", "image/jpeg"}, "gif": {"gif", "GIF", "image/gif"},
	"zip": {"zip", "Zip", "application/zip"}, "gz": {"gzip", "Gzip", "application/x-gzip"}, "tgz": {"gzip", "Gzip", "application/x-gzip"},
	"tar": {"tar", "Tar", "application/x-tar"}, "html": {"html", "HTML", "text/html"}, "xml": {"xml", "XML", "application/xml"},
}

func (f *file) kind() (filetype, pretty, mime string) {
	if t, ok := fileTypes[strings.ToLower(strings.TrimPrefix(path.Ext(f.name), "."))]; ok {
		return t[0], t[1], t[2]
	}
	if f.snippet != "" {
		return f.snippet, strings.ToUpper(f.snippet[:1]) + f.snippet[1:], "text/plain"
	}
	if utf8.Valid(f.data) && !bytes.ContainsRune(f.data, 0) {
		return "text", "Plain Text", "text/plain"
	}
	return "binary", "Binary", "application/octet-stream"
}

// fileJSON is a file object as files.info answers it. The caller holds mu.
func (s *Sim) fileJSON(f *file) object {
	filetype, pretty, mime := f.kind()
	place := s.base + "/files-pri/" + s.ws.Team.ID + "-" + f.id + "/"
	escaped := url.PathEscape(strings.ToLower(f.name))
	out := object{
		"id": f.id, "created": f.created, "timestamp": f.created, "name": f.name, "title": or(f.title, f.name), "mimetype": mime,
		"filetype": filetype, "pretty_type": pretty, "user": f.user, "user_team": s.ws.Team.ID, "editable": false, "size": len(f.data),
		"mode": "hosted", "is_external": false, "external_type": "", "is_public": false, "public_url_shared": false,
		"display_as_bot": false, "username": "", "url_private": place + escaped, "url_private_download": place + "download/" + escaped,
		"permalink": s.base + "/files/" + f.user + "/" + f.id + "/" + escaped, "is_starred": false, "has_rich_preview": false,
		"file_access": "visible", "media_display_type": "unknown",
	}
	if f.altText != "" {
		out["alt_txt"] = f.altText
	}
	if f.snippet != "" {
		out["mode"], out["editable"] = "snippet", true
	}
	if strings.HasPrefix(mime, "text/") {
		preview := f.data[:min(len(f.data), 400)]
		out["preview"] = strings.ToValidUTF8(string(preview), "")
		out["lines"] = bytes.Count(f.data, []byte("\n")) + 1
	}
	var channels, groups, ims []string
	shares := object{}
	for id, times := range f.shares {
		ch := s.channels[id]
		side := "public"
		switch ch.kind {
		case public:
			channels = append(channels, id)
		case private:
			groups, side = append(groups, id), "private"
		case direct:
			ims, side = append(ims, id), "private"
		}
		list := make([]any, len(times))
		for i, ts := range times {
			list[i] = object{"ts": ts, "channel_name": ch.Name, "team_id": s.ws.Team.ID}
		}
		if shares[side] == nil {
			shares[side] = object{}
		}
		shares[side].(object)[id] = list
	}
	out["channels"], out["groups"], out["ims"], out["shares"] = list(channels), list(groups), list(ims), shares
	return out
}

// list is an array in JSON even where it is empty.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// visibleTo is true where a person or the app is in a channel the file was
// shared in, or made it. The caller holds mu.
func (s *Sim) fileVisible(f *file, id string) bool {
	if f.user == id || f.forApp && id == s.ws.App.BotUserID {
		return true
	}
	for ch := range f.shares {
		if s.channels[ch].members[id] {
			return true
		}
	}
	return false
}

// share posts files as one message. The caller holds mu.
func (s *Sim) share(ch *channel, m *message) {
	m.ts = s.nextTS()
	for _, f := range m.files {
		if f.shares == nil {
			f.shares = map[string][]string{}
		}
		f.shares[ch.ID] = append(f.shares[ch.ID], m.ts)
		f.completed = true
	}
	m.subtype = "file_share"
	s.post(ch, m)
	for _, f := range m.files {
		s.emitFileShared(ch, f, m)
	}
}
