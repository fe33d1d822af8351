package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"countersign/certs"
	"countersign/locales"
	"countersign/workflows"
)

// exit is an exit status that is no failure to run: 1 is "the check says no".
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// console is what commands write to and read from.
type console struct {
	ctx      context.Context
	out, err io.Writer
	in       io.Reader
	cat      *locales.Catalogue
	lang     string
}

// say renders a catalogue key.
func (c *console) say(key string, pairs ...string) string {
	return c.cat.Say(c.lang, key, certs.T(key, pairs...).Args)
}

// explain gives an error in words for people.
func (c *console) explain(err error) string { return c.text(textOf(err)) }

// text renders a text of the certificate domain.
func (c *console) text(t certs.Text) string { return c.cat.Text(c.lang, t.Key, t.Args, t.In) }

// menu says a path through the pages of a product.
func (c *console) menu(path string) string { return c.cat.Menu(c.lang, path) }

func writeJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// quiet is the log of commands whose lines say what matters.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// textOf is an error in the words that it has, or its own.
func textOf(err error) workflows.Text {
	if no, ok := errors.AsType[*workflows.Error](err); ok {
		return no.Text
	}
	if fault, ok := errors.AsType[certs.Fault](err); ok {
		return fault.Text()
	}
	return workflows.Text{In: map[string]string{locales.English: err.Error()}}
}
