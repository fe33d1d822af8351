package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"countersign/workflows"
)

// maxAltered bounds what a report names: whoever sees a hundred needs the backup.
const maxAltered = 100

var errEnough = errors.New("storage: enough is wrong")

// columnsOf gives the columns of audit and requests as scanLinked and stored want
// them; a backup of before they were linked has none of some.
func columnsOf(ctx context.Context, q querier) (audit, requests string, err error) {
	var has bool
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pragma_table_info('audit') WHERE name = 'version')`).Scan(&has)
	if has || err != nil {
		return linkedColumns, storedColumns, err
	}
	return strings.Replace(linkedColumns, "version, state, request, decisions", "NULL, NULL, NULL, NULL", 1),
		strings.Replace(storedColumns, "r.policy, r.awaits", "'', ''", 1), nil
}

// compareWithRecord compares every request, with its decisions, with what the record says
// last of it, and every pending effect with its MAC. The record itself has been
// verified in the same snapshot.
//
// A database from before the record had requests is held against what it did have:
// who decided what on which hash, and which certificate was issued.
func compareWithRecord(ctx context.Context, q querier, key []byte) (list []Altered, err error) {
	id, mac, seal, err := auditHead(ctx, q)
	if err != nil {
		return nil, err
	}
	queued := hmac.Equal(seal, sealMAC(key, boundLabel, id, mac))
	bound := queued || hmac.Equal(seal, sealMAC(key, requestLabel, id, mac))
	_, requests, err := columnsOf(ctx, q)
	if err != nil {
		return nil, err
	}
	linkSQL, on := `a.version, a.state, a.request, a.decisions`, ` LEFT JOIN audit AS a ON a.id = (SELECT max(id) FROM audit WHERE subject = r.id AND version IS NOT NULL)`
	if requests != storedColumns {
		linkSQL, on = `NULL, NULL, NULL, NULL`, ``
	}
	query := `SELECT ` + requests + `, ` + linkSQL + `, d.team, d.person, d.verdict, d.hash, d.reason, d.at_ms
		FROM requests AS r` + on + ` LEFT JOIN decisions AS d ON d.request = r.id ORDER BY r.number, d.id`

	c := comparison{ctx: ctx, q: q, bound: bound}
	err = reader{q: q}.each(ctx, query, nil, c.row)
	if err == nil {
		err = c.done()
	}
	if err == nil {
		err = c.absent()
	}
	if err == nil && queued {
		err = c.pending(key)
	}
	if errors.Is(err, errEnough) {
		err = nil
	}
	return c.list, err
}

// comparison walks requests joined with what the record says and with their decisions.
type comparison struct {
	ctx   context.Context //nolint:containedctx // of the one walk
	q     querier
	bound bool
	list  []Altered

	now       stored // the request that the walk is at; no id: none yet
	link      *link
	decisions []workflows.Decision
}

func (c *comparison) row(rows *sql.Rows) error {
	var s stored
	var l link
	var version, ms sql.NullInt64
	var state, team, person, verdict, hash, reason sql.NullString
	if err := rows.Scan(append(s.fields(), &version, &state, &l.request, &l.decisions, &team, &person, &verdict, &hash, &reason, &ms)...); err != nil {
		return err
	}
	if s.id != c.now.id {
		if err := c.done(); err != nil {
			return err
		}
		c.now, c.link, c.decisions = s, nil, nil
		if version.Valid {
			l.version, l.state = version.Int64, state.String
			c.link = &l
		}
	}
	if verdict.Valid {
		c.decisions = append(c.decisions, workflows.Decision{Request: workflows.RequestID(s.id), By: workflows.Person{Team: team.String, ID: person.String},
			Verdict: workflows.Verdict(verdict.String), Hash: hash.String, Reason: reason.String, At: at(ms.Int64)})
	}
	return nil
}

// done judges the request that the walk has left.
func (c *comparison) done() error {
	if c.now.id == "" {
		return nil
	}
	what := ""
	if c.link != nil || c.bound {
		what = c.link.fits(&c.now, c.decisions)
		if what == "" {
			return nil
		}
	}
	if what == "storage.request-unrecorded" {
		return c.found(what, c.now.id)
	}
	known, err := c.known()
	if err != nil {
		return err
	}
	before := len(c.list)
	if err := c.compareDecisions(known); err != nil {
		return err
	}
	if sum := c.certificate(); sum != "" && !slices.Contains(known.issued, sum) && what != "storage.decisions-altered" {
		if err := c.found("storage.certificate-altered", c.now.id, "SHA256", sum); err != nil {
			return err
		}
	}
	if what != "" && len(c.list) == before {
		return c.found(what, c.now.id, "State", c.now.state)
	}
	return nil
}

func (c *comparison) found(key, id string, pairs ...string) error {
	if len(c.list) == maxAltered {
		return errEnough
	}
	text := workflows.Refuse(workflows.Unable, key, append([]string{"ID", id}, pairs...)...).Text
	c.list = append(c.list, Altered{Request: workflows.RequestID(id), Text: text})
	return nil
}

// said is what rows of the record say of one request by themselves.
type said struct {
	decisions []workflows.Decision // who, what and on which hash
	issued    []string             // certificates by their SHA-256, hex
}

func (c *comparison) known() (k said, err error) {
	err = reader{q: c.q}.each(c.ctx, `SELECT team, person, verb, detail FROM audit WHERE subject = ? ORDER BY id`, []any{c.now.id}, func(rows *sql.Rows) error {
		var by workflows.Person
		var verb, detail string
		if err := rows.Scan(&by.Team, &by.ID, &verb, &detail); err != nil {
			return err
		}
		var facts struct{ Hash, SHA256 string }
		if json.Unmarshal([]byte(detail), &facts) != nil {
			return nil
		}
		switch v := workflows.Verdict(verb); v {
		case workflows.Approve, workflows.Reject, workflows.Hold, workflows.Resume:
			k.decisions = append(k.decisions, workflows.Decision{By: by, Verdict: v, Hash: facts.Hash})
		default:
			if verb == "issued" {
				k.issued = append(k.issued, facts.SHA256)
			}
		}
		return nil
	})
	return k, err
}

// compareDecisions names those that are more, and those that are less, than recorded.
func (c *comparison) compareDecisions(k said) error {
	left := slices.Clone(k.decisions)
	for _, d := range c.decisions {
		i := slices.IndexFunc(left, func(x workflows.Decision) bool {
			return x.By == d.By && x.Verdict == d.Verdict && x.Hash == strings.ToValidUTF8(d.Hash, "\uFFFD")
		})
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		if err := c.found("storage.decision-unrecorded", c.now.id, "Verdict", string(d.Verdict), "Person", d.By.String()); err != nil {
			return err
		}
	}
	for _, d := range left {
		if err := c.found("storage.decision-missing", c.now.id, "Verdict", string(d.Verdict), "Person", d.By.String()); err != nil {
			return err
		}
	}
	return nil
}

// pending names effects that are to be done and were not queued as they stand.
func (c *comparison) pending(key []byte) error {
	return reader{q: c.q}.each(c.ctx, `SELECT `+queuedColumns+` FROM outbox WHERE done_ms IS NULL ORDER BY lane, subject, id`, nil, func(rows *sql.Rows) error {
		e, err := scanQueued(rows.Scan)
		if err != nil || e.holds(key) {
			return err
		}
		if len(c.list) == maxAltered {
			return errEnough
		}
		c.list = append(c.list, Altered{Text: e.forged()})
		return nil
	})
}

// certificate is the SHA-256, hex, of the one that the request has; "": none.
func (c *comparison) certificate() string {
	var r struct {
		Cert []byte `json:"cert"`
	}
	if json.Unmarshal(c.now.body, &r) != nil || len(r.Cert) == 0 {
		return ""
	}
	sum := sha256.Sum256(r.Cert)
	return hex.EncodeToString(sum[:])
}

// absent names requests that the record has and the database has not, and decisions
// on what is not there.
func (c *comparison) absent() error {
	queries := [][2]string{{"storage.decision-orphan", `SELECT DISTINCT request FROM decisions AS d WHERE NOT EXISTS (SELECT 1 FROM requests WHERE id = d.request)`}}
	if c.bound {
		queries = append(queries, [2]string{"storage.request-missing", `SELECT DISTINCT subject FROM audit AS a WHERE version IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM requests WHERE id = a.subject)`})
	}
	for _, x := range queries {
		err := reader{q: c.q}.each(c.ctx, x[1], nil, func(rows *sql.Rows) error {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			return c.found(x[0], id)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Altered is a request, state, decision or certificate that is not what the record
// has, or a pending effect that was not queued as it stands.
type Altered struct {
	Request workflows.RequestID `json:"request"` // "": an effect
	Text    workflows.Text      `json:"text"`
}
