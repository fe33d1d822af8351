package artefact

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sort"
)

// Logs gives the text of all logs, one after the other, those in which TLS failures
// are usually found first, up to Limits.Scan bytes. Locate turns line numbers back. It
// must be closed; one reader at a time. Memory does not grow with the logs.
func (b *Bundle) Logs(ctx context.Context) io.ReadCloser {
	r, w := io.Pipe()
	logs := &logReader{r, make(chan struct{})}
	b.places = nil
	go func() {
		defer close(logs.done)
		out := &lines{w: w, left: b.options.Limits.Scan, line: 1}
		var err error
		for n := 0; n < 2 && err == nil; n++ {
			err = b.logsOf(ctx, n, out)
		}
		if errors.Is(err, errEnough) {
			err = nil
		}
		b.places = out.places
		if out.full {
			b.note("log.cut", b.Name, "artefact.log_cut", "Size", itoa(b.options.Limits.Scan>>20))
		}
		w.CloseWithError(err)
	}()
	return logs
}

// logReader waits on Close for its writer, which fills the places.
type logReader struct {
	*io.PipeReader
	done chan struct{}
}

func (l *logReader) Close() error {
	err := l.PipeReader.Close()
	<-l.done
	return err
}

// logsOf writes the logs of one rank.
func (b *Bundle) logsOf(ctx context.Context, want int, out *lines) error {
	wanted := map[string]bool{}
	for _, p := range b.Parts {
		if p.Kind == Log && rank(p.Name) == want {
			wanted[p.Name] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	quiet := *b // what a second walk has to say was said by the first
	quiet.Observations = nil
	return quiet.walk(ctx, func(_ context.Context, e entry) error {
		if e.kind != isText || !wanted[e.name] {
			return nil
		}
		out.begin(e.name)
		r := decodeStream(e.r)
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
	full   bool
}

func (l *lines) begin(name string) { l.places = append(l.places, place{l.line, name}) }

func (l *lines) Write(p []byte) (int, error) {
	if int64(len(p)) > l.left {
		l.full = true
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
