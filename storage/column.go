package storage

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// encode makes the JSON of a row's body. Bytes that are not UTF-8 become U+FFFD.
func encode(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	if len(raw) > maxBody {
		return "", fmt.Errorf("storage: a value of %d bytes, at most %d are kept", len(raw), maxBody)
	}
	return string(raw), nil
}

// maxBody bounds one row, in bytes: far above 300 names with their reasons in three
// languages, far below what would stop the process.
const maxBody = 8 << 20

// ms is t for a column; the zero time is NULL.
func ms(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

// at is the time of a column.
func at(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// bounded keeps a caller's limit between 1 and 1,000.
func bounded(limit int) int { return max(1, min(limit, 1000)) }

// clip cuts s after n runes.
func clip(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
