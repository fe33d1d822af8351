package artefact

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sort"
	"strings"

	"golang.org/x/text/encoding/unicode"

	"countersign/triage"
)

// place says which file begins at a line of what Logs gives.
type place struct {
	line int // from 1
	name string
}

// Logs gives the text of all logs, one after the other, those in which TLS failures
// are usually found first, up to Limits.Scan bytes. Locate turns line numbers back. It
// must be closed; one reader at a time. Memory does not grow with the logs.
func (b *Bundle) Logs(ctx context.Context) io.ReadCloser {
	r, w := io.Pipe()
	b.places = nil
	go func() {
		out := &lines{w: w, left: b.options.Limits.Scan, line: 1}
		var err error
		ranks := map[int]bool{}
		for _, p := range b.Parts {
			if p.Kind == Log {
				ranks[rank(p.Name)] = true
			}
		}
		for n := 0; n < 2 && err == nil; n++ {
			if ranks[n] {
				err = b.logsOf(ctx, n, out)
			}
		}
		if errors.Is(err, errEnough) {
			err = nil
		}
		b.places = out.places
		w.CloseWithError(err)
	}()
	return r
}

// logsOf writes the logs of one rank.
func (b *Bundle) logsOf(ctx context.Context, want int, out *lines) error {
	wanted := map[string]bool{}
	for _, p := range b.Parts {
		if p.Kind == Log && rank(p.Name) == want {
			wanted[p.Name] = true
		}
	}
	quiet := *b // what a second walk has to say was said by the first
	quiet.Observations = nil
	return quiet.walk(ctx, func(_ context.Context, e entry) error {
		if e.kind != isText || !wanted[e.name] {
			return nil
		}
		out.begin(e.name)
		r := e.r
		if p, ok := r.(interface{ Peek(int) ([]byte, error) }); ok {
			if head, _ := p.Peek(512); utf16Order(head) != 0 {
				endian := unicode.LittleEndian
				if utf16Order(head) == 'b' {
					endian = unicode.BigEndian
				}
				r = unicode.UTF16(endian, unicode.UseBOM).NewDecoder().Reader(r)
			}
		}
		if _, err := io.Copy(out, r); err != nil {
			return err
		}
		return out.end()
	})
}

// lines counts the lines that go by.
type lines struct {
	w      io.Writer
	left   int64
	line   int
	last   byte
	places []place
	failed error
}

func (l *lines) begin(name string) { l.places = append(l.places, place{l.line, name}) }

func (l *lines) Write(p []byte) (int, error) {
	if int64(len(p)) > l.left {
		return 0, errEnough
	}
	l.left -= int64(len(p))
	l.line += bytes.Count(p, []byte{'\n'})
	if len(p) > 0 {
		l.last = p[len(p)-1]
	}
	if _, err := l.w.Write(p); err != nil {
		return 0, errEnough // the reader was closed
	}
	return len(p), nil
}

func (l *lines) end() error {
	if l.last == '\n' || l.last == 0 {
		return nil
	}
	_, err := l.Write([]byte{'\n'})
	return err
}

// Locate says which file a line of the text that Logs gave was in, and its line there.
func (b *Bundle) Locate(line int) (name string, in int) {
	i := sort.Search(len(b.places), func(i int) bool { return b.places[i].line > line }) - 1
	if i < 0 || line < 1 {
		return b.Name, line
	}
	return b.places[i].name, line - b.places[i].line + 1
}

// Diagnose weighs everything that the bundle shows, besides in: its observations as
// facts, worded in lang, and the text of all its logs. in.Text, the person's own
// words, is read with them. Evidence names the file and the line in it.
func (b *Bundle) Diagnose(ctx context.Context, kb *triage.KB, in triage.Input, lang string, say triage.Say) (triage.Answer, error) {
	in.Facts = append(in.Facts[:len(in.Facts):len(in.Facts)], Facts(b.All(), lang, say)...)
	text, places := b.short(in)
	if text == "" {
		logs := b.Logs(ctx)
		defer logs.Close()
		first := in.Text
		if first != "" && !strings.HasSuffix(first, "\n") {
			first += "\n"
		}
		a, err := kb.Scan(ctx, io.MultiReader(strings.NewReader(first), logs), in)
		if err != nil {
			return a, err
		}
		// The pipe was read to its end, so places are written.
		before := strings.Count(first, "\n")
		for i := range b.places {
			b.places[i].line += before
		}
		if first != "" {
			b.places = append([]place{{1, orMessage(in.Name)}}, b.places...)
		}
		b.relocate(&a)
		return a, nil
	}
	in.Text = text
	b.places = places
	a, err := kb.Diagnose(ctx, in)
	if err == nil {
		b.relocate(&a)
	}
	return a, err
}

// short joins the person's words and the logs if all of them were kept and are few.
func (b *Bundle) short(in triage.Input) (string, []place) {
	var t strings.Builder
	var places []place
	line := 1
	add := func(name, text string) {
		if text == "" {
			return
		}
		places = append(places, place{line, name})
		t.WriteString(text)
		if !strings.HasSuffix(text, "\n") {
			t.WriteByte('\n')
		}
		line = strings.Count(t.String(), "\n") + 1
	}
	add(orMessage(in.Name), in.Text)
	for n := range 2 {
		for _, p := range b.Parts {
			if p.Kind != Log || rank(p.Name) != n {
				continue
			}
			if p.Text == "" && p.Size > 0 || t.Len()+len(p.Text) > b.options.Limits.Text {
				return "", nil
			}
			add(p.Name, p.Text)
		}
	}
	if t.Len() == 0 {
		return "\n", nil // facts alone
	}
	return t.String(), places
}

func orMessage(name string) string {
	if name == "" {
		return "message"
	}
	return name
}

func (b *Bundle) relocate(a *triage.Answer) {
	source := b.Name
	_ = source
	for i := range a.Findings {
		for k := range a.Findings[i].Evidence {
			e := &a.Findings[i].Evidence[k]
			if e.Line > 0 && (e.End > e.Start || a.Text == "") && b.fromText(*e) {
				e.Source, e.Line = b.Locate(e.Line)
			}
		}
	}
}
