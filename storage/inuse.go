package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"countersign/workflows"
)

// maxInUse bounds what is read of certificates with the same names.
const maxInUse = 20

const allNamesInUse = `SELECT v.number FROM names_in_use AS v JOIN requests AS r ON r.number = v.number
	WHERE v.name = ?1 AND v.profile = ?2 AND r.not_after_ms > ?3 AND NOT EXISTS (SELECT 1 FROM json_each(?4) AS j WHERE NOT EXISTS
		(SELECT 1 FROM names_in_use AS w WHERE w.name = j.value AND w.profile = ?2 AND w.number = v.number))
	ORDER BY v.number DESC LIMIT ?5`

// InUse is workflows.Reader's. It walks the requests that have the first of the names, and
// looks for the others of each.
func (r reader) InUse(ctx context.Context, profile string, names []string, now time.Time) ([]workflows.Request, error) {
	if len(names) == 0 {
		return nil, nil
	}
	list, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	var numbers []int64
	err = r.each(ctx, allNamesInUse, []any{names[0], profile, now.UnixMilli(), string(list), maxInUse}, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		numbers = append(numbers, n)
		return err
	})
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	return r.byNumber(ctx, numbers)
}

// used says that the names of a request in this state stand in names_in_use.
func used(state string) bool {
	return state == string(workflows.Issued) || state == string(workflows.Installed)
}

// names keeps names_in_use as the state of a request, which was another, wants it.
func (w *writer) names(ctx context.Context, r workflows.Request, before string) error {
	var err error
	switch now := used(string(r.State)); {
	case now == used(before):
	case now:
		list := []string{r.Spec.CommonName}
		for _, n := range r.Spec.Names {
			list = append(list, n.Value)
		}
		var raw []byte
		if raw, err = json.Marshal(list); err == nil {
			_, err = w.exec(ctx, `INSERT OR IGNORE INTO names_in_use (name, profile, number)
				SELECT j.value, r.product, r.number FROM requests AS r, json_each(?1) AS j WHERE r.id = ?2 AND j.value <> ''`, string(raw), string(r.ID))
		}
	default:
		_, err = w.exec(ctx, `DELETE FROM names_in_use WHERE number = (SELECT number FROM requests WHERE id = ?)`, string(r.ID))
	}
	return err
}
