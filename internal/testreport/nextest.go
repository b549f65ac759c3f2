package testreport

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// nextest reads the text of cargo-nextest, of one run or of several in a row. Its shape is taken from its
// documentation, not from runs of ours: testdata/README.md.
type nextest struct{}

var (
	ntLine    = regexp.MustCompile(`^ *(?:TRY [0-9]+ )?(PASS|LEAK|TIMEOUT-PASS|FAIL|FAIL \+ LEAK|FL\+LK|XFAIL|LEAK-FAIL|LKFAIL|TIMEOUT|TMT|ABORT|SIG[A-Z0-9]+) \[ *[0-9.]+s\] (?:\([^()]*\) )?(\S+ \S.*)$`)
	ntBegin   = regexp.MustCompile(`^ +Starting [0-9]+ tests? across [0-9]+ binar(?:y|ies)`)
	ntSummary = regexp.MustCompile(`^ +Summary \[ *[0-9.]+s\] ([0-9]+)(?:/[0-9]+)? tests? run: (.*)$`)
	ntCount   = regexp.MustCompile(`([0-9]+) (passed|failed|exec failed|timed out)\b`)
	ntCounts  = regexp.MustCompile(`(?m)^ +Summary \[ *[0-9.]+s\] [0-9/]+ tests? run: `)
	ntBegun   = regexp.MustCompile(`(?m)^ +Starting [0-9]+ tests? across [0-9]+ binar(?:y|ies)`)
	ntNoList  = regexp.MustCompile(`(?m)^error: creating test list failed`)
	ntSignal  = regexp.MustCompile(`^warning: [0-9/]+ tests? (?:was|were) not run due to (?:a )?(?:signal|interrupt|job control)`)
	ntVerdict = regexp.MustCompile(`(?m)^ *(?:test .* \.\.\. FAILED|test result: FAILED\.|thread '.*' (?:\([0-9]+\) )?panicked at )`)
	ntRule    = regexp.MustCompile(`^(?:────+|-----+| +Cancell?ing due to .*)$`)
)

func (nextest) Name() string { return "nextest" }

func (nextest) Detect(head, tail []byte) int {
	switch {
	case ntCounts.Match(tail):
		return 96 // the tests' own words are those of cargo test
	case ntCounts.Match(head), ntBegun.Match(head), ntBegun.Match(tail), ntNoList.Match(tail):
		return 92
	}
	return 0
}

// ntState is a run as it goes by.
type ntState struct {
	res     Results
	begun   bool
	tests   []*ntTest
	by      map[string]*ntTest
	current *ntTest // whose words these are
	kept    int     // bytes of all words
}

type ntTest struct {
	name, word string
	line       int
	said       text
}

func (nextest) Read(r io.Reader) (Results, error) {
	s := &ntState{}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line(line, in.n)
	}
	if s.begun {
		for _, t := range s.tests {
			s.count(t)
		}
		s.res.trouble(Crashed, "nextest ended before its summary", in.n)
	}
	s.res.finish()
	return s.res, in.err
}

func (s *ntState) line(line []byte, n int) {
	switch {
	case ntBegin.Match(line):
		if s.begun {
			s.end("", "", n)
		}
		*s = ntState{res: s.res, begun: true}
		return
	case ntNoList.Match(line):
		s.res.trouble(CollectionError, string(line), n)
		return
	case ntSignal.Match(line):
		s.res.trouble(Crashed, string(line), n)
		return
	case !s.begun:
		return // cargo's words, and after the summary what failed once more
	}
	if m := ntSummary.FindSubmatch(line); m != nil {
		s.end(string(m[1]), string(m[2]), n)
		return
	}
	if m := ntLine.FindSubmatch(line); m != nil {
		s.result(string(m[1]), string(m[2]), n)
		return
	}
	if ntRule.Match(line) {
		s.current = nil
		return
	}
	if s.current != nil && s.kept < maxTexts {
		s.kept += s.current.said.add(line)
	}
}

// result takes a test's status. With retries a test has several, and the last counts.
func (s *ntState) result(word, name string, n int) {
	t := s.by[name]
	if t == nil {
		if len(s.tests) >= maxNames {
			return
		}
		t = &ntTest{name: name}
		if s.by == nil {
			s.by = map[string]*ntTest{}
		}
		s.by[name] = t
		s.tests = append(s.tests, t)
	}
	s.kept -= len(t.said.head) + len(t.said.tail)
	t.word, t.line, t.said = word, n, text{}
	s.current = t
}

// status is a test's verdict. nextest calls every end but exit 0 a failure; whether the test had a verdict its
// own words say, where they are shown.
func (t *ntTest) status() Status {
	switch t.word {
	case "PASS", "LEAK", "TIMEOUT-PASS":
		return Passed
	case "FAIL", "FAIL + LEAK", "FL+LK":
		said := t.said.String()
		if said == "" || strings.Contains(said, "(output not captured)") || ntVerdict.MatchString(said) {
			return Failed
		}
	}
	return Errored
}

func (s *ntState) count(t *ntTest) Status {
	status := t.status()
	s.res.count(t.name, status)
	if status == Failed {
		s.res.fail(t.name, rustWords(t.said.String()), t.line)
	}
	return status
}

// end counts a run.
func (s *ntState) end(ran, counts string, n int) {
	number := map[string]int{}
	for _, m := range ntCount.FindAllStringSubmatch(counts, -1) {
		k, _ := strconv.Atoi(m[1]) // digits only
		number[m[2]] = min(k, maxNames)
	}
	failures := s.res.Failed
	passed, bad := 0, 0
	var other *ntTest // the first that has no verdict
	for _, t := range s.tests {
		switch s.count(t) {
		case Passed:
			passed++
		case Errored:
			if other == nil {
				other = t
			}
			bad++
		default:
			bad++
		}
	}
	for range number["passed"] - passed { // with --status-level fail those that passed have no line
		s.res.count("", Passed)
		s.res.Unnamed = true
	}
	counted := number["failed"] + number["exec failed"] + number["timed out"]
	switch {
	case counts == "":
		s.res.trouble(Crashed, "nextest ended before its summary", n)
	case strings.Trim(ran, "0") == "":
		s.res.trouble(NoTests, "nextest ran no test", n)
	case bad != counted || passed > number["passed"]:
		s.res.trouble(Unreadable, fmt.Sprintf("nextest counts %d passed and %d failed, and %d and %d are listed: a test prints what looks like a result", number["passed"], counted, passed, bad), n)
	case other != nil && s.res.Failed == failures: // where a test did fail, that is why nextest did
		s.res.trouble(Crashed, strings.TrimSpace(other.name+" "+other.word+"\n"+string(bytes.TrimSpace([]byte(other.said.String())))), other.line)
	}
	*s = ntState{res: s.res}
}
