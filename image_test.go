package countersign_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ignored is true for a file that a pattern of .dockerignore keeps out of the image's
// build: a folder, or with **/ a name of any file or folder.
func ignored(file, pattern string) bool {
	name, anywhere := strings.CutPrefix(pattern, "**/")
	if !anywhere {
		return file == pattern || strings.HasPrefix(file, pattern+"/")
	}
	return slices.ContainsFunc(strings.Split(file, "/"), func(part string) bool {
		ok, err := path.Match(name, part)
		return ok || err != nil
	})
}

// TestImageHasItsSources: whatever the program is built of comes into the image's build.
func TestImageHasItsSources(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,CgoFiles,EmbedFiles", "./cmd/countersign").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	top, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"go.mod", "go.sum"}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p struct {
			ImportPath, Dir               string
			GoFiles, CgoFiles, EmbedFiles []string
		}
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if p.ImportPath != "countersign" && !strings.HasPrefix(p.ImportPath, module) {
			continue
		}
		dir, err := filepath.Rel(top, p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range slices.Concat(p.GoFiles, p.CgoFiles, p.EmbedFiles) {
			files = append(files, path.Join(filepath.ToSlash(dir), f))
		}
	}
	if len(files) < 300 {
		t.Fatalf("only %d files: the test looks at the wrong place", len(files))
	}
	for pattern := range strings.FieldsSeq(regexp.MustCompile(`(?m)^#.*`).ReplaceAllString(read(t, ".dockerignore"), "")) {
		for _, f := range files {
			if ignored(f, pattern) {
				t.Errorf(".dockerignore keeps out %s (%s), of which the program is built", f, pattern)
			}
		}
	}
}

// TestImageRunsAsTheService: the image starts what the unit starts, is built with the Go
// of go.mod, and the page mounts what the page has made.
func TestImageRunsAsTheService(t *testing.T) {
	one := func(file, pattern string) string {
		t.Helper()
		m := regexp.MustCompile("(?m)" + pattern).FindStringSubmatch(read(t, file))
		if m == nil {
			t.Fatalf("%s has nothing like %s", file, pattern)
		}
		return m[1]
	}
	var begin, arguments []string
	for pattern, into := range map[string]*[]string{`^ENTRYPOINT (.*)$`: &begin, `^CMD (.*)$`: &arguments} {
		if err := json.Unmarshal([]byte(one("Dockerfile", pattern)), into); err != nil {
			t.Fatal(err)
		}
	}
	unit := strings.Fields(one("deploy/systemd/countersign.service", `^ExecStart=/usr/local/bin/(.*)$`))
	if image := slices.Concat(begin, arguments); !slices.Equal(image, unit) {
		t.Errorf("the image starts %v, the unit %v", image, unit)
	}
	if image, mod := one("Dockerfile", `^FROM golang:([0-9.]+)-`), one("go.mod", `^go ([0-9]+\.[0-9]+)`); image != mod {
		t.Errorf("the image is built with Go %s, go.mod wants %s", image, mod)
	}
	page := read(t, "docs/operations.md")
	run := one("docs/operations.md", `(?s)^(docker run .*?[^\\])$`)
	for _, made := range regexp.MustCompile(`(?m)^install -d -m [0-7]+ (/.*countersign.*)$`).FindAllStringSubmatch(page, -1) {
		for dir := range strings.FieldsSeq(made[1]) {
			if !strings.Contains(run, "--volume "+dir+":"+dir) {
				t.Errorf("docker run does not mount %s", dir)
			}
		}
	}
	if file := one("deploy/systemd/countersign.service", `^EnvironmentFile=(.*)$`); !strings.Contains(run, "--env-file "+file+" ") {
		t.Errorf("docker run does not read %s", file)
	}
}
