package artefact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"countersign/triage"
	"countersign/triage/keys"
)

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
		case !o.reserve(len(data)):
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
	if !o.reserve(len(raw)) {
		o.b.Parts = append(o.b.Parts, p)
		return nil
	}
	text := decodeText(raw)
	o.b.Key = o.b.Key || len(keys.Find(text)) > 0
	if bytes.Contains(raw, []byte("-----BEGIN ")) || onlyBase64(text) {
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
