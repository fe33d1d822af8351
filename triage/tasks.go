package triage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"countersign/certs"
)

// A task is what is done the same way for many causes, in the way of each product. A step
// "@trust" of a cause stands for the steps of the task, "@trust cms" for those of one
// product whatever the text shows.
type tasks map[string]map[string]Steps

// general is the way of what has none of its own.
const general = "general"

func isTask(line string) bool { return strings.HasPrefix(line, "@") }

// spell writes the tasks of a cause out: in general, and for each product that has its
// own way and no steps of its own in the cause.
func (t tasks) spell(c *Cause) error {
	fix := c.Fix
	steps, problem := t.steps(fix, general, 0)
	problems := []error{problem}
	own := maps.Clone(c.FixFor)
	if own == nil {
		own = map[string]Steps{}
	}
	for _, s := range fix {
		task, product, _ := strings.Cut(s.In[certs.English], " ")
		if !isTask(task) || product != "" {
			continue
		}
		for product := range t[task[1:]] {
			if _, has := own[product]; !has && product != general {
				own[product] = fix
			}
		}
	}
	for product, fix := range own {
		own[product], problem = t.steps(fix, product, 0)
		problems = append(problems, problem)
	}
	c.Fix, c.FixFor = steps, own
	return errors.Join(problems...)
}

// deepest bounds tasks that are made of tasks.
const deepest = 3

func (t tasks) steps(fix Steps, product string, depth int) (Steps, error) {
	var out Steps
	for _, s := range fix {
		line := s.In[certs.English]
		if !isTask(line) {
			out = append(out, s)
			continue
		}
		task, of, fixed := strings.Cut(line[1:], " ")
		if !fixed {
			of = product
		}
		ways := t[task]
		way := ways[of]
		if len(way) == 0 && !fixed {
			way = ways[general]
		}
		if len(way) == 0 || depth == deepest {
			return nil, fmt.Errorf("%q is no task, has no such way, or is made of itself; tasks are %s",
				line, strings.Join(slices.Sorted(maps.Keys(t)), ", "))
		}
		more, err := t.steps(way, of, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}
