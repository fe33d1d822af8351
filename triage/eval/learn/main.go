// Command learn makes the experience of package triage from labelled texts and the
// examples of the causes:
//
//	go run ./triage/eval/learn -o triage/experience.bin triage/testdata/eval/*.jsonl
//
// It takes some seconds; the same texts always give the same file. A text that is to
// judge the result must not be among them.
package main

import (
	"flag"
	"fmt"
	"os"

	"countersign/triage"
	"countersign/triage/eval"
)

func main() {
	out := flag.String("o", "triage/experience.bin", "the file to write")
	flag.Parse()
	if err := run(*out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(out string, names []string) error {
	items, err := eval.ReadFiles(names...)
	if err != nil {
		return err
	}
	kb, err := triage.Load()
	if err != nil {
		return err
	}
	for _, c := range kb.Causes() {
		for _, ex := range c.Examples {
			items = append(items, eval.Item{Text: ex, CauseID: c.ID})
		}
	}
	e := eval.Learn(items)
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	if err := e.Encode(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	fmt.Printf("%d texts, %d causes, %d traits\n", len(items), len(e.Causes), len(e.Traits))
	return nil
}
