// Command learn makes the experience of package triage from the labelled texts, what the
// knowledge base says of its causes, and documentation on this machine, which is about
// nothing that is wrong:
//
//	go run ./triage/eval/learn -o triage/experience.bin
//
// The same texts always give the same file. Files that end in -sight are never learned
// from: they judge the result.
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
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(out string) error {
	kb, err := triage.Load()
	if err != nil {
		return err
	}
	items, err := eval.ReadFiles(eval.Files()...)
	if err != nil {
		return err
	}
	lessons := eval.Lessons(kb, items, eval.Background(eval.Learned, eval.LearnedExcerpts))
	e := eval.Learn(lessons)
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
	fmt.Printf("%d texts, %d causes, %d traits\n", len(lessons), len(e.Causes), len(e.Traits()))
	return nil
}
