package main

import (
	"fmt"
	"io"
	"os"

	"countersign/language"
)

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
