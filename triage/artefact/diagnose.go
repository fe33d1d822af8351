package artefact

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"countersign/triage"
)

// joined is the name under which the engine sees the texts of a bundle; evidence from
// them is told from facts by it.
const joined = "\x00joined"

// Diagnose weighs everything that the bundle shows, besides in: its observations as
// facts, worded in lang, and the text of all its logs. in.Text, the person's own
// words, is read with them, and observations about hosts that it names weigh more than
// those about others. Evidence names the file and the line in it. It returns an
// error when the source cannot be read or ctx ends.
func (b *Bundle) Diagnose(ctx context.Context, kb *triage.KB, in triage.Input, lang string, say triage.Say) (triage.Answer, error) {
	in.Facts = append(in.Facts[:len(in.Facts):len(in.Facts)], Facts(Focus(b.All(), in.Text), lang, say)...)
	name := cmp.Or(in.Name, "message")
	in.Name = joined
	var a triage.Answer
	var err error
	if text, places, ok := b.short(name, in.Text); ok {
		in.Text, b.places = text, places
		a, err = kb.Diagnose(ctx, in)
	} else {
		a, err = b.scan(ctx, kb, name, in)
	}
	if err != nil {
		return a, fmt.Errorf("artefact: %w", err)
	}
	for i := range a.Findings {
		for k := range a.Findings[i].Evidence {
			if e := &a.Findings[i].Evidence[k]; e.Source == joined {
				e.Source, e.Line = b.Locate(e.Line)
			}
		}
	}
	return a, nil
}

// scan reads the logs as a stream.
func (b *Bundle) scan(ctx context.Context, kb *triage.KB, name string, in triage.Input) (triage.Answer, error) {
	words := in.Text
	if words != "" && !strings.HasSuffix(words, "\n") {
		words += "\n"
	}
	logs := b.Logs(ctx)
	a, err := kb.Scan(ctx, io.MultiReader(strings.NewReader(words), logs), in)
	if closed := logs.Close(); err == nil {
		err = closed
	}
	if words != "" {
		for i := range b.places {
			b.places[i].line += strings.Count(words, "\n")
		}
		b.places = append([]place{{1, name}}, b.places...)
	}
	return a, err
}

// short joins the person's words and the logs, if all of them were kept and are few.
func (b *Bundle) short(name, words string) (string, []place, bool) {
	var t strings.Builder
	var places []place
	line := 1
	add := func(name, text string) {
		if text == "" {
			return
		}
		if !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		places = append(places, place{line, name})
		t.WriteString(text)
		line += strings.Count(text, "\n")
	}
	add(name, words)
	for n := range 2 {
		for _, p := range b.Parts {
			if p.Kind != Log || rank(p.Name) != n {
				continue
			}
			if p.Text == "" && p.Size > 0 || t.Len()+len(p.Text) >= b.options.Limits.Text {
				return "", nil, false
			}
			add(p.Name, p.Text)
		}
	}
	return t.String(), places, true
}
