package artefact

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"countersign/triage"
)

// entry is one file that is no archive. r is valid during the visit.
type entry struct {
	name  string
	depth int // 0: the file itself
	kind  sniffed
	r     io.Reader
}

// errEnough ends a walk early without being an error.
var errEnough = errors.New("enough")

// errBomb and errDamaged end an archive; what came before stays.
var (
	errBomb    = errors.New("the archive unpacks to more than is allowed")
	errDamaged = errors.New("the archive is damaged")
)

// walker goes through archives in archives, within the limits. It is deterministic:
// a second walk meets the same files.
type walker struct {
	ctx      context.Context
	limits   Limits
	visit    func(context.Context, entry) error
	say      func(kind, name, key string, pairs ...string)
	entries  int
	unpacked int64
	packed   int64 // size of the outermost file
}

// walk visits every file of the source.
func (b *Bundle) walk(ctx context.Context, visit func(context.Context, entry) error) error {
	w := &walker{ctx: ctx, limits: b.options.Limits, visit: visit, say: b.note, packed: b.size}
	src := endingSource{ctx, b.src}
	err := w.file(b.Name, io.NewSectionReader(src, 0, b.size), src, b.size, 0)
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// endingReader and endingSource read until their context ends, so that whatever reads
// them, a decompressor or a list of entries, ends within one read of it.
type endingReader struct {
	ctx context.Context
	r   io.Reader
}

func (e *endingReader) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.r.Read(p)
}

type endingSource struct {
	ctx context.Context
	r   io.ReaderAt
}

func (e endingSource) ReadAt(p []byte, off int64) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.r.ReadAt(p, off)
}

// file looks at one file and goes into it if it is an archive. at is non-nil where the
// file can be read at any place.
func (w *walker) file(name string, r io.Reader, at io.ReaderAt, size int64, depth int) error {
	if err := w.ctx.Err(); err != nil {
		return fmt.Errorf("artefact: %w", err)
	}
	br := bufio.NewReaderSize(r, 64<<10)
	head, err := br.Peek(sniffLength)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return w.source(name, depth, err)
	}
	kind := sniff(head)
	if kind.archive() && depth > w.limits.Depth {
		w.say("archive.depth", name, "artefact.too_deep", "Limit", itoa(w.limits.Depth))
		return nil
	}
	switch kind {
	case isGzip, isBzip2:
		return w.stream(name, br, kind, depth)
	case isTar:
		return w.tar(name, br, depth)
	case isZip:
		return w.zip(name, br, at, size, depth)
	case isOtherArchive:
		w.say("archive.kind", name, "artefact.archive_kind")
		return nil
	default:
	}
	err = w.visit(w.ctx, entry{name, depth, kind, br})
	return w.source(name, depth, err)
}

// source tells a damaged archive, which ends only itself, from the other errors.
func (w *walker) source(name string, depth int, err error) error {
	switch {
	case err == nil, errors.Is(err, errEnough), w.ctx.Err() != nil, errors.Is(err, errBomb):
		return err
	case depth == 0:
		return fmt.Errorf("artefact: read %s: %w", name, err)
	}
	return errDamaged
}

// archive ends one archive: a bomb or damage is said and the walk goes on beside it.
func (w *walker) archive(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errBomb):
		w.say("archive.bomb", name, "artefact.bomb")
		return errEnough // nothing else in there is to be trusted
	case errors.Is(err, errEnough), w.ctx.Err() != nil:
		return err
	}
	w.say("archive.damaged", name, "artefact.damaged")
	return nil
}

// stream unpacks a single compressed file.
func (w *walker) stream(name string, r io.Reader, kind sniffed, depth int) error {
	inner := strings.TrimSuffix(name, path.Ext(name))
	var plain io.Reader
	if kind == isBzip2 {
		plain = bzip2.NewReader(r)
	} else {
		z, err := gzip.NewReader(r)
		if err != nil {
			return w.archive(name, err)
		}
		plain = z
		if strings.EqualFold(path.Ext(name), ".tgz") {
			inner += ".tar"
		}
	}
	return w.archive(name, w.file(inner, w.bounded(plain), nil, -1, depth+1))
}

func (w *walker) tar(name string, r io.Reader, depth int) error {
	t := tar.NewReader(w.bounded(r))
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return w.archive(name, err)
		}
		if h.Typeflag != tar.TypeReg || h.Size == 0 {
			continue // links, devices and directories say nothing
		}
		if err := w.count(name); err != nil {
			return err
		}
		inner := join(name, h.Name)
		if useless(inner) {
			continue
		}
		if err := w.archive(inner, w.file(inner, t, nil, h.Size, depth+1)); err != nil {
			return err
		}
	}
}

func (w *walker) zip(name string, r io.Reader, at io.ReaderAt, size int64, depth int) error {
	if at == nil {
		data, whole, err := readUpTo(r, int(w.limits.Nested))
		if err != nil {
			return w.source(name, depth, err)
		}
		if !whole {
			w.say("archive.too-big", name, "artefact.nested_too_big")
			return nil
		}
		at, size = bytes.NewReader(data), int64(len(data))
	}
	z, err := zip.NewReader(at, size)
	if err != nil {
		return w.archive(name, err)
	}
	for _, f := range z.File {
		if f.FileInfo().IsDir() || f.UncompressedSize64 == 0 {
			continue
		}
		if err := w.count(name); err != nil {
			return err
		}
		inner := join(name, f.Name)
		if useless(inner) {
			continue
		}
		if f.Flags&1 != 0 {
			w.say("archive.locked", inner, "artefact.locked")
			continue
		}
		body, err := f.Open()
		if err != nil {
			if err := w.archive(inner, err); err != nil {
				return err
			}
			continue
		}
		err = w.archive(inner, w.file(inner, w.bounded(body), nil, -1, depth+1))
		body.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) count(name string) error {
	if w.entries++; w.entries > w.limits.Entries {
		w.say("archive.entries", name, "artefact.too_many_files", "Limit", itoa(w.limits.Entries))
		return errEnough
	}
	return nil
}

// bounded counts what is unpacked.
func (w *walker) bounded(r io.Reader) io.Reader { return &boundedReader{w, r} }

type boundedReader struct {
	w *walker
	r io.Reader
}

// freely is what may be unpacked whatever the ratio, in bytes.
const freely = 16 << 20

func (b *boundedReader) Read(p []byte) (int, error) {
	if err := b.w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.r.Read(p)
	b.w.unpacked += int64(n)
	if b.w.unpacked > b.w.limits.Unpacked || b.w.unpacked > freely && b.w.unpacked/b.w.limits.Ratio > b.w.packed {
		return n, errBomb
	}
	return n, err
}

// longestPath bounds a name that is shown, longestEnd what of it says the kind of the
// file, in bytes.
const (
	longestPath = 200
	longestEnd  = 7
)

func join(archive, name string) string { return cleanName(archive + "/" + cleanName(name)) }

// cleanName makes the name of a file fit to be shown: no control characters, no steps
// upwards, no drive, no secret, bounded at the front, where the directories are.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "\ufffd")
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '\\':
			return '/'
		case !unicode.IsPrint(r):
			return '\ufffd'
		}
		return r
	}, name)
	if len(name) > 1 && name[1] == ':' {
		name = name[2:]
	}
	steps := strings.Split(strings.TrimPrefix(path.Clean("/"+name), "/"), "/")
	for i, step := range steps {
		end := path.Ext(step)
		if len(end) > longestEnd {
			end = ""
		}
		clean, _ := triage.Redact(strings.TrimSuffix(step, end))
		steps[i] = clean + end
	}
	name = strings.Join(steps, "/")
	if len(name) > longestPath {
		name = "…" + strings.ToValidUTF8(name[len(name)-longestPath:], "")
	}
	if name == "" {
		return "file"
	}
	return name
}

// readUpTo reads at most n bytes and tells whether that was all.
func readUpTo(r io.Reader, n int) ([]byte, bool, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(n)+1))
	if err != nil {
		return nil, false, err
	}
	return data, len(data) <= n, nil
}
