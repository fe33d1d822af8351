package slacksim

import (
	"bytes"
	"cmp"
	"mime"
	"path"
	"strings"
	"unicode/utf8"
)

// Bounds of uploads.
const (
	maxFile    = 64 << 20 // Slack takes 1 GB; a local workspace need not
	maxSnippet = 1 << 20
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
	canvas, deleted       bool
	external              string              // where it really is: gdrive
	access                string              // what an event says of it instead of its facts
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

// mimeOf is the MIME type by which the page serves a file to a person.
func mimeOf(name string) string {
	return cmp.Or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream")
}
