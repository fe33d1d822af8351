package eval

import (
	"context"
	"path/filepath"
	"runtime"
	"sync"

	"countersign/triage"
)

// parts is how many times is learned to measure every text by what was learned without
// its source.
const parts = 12

// Held diagnoses each item by kb with the experience of all lessons that do not share
// its origin and are no copy of a text that does.
func Held(ctx context.Context, kb *triage.KB, lessons []Lesson, items []Item) (Report, error) {
	fold := folds(items, parts)
	bases := Bases(kb, lessons, items, fold)
	return run(ctx, items, func(it Item) *triage.KB { return bases[fold[it.Origin()]] })
}

// Bases learns once for each fold.
func Bases(kb *triage.KB, lessons []Lesson, items []Item, fold map[string]int) []*triage.KB {
	copied := copies(kb, lessons, items)
	out := make([]*triage.KB, parts+1)
	var wait sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	used := map[int]bool{}
	for _, f := range fold {
		used[f] = true
	}
	for f := range out {
		if !used[f] {
			continue
		}
		wait.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			var rest []Lesson
			for i, l := range lessons {
				left := false
				if at, ok := fold[l.Origin]; ok && at == f {
					left = true
				}
				for o := range copied[i] {
					left = left || fold[o] == f
				}
				if !left {
					rest = append(rest, l)
				}
			}
			out[f] = kb.WithExperience(Learn(rest))
		})
	}
	wait.Wait()
	return out
}

// Split gives the figures of texts whose source was left out, and of those that are
// never learned from.
func (r Report) Split() (held, sight Report) {
	held, sight = newReport(), newReport()
	for _, res := range r.Said {
		if res.Item.Sight() {
			sight.add(res)
		} else {
			held.add(res)
		}
	}
	return held, sight
}

// Files are the labelled texts of the product, and those shared with it.
func Files() []string {
	own, _ := filepath.Glob("triage/testdata/eval/*.jsonl")
	for _, set := range []string{"triage", "questions", "requests"} {
		shared, _ := filepath.Glob("../shared/corpus/" + set + "-dev*.jsonl")
		own = append(own, shared...)
	}
	return own
}
