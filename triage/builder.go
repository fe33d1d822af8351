package triage

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"countersign/certs"
)

// Limits of knowledge files, so that a directory of the user's own cannot exhaust
// memory.
const (
	maxFileSize = 4 << 20
	maxFiles    = 500
	maxWordings = 60000
)

// file is one YAML file of the knowledge base.
type file struct {
	Family    string      `yaml:"family"`
	AsOf      string      `yaml:"as-of"`
	Sources   Lines       `yaml:"sources"`
	Products  []Product   `yaml:"products"`
	Common    Lines       `yaml:"common"`
	Verdicts  []Stated    `yaml:"verdicts"`
	Questions []*Question `yaml:"questions"`
	Tasks     tasks       `yaml:"tasks"`
	Causes    []*Cause    `yaml:"causes"`
}

// builder gathers what files say. catalogue has the products that they may name.
type builder struct {
	catalogue *certs.Catalogue
	causes    []*Cause
	at        map[string]int // cause id -> index in causes
	products  []Product
	common    []string
	stated    []Stated
	asked     []*Question
	tasks     tasks
	own       []Source
}

func newBuilder(catalogue *certs.Catalogue) *builder {
	b := &builder{catalogue: catalogue, at: map[string]int{}, tasks: tasks{}}
	for _, f := range catalogue.Families() {
		b.products = append(b.products, Product{ID: f.ID, Name: f.Name, Say: f.Marks})
	}
	return b
}

// add takes in a file that is not built in.
func (b *builder) add(name string, raw []byte) error {
	b.own = append(b.own, Source{name, raw})
	var f file
	if err := f.decode(name, raw); err != nil {
		return err
	}
	return b.merge(name, &f, true)
}

func (f *file) decode(name string, raw []byte) error {
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(f); err != nil {
		for _, earlier := range []string{"field signals not found", "field words not found"} {
			if strings.Contains(err.Error(), earlier) {
				return fmt.Errorf("triage: %s: signals and word lists have become messages and facts, see triage/causes/README.md: %w", name, err)
			}
		}
		return fmt.Errorf("triage: %s: %w", name, err)
	}
	return nil
}

// merge takes what a file says into the base and lists what is wrong with it.
func (b *builder) merge(name string, f *file, taught bool) error {
	var problems []error
	fail := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("triage: %s: "+format, append([]any{name}, args...)...))
	}
	if f.Family == "" {
		fail("family is missing")
	}
	b.products = append(b.products, f.Products...)
	b.common = append(b.common, f.Common...)
	for i := range f.Verdicts {
		for _, p := range checkStated(&f.Verdicts[i]) {
			fail("verdict %s: %s", f.Verdicts[i].Kind, p)
		}
	}
	b.stated = append(b.stated, f.Verdicts...)
	for task, ways := range f.Tasks {
		if b.tasks[task] == nil {
			b.tasks[task] = map[string]Steps{}
		}
		maps.Copy(b.tasks[task], ways)
	}
	for _, q := range f.Questions {
		for _, p := range checkQuestion(q) {
			fail("%s", p)
		}
		b.asked = append(b.asked, q)
	}
	for _, c := range f.Causes {
		if c == nil {
			fail("an empty cause")
			continue
		}
		c.Family, c.Taught = f.Family, taught
		c.AsOf = cmp.Or(c.AsOf, f.AsOf)
		if len(c.Sources) == 0 {
			c.Sources = f.Sources
		}
		for _, p := range checkCause(c) {
			fail("cause %q: %s", c.ID, p)
		}
		if i, known := b.at[c.ID]; known {
			if !taught || b.causes[i].Taught {
				fail("cause %q stands twice", c.ID)
			}
			b.causes[i] = c
		} else {
			b.at[c.ID] = len(b.causes)
			b.causes = append(b.causes, c)
		}
	}
	return errors.Join(problems...)
}

// checkProducts lists the products that are named and that neither the catalogue nor a
// file of the base knows.
func (b *builder) checkProducts() error {
	var problems []error
	known := func(where string, ids ...string) {
		for _, id := range ids {
			if b.catalogue.FamilyOf(id) == "" && !slices.ContainsFunc(b.products, func(p Product) bool { return p.ID == id }) {
				problems = append(problems, fmt.Errorf("triage: %s names unknown product %q", where, id))
			}
		}
	}
	for task, ways := range b.tasks {
		for product := range ways {
			if product != general {
				known("task "+task, product)
			}
		}
	}
	for _, c := range b.causes {
		where := fmt.Sprintf("cause %q", c.ID)
		known(where, slices.Sorted(maps.Keys(c.FixFor))...)
		for _, m := range c.Messages {
			known(where, m.Products...)
		}
		if c.Question != nil {
			known("question "+c.Question.ID, c.Question.Products...)
		}
	}
	for _, q := range b.asked {
		known("question "+q.ID, q.Products...)
	}
	return errors.Join(problems...)
}
