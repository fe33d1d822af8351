package hashicorp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"countersign/vault"

	"github.com/hashicorp/vault/api"
)

// answerLimit bounds what is read of one answer.
const answerLimit = 8 << 20

// place is a path of Vault's API, without /v1/. wrong says why it is none: whoever calls
// it is told.
type place struct {
	path  string
	wrong error
}

// op is one call of Vault's API.
type op struct {
	place
	method string // GET, PUT, LIST, DELETE
	body   map[string]any
	wrap   time.Duration // answer wrapped for so long
	times  int           // as many of the server's timeouts to wait; 0: one
}

func read(at place) op   { return op{place: at, method: http.MethodGet} }
func list(at place) op   { return op{place: at, method: "LIST"} }
func remove(at place) op { return op{place: at, method: http.MethodDelete} }
func write(at place, body map[string]any) op {
	return op{place: at, method: http.MethodPut, body: body}
}

// once does o with the token of client.
func (s Server) once(ctx context.Context, client *api.Client, o op) (*api.Secret, error) {
	within := client.ClientTimeout() * time.Duration(max(o.times, 1))
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if o.wrap != 0 || o.times > 1 {
		var err error
		if client, err = s.with(client, client.Token()); err != nil {
			return nil, err
		}
		client.SetClientTimeout(within)
		ttl := strconv.Itoa(int(o.wrap.Seconds())) + "s"
		if o.wrap != 0 {
			client.SetWrappingLookupFunc(func(string, string) string { return ttl })
		}
	}
	switch o.method {
	case http.MethodGet:
		// Not Read: that makes a missing mount and a missing secret the same silence.
		raw, err := client.Logical().ReadRawWithContext(ctx, o.path)
		if raw != nil {
			defer raw.Body.Close() //nolint:errcheck // read to the end below
		}
		if err != nil {
			return nil, err
		}
		return api.ParseSecret(io.LimitReader(raw.Body, answerLimit))
	case "LIST":
		return client.Logical().ListWithContext(ctx, o.path)
	case http.MethodDelete:
		return client.Logical().DeleteWithContext(ctx, o.path)
	}
	return client.Logical().WriteWithContext(ctx, o.path, o.body)
}

// refused reports 403.
func refused(err error) bool { return status(err) == http.StatusForbidden }

func status(err error) int {
	if answer, ok := errors.AsType[*api.ResponseError](err); ok {
		return answer.StatusCode
	}
	return 0
}

// rejection is Vault's own no to a request as it stands, in its words.
type rejection struct {
	status int
	says   string
}

func (r *rejection) Error() string { return "vault answered " + strconv.Itoa(r.status) + ": " + r.says }

// rejected gives what Vault says against a request, and the status: 400, 404 ...
func rejected(err error) (int, string) {
	var known *vault.Fault
	var r *rejection
	if errors.As(err, &known) || !errors.As(err, &r) {
		return 0, ""
	}
	return r.status, r.says
}

// classify makes of an error what people can be told. Answers that are about the
// request itself stay a rejection for the caller to explain.
func (s Server) classify(err error, identity, path string) error {
	var (
		answer *api.ResponseError
		dial   *net.OpError
		broken *url.Error
	)
	switch {
	case errors.As(err, &answer):
		return s.classifyAnswer(answer, identity, path)
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return vault.Wait(err, "vault.slow", "Address", s.Address)
	case errors.As(err, &dial), errors.As(err, &broken), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return vault.Wait(err, "vault.unreachable", "Address", s.Address)
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok { // something between us and Vault answers in its place
		return vault.Wait(err, "vault.unreachable", "Address", s.Address)
	}
	return fmt.Errorf("vault %s: %w", path, err)
}

func (s Server) classifyAnswer(answer *api.ResponseError, identity, path string) error {
	says := vault.Clip(strings.Join(answer.Errors, "; "))
	cause := &rejection{answer.StatusCode, says}
	switch code := answer.StatusCode; {
	case code == http.StatusServiceUnavailable && strings.Contains(says, "sealed"):
		return vault.Wait(cause, "vault.sealed", "Address", s.Address)
	case code == http.StatusForbidden:
		return vault.Wait(cause, "vault.denied", "Identity", identity, "Path", path)
	case code == http.StatusNotFound && strings.Contains(says, "no handler for route"):
		return vault.Wait(cause, "vault.mount", "Path", path)
	case code == http.StatusTooManyRequests:
		return vault.Wait(cause, "vault.busy", "Address", s.Address)
	case code == http.StatusPreconditionFailed, code == 472, code == 473, code >= 500: // 472, 473: a standby
		return vault.Wait(cause, "vault.down", "Address", s.Address, "Status", strconv.Itoa(code))
	}
	return cause
}

// text reads a string of an answer.
func text(answer *api.Secret, key string) string {
	if answer == nil {
		return ""
	}
	s, _ := answer.Data[key].(string)
	return s
}

// number reads a number of an answer; 0 when it is none.
func number(v any) int {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return int(i)
}

// texts reads a list of an answer.
func texts(v any) []string {
	raw, _ := v.([]any)
	var all []string
	for _, x := range raw {
		switch x := x.(type) {
		case string:
			all = append(all, x)
		case json.Number:
			all = append(all, x.String())
		}
	}
	return all
}
