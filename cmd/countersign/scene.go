package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"countersign/slacksim"
	"countersign/slacksim/markup"
)

// scene is the walkthrough's test frame: what fails is said and ends it.
type scene struct {
	c      *console
	failed []string
}

type sceneOver struct{}

func (s *scene) Helper() {}

func (s *scene) Cleanup(f func()) {}

func (s *scene) Errorf(format string, args ...any) {
	s.failed = append(s.failed, fmt.Sprintf(format, args...))
}

func (s *scene) Fatalf(format string, args ...any) {
	s.Errorf(format, args...)
	panic(sceneOver{})
}

// act runs a script and turns its failures into an error.
func (sc *scene) act(s *stage, script func(*slacksim.Stage)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ours := p.(sceneOver); !ours {
				panic(p)
			}
		}
		if len(sc.failed) > 0 {
			err = fmt.Errorf("walkthrough: %s", strings.Join(sc.failed, "\n"))
		}
	}()
	st := s.sim.Stage(sc)
	st.Patience = 20 * time.Second
	st.Connected(2)
	script(st)
	return nil
}

// player is one person of the walkthrough. What they do and what they are shown is
// printed as it happens.
type player struct {
	*slacksim.Actor
	sc   *scene
	name string
}

// fallback is what Slack shows where it cannot render a date or link: its last part.
var fallback = regexp.MustCompile(`<[!#@h][^<>|]*\|([^<>]*)>`)

// named writes people and groups of the demonstration as Slack shows mentions of them.
func named() *strings.Replacer {
	ws := slacksim.Default()
	var pairs []string
	for _, p := range ws.People {
		pairs = append(pairs, "<@U0"+strings.ToUpper(p.Handle)+">", "@"+p.Handle)
	}
	for _, g := range ws.UserGroups {
		pairs = append(pairs, "<!subteam^S0"+strings.ToUpper(strings.ReplaceAll(g.Handle, "-", ""))+">", "@"+g.Handle)
	}
	return strings.NewReplacer(pairs...)
}

// line prints who did or showed something, with more lines set under it.
func (sc *scene) line(who, what string) {
	what = markup.Unescape(named().Replace(fallback.ReplaceAllString(strings.TrimSpace(what), "$1")))
	fmt.Fprintf(sc.c.out, "%-12s %s\n", who, strings.ReplaceAll(what, "\n", "\n"+strings.Repeat(" ", 13)))
}

func (p player) in(channel string) player { p.Actor = p.In(channel); return p }

func (p player) under(m slacksim.Message) player { p.Actor = p.InThread(m); return p }

func (p player) types(line string) {
	p.sc.line(p.name, line)
	p.Runs(line)
}

func (p player) says(text string) slacksim.Message {
	p.sc.line(p.name, text)
	return p.Says(text)
}

func (p player) clicks(m slacksim.Message, button string) {
	p.sc.line(p.name, "["+button+"]")
	p.Clicks(m, button)
}

func (p player) chooses(v slacksim.View, what, value string) {
	p.sc.line(p.name, what+": "+value)
	p.ChoosesIn(v, what, value)
}

// fills submits a step of a form.
func (p player) fills(v slacksim.View, values map[string]any) {
	for _, what := range slices.Sorted(maps.Keys(values)) {
		p.sc.line(p.name, strings.ReplaceAll(fmt.Sprintf("%s: %v", what, values[what]), "\n", ", "))
	}
	p.Submits(v, values)
}

func (p player) sees(words ...string) slacksim.Message {
	m := p.Sees(words...)
	p.sc.line("Countersign", m.Shown())
	return m
}

func (p player) seesForm(words ...string) slacksim.View {
	v := p.SeesModal(words...)
	p.sc.line("Countersign", v.Shown())
	return v
}
