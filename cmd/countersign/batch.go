package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"countersign/language"
)

// maxLine bounds one line of a batch, in bytes.
const maxLine = 16 << 20

// maxBad bounds the lines that are named as unreadable.
const maxBad = 20

// batch reads JSON lines {"id","text"} and writes one JSON line each, with the id. A
// line that is none takes nothing from the others: it is named at the end.
func batch(in io.Reader, out io.Writer, answer func(text string) (any, error)) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	w := bufio.NewWriter(out)
	var bad []error
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var item struct {
			ID   json.RawMessage `json:"id"`
			Text string          `json:"text"`
		}
		if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
			if len(bad) == maxBad {
				bad = append(bad, errors.New("and more lines like these"))
			}
			if len(bad) > maxBad {
				continue
			}
			bad = append(bad, fmt.Errorf("line %d is not JSON with id and text: %w", n, err))
			continue
		}
		got, err := answer(item.Text)
		if err != nil {
			return err
		}
		raw, err := json.Marshal(got)
		if err != nil {
			return err
		}
		id := item.ID
		if len(id) == 0 {
			id = json.RawMessage("null")
		}
		if _, err := fmt.Fprintf(w, `{"id":%s,%s`+"\n", id, raw[1:]); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		bad = append(bad, fmt.Errorf("read batch: %w", err))
	}
	return errors.Join(append(bad, w.Flush())...)
}

// inputs opens the files named, or standard input for none or "-".
func inputs(c *console, names []string) ([]namedInput, error) {
	if len(names) == 0 {
		names = []string{"-"}
	}
	out := make([]namedInput, 0, len(names))
	for _, n := range names {
		if n == "-" {
			out = append(out, namedInput{name: "stdin", Reader: c.in, Closer: io.NopCloser(nil)})
			continue
		}
		f, err := os.Open(n)
		if err != nil {
			return nil, fmt.Errorf("%w", err)
		}
		out = append(out, namedInput{name: n, Reader: f, Closer: f})
	}
	return out, nil
}

type namedInput struct {
	name string
	io.Reader
	io.Closer
}

type understandCmd struct {
	JSON  bool   `name:"json" help:"Write JSON."`
	Batch bool   `help:"Read JSON lines {id, text}, write one each."`
	Text  string `arg:"" optional:"" help:"The text, or - for standard input."`
}

func (u understandCmd) Run(c *console) error {
	if u.Batch {
		in := c.in
		if u.Text != "" && u.Text != "-" {
			f, err := os.Open(u.Text)
			if err != nil {
				return fmt.Errorf("%w", err)
			}
			defer f.Close()
			in = f
		}
		return batch(in, c.out, func(text string) (any, error) { return language.Parse(text), nil })
	}
	text := u.Text
	if text == "" || text == "-" {
		raw, err := io.ReadAll(io.LimitReader(c.in, maxLine))
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
		text = string(raw)
	}
	return writeJSON(c.out, language.Parse(text))
}

func writeJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
