package testreport

import (
	"bytes"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// unittest reads the words of Python's own unittest, with -v or without, of one run or of several in a row.
type unittest struct{}

var (
	utRan     = regexp.MustCompile(`^Ran ([0-9]+) tests? in [0-9.]+s$`)
	utVerdict = regexp.MustCompile(`^(OK|FAILED|NO TESTS RAN)(?: \(([a-z]+(?: [a-z]+)?=[0-9]+(?:, [a-z]+(?: [a-z]+)?=[0-9]+)*)\))?$`)
	utHead    = regexp.MustCompile(`^(FAIL|ERROR|UNEXPECTED SUCCESS): (.+)$`)
	utName    = regexp.MustCompile(`^(\S+) \(([^()\s]+)\)(.*)$`)
	utLine    = regexp.MustCompile(`^(\S+ \([^()\s]+\)|.*?) \.\.\. ?(.*)$`)
	utWord    = regexp.MustCompile(`^(?:ok|FAIL|ERROR|expected failure|unexpected success|skipped ['"].*)$`)
	utFrame   = regexp.MustCompile(`^[ |+]*File ".*", line [0-9]+, in (\S+)$`)
	utMain    = regexp.MustCompile(`(?m)^  File ".*unittest[/\\]main\.py", line [0-9]+, in (parseArgs|createTests|_do_discovery|runTests)$`)
	utUsage   = regexp.MustCompile(`(?m)^python\S* -m unittest: error: .*$`)
	utSummary = regexp.MustCompile(`(?m)^-{70}\r?\nRan [0-9]+ tests? in [0-9.]+s\r?$`)
	utBegun   = regexp.MustCompile(`(?m)^\w+ \([\w<>]+(?:\.[\w<>]+)+\) \.\.\. `)
	utRule    = regexp.MustCompile(`^={70}$`)
	utDash    = regexp.MustCompile(`^-{70}$`)
)

func (unittest) Name() string { return "unittest" }

func (unittest) Detect(head, tail []byte) int {
	switch {
	case utSummary.Match(tail):
		return 85
	case utBegun.Match(head), utMain.Match(tail), utUsage.Match(tail), utSummary.Match(head):
		return 72
	}
	return 0
}

// utState is the runs as they go by.
type utState struct {
	res     Results
	named   map[string]Status // what -v said of each test
	lines   map[string]int    // where it began to
	waiting string            // a test whose verdict stands on a later line
	titled  string            // a test whose docstring's first line follows
	rule    bool              // the line before was a ===
	part    *utPart           // the section that we are in
	body    bool              // below its ---
	parts   []utPart
	dash    bool // the line before was a ---
	ran     int  // -1 before the count
	main    string
	mainAt  int
	last    string // the last line that is not indented: a traceback's reason
	lastAt  int
}

// utPart is a section of the run's report on what went wrong.
type utPart struct {
	word, name, method string
	whole              bool // not a test's: of a class or a module
	load               bool // of a test that could not be loaded
	line               int
	sub                string // what the name says of a subtest
	said               *text
	own, fixture       bool // the last traceback goes through the test's method, begins in setUp and the like
	framed             bool
}

func (unittest) Read(r io.Reader) (Results, error) {
	s := &utState{ran: -1}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line(line, in.n)
	}
	s.broken(in.n)
	s.res.finish()
	return s.res, in.err
}

func (s *utState) line(line []byte, n int) {
	rule, dash := s.rule, s.dash
	s.rule, s.dash = utRule.Match(line), utDash.Match(line)
	if m := utHead.FindSubmatch(line); m != nil && rule {
		s.endPart()
		s.begin(string(m[1]), string(m[2]), n)
		return
	}
	if m := utRan.FindSubmatch(line); m != nil && dash {
		s.endPart()
		s.ran, _ = strconv.Atoi(string(m[1])) // digits only; one too large for an int is too large in any case
		s.ran = min(s.ran, maxNames)
		return
	}
	if m := utVerdict.FindSubmatch(line); m != nil && s.ran >= 0 {
		s.end(string(m[1]), string(m[2]), n)
		return
	}
	switch {
	case s.part != nil && !s.body:
		s.body = s.dash // what stands above is the docstring
	case s.part != nil:
		if !s.rule && !s.dash {
			s.part.see(line)
		}
	default:
		s.outside(line, n)
	}
}

// begin opens a section: "FAIL: test_x (module.Class.test_x) (i=1)", before Python 3.11 "(module.Class)".
func (s *utState) begin(word, rest string, n int) {
	p := utPart{word: word, name: rest, line: n, said: &text{}}
	if m := utName.FindStringSubmatch(rest); m != nil {
		p.method = m[1]
		p.name = utJoin(m[1], m[2])
		p.whole = strings.HasPrefix(m[1], "setUp") || strings.HasPrefix(m[1], "tearDown")
		p.load = strings.Contains(m[2], "unittest.loader._FailedTest") || strings.Contains(m[2], "unittest.loader.ModuleImportFailure")
		if p.load {
			p.name = m[1]
		}
		if sub := strings.TrimSpace(m[3]); sub != "" {
			p.sub = sub
		}
	}
	s.part, s.body = &p, false
}

// utJoin is a test's whole name, which newer versions print as it is.
func utJoin(method, path string) string {
	if path == method || strings.HasSuffix(path, "."+method) {
		return path
	}
	return path + "." + method
}

// see is a line of a section's traceback.
func (p *utPart) see(line []byte) {
	p.said.add(line)
	if bytes.HasPrefix(bytes.TrimLeft(line, " |+"), []byte("Traceback (most recent call last):")) {
		p.own, p.fixture, p.framed = false, false, false
		return
	}
	m := utFrame.FindSubmatch(line)
	if m == nil {
		return
	}
	at := string(m[1])
	// A decorator may have made test_x_1 of test_x.
	p.own = p.own || at == p.method || strings.HasPrefix(at, "test") && strings.HasPrefix(p.method, at+"_")
	switch at {
	case "setUp", "tearDown", "asyncSetUp", "asyncTearDown", "setUpClass", "tearDownClass", "setUpModule", "tearDownModule":
		p.fixture = p.fixture || !p.framed
	}
	p.framed = true
}

// status is the test's verdict. unittest calls every exception but an AssertionError an error, wherever it
// was raised; one that the test's own method let through is the test's verdict as much as an assertion is,
// and an assertion of setUp is not.
func (p *utPart) status() Status {
	switch {
	case p.load, p.whole:
		return Errored
	case p.word == "ERROR" && !p.own, p.word == "FAIL" && p.fixture && !p.own:
		return Errored
	}
	return Failed
}

// words are the part's own: the values of a subtest, and below them its exceptions without their source.
func (p *utPart) words() string {
	return strings.TrimSpace(p.sub + "\n" + pythonWords(p.said.String()))
}

func (s *utState) endPart() {
	if s.part != nil && len(s.parts) < maxNames {
		if len(s.parts) >= maxFailures {
			s.part.said = nil // it would not be kept
		}
		s.parts = append(s.parts, *s.part)
	}
	s.part, s.body = nil, false
}

// outside is a line of -v, of a traceback of unittest's own, or of a test.
func (s *utState) outside(line []byte, n int) {
	if m := utMain.FindSubmatch(line); m != nil {
		s.main, s.mainAt = string(m[1]), n
	}
	if len(line) > 0 && line[0] != ' ' {
		s.last, s.lastAt = string(line), n
	}
	if utUsage.Match(line) {
		s.res.trouble(Crashed, string(line), n)
		return
	}
	if m := utLine.FindSubmatch(line); m != nil && (len(line) > 0 && line[0] != ' ') {
		name := ""
		if t := utName.FindSubmatch(m[1]); t != nil && len(t[3]) == 0 {
			name = utJoin(string(t[1]), string(t[2]))
		} else if s.titled != "" {
			name = s.titled
		}
		if s.titled = ""; name != "" {
			s.waiting = name
			s.verdict(string(m[2]), n)
			return
		}
	}
	if m := utName.FindSubmatch(line); m != nil && len(m[3]) == 0 && strings.Contains(string(m[2]), ".") {
		s.titled = utJoin(string(m[1]), string(m[2]))
		return
	}
	s.titled = ""
	s.verdict(string(line), n)
}

// verdict takes what follows "... ", on its line or, after output of the test, on a later one.
func (s *utState) verdict(word string, n int) {
	if s.waiting == "" {
		return
	}
	if s.named == nil {
		s.named, s.lines = map[string]Status{}, map[string]int{}
	}
	if len(s.named) >= maxNames {
		return
	}
	if _, ok := s.lines[s.waiting]; !ok {
		s.lines[s.waiting] = n
		s.named[s.waiting] = ""
	}
	if !utWord.MatchString(word) {
		return
	}
	status := Skipped
	switch word {
	case "ok":
		status = Passed
	case "FAIL", "unexpected success":
		status = Failed
	case "ERROR":
		status = Errored
	}
	s.named[s.waiting], s.waiting = status, ""
}

// end counts a run. Its own numbers decide how many tests there were; the sections and -v say which.
func (s *utState) end(word, counts string, n int) {
	number := map[string]int{}
	for _, c := range strings.Split(counts, ", ") {
		k, v, _ := strings.Cut(c, "=")
		number[k], _ = strconv.Atoi(v)
	}
	worst := map[string]Status{}
	among, surprises := 0, number["unexpected successes"] // of the count, the sections' tests
	for i := range s.parts {
		p := &s.parts[i]
		status := p.status()
		if p.load {
			s.res.trouble(CollectionError, p.name+"\n"+p.words(), p.line)
		}
		if _, ok := worst[p.name]; !ok && !p.whole {
			among++
		}
		said := p.words()
		if p.word == "UNEXPECTED SUCCESS" {
			surprises--
			said = strings.TrimSpace(said + "\nunexpected success")
		}
		if worse(status) > worse(worst[p.name]) {
			worst[p.name] = status
		}
		if status == Failed {
			s.res.fail(p.name, said, p.line)
		}
	}
	s.res.Unnamed = s.res.Unnamed || s.ran > 0 && len(s.named) == 0
	passed, skipped := 0, 0
	for _, name := range slices.Sorted(maps.Keys(s.named)) {
		if _, ok := worst[name]; ok {
			continue
		}
		switch status := s.named[name]; status {
		case Passed:
			passed++
			s.res.count(name, Passed)
		case Skipped:
			skipped++
			s.res.count(name, Skipped)
		case Failed: // before Python 3.11 a success that was not expected has no section
			surprises--
			among++
			s.res.count(name, Failed)
			s.res.fail(name, "unexpected success", s.lines[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(worst)) {
		s.res.count(name, worst[name])
	}
	for range min(max(surprises, 0), maxNames) {
		among++
		s.res.count("", Failed)
	}
	left := min(max(number["skipped"]+number["expected failures"]-skipped, 0), maxNames)
	for range left {
		s.res.count("", Skipped)
	}
	for range s.ran - among - skipped - left - passed {
		s.res.count("", Passed)
	}
	if word == "FAILED" && len(worst) == 0 && number["unexpected successes"] == 0 {
		s.res.trouble(Unreadable, "unittest says that tests failed and does not say which", n)
	}
	if s.ran == 0 && len(worst) == 0 {
		s.res.trouble(NoTests, "unittest ran no test", n)
	}
	*s = utState{res: s.res, ran: -1}
}

// broken is a run that did not come to its end: its verdicts count, and who began and has none has an error.
func (s *utState) broken(n int) {
	for _, name := range slices.Sorted(maps.Keys(s.named)) {
		status := s.named[name]
		if status == "" {
			s.res.trouble(Crashed, name+" began and gave no verdict", s.lines[name])
			status = Errored
		}
		s.res.count(name, status)
	}
	switch {
	case s.main == "runTests":
		s.res.trouble(Crashed, "unittest was stopped: "+s.last, s.lastAt)
	case s.main != "":
		s.res.trouble(CollectionError, "unittest could not load the tests: "+s.last, s.lastAt)
	case len(s.named) > 0 || len(s.parts) > 0 || s.part != nil || s.ran >= 0:
		s.res.trouble(Crashed, "unittest ended before its counts", n)
	}
}
