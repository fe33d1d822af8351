// Command run prints how well the knowledge base answers labelled examples:
//
//	go run ./triage/eval/run [-v] [-causes DIR] FILE.jsonl ...
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
	flag.Parse()
	if err := run(*verbose, *dir, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(verbose bool, dir string, names []string) error {
	var dirs []string
	if dir != "" {
		dirs = append(dirs, dir)
	}
	kb, err := triage.Load(dirs...)
	if err != nil {
		return err
	}
	items, err := eval.ReadFiles(names...)
	if err != nil {
		return err
	}
	report, err := eval.Run(context.Background(), kb, items)
	if err != nil {
		return err
	}
	report.Print(os.Stdout, verbose)
	return nil
}
