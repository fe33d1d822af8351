package storage

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

var ann = workflows.Person{Team: "T1", ID: "U-ANN"}

func testKey() []byte { return []byte("0123456789abcdef0123456789abcdef") }

func openAt(tb testing.TB, path string) *DB {
	tb.Helper()
	d, err := Open(context.Background(), Options{Path: path, AuditKey: testKey()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = d.Close() })
	return d
}

// sample is a request as large as they usually are.
func sample(n int64) workflows.Request {
	names := make([]certs.Name, 6)
	for i := range names {
		names[i] = certs.Name{Type: certs.DNS, Value: fmt.Sprintf("expe%d-%06d.example.com", i, n),
			Reason: certs.T("profile.peer", "Node", "expe")}
	}
	return workflows.Request{ID: workflows.NewRequestID(n), State: workflows.Submitted, Requester: ann, Lang: "en",
		Place: workflows.Place{Channel: "C1", Thread: "1.2"}, Batch: fmt.Sprint("b", n),
		Spec:    certs.Spec{Profile: "expressway-e/server", CommonName: names[0].Value, Names: names, Days: 90},
		Purpose: "mobile and remote access for the new site", Custody: "vault", Issuer: "pki", Policy: "default",
		CSR: make([]byte, 1100), Created: time.Now(), Updated: time.Now(), Expires: time.Now().Add(72 * time.Hour)}
}

// interaction is what one click commits.
func interaction(ctx context.Context, d *DB, receipt string) error {
	return d.Update(ctx, workflows.Receipt(receipt), func(r workflows.Reader) (workflows.Change, error) {
		n, err := r.NextRequest(ctx)
		if err != nil {
			return workflows.Change{}, err
		}
		q := sample(n)
		return workflows.Change{
			Requests: []workflows.Request{q},
			Audit:    []workflows.Audit{{Actor: ann, Verb: "submit", Subject: string(q.ID), Detail: `{"hash":"00"}`}},
			Effects: []workflows.Effect{
				{Key: "csr/" + string(q.ID), Lane: workflows.Work, Subject: string(q.ID), Kind: "csr"},
				{Key: "card/" + string(q.ID), Lane: workflows.Notify, Subject: string(q.ID), Kind: "card"},
			}}, nil
	})
}

// decision is what an approver's click reads and commits.
func decision(ctx context.Context, d *DB, id workflows.RequestID, i int) error {
	return d.Update(ctx, workflows.Receipt(fmt.Sprint("click", i)), func(rd workflows.Reader) (workflows.Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return workflows.Change{}, err
		}
		hash := fmt.Sprint("h", i)
		return workflows.Change{
			Requests:  []workflows.Request{r},
			Decisions: []workflows.Decision{{Request: id, By: ann, Verdict: workflows.Approve, Hash: hash}},
			Audit:     []workflows.Audit{{Actor: ann, Verb: "approve", Subject: string(id), Detail: `{"hash":"` + hash + `"}`}},
			Effects: []workflows.Effect{
				{Key: fmt.Sprint("issue/", id, i), Lane: workflows.Work, Subject: string(id), Kind: "issue"},
				{Key: fmt.Sprint("card/", id, i), Lane: workflows.Notify, Subject: string(id), Kind: "card"},
			}}, nil
	})
}

// BenchmarkUpdate is one interaction: receipt, request, audit row and two effects.
// The peer, a bare insert of one row under the same pragmas, is what the disk asks for.
func BenchmarkUpdate(b *testing.B) {
	ctx := context.Background()
	b.Run("interaction", func(b *testing.B) {
		d := openAt(b, filepath.Join(b.TempDir(), "x.db"))
		i := 0
		percentiles(b, func() error { i++; return interaction(ctx, d, fmt.Sprint("r", i)) })
	})
	b.Run("decision", func(b *testing.B) {
		d := openAt(b, filepath.Join(b.TempDir(), "x.db"))
		for i := range 50 {
			if err := interaction(ctx, d, fmt.Sprint("r", i)); err != nil {
				b.Fatal(err)
			}
		}
		i := 0
		percentiles(b, func() error { i++; return decision(ctx, d, workflows.NewRequestID(int64(1+i%50)), i) })
	})
	b.Run("bare", func(b *testing.B) {
		db := sql.OpenDB(connector{dsn: dsn(filepath.Join(b.TempDir(), "x.db"), writing)})
		defer func() { _ = db.Close() }()
		db.SetMaxOpenConns(1)
		if _, err := db.Exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT`); err != nil {
			b.Fatal(err)
		}
		body, err := encode(sample(1))
		if err != nil {
			b.Fatal(err)
		}
		percentiles(b, func() error {
			_, err := db.ExecContext(ctx, `INSERT INTO t (body) VALUES (?)`, body)
			return err
		})
	})
}

// percentiles runs one b.N times and reports what a person would wait for.
func percentiles(b *testing.B, one func() error) {
	b.Helper()
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for range b.N {
		start := time.Now()
		if err := one(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(0, "ns/op")
}
