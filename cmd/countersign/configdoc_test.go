package main

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// keysOf gives the keys of a configuration below path, with its maps' names as NAME. What
// a type holds is given where it stands first.
func keysOf(typ reflect.Type, path string, seen map[reflect.Type]bool, into map[string]bool) {
	for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
		if typ.Kind() == reflect.Map && typ.Elem().Kind() == reflect.Struct {
			path += ".NAME"
		}
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || seen[typ] {
		into[path] = true
		return
	}
	seen[typ] = true
	for f := range typ.Fields() {
		switch key, option, _ := strings.Cut(f.Tag.Get("yaml"), ","); {
		case key == "-":
		case option == "inline":
			keysOf(f.Type, path, seen, into)
		default:
			keysOf(f.Type, strings.TrimPrefix(path+"."+key, "."), seen, into)
		}
	}
}

// keysIn gives the keys that a piece of YAML has, in the same words.
func keysIn(n *yaml.Node, path string, into map[string]bool) {
	for i, value := range n.Content {
		below := path
		switch {
		case n.Kind == yaml.MappingNode && i%2 == 0:
			continue
		case n.Kind == yaml.MappingNode && (path == "custody" || path == "issuers"):
			below += ".NAME"
		case n.Kind == yaml.MappingNode:
			below = strings.TrimPrefix(path+"."+n.Content[i-1].Value, ".")
		}
		into[below] = true
		keysIn(value, below, into)
	}
}

// TestEveryKeyIsExplained holds docs/operations.md and the configuration together: what the
// sample has stands in the table, every other key there or in an example, and the table
// has no key that is none.
func TestEveryKeyIsExplained(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	keysOf(reflect.TypeFor[config](), "", map[reflect.Type]bool{}, keys)
	if len(keys) < 60 {
		t.Fatalf("only %d keys: the test looks at the wrong place", len(keys))
	}
	_, table, _ := strings.Cut(string(page), "| key | meaning |")
	table, _, _ = strings.Cut(table, "\n\n")
	explained := map[string]bool{}
	for line := range strings.Lines(table) {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(first, -1) {
			key := strings.Replace(m[1], "custody.embedded.", "custody.NAME.", 1)
			explained[key] = true
			if whole := slices.ContainsFunc(slices.Collect(maps.Keys(keys)), func(k string) bool { return k == key || strings.HasPrefix(k, key+".") }); !whole {
				t.Errorf("the table has %s, which is no key", m[1])
			}
		}
	}
	sample, err := os.ReadFile(filepath.Join("..", "..", "deploy", "countersign.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	has := func(raw string) map[string]bool {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(raw), &n); err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		got := map[string]bool{}
		keysIn(n.Content[0], "", got)
		return got
	}
	for key := range has(string(sample)) {
		if keys[key] && !explained[key] {
			t.Errorf("deploy/countersign.yaml has %s, which the table does not explain", key)
		}
	}
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		maps.Copy(explained, has(m[1]))
		var c config
		var p problems
		d := yaml.NewDecoder(strings.NewReader(m[1]))
		d.KnownFields(true)
		if err := d.Decode(&c); err != nil {
			t.Errorf("%v\n%s", err, m[1])
		}
		for name := range c.Issuers {
			i, _ := c.issuer(name)
			c.checkIssuer(&p, name, i)
		}
		if len(p) > 0 {
			t.Errorf("%v\n%s", p, m[1])
		}
	}
	for key := range keys {
		if !explained[key] {
			t.Errorf("%s stands neither in the table nor in an example", key)
		}
	}
}
