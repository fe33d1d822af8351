package hashicorp

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"countersign/vault"
)

// Records in KV v2 are made once and never changed, so a second maker learns of the
// first. On KV v1 the condition is ignored without a word (hashicorp/vault #19368):
// CheckKV refuses such a mount.

func inKV(m, path string) place { return below(m, "countersign-kv", "data", path) }

// createKV writes a record if there is none. created says which. It needs no more
// than the capabilities create and read.
func createKV(ctx context.Context, s *Session, m, path string, data map[string]any) (created bool, err error) {
	created, err = putKV(ctx, s, m, path, data, 0)
	if said, ok := errors.AsType[*rejection](err); ok && said.status == http.StatusForbidden {
		// To Vault a second write is an update, which the policy does not allow.
		if _, there, reading := readKV(ctx, s, m, path); reading == nil && there {
			return false, nil
		}
	}
	return created, err
}

// putKV writes a record over the given version of it; 0 is none.
func putKV(ctx context.Context, s *Session, m, path string, data map[string]any, version int) (bool, error) {
	_, err := s.call(ctx, write(inKV(m, path), map[string]any{"data": data, "options": map[string]any{"cas": version}}))
	if code, says := rejected(err); code == http.StatusBadRequest && strings.Contains(says, "check-and-set parameter did not match") {
		return false, nil
	}
	return err == nil, err
}

// readKV gives a record, and whether there is one. A deleted version is none.
func readKV(ctx context.Context, s *Session, m, path string) (record, bool, error) {
	answer, err := s.call(ctx, read(inKV(m, path)))
	if code, _ := rejected(err); code == http.StatusNotFound {
		return record{}, false, nil
	}
	if err != nil {
		return record{}, false, err
	}
	data, ok := answer.Data["data"].(map[string]any)
	if !ok {
		return record{}, false, nil
	}
	meta, ok := answer.Data["metadata"].(map[string]any)
	if !ok {
		return record{}, false, errors.New("vault: " + m + " is not KV version 2")
	}
	return record{data: data, version: number(meta["version"])}, true, nil
}

// record is one of KV, with its version.
type record struct {
	data    map[string]any
	version int
}

func (r record) text(key string) string { s, _ := r.data[key].(string); return s }

// CheckKV refuses a mount that is not KV version 2.
func CheckKV(ctx context.Context, s *Session, m string) error {
	m, err := mount(m, "countersign-kv")
	if err != nil {
		return err
	}
	answer, err := s.call(ctx, read(place{path: "sys/internal/ui/mounts/" + m}))
	if err != nil {
		return err
	}
	options, _ := answer.Data["options"].(map[string]any)
	if answer.Data["type"] != "kv" || options["version"] != "2" {
		return vault.Refuse(nil, "vault.kv1", "Mount", m)
	}
	return nil
}
