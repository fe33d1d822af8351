package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"countersign/workflows"
)

type namedInput struct {
	name string
	io.Reader
	io.Closer
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

// file gives the input to be read anywhere: standard input is read first, to its bound.
func (f namedInput) file() (workflows.File, error) {
	if src, ok := f.Reader.(*os.File); ok && f.name != "stdin" {
		info, err := src.Stat()
		if err == nil && info.Mode().IsRegular() {
			return workflows.File{Name: f.name, Src: src, Size: info.Size()}, nil
		}
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxRead))
	if err != nil {
		return workflows.File{}, err
	}
	text := strings.NewReader(string(raw))
	return workflows.File{Name: f.name, Src: text, Size: text.Size()}, nil
}

// maxRead bounds what is read of standard input, in bytes. Files are read in place.
const maxRead = 256 << 20

// readBounded reads one file, or standard input for "-". check.Read refuses what is
// over its own limit, so one byte more is enough to see that.
func readBounded(c *console, name string) ([]byte, error) {
	var in io.Reader = c.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%w; give the path of a readable file, or - for standard input", err)
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, 32<<20+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return raw, nil
}
