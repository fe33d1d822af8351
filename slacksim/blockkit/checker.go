package blockkit

import "strconv"

// Problem is one thing Slack would refuse.
type Problem struct {
	Code    string // the Web API's error, such as invalid_blocks
	Message string // Slack's words, such as "must be less than 3001 characters"
	Pointer string // JSON pointer into the request, such as /blocks/0/text/text
}

// String is the problem as it stands in response_metadata.messages.
func (p Problem) String() string {
	return "[ERROR] " + p.Message + " [json-pointer:" + p.Pointer + "]"
}

// Code is the error that the Web API answers for problems: that of the first.
func Code(problems []Problem) string {
	if len(problems) == 0 {
		return ""
	}
	return problems[0].Code
}

// Messages is response_metadata.messages for problems.
func Messages(problems []Problem) []string {
	out := make([]string, len(problems))
	for i, p := range problems {
		out[i] = p.String()
	}
	return out
}

// surface is where blocks are shown; some kinds live only on some surfaces.
type surface int

const (
	inMessage surface = iota
	inModal
	inHome
)

type checker struct {
	on        surface
	code      string // error for structural problems
	problems  []Problem
	blockIDs  map[string]bool
	texts     int // characters of text in all blocks
	markdown  int
	tables    int
	focused   bool
	hasInput  string // pointer of the first input block
	actionIDs map[string]bool
}

func newChecker(on surface, code string) *checker {
	return &checker{on: on, code: code, blockIDs: map[string]bool{}}
}

func (c *checker) add(message, ptr string) { c.addCode(c.code, message, ptr) }

func (c *checker) addCode(code, message, ptr string) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, Problem{code, message, ptr})
	}
}

func at(ptr string, i int) string { return ptr + "/" + strconv.Itoa(i) }

func lessThan(n int) string   { return "must be less than " + strconv.Itoa(n+1) + " characters" }
func noMoreThan(n int) string { return "no more than " + strconv.Itoa(n) + " items allowed" }
