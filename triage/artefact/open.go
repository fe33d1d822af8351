package artefact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"countersign/triage"
	"countersign/triage/keys"
)

// Kind says what a Part is.
type Kind string

// The kinds.
const (
	Log      Kind = "log"      // text; Text has it when short, Logs reads all of them
	Material Kind = "material" // certificates, requests, keys in some encoding: Data is for certs/check
	Pcap     Kind = "capture"
)

// Part is one file: the one that was opened, or one of an archive.
type Part struct {
	// Name is fit to be shown: the path, with the archives it was in, without control
	// characters or steps upwards. It is no path to write to.
	Name string
	Kind Kind
	Size int64
	// Data is the file as it is: of Material, and of a short Log that has PEM in it. It
	// may hold private keys; the holder wipes it.
	Data []byte
	// Text is a short Log in UTF-8, not yet redacted.
	Text    string
	Capture *Capture
	// Dumps are certificates that a Log has in printed form.
	Dumps []Dump
	// Observations are what this part shows; those about the file as a whole, and what
	// could not be read, are in the Bundle.
	Observations []Observation
}

// Bundle is what Open found. It reads from the source again for Logs.
type Bundle struct {
	Name         string
	Parts        []Part
	Observations []Observation // what was left out, and why
	Skipped      int           // files of archives that hold nothing for triage
	// Key says that a file has a private key in it, in whatever encoding.
	Key bool

	src     io.ReaderAt
	size    int64
	options Options
	places  []place // of the text that the last Logs gave
}

// Open reads a file of any kind that people attach: a capture, an archive of logs, a
// log, printed or encoded certificates. What it cannot read becomes an observation;
// an error means that src cannot be read or that ctx ended. src is used again by Logs,
// and must stay as it is until then. Open is pure and safe for concurrent use; a Bundle
// is not.
func Open(ctx context.Context, name string, src io.ReaderAt, size int64, options Options) (*Bundle, error) {
	options.Limits = options.Limits.orDefault()
	b := &Bundle{Name: cleanName(name), src: src, size: size, options: options}
	o := &opener{b: b, limits: options.Limits}
	if err := b.walk(ctx, o.entry); err != nil {
		return nil, err
	}
	return b, nil
}

// OpenBytes is Open for a file in memory.
func OpenBytes(ctx context.Context, name string, data []byte, options Options) (*Bundle, error) {
	return Open(ctx, name, bytes.NewReader(data), int64(len(data)), options)
}

// All gives every observation of the bundle: of its parts in turn, then its own.
func (b *Bundle) All() []Observation {
	var out []Observation
	for _, p := range b.Parts {
		out = append(out, p.Observations...)
	}
	return append(out, b.Observations...)
}

// note adds an observation about the bundle, each kind of a name once.
func (b *Bundle) note(kind, name, key string, pairs ...string) {
	if len(b.Observations) >= b.options.Limits.Findings {
		return
	}
	pairs = append(pairs, "Name", name)
	b.Observations = append(b.Observations, Observation{Kind: kind, Source: name, Text: triage.T(key, pairs...)})
}

// opener makes parts of the files that a walk meets.
type opener struct {
	b      *Bundle
	limits Limits
	kept   int64
}

func (o *opener) entry(ctx context.Context, e entry) error {
	switch e.kind {
	case isCapture:
		return o.capture(ctx, e)
	case isText:
		return o.text(e)
	case isDER:
		data, whole, err := readUpTo(e.r, maxMaterial)
		switch {
		case err != nil:
			return err
		case !whole:
			o.cut(e.name)
			o.b.Skipped++
			return nil
		case !o.keep(len(data)):
			o.b.Skipped++
			return nil
		}
		o.b.Key = o.b.Key || keys.In(data)
		o.b.Parts = append(o.b.Parts, Part{Name: e.name, Kind: Material, Size: int64(len(data)), Data: data})
		return nil
	default:
	}
	head, _, err := readUpTo(e.r, o.limits.Text) // nothing of it is kept, but a key store is told from a picture
	if err != nil {
		return err
	}
	o.b.Key = o.b.Key || keys.In(head)
	if e.depth == 0 {
		o.b.note("file.unknown", e.name, "artefact.unknown_file")
	}
	o.b.Skipped++
	return nil
}

func (o *opener) capture(ctx context.Context, e entry) error {
	counted := &counter{r: e.r}
	c, err := ReadCapture(ctx, counted, o.limits)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("artefact: %w", ctx.Err())
	case err != nil && counted.err != nil && !errors.Is(counted.err, io.EOF):
		return counted.err
	case err != nil:
		o.b.note("capture.unreadable", e.name, "artefact.bad_capture")
		return nil
	}
	o.b.Parts = append(o.b.Parts, Part{Name: e.name, Kind: Pcap, Size: counted.n, Capture: c, Observations: c.Observations(e.name, o.limits)})
	return nil
}

func (o *opener) text(e entry) error {
	raw, whole, err := readUpTo(e.r, o.limits.Text)
	if err != nil {
		return err
	}
	if !whole {
		return o.long(e, raw)
	}
	p := Part{Name: e.name, Kind: Log, Size: int64(len(raw))}
	pem := bytes.Contains(raw, []byte("-----BEGIN "))
	if !o.keep(len(raw)) {
		o.b.Parts = append(o.b.Parts, p)
		return nil
	}
	text := decodeText(raw)
	o.b.Key = o.b.Key || len(keys.Find(text)) > 0
	if pem || onlyBase64(text) {
		p.Data = raw
	}
	if p.Data != nil && onlyMaterial(text) {
		p.Kind = Material
		o.b.Parts = append(o.b.Parts, p)
		return nil
	}
	p.Text = text
	if p.Dumps, p.Observations = readDumps(e.name, text, o.b.options); len(p.Dumps)+len(p.Observations) > 0 {
		clean, _ := triage.Redact(text) // what is printed there is shown and kept
		p.Dumps, p.Observations = readDumps(e.name, clean, o.b.options)
	}
	o.b.Parts = append(o.b.Parts, p)
	return nil
}

// keep takes n bytes of the budget for what stays in memory.
func (o *opener) keep(n int) bool {
	if o.kept+int64(n) > o.limits.Kept {
		return false
	}
	o.kept += int64(n)
	return true
}

// readUpTo reads at most n bytes and tells whether that was all.
func readUpTo(r io.Reader, n int) ([]byte, bool, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(n)+1))
	if err != nil {
		return nil, false, err
	}
	return data, len(data) <= n, nil
}

// counter counts what is read and keeps the error of its source.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}

func itoa[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }
