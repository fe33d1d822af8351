// Command run prints how well the diagnosis answers labelled examples that it has not
// learned from:
//
//	go run ./triage/eval/run [-v] [-causes DIR] [-calibrate FILE.go] [FILE.jsonl ...]
//
// Each text is answered by an experience that was learned without any text of the same
// source, and without copies of it. Files that are never learned from have figures of
// their own: those are what a stranger's text may expect.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"countersign/triage"
	"countersign/triage/eval"
)

func main() {
	verbose := flag.Bool("v", false, "print the wrong answers")
	dir := flag.String("causes", "", "a directory with causes of your own")
	fit := flag.String("calibrate", "", "the Go file whose calibration to fit, such as triage/calibration.go")
	flag.Parse()
	if err := run(*verbose, *dir, *fit, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(verbose bool, dir, fit string, names []string) error {
	var dirs []string
	if dir != "" {
		dirs = append(dirs, dir)
	}
	kb, err := triage.Load(dirs...)
	if err != nil {
		return err
	}
	all, err := eval.ReadFiles(eval.Files()...)
	if err != nil {
		return err
	}
	tested := all
	if len(names) > 0 {
		if tested, err = eval.ReadFiles(names...); err != nil {
			return err
		}
	}
	report, err := eval.Held(context.Background(), kb, eval.Lessons(kb, all, eval.Background(eval.Learned, eval.LearnedExcerpts)), tested)
	if err != nil {
		return err
	}
	held, sight := report.Split()
	if held.All.Items > 0 {
		held.Print(os.Stdout, "sources left out", verbose)
	}
	if sight.All.Items > 0 {
		sight.Print(os.Stdout, "never learned from", verbose)
	}
	if fit != "" {
		return eval.WriteCalibration(fit, held.Calibration())
	}
	return nil
}
