package countersign_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// upward is how many of a package's arrows between files may run back up, in hundredths
// (design, section 1): back from a file to one that uses it, whether directly or by way
// of others.
const upward = 10

// mostMethods is how many methods a type may have before it is several.
const mostMethods = 40

// TestInside holds the order inside the packages: which files use which, and how large
// a type may grow.
func TestInside(t *testing.T) {
	exports, all := exported(t)
	for _, p := range all {
		house := checked(t, p, exports)
		if back, arrows, which := house.upward(); back*100 > arrows*upward {
			t.Errorf("%s: %d of %d arrows between its files run back up (%.1f %%, at most %d %%):\n  %s",
				p.ImportPath, back, arrows, 100*float64(back)/float64(arrows), upward, strings.Join(which, "\n  "))
		}
		for name, n := range house.methods {
			if n > mostMethods {
				t.Errorf("%s.%s has %d methods: more than one noun lives there", p.ImportPath, name, n)
			}
		}
	}
}

// house is one package: which file uses what is declared in which, by way of what, and
// how many methods each type has.
type house struct {
	files   []string
	uses    map[[2]string]string
	methods map[string]int
}

func exported(t *testing.T) (map[string]string, []pkg) {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,GoFiles,Export,Standard", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	exports, own := map[string]string{}, []pkg{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p struct {
			pkg
			Export string
		}
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if strings.HasPrefix(p.ImportPath, module) && part(p.ImportPath) != "tests" && len(p.GoFiles) > 0 {
			own = append(own, p.pkg)
		}
	}
	return exports, own
}

// typed reads a package and says what each of its words means.
func typed(t *testing.T, p pkg, exports map[string]string) (*types.Package, *types.Info, *token.FileSet, []*ast.File) {
	t.Helper()
	fset, files := token.NewFileSet(), []*ast.File{}
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	checked, err := conf.Check(p.ImportPath, fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	return checked, info, fset, files
}

func checked(t *testing.T, p pkg, exports map[string]string) house {
	t.Helper()
	h := house{files: p.GoFiles, uses: map[[2]string]string{}, methods: map[string]int{}}
	checked, info, fset, _ := typed(t, p, exports)
	for id, obj := range info.Uses {
		if f, isFunc := obj.(*types.Func); isFunc {
			obj = f.Origin()
		}
		if v, isVar := obj.(*types.Var); isVar {
			obj = v.Origin()
		}
		if obj.Pkg() != checked {
			continue
		}
		from, to := filepath.Base(fset.Position(id.Pos()).Filename), filepath.Base(fset.Position(obj.Pos()).Filename)
		if was, known := h.uses[[2]string{from, to}]; from != to && (!known || obj.Name() < was) {
			h.uses[[2]string{from, to}] = obj.Name()
		}
	}
	for id, obj := range info.Defs {
		if f, ok := obj.(*types.Func); ok && f.Signature().Recv() != nil && id.Name != "_" {
			to := f.Signature().Recv().Type()
			if ptr, ok := to.(*types.Pointer); ok {
				to = ptr.Elem()
			}
			if named, ok := to.(*types.Named); ok {
				h.methods[named.Obj().Name()]++
			}
		}
	}
	return h
}

// upward counts the arrows that run back up in the order of the files that has fewest of
// them, and both arrows of two files that use each other.
func (h house) upward() (back, arrows int, which []string) {
	place := map[string]int{}
	for i, f := range h.order() {
		place[f] = i
	}
	for a, by := range h.uses {
		if _, mutual := h.uses[[2]string{a[1], a[0]}]; mutual || place[a[0]] > place[a[1]] {
			back++
			which = append(which, fmt.Sprintf("%s -> %s (%s)", a[0], a[1], by))
		}
	}
	slices.Sort(which)
	return back, len(h.uses), which
}

// order puts users before what they use, as far as that goes: the heuristic of Eades,
// Lin and Smyth (1993), then each file to its best place while that helps.
func (h house) order() []string {
	left, out, in := slices.Sorted(slices.Values(h.files)), map[string]int{}, map[string]int{}
	for a := range h.uses {
		out[a[0]]++
		in[a[1]]++
	}
	var head, tail []string
	for len(left) > 0 {
		next := slices.IndexFunc(left, func(f string) bool { return out[f] == 0 })
		sink := next >= 0
		if !sink {
			best := slices.MaxFunc(left, func(a, b string) int { return cmp.Compare(out[a]-in[a], out[b]-in[b]) })
			next = slices.Index(left, best)
		}
		f := left[next]
		left = slices.Delete(left, next, next+1)
		for a := range h.uses {
			if a[0] == f {
				in[a[1]]--
			}
			if a[1] == f {
				out[a[0]]--
			}
		}
		if sink {
			tail = append(tail, f)
		} else {
			head = append(head, f)
		}
	}
	slices.Reverse(tail)
	order := slices.Concat(head, tail)
	for moved := true; moved; {
		moved = false
		for _, f := range slices.Clone(order) {
			moved = h.settle(order, f) || moved
		}
	}
	return order
}

// settle moves one file to the place where fewest of its arrows run back.
func (h house) settle(order []string, f string) bool {
	at := slices.Index(order, f)
	rest := slices.Delete(slices.Clone(order), at, at+1)
	cost := make([]int, len(order)) // of f standing before the i-th of the rest
	for i, g := range rest {
		if _, ok := h.uses[[2]string{f, g}]; ok {
			for j := i + 1; j < len(order); j++ {
				cost[j]++
			}
		}
		if _, ok := h.uses[[2]string{g, f}]; ok {
			for j := 0; j <= i; j++ {
				cost[j]++
			}
		}
	}
	best := at
	for i, c := range cost {
		if c < cost[best] {
			best = i
		}
	}
	if best == at {
		return false
	}
	copy(order, slices.Insert(rest, best, f))
	return true
}
