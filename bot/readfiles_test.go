package bot_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/workflows"
)

// TestFilesThatCannotBeRead: after three tries, restarts counted, their person is told what
// to do instead, and the effect ends. Meanwhile everything else goes on, of that person too.
func TestFilesThatCannotBeRead(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	sam := r.As("sam")
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultError, Match: "files.info", Code: "team_access_not_granted", Times: -1})
	sam.Uploads("edge.log", []byte(expired), "")
	sam.Says(expired)
	sam.Sees("憑證已過期") // while it is tried again
	sam.Sees("三次", "擷取")
	r.settled(t)
	if n := r.calls("files.info", ""); n != 3 {
		t.Errorf("tried %d times", n)
	}
	dead, err := r.db.DeadLetters(context.Background(), 0, 10)
	must(t, err)
	if len(dead) != 1 || dead[0].Effect.Kind != workflows.KindFiles || dead[0].Effect.Attempts != 3 {
		t.Errorf("%+v", dead)
	}
}

// TestFilesThatEndTheProcess are not tried for ever either: a claim counts, whatever
// became of it.
func TestFilesThatEndTheProcess(t *testing.T) {
	ctx := context.Background()
	r := newRig(t, slacksim.Default())
	sam := r.As("sam")
	m := sam.Uploads("edge.log", []byte(expired), "")
	by := workflows.Person{Team: "T0ACME", ID: sam.ID()}
	r.refresh(t)
	must(t, r.service.Inbox.ReceiveFiles(ctx, workflows.Message{Receipt: "killed", By: by, Place: workflows.Place{Channel: m.Channel}, Lang: "en"}, m.FileIDs))
	for range 3 {
		e, ok, err := r.db.Claim(ctx, workflows.Files, time.Minute)
		must(t, err)
		if !ok {
			t.Fatal("nothing to be read")
		}
		must(t, r.db.Retry(ctx, e, time.Now(), "killed"))
	}
	r.run(t)
	sam.Sees("三次", "擷取")
	if n := r.calls("files.info", ""); n != 0 {
		t.Errorf("tried %d times more", n)
	}
}

// TestFilesAreFair: somebody with many files, none of which comes, keeps the files of
// nobody else, and the rest of what they say.
func TestFilesAreFair(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, sam := r.As("ella"), r.As("sam")
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultHeld, Match: "files.info", Times: 1})
	for i := range 5 {
		ella.Uploads(fmt.Sprintf("capture-%d.pcap", i), []byte("x"), "")
	}
	r.until(t, "the first is held", func() bool { return r.Held() == 1 })
	sam.Uploads("edge.log", []byte(expired), "")
	sam.Sees("憑證已過期", "edge.log:1")
	ella.Says(expired)
	ella.Sees("The certificate has expired")
	if n := r.calls("files.info", ""); n != 1 {
		t.Errorf("%d files were looked at while the first of their person was held", n)
	}
}

// TestFilesThatTakeTooLong: running out of time is a failure like any other.
func TestFilesThatTakeTooLong(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.fileTime = 50 * time.Millisecond
	r.socket(t)
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultHeld, Match: "files.info", Times: -1})
	sam := r.As("sam")
	sam.Uploads("capture.pcap", []byte("x"), "")
	sam.Sees("三次", "擷取")
	r.settled(t)
	if dead, err := r.db.DeadLetters(context.Background(), 0, 10); err != nil || len(dead) != 1 || dead[0].Effect.Attempts != 3 {
		t.Errorf("%+v, %v", dead, err)
	}
}
