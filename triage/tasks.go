package triage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"countersign/certs"
)

// tasks are what is done the same way for many causes, by id and product. A step "@trust" of
// a cause stands for the steps of the product at hand, "@trust cms" for those of one product
// whatever the text shows.
type tasks map[string]map[string]Steps

// general is the way of what has none of its own.
const general = "general"

// deepest bounds tasks that are made of tasks.
const deepest = 3

func isTask(line string) bool { return strings.HasPrefix(line, "@") }

// spell writes the tasks of a cause out: in general, and for each product that has its
// own way and no steps of its own in the cause.
func (t tasks) spell(c *Cause) error {
	own := map[string]Steps{}
	for _, s := range c.Fix {
		if task, is := strings.CutPrefix(s.In[certs.English], "@"); is {
			for product := range t[task] {
				own[product] = c.Fix
			}
		}
	}
	maps.Copy(own, c.FixFor)
	own[general] = c.Fix
	var problems []error
	for product, fix := range own {
		steps, err := t.steps(fix, product, 0)
		own[product], problems = steps, append(problems, err)
	}
	c.Fix = own[general]
	delete(own, general)
	c.FixFor = own
	return errors.Join(problems...)
}

func (t tasks) steps(fix Steps, product string, depth int) (out Steps, err error) {
	for _, s := range fix {
		line, is := strings.CutPrefix(s.In[certs.English], "@")
		if !is {
			out = append(out, s)
			continue
		}
		task, of, fixed := strings.Cut(line, " ")
		way := t[task][of]
		if !fixed {
			if of, way = product, t[task][product]; way == nil {
				way = t[task][general]
			}
		}
		if way == nil || depth == deepest {
			return nil, fmt.Errorf("%q is no task, has no such way, or is made of itself; tasks are %s", "@"+line, strings.Join(slices.Sorted(maps.Keys(t)), ", "))
		}
		more, err := t.steps(way, of, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}
