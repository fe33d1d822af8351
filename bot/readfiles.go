package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// fileReader fetches the files that people send.
type fileReader struct {
	*workspace
	outbox workflows.Outbox
	time   time.Duration // of one try; fileTime, but for tests
}

// maxFile bounds a file that a person sent, in bytes. Up to inMemory it is held; a
// longer one is put aside in a file without a name, that is gone with this process.
const (
	maxFile  = 256 << 20
	inMemory = 8 << 20
)

// Files are read by a pool of their own: a capture may take minutes. One person's files
// are read one message at a time (the subject of their effects), so that nobody has the
// whole pool.
const (
	fileReaders = 3
	fileTime    = 3 * time.Minute // of one try, with the download
	fileLease   = 4 * time.Minute
	fileTries   = 3
)

// run reads files until ctx ends.
func (b *fileReader) run(ctx context.Context) {
	for ctx.Err() == nil {
		e, ok, err := b.outbox.Claim(ctx, workflows.Files, fileLease)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				b.log.Error("files", "err", err)
			}
			sleep(ctx, time.Second)
		case ok:
			b.readOnce(ctx, e)
		default:
			b.outbox.Wait(ctx, workflows.Files, 30*time.Second)
		}
	}
}

// readOnce tries to read the files of one message. After fileTries, crashes and restarts
// counted, their person is told what to do instead.
func (b *fileReader) readOnce(ctx context.Context, e workflows.Effect) {
	within, done := context.WithTimeout(ctx, b.time)
	defer done()
	body, err := workflows.ReadPayload[workflows.ReadFiles](e)
	if err == nil && e.Attempts > fileTries {
		err = errors.New("it ended the process that read it")
	}
	if err == nil {
		if err = b.readFiles(within, e, body); err == nil {
			return
		}
	}
	if ctx.Err() != nil {
		if err := b.outbox.Retry(context.WithoutCancel(ctx), e, e.Due, "stopped"); err != nil {
			b.log.Error("files", "err", err)
		}
		return
	}
	b.log.Warn("files not read", "attempt", e.Attempts, "err", err)
	final := e.Attempts >= fileTries || workflows.CodeOf(err) == workflows.NotFound
	at := body.Place
	if final && at == nil && body.Request != "" {
		if dm, err := b.dmPlace(ctx, body.Person); err == nil {
			at = &dm
		}
	}
	err = b.record(ctx, func(ctx context.Context) error {
		if final {
			return b.outbox.Bury(ctx, e, reasonFor(err), b.service.Inbox.FilesGivenUp(e, at, reasonFor(err)))
		}
		after, _ := passesAfter(err, e.Attempts)
		return b.outbox.Retry(ctx, e, b.now().Add(after), reasonFor(err))
	})
	if err != nil {
		b.log.Error("files", "err", err)
	}
}

// readFiles fetches the files of a message and hands them to the workflows. What they
// hold is kept redacted only.
func (b *fileReader) readFiles(ctx context.Context, e workflows.Effect, body workflows.ReadFiles) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("bot: files: panic: %v", p)
		}
	}()
	if body.Place == nil && body.Request == "" || len(body.Files) == 0 {
		return unknownEffect()
	}
	if !body.Aside && body.Place != nil {
		defer agent{b.workspace}.working(ctx, body.Person, *body.Place, "bot.status.reading")()
	}
	if err := b.directory.Know(ctx, body.Person); err != nil {
		return err
	}
	files := make([]workflows.File, 0, len(body.Files))
	for _, id := range body.Files {
		var got *spool
		var f workflows.File
		err := patiently(ctx, -1, func() (err error) {
			if got != nil {
				got.close()
			}
			got = &spool{}
			f, err = b.fetch(ctx, id, got)
			return err
		})
		defer got.close()
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	if body.Request != "" {
		return b.takeCSR(ctx, e, body, files)
	}
	s := b.speaker(body.Person)
	return b.service.Inbox.TakeFiles(ctx, e, workflows.Message{By: body.Person, Place: *body.Place, Lang: s.lang, Text: body.Said, Direct: !body.Aside, More: body.More, Link: body.Link, Label: s.label}, files)
}

// fetch downloads one file into got. A file that somebody has deleted is no failure of
// ours.
func (b *fileReader) fetch(ctx context.Context, id string, got *spool) (workflows.File, error) {
	info, _, _, err := b.api.GetFileInfoContext(ctx, id, 0, 0)
	if err != nil {
		if problem := noFile[codeOf(err)]; problem != "" {
			return workflows.File{Problem: problem}, nil
		}
		return workflows.File{}, describe("files.info", err)
	}
	if problem := problemOf(info); problem != "" {
		return workflows.File{Name: info.Name, Problem: problem}, nil
	}
	err = b.api.GetFileContext(ctx, info.URLPrivateDownload, got)
	var status slack.StatusCodeError
	switch {
	case got.full:
		return workflows.File{Name: info.Name, Problem: workflows.FileTooBig}, nil
	case errors.As(err, &status) && (status.Code == http.StatusNotFound || status.Code == http.StatusGone):
		return workflows.File{Name: info.Name, Problem: workflows.FileGone}, nil
	case err != nil:
		return workflows.File{}, describe("file download", err)
	}
	return workflows.File{Name: info.Name, Src: got, Size: got.size}, nil
}

// noFile says why there is no file, by Slack's codes (files.info). What is shared where the
// bot is not is not found either.
var noFile = map[string]string{"file_deleted": workflows.FileGone, "file_not_found": workflows.FileUnseen, "access_denied": workflows.FileUnseen}

// problemOf says why the bytes of a file cannot be had; "" where they can (Slack's file
// object: mode, file_access, is_external).
func problemOf(f *slack.File) string {
	switch {
	case f.FileAccess == "access_denied" || f.FileAccess == "file_not_found":
		return workflows.FileUnseen
	case f.Mode == "tombstone":
		return workflows.FileGone
	case f.Mode == "hidden_by_limit":
		return workflows.FileHidden
	case f.IsExternal || f.Mode == "external":
		return workflows.FileLink
	case f.Mode == "canvas" || f.Mode == "quip" || f.Mode == "post" || f.Mode == "space" || f.Mode == "list":
		return workflows.FileCanvas
	case f.Size > maxFile:
		return workflows.FileTooBig
	}
	return ""
}

// toFiles puts an effect where files are read that was queued by a version without a lane
// for them.
func (b *messages) toFiles(ctx context.Context, e workflows.Effect, body workflows.ReadFiles) error {
	e.Lane, e.Subject, e.Key, e.Due = workflows.Files, "files/"+body.Person.String(), e.Key+"/lane", time.Time{}
	return workflows.Commit(ctx, b.store, workflows.Change{Effects: []workflows.Effect{e}})
}
