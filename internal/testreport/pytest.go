package testreport

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// pytest reads pytest's terminal output, quiet or verbose.
type pytest struct{}

var (
	pySession = regexp.MustCompile(`(?m)^=+ test session starts =+$`)
	pySummary = regexp.MustCompile(`(?m)^(?:=+ )?((?:[0-9]+ (?:failed|passed|skipped|deselected|xfailed|xpassed|errors?|warnings?|rerun)(?:, )?)+|no tests ran|no tests collected[^=]*?) in [0-9.]+s(?: \([0-9:]+\))?(?: =+)?$`)
	pyCount   = regexp.MustCompile(`([0-9]+) (failed|passed|skipped|xfailed|xpassed|errors?)`)
	pyVerbose = regexp.MustCompile(`^(\S.*?::.*?) (PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR)(?: \(.*\))?(?: +\[ *[0-9]+%\])?$`)
	pyShort   = regexp.MustCompile(`^(PASSED|FAILED|ERROR|XFAIL|XPASS) (\S+?::.*?|\S+)(?: - (.*))?$`)
	pyRule    = regexp.MustCompile(`^=+ (.+?) =+$`)
	pyHead    = regexp.MustCompile(`^_{2,} (.+?) _{2,}$`)
	pyMissing = regexp.MustCompile(`^ERROR: (?:not found: |file or directory not found: )(.*)$`)
)

func (pytest) Name() string { return "pytest" }

func (pytest) Detect(head, tail []byte) int {
	switch {
	case pySession.Match(head):
		return 95
	case pySummary.Match(tail):
		return 90
	case bytes.Contains(head, []byte("INTERNALERROR> ")):
		return 80
	}
	return 0
}

// pyState is a session as it goes by.
type pyState struct {
	res     Results
	part    string // the section between === rules
	head    string // the failure whose words these are
	line    int
	said    text
	parts   []Failure
	summary bool
}

func (pytest) Read(r io.Reader) (Results, error) {
	s := &pyState{}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.see(line, in.n)
	}
	s.endHead()
	s.resolve()
	if !s.summary {
		s.res.trouble(Crashed, "pytest ended without its summary", in.n)
	}
	s.res.finish()
	return s.res, in.err
}

func (s *pyState) see(line []byte, n int) {
	if m := pySummary.FindSubmatch(line); m != nil {
		s.endHead()
		s.counts(string(m[1]), n)
		return
	}
	if m := pyRule.FindSubmatch(line); m != nil {
		s.endHead()
		s.part = string(m[1])
		return
	}
	switch {
	case bytes.HasPrefix(line, []byte("INTERNALERROR> ")):
		if len(s.res.Problems) == 0 {
			s.res.trouble(Crashed, string(line), n)
		}
		return
	case s.part == "FAILURES" || s.part == "ERRORS":
		s.body(line, n)
		return
	}
	if m := pyMissing.FindSubmatch(line); m != nil {
		s.res.trouble(CollectionError, string(line), n)
		return
	}
	if strings.HasPrefix(s.part, "short test summary") {
		if m := pyShort.FindSubmatch(line); m != nil {
			s.short(string(m[1]), string(m[2]), string(m[3]), n)
		}
		return
	}
	if m := pyVerbose.FindSubmatch(line); m != nil {
		s.res.name(string(m[1]), pyStatus(string(m[2])))
	}
}

// body is a line of the FAILURES or ERRORS section.
func (s *pyState) body(line []byte, n int) {
	m := pyHead.FindSubmatch(line)
	if m == nil {
		if s.head != "" {
			s.said.add(line)
		}
		return
	}
	s.endHead()
	s.head, s.line = string(m[1]), n
}

func (s *pyState) endHead() {
	if s.head == "" {
		return
	}
	said := s.said.String()
	switch {
	case strings.HasPrefix(s.head, "ERROR collecting"):
		s.res.trouble(CollectionError, s.head+"\n"+said, s.line)
	case len(s.parts) < maxFailures:
		s.parts = append(s.parts, Failure{Name: s.head, Text: said, Line: s.line})
	}
	s.head, s.said = "", text{}
}

func (s *pyState) short(word, name, why string, n int) {
	status := pyStatus(word)
	if word == "ERROR" && !strings.Contains(name, "::") {
		if !s.has(CollectionError) {
			s.res.trouble(CollectionError, strings.TrimSpace(name+" "+why), n)
		}
		return
	}
	s.res.name(name, status)
}

func (s *pyState) has(p Problem) bool {
	for _, t := range s.res.Problems {
		if t.Problem == p {
			return true
		}
	}
	return false
}

func pyStatus(word string) Status {
	switch word {
	case "PASSED", "XPASS":
		return Passed
	case "FAILED":
		return Failed
	case "SKIPPED", "XFAIL":
		return Skipped
	case "ERROR":
		return Errored
	}
	return ""
}

// counts takes the numbers of the last line, which count every test, named or not.
func (s *pyState) counts(text string, n int) {
	s.summary = true
	s.res.Passed, s.res.Failed, s.res.Skipped, s.res.Errors = 0, 0, 0, 0
	for _, m := range pyCount.FindAllStringSubmatch(text, -1) {
		k, err := strconv.Atoi(m[1])
		if err != nil {
			continue // more digits than a count has
		}
		switch m[2] {
		case "passed", "xpassed":
			s.res.Passed += k
		case "failed":
			s.res.Failed += k
		case "skipped", "xfailed":
			s.res.Skipped += k
		default:
			s.res.Errors += k
		}
	}
	s.res.Total = s.res.Passed + s.res.Failed + s.res.Skipped + s.res.Errors
	if s.res.Total == 0 && !s.has(CollectionError) {
		s.res.trouble(NoTests, "no tests ran", n)
	}
}

// resolve gives each failure's words the test's whole name: a heading says TestClass.test_x or
// "ERROR at setup of test_x", the verdict lines say path::TestClass::test_x.
func (s *pyState) resolve() {
	for _, f := range s.parts {
		short := f.Name
		for _, lead := range []string{"ERROR at setup of ", "ERROR at teardown of "} {
			short = strings.TrimPrefix(short, lead)
		}
		tail := "::" + strings.ReplaceAll(cutParams(short), ".", "::") + short[len(cutParams(short)):]
		for name := range s.res.Names {
			if strings.HasSuffix(name, tail) && s.res.Names[name] != Passed {
				f.Name = name
			}
		}
		if f.Name == "" {
			f.Name = short
		}
		s.res.Failures = append(s.res.Failures, f)
	}
}

// cutParams is a test's name without its parameters in brackets.
func cutParams(s string) string {
	if i := strings.IndexByte(s, '['); i >= 0 {
		return s[:i]
	}
	return s
}
