package certs

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed profiles/*.yaml sources.yaml
var embedded embed.FS

// A profile file is small; a larger one is a mistake.
const maxProfileFile = 1 << 20

// Catalogue is a set of profiles. It is immutable once loaded and safe for
// concurrent use.
type Catalogue struct {
	products map[string]Product
	families map[string]Family
	profiles map[string]Profile
	order    []string          // profile ids, as the files have them
	all      []Profile         // in that order
	work     []Procedure       // as the files have them
	sources  map[string]Source // by tag
	files    map[string]string // profile id to the file that it came from
}

// Source is one document that rules come from.
type Source struct {
	Tag   string `yaml:"tag" json:"tag"`
	Title string `yaml:"title" json:"title"`
	URL   string `yaml:"url" json:"url,omitempty"`
}

// Load reads the embedded profiles and then the YAML files of dirs, each of which
// may add profiles or replace embedded ones. Errors name file, line and field. Nothing is
// shared with the catalogue of another call.
func Load(dirs ...string) (*Catalogue, error) {
	c := &Catalogue{products: map[string]Product{}, families: map[string]Family{}, profiles: map[string]Profile{}, sources: map[string]Source{},
		files: map[string]string{}}
	raw, err := embedded.ReadFile("sources.yaml")
	if err != nil {
		return nil, fmt.Errorf("certs: sources: %w", err)
	}
	var sources []Source
	if err := strict(raw, &sources); err != nil {
		return nil, fmt.Errorf("certs: sources.yaml: %w", err)
	}
	for _, s := range sources {
		c.sources[s.Tag] = s
	}
	if err := c.read(embedded, "profiles", "profiles"); err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		if err := c.read(os.DirFS(dir), ".", dir); err != nil {
			return nil, err
		}
	}
	if err := c.references(); err != nil {
		return nil, err
	}
	for _, id := range c.order {
		c.all = append(c.all, c.profiles[id])
	}
	return c, nil
}

func (c *Catalogue) read(dir fs.FS, root, shown string) error {
	entries, err := fs.ReadDir(dir, root)
	if err != nil {
		return fmt.Errorf("certs: profiles in %s: %w", shown, err)
	}
	var files []*parsedFile
	var parsing sync.WaitGroup
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		f := &parsedFile{shown: shown + "/" + e.Name()}
		files = append(files, f)
		parsing.Go(func() { f.err = f.parse(dir, path.Join(root, e.Name())) })
	}
	parsing.Wait() // side by side: nearly all of a start is reading YAML
	for _, f := range files {
		if f.err != nil {
			return fmt.Errorf("certs: profile %s: %w", f.shown, f.err)
		}
		c.add(f)
	}
	return nil
}

// parsedFile is one file of profiles, checked by itself.
type parsedFile struct {
	profileFile
	shown string
	err   error
}

func (f *parsedFile) parse(dir fs.FS, name string) error {
	raw, err := readBounded(dir, name)
	if err != nil {
		return err
	}
	if err := strict(raw, &f.profileFile); err != nil {
		return err
	}
	return f.check(raw)
}

func readBounded(dir fs.FS, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only
	raw, err := io.ReadAll(io.LimitReader(f, maxProfileFile+1))
	if err == nil && len(raw) > maxProfileFile {
		err = fmt.Errorf("larger than %d bytes", maxProfileFile)
	}
	return raw, err
}

func (c *Catalogue) add(f *parsedFile) {
	for _, p := range f.Products {
		c.products[p.ID] = p
	}
	for _, x := range f.Families {
		c.families[x.ID] = x
	}
	for _, p := range f.Procedures {
		i := slices.IndexFunc(c.work, func(o Procedure) bool { return o.ID == p.ID })
		if i < 0 {
			c.work = append(c.work, p)
		} else {
			c.work[i] = p
		}
	}
	for _, p := range f.Profiles {
		if _, known := c.profiles[p.ID]; !known {
			c.order = append(c.order, p.ID)
		}
		c.profiles[p.ID], c.files[p.ID] = p, f.shown
	}
}

// strict decodes one YAML document and refuses unknown fields, naming the line.
func strict(raw []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the file is empty")
		}
		return plainYAML(err)
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return errors.New("more than one document in the file")
	}
	return nil
}

var wrongKind = regexp.MustCompile("cannot unmarshal !!(\\w+)(?: `[^`]*`)? into .*")

var kinds = map[string]string{"str": "a text", "seq": "a list", "map": "a map", "int": "a number", "float": "a number", "bool": "true or false", "null": "nothing"}

// plainYAML takes Go's type names, and what was written, out of a decoder's message.
func plainYAML(err error) error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	msg = strings.TrimPrefix(msg, "unmarshal errors:\n")
	lines := strings.Split(msg, "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if m := wrongKind.FindStringSubmatch(line); m != nil {
			line = strings.Replace(line, m[0], cmp.Or(kinds[m[1]], "this")+" does not belong here", 1)
		}
		if head, _, ok := strings.Cut(line, " in type "); ok {
			line = head
		}
		lines[i] = line
	}
	return errors.New(strings.Join(lines, "; "))
}

// references checks what one file may say about another.
func (c *Catalogue) references() error {
	for _, p := range c.products {
		if _, ok := c.families[p.Family]; !ok && p.Family != "" {
			return fmt.Errorf("certs: product %s: family %q is not declared", p.ID, p.Family)
		}
		if _, ok := c.profiles[p.ID+"/"+p.Service]; !ok && p.Service != "" {
			return fmt.Errorf("certs: product %s: service %q is none of its own", p.ID, p.Service)
		}
	}
	for _, id := range c.order {
		p := c.profiles[id]
		if _, ok := c.products[p.Product()]; !ok {
			return fmt.Errorf("certs: %s: profile %s: no product %q", c.files[id], id, p.Product())
		}
		for _, need := range p.Needs {
			if _, ok := c.profiles[p.Product()+"/"+need]; !ok {
				return fmt.Errorf("certs: %s: profile %s: needs %q, which is no service of it", c.files[id], id, need)
			}
		}
		for _, other := range p.Conflicts {
			if _, ok := c.profiles[other]; !ok {
				return fmt.Errorf("certs: %s: profile %s: conflicts with %q, which does not exist", c.files[id], id, other)
			}
		}
		for _, t := range p.TrustedBy {
			if _, ok := c.store(t.By, t.Store); !ok {
				return fmt.Errorf("certs: %s: profile %s: trusted_by: no store %q of product %q", c.files[id], id, t.Store, t.By)
			}
		}
	}
	return nil
}

// serviceOf finds the service that a person means: its own name, or an alias.
func (c *Catalogue) serviceOf(product, name string) string {
	if _, ok := c.profiles[product+"/"+name]; ok {
		return name
	}
	for _, p := range c.all {
		if p.Product() == product && slices.Contains(p.Aliases, name) {
			return p.Service()
		}
	}
	return name
}

func (c *Catalogue) store(product, id string) (Store, bool) {
	stores := c.products[product].Stores
	i := slices.IndexFunc(stores, func(s Store) bool { return s.ID == id })
	if i < 0 {
		return Store{}, false
	}
	return stores[i], true
}

// Profiles gives all profiles in the order of the catalogue. Do not change what
// they point to.
func (c *Catalogue) Profiles() []Profile { return slices.Clone(c.all) }

// Profile gives one profile by id.
func (c *Catalogue) Profile(id string) (Profile, bool) { p, ok := c.profiles[id]; return p, ok }

// Procedures gives all procedures in the order of the catalogue.
func (c *Catalogue) Procedures() []Procedure { return slices.Clone(c.work) }

// Procedure gives one procedure by id.
func (c *Catalogue) Procedure(id string) (Procedure, bool) {
	i := slices.IndexFunc(c.work, func(p Procedure) bool { return p.ID == id })
	if i < 0 {
		return Procedure{}, false
	}
	return c.work[i], true
}

// Products gives all products, in their order and by id.
func (c *Catalogue) Products() []Product {
	return slices.SortedFunc(maps.Values(c.products), func(a, b Product) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.Order, 50), cmp.Or(b.Order, 50)), cmp.Compare(a.ID, b.ID))
	})
}

// Families gives the families that have marks, in the order of their products.
func (c *Catalogue) Families() []Family {
	var all []Family
	for _, p := range c.Products() {
		f := c.families[c.FamilyOf(p.ID)]
		if len(f.Marks) > 0 && !slices.ContainsFunc(all, func(o Family) bool { return o.ID == f.ID }) {
			all = append(all, f)
		}
	}
	return all
}

// FamilyOf gives the family that an id of a product, or of a family, stands for; "" for
// an id that is neither.
func (c *Catalogue) FamilyOf(id string) string {
	p, known := c.products[id]
	if _, family := c.families[id]; family || known && p.Family == "" {
		return id
	}
	return p.Family
}

// PlatformOf gives the platform of a product or of a family's products.
func (c *Catalogue) PlatformOf(id string) Platform {
	for _, p := range c.products {
		if (p.ID == id || c.FamilyOf(p.ID) == id) && p.Platform != "" {
			return p.Platform
		}
	}
	return ""
}

// Services gives the services of a product, in the order of the catalogue.
func (c *Catalogue) Services(product string) []string {
	var all []string
	for _, p := range c.all {
		if p.Product() == product {
			all = append(all, p.Service())
		}
	}
	return all
}

// Asks reports whether some certificate of a product depends on an answer to field.
func (c *Catalogue) Asks(product, field string) bool {
	return slices.ContainsFunc(c.all, func(p Profile) bool {
		return p.Product() == product && slices.ContainsFunc(p.Asks, func(a Ask) bool { return a.Field == field })
	})
}

// Product gives one product by id.
func (c *Catalogue) Product(id string) (Product, bool) { p, ok := c.products[id]; return p, ok }

// Documents gives the sources of the embedded profiles, sorted by tag.
func (c *Catalogue) Documents() []Source {
	return slices.SortedFunc(maps.Values(c.sources), func(a, b Source) int { return strings.Compare(a.Tag, b.Tag) })
}

// cite writes sources for people: titles of known tags, everything else as it stands.
func (c *Catalogue) cite(s Sources) string {
	titles := make([]string, 0, len(s))
	for _, tag := range s {
		if known, ok := c.sources[tag]; ok {
			tag = known.Title
		}
		titles = append(titles, tag)
	}
	return strings.Join(titles, "; ")
}
