package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
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
