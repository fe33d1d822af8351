package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// AuditHead names the last row of the audit record. Noted outside the database (on
// paper, in a log elsewhere) it proves later that the record was not rolled back.
type AuditHead struct {
	ID  int64  `json:"id"`  // 0: no row yet
	MAC string `json:"mac"` // hex
}

// String is the head as people note it: "17:MAC".
func (h AuditHead) String() string { return strconv.FormatInt(h.ID, 10) + ":" + h.MAC }

// UnmarshalText reads what String or JSON wrote, also a report of `audit verify --json`.
func (h *AuditHead) UnmarshalText(text []byte) error {
	type plain AuditHead
	var whole struct {
		Head *plain `json:"head"`
		plain
	}
	if json.Unmarshal(text, &whole) == nil {
		*h = AuditHead(whole.plain)
		if whole.Head != nil {
			*h = AuditHead(*whole.Head)
		}
	} else {
		id, mac, _ := strings.Cut(strings.TrimSpace(string(text)), ":")
		h.ID, _ = strconv.ParseInt(id, 10, 64)
		h.MAC = mac
	}
	if raw, err := hex.DecodeString(h.MAC); err != nil || h.ID < 1 || len(raw) != sha256.Size {
		return fmt.Errorf("%.80q is no head of an audit record: give ID:MAC, as `countersign audit verify` prints it", text)
	}
	return nil
}

// UnmarshalJSON keeps UnmarshalText from the head's own JSON.
func (h *AuditHead) UnmarshalJSON(raw []byte) error {
	type plain AuditHead
	return json.Unmarshal(raw, (*plain)(h))
}

// auditHead reads the recorded head. Without one, seal is nil.
func auditHead(ctx context.Context, q querier) (id int64, mac, seal []byte, err error) {
	err = q.QueryRowContext(ctx, `SELECT id, mac, seal FROM audit_head WHERE one = 1`).Scan(&id, &mac, &seal)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil, nil
	}
	return id, mac, seal, err
}
