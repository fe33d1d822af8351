package main

import (
	"fmt"
	"strconv"
	"time"

	"countersign/storage"
)

// patience bounds each group of checks: a Vault that is away must not hang the doctor.
const patience = 20 * time.Second

// checked is one line of the doctor: what was looked at, and what to do if it is not fine.
type checked struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Warn bool   `json:"warn,omitempty"` // it works, and somebody should know
	Text string `json:"text"`
}

// examination collects checks.
type examination struct {
	c       *console
	cfg     config
	all     []checked
	wrapped bool          // a wrapped secret-id was left alone
	noted   *storage.Note // what custody keeps of the record; nil: nothing
}

func (x *examination) say(name string, ok bool, text string) {
	x.all = append(x.all, checked{Name: name, OK: ok, Text: text})
}

// told adds an error in the words for people that it may have, or that all is well.
func (x *examination) told(name string, err error, fine string) {
	if err != nil {
		fine = x.c.explain(err)
	}
	x.say(name, err == nil, fine)
}

func (x *examination) print(failed int) error {
	width := 0
	for _, line := range x.all {
		width = max(width, len(line.Name))
	}
	for _, line := range x.all {
		mark := map[bool]string{true: "ok  ", false: "FAIL"}[line.OK]
		if line.Warn {
			mark = "WARN"
		}
		if _, err := fmt.Fprintf(x.c.out, "%s  %-*s  %s\n", mark, width, line.Name, line.Text); err != nil {
			return err
		}
	}
	last := x.c.say("cli.doctor.ok")
	if failed > 0 {
		last = x.c.say("cli.doctor.no", "Count", strconv.Itoa(failed), "All", strconv.Itoa(len(x.all)))
	}
	_, err := fmt.Fprintln(x.c.out, last)
	return err
}
