package endurance

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

// retries are Slack's, sooner.
var retries = []time.Duration{200 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 4 * time.Second}

// Another program holds the database locked: a click waits for it; when that takes too
// long nothing is recorded, the person reads why, and the next click counts.
func TestDatabaseLocked(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100, Retries: retries}})
	st := stage(t, w)
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	w.Settled(2 * time.Minute)

	unlock := lock(t, w)
	time.AfterFunc(700*time.Millisecond, unlock)
	anselm := st.As("anselm").In(product.Approvals)
	st.As("anselm").Clicks(card, "Hold…") // asks only, writes nothing
	v := st.As("anselm").SeesModal("Put on hold")
	if r := st.As("anselm").Submits(v, map[string]any{"reason": "Asking the network team"}); !r.OK() {
		t.Errorf("a submission that had to wait a moment: %+v", r)
	}
	held := anselm.SeesChange(card, "*On hold.*", "Asking the network team")

	unlock = lock(t, w)
	if err := clicks(t, w, "U0ANSELM", held, "Take off hold"); err == nil {
		t.Error("a click was acknowledged that nobody could record")
	}
	want := says(t, "storage.locked", "Path", "`"+w.Database()+"`")
	if read := whispers(anselm, 1); len(read) != 1 || !strings.Contains(read[0], want) {
		t.Errorf("anselm reads %q, want %q", read, want)
	}
	st.As("sam").Says("tlsv1 alert unknown ca:SSL alert number 48") // Slack keeps trying for sam
	time.Sleep(2500 * time.Millisecond)
	unlock()
	st.As("sam").Sees("48")
	if err := clicks(t, w, "U0ANSELM", held, "Take off hold"); err != nil {
		t.Errorf("after the lock: %v", err)
	}
	anselm.SeesChange(card, "*Waiting for approval*")
	anselm.Clicks(anselm.SeesChange(card, "Approve"), "Approve")
	st.As("ella").Sees("is here")
	s := w.Settled(2 * time.Minute)
	if v := verbs(s); v["hold"] != 1 || v["resume"] != 1 || v["approve"] != 1 {
		t.Errorf("audit %v", v)
	}
	sound(t, w, s)
	p.Stop()
}

// lock takes SQLite's write lock as an operator's shell does.
func lock(t *testing.T, w *product.World) (unlock func()) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+w.Database()+"?_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(); err != nil {
			t.Errorf("unlock: %v", err)
		}
		_ = db.Close() // read nothing, wrote nothing
	}
}

// The disk is full: nothing is half done, the person reads it and what to do, and it
// goes on by itself, or with the next click, once there is room.
func TestDiskFull(t *testing.T) {
	w := product.New(t, binary, product.Options{Sim: slacksim.Options{RateScale: 100, Retries: retries}})
	p := w.StartOnDisk(12 << 20)
	p.Connected()
	st := stage(t, w)
	st.Patience = 4 * time.Minute // what was done and could not be recorded is done again when its lease ends, after two
	card := asked(t, st, "ella", "portal.example.org", "Customer portal")
	anselm := st.As("anselm").In(product.Approvals)

	st.As("ella").Sees("REQ-1 · portal.example.org", "Waiting for approval")
	time.Sleep(time.Second) // and that is recorded, on most machines
	room := fill(t, p.Inside(w.Data()))
	// What SQLite has copied out of its log is room in it, on a full disk too: sam's messages use it up.
	for until := time.Now().Add(time.Minute); !bytes.Contains(w.Tail(), []byte("storage.full")); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("the disk is never full")
		}
		st.As("sam").Says("tlsv1 alert unknown ca:SSL alert number 48") // Slack keeps trying for the last
	}
	if err := clicks(t, w, "U0ANSELM", card, "Approve"); err == nil {
		t.Error("a click was acknowledged that no disk took")
	}
	want := says(t, "storage.full", "Path", "`"+w.Database()+"`")
	if read := whispers(anselm, 1); len(read) != 1 || !strings.Contains(read[0], want) {
		t.Errorf("anselm reads %q, want %q", read, want)
	}
	time.Sleep(2 * time.Second)
	room()
	st.As("sam").Sees("48")
	if err := clicks(t, w, "U0ANSELM", card, "Approve"); err != nil {
		t.Errorf("with room again: %v", err)
	}
	st.As("ella").Sees("is here")
	anselm.SeesChange(card, "*Issued*")
	p.Stop()
	w.Healthy()
}

// fill takes the last byte of the disk that dir is on.
func fill(t *testing.T, dir string) (room func()) {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	if err := f.Close(); err != nil {
		t.Logf("close: %v", err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Errorf("make room: %v", err)
		}
	}
}

// The custody's disk is full while a key is to be made: the card says what it waits
// for, and the request goes on by itself.
func TestDiskFullInCustody(t *testing.T) {
	w := product.New(t, binary, product.Options{Sim: slacksim.Options{RateScale: 100, Retries: retries}})
	p := w.StartOnDisk(12 << 20)
	p.Connected()
	st := stage(t, w)
	first := asked(t, st, "ella", "one.example.org", "The first")
	// The database has room in its log, since that was written before; new files have none.
	keys := filepath.Join(p.Inside(w.Data()), "custody", "keys")
	if err := os.Rename(keys, keys+"-away"); err != nil {
		t.Fatal(err)
	}
	place := st.As("ella").In(product.Requests)
	in := place.InThread(place.Says("@Countersign I need a certificate for our nginx reverse proxy two.example.org, internal CA, key ECDSA 256"))
	in.Sees("Why is it needed?")
	in.Says("The second")
	in.Clicks(in.Sees("The plan", "two.example.org"), "Send for approval")
	waits := fmt.Sprintf("*It waits:* %s", says(t, "vault.disk"))
	mine := st.As("ella").Sees("REQ-2 · two.example.org", waits)
	st.As("ella").Sees(":warning:", "REQ-2", says(t, "vault.disk"))
	if err := os.Rename(keys+"-away", keys); err != nil {
		t.Fatal(err)
	}
	st.As("ella").SeesChange(mine, "*Waiting for approval*")
	second := st.As("anselm").In(product.Approvals).Sees("Certificate request REQ-2")
	for _, card := range []slacksim.Message{first, second} {
		st.As("anselm").In(product.Approvals).Clicks(card, "Approve")
		st.As("ella").Sees(requestID.FindString(card.Shown()), "is here")
	}
	p.Stop()
	w.Healthy()
}
