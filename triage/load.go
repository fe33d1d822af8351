package triage

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"countersign/certs"
)

//go:embed causes/*.yaml verdicts/*.yaml
var embedded embed.FS

// Load reads the knowledge base that is built in, and then every *.yaml file of dirs,
// which may add causes, word lists and products, or replace a built-in cause of the
// same id. It checks everything and reports all problems of a file at once. The products
// that causes may name are those of the built-in catalogue; see LoadFor.
func Load(dirs ...string) (*KB, error) {
	catalogue, err := certs.Load()
	if err != nil {
		return nil, err
	}
	return LoadFor(catalogue, dirs...)
}

// LoadFor is Load for a catalogue that may have products of the operator's own.
func LoadFor(catalogue *certs.Catalogue, dirs ...string) (*KB, error) {
	b, err := builtIn(catalogue)
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		if err := b.addDir(dir); err != nil {
			return nil, err
		}
	}
	if err := b.checkProducts(); err != nil {
		return nil, err
	}
	return b.finish()
}

// With gives a base that knows what kb knows and the causes of more besides. kb stays
// as it is. A cause of more may replace a built-in one of the same id, and no other. It
// may name a product that is known no more: what was taught outlives it.
func (kb *KB) With(more ...Source) (*KB, error) {
	b, err := builtIn(kb.catalogue)
	if err != nil {
		return nil, err
	}
	for _, s := range slices.Concat(kb.own, more) {
		if err := b.add(s.Name, s.Raw); err != nil {
			return nil, err
		}
	}
	return b.finish()
}

// builtIn is a builder that holds the files that are compiled in.
func builtIn(catalogue *certs.Catalogue) (*builder, error) {
	b := newBuilder(catalogue)
	names, err := fs.Glob(embedded, "*/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("triage: list built-in causes: %w", err)
	}
	files, errs := make([]file, len(names)), make([]error, len(names))
	var reading sync.WaitGroup
	for i, name := range names {
		reading.Go(func() {
			raw, err := embedded.ReadFile(name)
			if err != nil {
				errs[i] = fmt.Errorf("triage: read %s: %w", name, err)
				return
			}
			errs[i] = files[i].decode(name, raw)
		})
	}
	reading.Wait() // side by side: most of a start is reading YAML
	for i, name := range names {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if err := b.merge(name, &files[i], false); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *builder) addDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("triage: read causes: %w", err)
	}
	n := 0
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != ".yaml" {
			continue
		}
		if n++; n > maxFiles {
			return fmt.Errorf("triage: %s holds more than %d files of causes", dir, maxFiles)
		}
		name := filepath.Join(dir, e.Name())
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("triage: read causes: %w", err)
		}
		raw, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
		f.Close()
		if err != nil {
			return fmt.Errorf("triage: read %s: %w", name, err)
		}
		if len(raw) > maxFileSize {
			return fmt.Errorf("triage: %s is larger than %d bytes", name, maxFileSize)
		}
		if err := b.add(name, raw); err != nil {
			return err
		}
	}
	return nil
}

// finish resolves references and compiles the matcher.
func (b *builder) finish() (*KB, error) {
	other := func(c *Cause) int {
		if c.Certificate() {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(b.causes, func(x, y *Cause) int { return cmp.Or(other(x)-other(y), strings.Compare(x.ID, y.ID)) })
	kb := &KB{catalogue: b.catalogue, own: b.own, causes: b.causes, products: b.products, index: map[string]int{}}
	var problems []error
	var err error
	if kb.denials, err = readDenials(); err != nil {
		problems = append(problems, fmt.Errorf("triage: read denied.yaml: %w", err))
	}
	for i, c := range kb.causes {
		kb.index[c.ID] = i
		if err := b.tasks.spell(c); err != nil {
			problems = append(problems, fmt.Errorf("triage: cause %q: %w", c.ID, err))
		}
	}
	for _, c := range kb.causes {
		for _, id := range c.LookAlikes {
			if _, ok := kb.index[id]; !ok {
				problems = append(problems, fmt.Errorf("triage: cause %q: look-alike %q is unknown", c.ID, id))
			}
		}
		if c.Question != nil {
			kb.addQuestion(c.Question)
		}
	}
	for _, q := range b.asked {
		kb.addQuestion(q)
	}
	for _, q := range kb.questions {
		q.Products = kb.families(q.Products)
		for _, o := range q.Options {
			for id := range o.Favour {
				if _, ok := kb.index[id]; !ok {
					problems = append(problems, fmt.Errorf("triage: question %s names unknown cause %q", q.ID, id))
				}
			}
		}
	}
	problems = append(problems, kb.compile(b)...)
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return kb, nil
}
