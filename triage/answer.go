package triage

// Verdict is the kind of answer.
type Verdict string

// The four answers. Ambiguous carries the rivals, ranked, and usually a question.
const (
	KnownCause     Verdict = "known-cause"
	Ambiguous      Verdict = "ambiguous"
	NotCertificate Verdict = "not-certificate"
	Unknown        Verdict = "unknown"
)

// Answer is what Diagnose and Scan give. It holds no secret of the input: Text is
// redacted and every Evidence is a span of it.
type Answer struct {
	Verdict  Verdict
	Findings []Finding
	Question *Question
	Redacted []Redaction
	// Text is the redacted input that the offsets of Evidence refer to. Scan leaves
	// it empty: it keeps no log.
	Text string
	// Products were recognised in the text, the likeliest first.
	Products []string
}

// Finding is one cause that the evidence supports.
type Finding struct {
	Cause      *Cause
	Confidence float64
	Evidence   []Evidence
	// Judge says whose verdict the evidence shows: "us" (this system refused the
	// peer's certificate), "peer" (an alert was received), "" when it does not tell.
	Judge string

	score float64
	told  float64 // score without experience
	// computed says that an artefact shows it.
	computed bool
}

// knownSurely is the confidence below which a cause is no verdict.
const knownSurely = 0.915

// said is how words for an answer with that verdict, so many causes and that confidence
// in the first are named: as the verdict; "guess" for what is nearest to something unknown;
// "possible" for one cause alone that is not sure; with "_unsure" what is no more than probably no certificate problem.
func (v Verdict) said(causes int, confidence float64) string {
	switch {
	case v == Unknown:
		return "guess"
	case v == Ambiguous && causes == 1:
		return "possible"
	case v == NotCertificate && confidence < knownSurely:
		return string(v) + "_unsure"
	}
	return string(v)
}

// Said is the answer's verdict as words for it are named.
func (a Answer) Said() string {
	if len(a.Findings) == 0 {
		return string(a.Verdict)
	}
	return a.Verdict.said(len(a.Findings), a.Findings[0].Confidence)
}

// Said is the report's verdict as words for it are named.
func (r Report) Said() string {
	if len(r.Causes) == 0 {
		return string(r.Verdict)
	}
	return r.Verdict.said(len(r.Causes), r.Causes[0].Confidence)
}

// Title is what to call the finding. What is probably no certificate problem, but not
// surely, is not called one flatly.
func (f Finding) Title() Text {
	if f.Confidence < knownSurely && len(f.Cause.Unsure.In) > 0 {
		return f.Cause.Unsure
	}
	return f.Cause.Title
}

// Evidence is a piece of the person's own text, or a fact about an artefact.
type Evidence struct {
	Source string
	// Line counts from 1 in the input; 0 for facts without lines.
	Line int
	// Text is the exact span of the redacted input, or the fact in words.
	Text string
	// Start and End are byte offsets in Answer.Text; both 0 for facts and for Scan.
	Start, End int
	// Mark is the decisive part of Text, in bytes; both 0 for facts.
	Mark   [2]int
	Weight float64
}

// Report is the answer in one language, in the shape of `diagnose --json`.
type Report struct {
	Verdict   Verdict       `json:"verdict"`
	Causes    []ReportCause `json:"causes"`
	Questions []string      `json:"questions"`
	Redacted  []Redaction   `json:"redacted"`
}

// ReportCause is one ranked cause of a Report.
type ReportCause struct {
	ID         string           `json:"id"`
	Title      string           `json:"title"`
	Confidence float64          `json:"confidence"`
	Evidence   []ReportEvidence `json:"evidence"`
	Fix        []string         `json:"fix"`
	Sources    []string         `json:"sources"`
}

// ReportEvidence is one piece of evidence of a Report.
type ReportEvidence struct {
	Source string `json:"source"`
	Line   int    `json:"line"`
	Text   string `json:"text"`
}

// Report renders the answer in lang. The fix steps are those of the product that was
// recognised, or the general ones. Empty lists are lists, not null.
func (a Answer) Report(lang string, say Say) Report {
	r := Report{Verdict: a.Verdict, Causes: []ReportCause{}, Questions: []string{}, Redacted: []Redaction{}}
	r.Redacted = append(r.Redacted, a.Redacted...)
	if a.Question != nil {
		r.Questions = append(r.Questions, a.Question.Text.String(lang, say))
	}
	for _, f := range a.Findings {
		c := ReportCause{
			ID: f.Cause.ID, Title: f.Title().String(lang, say), Confidence: f.Confidence,
			Evidence: []ReportEvidence{}, Fix: []string{}, Sources: []string{},
		}
		for _, e := range f.Evidence {
			c.Evidence = append(c.Evidence, ReportEvidence{Source: e.Source, Line: e.Line, Text: e.Text})
		}
		for _, step := range f.Cause.Steps(a.Products) {
			c.Fix = append(c.Fix, step.String(lang, say))
		}
		c.Sources = append(c.Sources, f.Cause.Sources...)
		r.Causes = append(r.Causes, c)
	}
	return r
}
