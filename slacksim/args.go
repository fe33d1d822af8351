package slacksim

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// args are a request's arguments, from a form or a JSON body. In a form,
// objects are JSON in a string; in a JSON body they may be either.
type args struct {
	form url.Values
	body map[string]json.RawMessage
}

// str is an argument as text; numbers and booleans as they were written.
func (a args) str(key string) string {
	raw, ok := a.body[key]
	if !ok {
		return a.form.Get(key)
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	if bytes.Equal(raw, []byte("null")) {
		return ""
	}
	return string(raw)
}

// has is true where an argument was given, empty or not.
func (a args) has(key string) bool {
	_, inBody := a.body[key]
	return inBody || a.form.Has(key)
}

func (a args) flag(key string) bool {
	s := strings.ToLower(a.str(key))
	return s == "true" || s == "1"
}

func (a args) number(key string, otherwise int) int {
	n, err := strconv.Atoi(a.str(key))
	if err != nil {
		return otherwise
	}
	return n
}

// raw is an argument that holds JSON; nil where it is absent, empty or null.
func (a args) raw(key string) json.RawMessage {
	raw, ok := a.body[key]
	if !ok {
		raw = json.RawMessage(a.form.Get(key))
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		raw = json.RawMessage(s)
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return raw
}

// json is all arguments as one object, for the transcript.
func (a args) json() json.RawMessage {
	out := object{}
	for k, v := range a.form {
		if k == "token" || len(v) == 0 {
			continue
		}
		if t := strings.TrimSpace(v[0]); t != "" && (t[0] == '{' || t[0] == '[') && json.Valid([]byte(t)) {
			out[k] = json.RawMessage(t)
			continue
		}
		out[k] = v[0]
	}
	for k, v := range a.body {
		if k != "token" {
			out[k] = v
		}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return nil // bytes that are no JSON were refused on the way in
	}
	return raw
}

// maxBody bounds a Web API request.
const maxBody = 4 << 20

// readArgs reads the arguments of a query, a form or a JSON body, and the
// Authorization header.
func readArgs(r *http.Request) (args, string, error) {
	a := args{form: r.URL.Query()}
	a.form.Del("token")
	auth := r.Header.Get("Authorization")
	if r.Method != http.MethodPost {
		return a, auth, nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // an unknown type is handled below
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	switch kind {
	case "application/json":
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return a, auth, no("request_timeout")
		}
		if len(strings.TrimSpace(string(raw))) == 0 {
			return a, auth, nil
		}
		if json.Unmarshal(raw, &a.body) != nil || a.body == nil {
			return a, auth, no("invalid_json")
		}
	case "multipart/form-data":
		if err := r.ParseMultipartForm(maxBody); err != nil {
			return a, auth, no("invalid_form_data")
		}
		maps.Copy(a.form, r.MultipartForm.Value)
	default:
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return a, auth, no("request_timeout")
		}
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return a, auth, no("invalid_form_data")
		}
		maps.Copy(a.form, form)
	}
	return a, auth, nil
}
