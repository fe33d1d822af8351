package support

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"countersign/certs"
	"countersign/triage"
	"countersign/workflows"
)

// The limits of a lesson: what fits the card that is reviewed, and in characters.
const (
	maxWordings = 10
	maxWording  = 200
	minWording  = 12 // shorter pieces stand in every log
	maxSteps    = 12
	maxStep     = 400
	maxNear     = 5
)

var causeID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+){1,7}$`)

// validate says what is wrong with a lesson, by field of the form.
func validate(l workflows.Lesson, cause string) *workflows.Error {
	bad := func(field, key string, pairs ...string) *workflows.Error {
		return &workflows.Error{Code: workflows.Invalid, Field: field, Text: certs.T("workflows.teach."+key, pairs...)}
	}
	long := func(list []string, n int) bool {
		return slices.ContainsFunc(list, func(s string) bool { return utf8.RuneCountInString(s) > n })
	}
	switch {
	case !causeID.MatchString(cause) || len(cause) > 60:
		return bad("cause", "bad_id")
	case l.Title == "" || utf8.RuneCountInString(l.Title) > 150:
		return bad("headline", "bad_title")
	case len(l.Wordings) == 0 || len(l.Wordings) > maxWordings || long(l.Wordings, maxWording):
		return bad("wordings", "bad_wordings", "Most", fmt.Sprint(maxWordings), "Long", fmt.Sprint(maxWording))
	case len(l.Fix) == 0 || len(l.Fix) > maxSteps || long(l.Fix, maxStep):
		return bad("fix", "bad_fix", "Most", fmt.Sprint(maxSteps), "Long", fmt.Sprint(maxStep))
	case len(l.NearMiss) > maxNear || long(l.NearMiss, 2000):
		return bad("near", "bad_near", "Most", fmt.Sprint(maxNear))
	}
	for _, w := range l.Wordings {
		if utf8.RuneCountInString(w) < minWording && len(w) < minWording || strings.Contains(w, "‹redacted:") {
			return bad("wordings", "short_wording", "Wording", w, "Least", fmt.Sprint(minWording))
		}
	}
	return nil
}

// The shape of a file of causes, as package triage reads it.
type (
	causesFile struct {
		Family string      `yaml:"family"`
		AsOf   string      `yaml:"as-of"`
		Causes []causeYAML `yaml:"causes"`
	}
	causeYAML struct {
		ID             string                       `yaml:"id"`
		NewCertificate bool                         `yaml:"new-certificate,omitempty"`
		Title          map[string]string            `yaml:"title"`
		Messages       []messageYAML                `yaml:"messages"`
		Fix            map[string]string            `yaml:"fix"`
		FixFor         map[string]map[string]string `yaml:"fix-for,omitempty"`
		Sources        []string                     `yaml:"sources"`
		Examples       []string                     `yaml:"examples,omitempty"`
		NearMisses     []string                     `yaml:"near-misses,omitempty"`
	}
	messageYAML struct {
		Weight float64  `yaml:"w"`
		Say    []string `yaml:"say"`
	}
)

// CausesYAML writes taught causes as a file that `causes` directories take.
func CausesYAML(list []workflows.Taught, asOf time.Time) ([]byte, error) {
	f := causesFile{Family: "taught", AsOf: asOf.UTC().Format("2006-01")}
	for _, t := range list {
		fix := in(t, strings.Join(t.Fix, "\n"))
		c := causeYAML{ID: t.Cause, NewCertificate: t.NewCert, Title: in(t, t.Title), Fix: fix, NearMisses: t.NearMiss,
			Sources: []string{fmt.Sprintf("taught by %s from case %s, reviewed by %s, %s", t.By.ID, t.Case, reviewer(t), t.Updated.UTC().Format(time.DateOnly))}}
		if t.Product != "" {
			c.FixFor = map[string]map[string]string{t.Product: fix}
		}
		say := make([]string, len(t.Wordings))
		for i, w := range t.Wordings {
			say[i] = strings.Trim(w, "*") // a star is syntax there
		}
		c.Messages = []messageYAML{{Weight: 9.5, Say: say}}
		f.Causes = append(f.Causes, c)
	}
	raw, err := yaml.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("taught causes: %w", err)
	}
	return raw, nil
}

// in gives a text in the language it was written in, which also stands for English:
// nobody has translated it.
func in(t workflows.Taught, text string) map[string]string {
	m := map[string]string{certs.English: text}
	if t.Lang != "" && t.Lang != certs.English {
		m[t.Lang] = text
	}
	return m
}

func reviewer(t workflows.Taught) string {
	if t.Reviewer.IsZero() {
		return "nobody yet"
	}
	return t.Reviewer.ID
}

// source is t alone as a file of causes.
func source(t workflows.Taught) (triage.Source, error) {
	raw, err := CausesYAML([]workflows.Taught{t}, t.Created)
	return triage.Source{Name: t.ID + ".yaml", Raw: raw}, err
}
