package triage

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed causes/*.yaml
var embedded embed.FS

// Limits of knowledge files, so that a directory of the user's own cannot exhaust
// memory.
const (
	maxFileSize = 4 << 20
	maxFiles    = 500
	maxWordings = 60000
)

// file is one YAML file of the knowledge base.
type file struct {
	Family    string           `yaml:"family"`
	AsOf      string           `yaml:"as-of"`
	Sources   Lines            `yaml:"sources"`
	Words     map[string]Lines `yaml:"words"`
	Products  []Product        `yaml:"products"`
	Common    Lines            `yaml:"common"`
	Signals   []Signal         `yaml:"signals"`
	Questions []*Question      `yaml:"questions"`
	Causes    []*Cause         `yaml:"causes"`
}

// Load reads the knowledge base that is built in, and then every *.yaml file of dirs,
// which may add causes, word lists and products, or replace a built-in cause of the
// same id. It checks everything and reports all problems of a file at once.
func Load(dirs ...string) (*KB, error) {
	b, err := builtIn()
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		if err := b.addDir(dir); err != nil {
			return nil, err
		}
	}
	return b.finish()
}

// Source is one file of causes in memory.
type Source struct {
	Name string
	Raw  []byte
}

// With gives a base that knows what kb knows and the causes of more besides. kb stays
// as it is. A cause of more may replace a built-in one of the same id, and no other.
func (kb *KB) With(more ...Source) (*KB, error) {
	b, err := builtIn()
	if err != nil {
		return nil, err
	}
	for _, s := range kb.own {
		if err := b.add(s.Name, s.Raw); err != nil {
			return nil, err
		}
	}
	for _, s := range more {
		if err := b.add(s.Name, s.Raw); err != nil {
			return nil, err
		}
	}
	return b.finish()
}

// builtIn is a builder that holds the files that are compiled in.
func builtIn() (*builder, error) {
	b := newBuilder()
	names, err := fs.Glob(embedded, "causes/*.yaml")
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

// Parse checks one file of causes on its own, as the form that teaches a cause needs
// it, and gives its causes. References to the built-in word lists resolve.
func Parse(name string, raw []byte) ([]*Cause, error) {
	b, err := builtIn()
	if err != nil {
		return nil, err
	}
	before := len(b.taught)
	if err := b.add(name, raw); err != nil {
		return nil, err
	}
	if _, err := b.finish(); err != nil {
		return nil, err
	}
	return b.taught[before:], nil
}

type builder struct {
	causes   []*Cause
	taught   []*Cause
	at       map[string]int // cause id -> index in causes
	words    map[string]Lines
	products []Product
	common   []string
	shared   []Signal // signals that stand outside a cause
	asked    []*Question
	own      []Source
}

func newBuilder() *builder {
	return &builder{at: map[string]int{}, words: map[string]Lines{}}
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
	for word, list := range f.Words {
		if _, twice := b.words[word]; twice {
			fail("word list %s stands twice", word)
		}
		if len(list) == 0 {
			fail("word list %s is empty", word)
		}
		b.words[word] = list
	}
	b.products = append(b.products, f.Products...)
	b.common = append(b.common, f.Common...)
	for _, s := range f.Signals {
		if len(s.Also) == 0 {
			fail("a shared signal needs causes under also")
		}
		b.shared = append(b.shared, s)
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
		if c.AsOf == "" {
			c.AsOf = f.AsOf
		}
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
		if taught {
			b.taught = append(b.taught, c)
		}
	}
	return errors.Join(problems...)
}

var slug = regexp.MustCompile(`^(not-certificate:)?[a-z0-9]+(-[a-z0-9]+)*$`)
var month = regexp.MustCompile(`^20[0-9]{2}-(0[1-9]|1[0-2])$`)

// checkCause lists what is wrong with a cause by itself.
func checkCause(c *Cause) []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if !slug.MatchString(c.ID) {
		say("id must be lower-case words joined by hyphens")
	}
	if c.Title.In["en"] == "" {
		say("title needs at least English (en)")
	}
	if len(c.Unsure.In) > 0 && c.Unsure.In["en"] == "" {
		say("unsure needs at least English (en)")
	}
	if len(c.Signals) == 0 && len(c.Facts) == 0 && len(c.Examples) == 0 {
		say("nothing to recognise it by: give signals, facts or examples")
	}
	if len(c.Fix) == 0 {
		say("fix is missing")
	}
	if len(c.Sources) == 0 {
		say("sources are missing")
	}
	if !month.MatchString(c.AsOf) {
		say("as-of must be a month like 2026-11")
	}
	for i := range c.Signals {
		for _, p := range checkSignal(&c.Signals[i]) {
			say("signal %d: %s", i+1, p)
		}
	}
	if c.Question != nil {
		bad = append(bad, checkQuestion(c.Question)...)
	}
	return bad
}

func checkQuestion(q *Question) []string {
	var bad []string
	if q == nil || q.ID == "" || q.Text.In["en"] == "" || len(q.Options) < 2 {
		return []string{"question needs id, text and at least two options"}
	}
	for _, o := range q.Options {
		if o.ID == "" || o.Text.In["en"] == "" || len(o.Favour) == 0 {
			bad = append(bad, fmt.Sprintf("question %s: an option needs id, text and for", q.ID))
		}
	}
	return bad
}

func checkSignal(s *Signal) []string {
	var bad []string
	if (len(s.Any) == 0) == (len(s.All) == 0) {
		bad = append(bad, "give either any or all")
	}
	if s.Weight == 0 && len(s.Also) == 0 {
		bad = append(bad, "w is missing")
	}
	if s.Weight < -20 || s.Weight > 20 {
		bad = append(bad, "w must lie between -20 and 20")
	}
	if s.Side != "" && s.Side != "us" && s.Side != "peer" {
		bad = append(bad, "side is us or peer")
	}
	for _, lit := range s.Any {
		if len(fold(strings.Trim(lit, "*"))) < 3 {
			bad = append(bad, fmt.Sprintf("wording %q is too short to mean anything", lit))
		}
	}
	if s.Pattern != "" {
		if _, err := regexp.Compile("(?i)" + s.Pattern); err != nil {
			bad = append(bad, "re: "+err.Error())
		}
	}
	return bad
}

// finish resolves references and compiles the matcher.
func (b *builder) finish() (*KB, error) {
	slices.SortStableFunc(b.causes, func(x, y *Cause) int {
		if x.Certificate() != y.Certificate() {
			if x.Certificate() {
				return -1
			}
			return 1
		}
		return strings.Compare(x.ID, y.ID)
	})
	kb := &KB{own: b.own, causes: b.causes, products: b.products, index: map[string]int{}}
	for i, c := range kb.causes {
		kb.index[c.ID] = i
	}
	var problems []error
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

// addQuestion keeps one question of an id: several causes may share it.
func (kb *KB) addQuestion(q *Question) {
	if !slices.ContainsFunc(kb.questions, func(k *Question) bool { return k.ID == q.ID }) {
		kb.questions = append(kb.questions, q)
	}
}
