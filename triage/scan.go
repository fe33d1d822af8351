package triage

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
)

// Bounds of a scan: what it keeps does not grow with the log.
const (
	scanBlock     = 256 << 10
	eventsPerWord = 3        // events kept for one wording
	keptEvents    = 120      // events kept in all
	longestEvent  = 2 << 10  // bytes of one event
	longestAround = 16 << 10 // bytes on either side of an event that is cut out of its line
)

// Scan diagnoses a log of any size. It reads once, keeps the events in which wordings
// of the knowledge base occur (a few for each), and diagnoses those; memory does not
// grow with the log. Evidence has the line numbers of the log. in.Text is not read.
// It returns an error when r fails or ctx ends.
func (kb *KB) Scan(ctx context.Context, r io.Reader, in Input) (Answer, error) {
	s := scanner{kb: kb, seen: make([]int, len(kb.logWords)), line: 1}
	if err := s.run(ctx, r); err != nil {
		return Answer{}, fmt.Errorf("triage: scan: %w", err)
	}
	var text strings.Builder
	var lines []int // of the joined text -> of the log
	for _, e := range s.events {
		for i, l := range strings.Split(strings.TrimRight(e.text, "\n"), "\n") {
			text.WriteString(l)
			text.WriteByte('\n')
			lines = append(lines, e.line+i)
		}
	}
	redacted, list := Redact(strings.ToValidUTF8(text.String(), "\uFFFD"))
	a, err := kb.diagnose(ctx, in, redacted, append(s.redacted, list...), lineStarts(redacted))
	if err != nil {
		return Answer{}, err
	}
	a.Text = ""
	for i := range a.Findings {
		for j := range a.Findings[i].Evidence {
			e := &a.Findings[i].Evidence[j]
			if e.End > e.Start && e.Line >= 1 && e.Line <= len(lines) {
				e.Line = lines[e.Line-1]
			}
			e.Start, e.End = 0, 0
		}
	}
	return a, nil
}

// Excerpt is a piece of a log that stands out, with the line at which it begins.
type Excerpt struct {
	Line int
	Text string
}

// Excerpts reads a log of any size once and gives what Scan would keep of it: the
// events in which wordings of the knowledge base occur, redacted, in their order.
func (kb *KB) Excerpts(ctx context.Context, r io.Reader) ([]Excerpt, error) {
	s := scanner{kb: kb, seen: make([]int, len(kb.logWords)), line: 1}
	if err := s.run(ctx, r); err != nil {
		return nil, fmt.Errorf("triage: scan: %w", err)
	}
	out := make([]Excerpt, len(s.events))
	for i, e := range s.events {
		text, _ := Redact(strings.ToValidUTF8(strings.TrimRight(e.text, "\n"), "\uFFFD"))
		out[i] = Excerpt{e.line, text}
	}
	return out, nil
}

type scanner struct {
	kb     *KB
	seen   []int // by wording: events kept
	events []event
	line   int // of the start of the block
	// redacted is what was taken out of events that were cut.
	redacted []Redaction
}

type event struct {
	line int
	text string
}

// run reads blocks that end at line ends and looks for wordings in each.
func (s *scanner) run(ctx context.Context, r io.Reader) error {
	buf := make([]byte, 0, scanBlock*2)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.ReadFull(r, buf[len(buf):min(cap(buf), len(buf)+scanBlock)])
		buf = buf[:len(buf)+n]
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return err
		}
		end := len(buf)
		if !last {
			if nl := bytes.LastIndexByte(buf, '\n'); nl >= 0 {
				end = nl + 1
			}
		}
		s.block(buf[:end])
		if last {
			return nil
		}
		buf = append(buf[:0], buf[end:]...)
	}
}

// block finds the events of one block. Private keys spread over lines are left out by
// the events themselves: only lines with a wording, and what continues them, are kept.
func (s *scanner) block(b []byte) {
	counted, until := 0, 0
	s.kb.logAuto().scan(0, b, func(id int32, end int) bool {
		if s.seen[id] >= eventsPerWord || len(s.events) >= keptEvents {
			return len(s.events) < keptEvents
		}
		if _, ok := s.kb.literals[s.kb.logWords[id]].at(b, end); !ok {
			return true
		}
		s.seen[id]++
		if end <= until {
			return true // in an event that is kept already
		}
		from := bytes.LastIndexByte(b[:end-1], '\n') + 1
		if end-from > longestEvent/2 {
			from = end - longestEvent/2
		}
		to := eventEnd(b, end)
		s.line += bytes.Count(b[counted:from], []byte{'\n'})
		counted = from
		until = to
		s.events = append(s.events, event{s.line, s.piece(b, from, to)})
		return true
	})
	s.line += bytes.Count(b[counted:], []byte{'\n'})
}

// piece gives b[from:to]. Where that cuts a line, a secret may be cut with it, and be
// known only by what is left out: then it is taken out here already.
func (s *scanner) piece(b []byte, from, to int) string {
	start, end := from, to
	if from > 0 && b[from-1] != '\n' {
		start = max(0, from-longestAround)
	}
	if to < len(b) && b[to-1] != '\n' {
		end = min(len(b), to+longestAround)
	}
	if start == from && end == to {
		return string(b[from:to])
	}
	text, found := redactPiece(string(b[start:end]), from-start, to-start)
	s.redacted = append(s.redacted, found...)
	return text
}

// eventEnd gives the end of the event whose wording ends at end: its line, and the
// lines that continue it (indented, "Caused by", "at ").
func eventEnd(b []byte, end int) int {
	limit := min(len(b), end+longestEvent)
	to := end
	for n := 0; to < limit; n++ {
		nl := bytes.IndexByte(b[to:limit], '\n')
		if nl < 0 {
			return limit
		}
		to += nl + 1
		if n >= 6 || to >= limit || !continues(b[to:limit]) {
			return to
		}
	}
	return to
}

func continues(b []byte) bool {
	return b[0] == ' ' || b[0] == '\t' || bytes.HasPrefix(b, []byte("Caused by")) || bytes.HasPrefix(b, []byte("error:"))
}
