package testreport

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// pytest reads pytest's terminal output, quiet or verbose, of one session or of several in a row.
type pytest struct{}

var (
	pySession  = regexp.MustCompile(`(?m)^=+ test session starts =+$`)
	pySummary  = regexp.MustCompile(`(?m)^(?:=+ )?((?:[0-9]+ [a-z][a-z ]*?(?:, )?)+|no tests ran|no tests collected[^=\n]*?|[0-9/]+ tests? collected[^=\n]*?) in [0-9.]+s(?: \([0-9:]+\))?(?: =+)?$`)
	pyKnown    = regexp.MustCompile(`(?:^|, )[0-9]+ (?:failed|passed|skipped|deselected|xfailed|xpassed|errors?|warnings?|rerun)(?:, |$)|^no tests|tests? collected`)
	pyCount    = regexp.MustCompile(`([0-9]+) (failed|passed|skipped|xfailed|xpassed|errors?)(?:,|$)`)
	pyVerbose  = regexp.MustCompile(`^(\S.*?::.*?) (PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR)(?: \(.*\))?(?: +\[ *[0-9]+(?:%|/[0-9]+)\])?$`)
	pyWorker   = regexp.MustCompile(`^\[gw[0-9]+\](?: \[ *[0-9]+%\])? (PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR) (\S.*::.*?) *$`)
	pyShort    = regexp.MustCompile(`^(PASSED|FAILED|ERROR|XFAIL|XPASS) (.+)$`)
	pyRule     = regexp.MustCompile(`^=+ (.+?) =+$`)
	pyHead     = regexp.MustCompile(`^_+ (.*[^_ ].*) _+$`)
	pyStop     = regexp.MustCompile(`^!+ (.+?) !+$`)
	pyMissing  = regexp.MustCompile(`(?m)^ERROR: (?:not found: |file or directory not found: )(.*)$`)
	pyConftest = regexp.MustCompile(`(?m)^ImportError while loading conftest '`)
	pyUsage    = regexp.MustCompile(`(?m)^ERROR: usage: .*\n(?:\S+: )?error: `)
	pyDown     = regexp.MustCompile(`^worker '\S+' crashed while running '(.+)'$`)
	pyNodeDown = regexp.MustCompile(`^[.FEsxX]*\[gw[0-9]+\] node down: `)
	pyWhere    = regexp.MustCompile(`^.*?:[0-9]+: `) // before the reason, with --tb=line
	pyDots     = regexp.MustCompile(`(?m)^(?:\S+ )?[.FEsxX]+ +\[100%\]$`)
)

// pySections are the headings between === rules that pytest itself writes.
var pySections = regexp.MustCompile(`^(?:test session starts|ERRORS|FAILURES|PASSES|warnings summary.*|short test summary info|slowest .*durations|tests coverage|[a-z]+ summary.*)$`)

func (pytest) Name() string { return "pytest" }

func (pytest) Detect(head, tail []byte) int {
	switch {
	case pySession.Match(head):
		return 95
	case isSummary(tail):
		return 90
	case bytes.Contains(head, []byte("INTERNALERROR> ")), pyConftest.Match(head), pyUsage.Match(head), pyMissing.Match(head):
		return 80
	case pyDots.Match(tail):
		return 50
	}
	return 0
}

func isSummary(text []byte) bool {
	for _, m := range pySummary.FindAllSubmatch(text, -1) {
		if pyKnown.Match(m[1]) {
			return true
		}
	}
	return false
}

// pyState is the sessions as they go by.
type pyState struct {
	res     Results
	width   int    // of a === or ___ line, 0 before the first one
	part    string // the section between === rules
	head    string // the failure whose words these are
	line    int
	said    text
	printed bool // what the test printed has begun: it is none of its failure's words
	bodies  []pyBody
	kept    int      // bytes that bodies say
	loose   []string // lines of FAILURES without a heading (--tb=line)
	short   []pyReason
	tails   map[string]string // failed tests that -v named, without their paths
	counts  string            // the last line that may be this session's summary
	at      int
	begun   bool            // a session started and its summary has not come
	listed  bool            // the tests of this session are named, whatever their verdict
	headed  bool            // some session printed its head: then all have one, and what has none is printed by something else
	ended   bool            // some session came to its summary
	conf    bool            // a conftest.py cannot be imported
	problem bool            // this session has said what is wrong with it
	downs   map[string]bool // tests that a worker of pytest-xdist died in, which it counts as failed
}

// pyBody is a part of the FAILURES or ERRORS section.
type pyBody struct {
	head, said string
	line       int
}

// pyReason is a FAILED line of the short summary.
type pyReason struct{ name, why string }

func (pytest) Read(r io.Reader) (Results, error) {
	s := &pyState{}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.see(line, in.n)
	}
	s.endSession(in.n)
	if !s.ended && len(s.res.Problems) == 0 {
		s.res.trouble(Unreadable, "pytest printed no counts: take a -q off its command", in.n)
	}
	s.res.finish()
	return s.res, in.err
}

func (s *pyState) see(line []byte, n int) {
	if s.rule(line, n) {
		return
	}
	if m := pySummary.FindSubmatch(line); m != nil && pyKnown.Match(m[1]) && s.summary(line) {
		s.endHead()
		s.counts, s.at = string(m[1]), n
		if s.part != "FAILURES" && s.part != "ERRORS" && s.part != "PASSES" {
			s.endSession(n)
		}
		return
	}
	switch {
	case bytes.HasPrefix(line, []byte("INTERNALERROR> ")):
		s.internal(string(line), n)
	case s.part == "FAILURES" || s.part == "ERRORS":
		s.body(line, n)
	case s.part == "PASSES":
	case strings.HasPrefix(s.part, "short test summary"):
		s.verdict(line, n)
	default:
		s.outside(line, n)
	}
}

// rule takes a line of = with a title, if it is pytest's own: as wide as its others. A test that
// prints one looks the same otherwise.
func (s *pyState) rule(line []byte, n int) bool {
	if m := pyStop.FindSubmatch(line); m != nil && (s.width == 0 || s.fits(line)) {
		s.stopped(string(m[1]), n)
		return true
	}
	m := pyRule.FindSubmatch(line)
	if m == nil || !pySections.Match(m[1]) {
		return false
	}
	title := string(m[1])
	if title == "test session starts" {
		if s.begun && (s.part == "FAILURES" || s.part == "ERRORS" || s.part == "PASSES") {
			return false // the output of a test that runs pytest
		}
		s.endSession(n)
		s.begun, s.headed, s.width = true, true, utf8.RuneCount(line)
		return true
	}
	if s.width == 0 {
		s.width = utf8.RuneCount(line)
	}
	if !s.fits(line) {
		return false
	}
	s.endHead()
	s.part = title
	return true
}

// fits reports whether a ruled line is as wide as this session's others. One whose title is too long
// has a single character on each side.
func (s *pyState) fits(line []byte) bool {
	w := utf8.RuneCount(line)
	if w == s.width || w != len(line) { // what is wide on a screen is counted in another way
		return true
	}
	return w > s.width-2 && len(line) > 2 && line[1] == ' ' && line[len(line)-2] == ' '
}

func (s *pyState) summary(line []byte) bool {
	if s.headed && !s.begun {
		return true // endSession has a word for it
	}
	if line[0] == '=' {
		return s.width == 0 || s.fits(line)
	}
	return !s.begun // only -q prints it without =, and no start of the session either
}

// stopped takes a line of ! with a title.
func (s *pyState) stopped(title string, n int) {
	s.endHead()
	switch {
	case strings.Contains(title, "during collection"):
		if !s.has(CollectionError) {
			s.trouble(CollectionError, title, n)
		}
	case strings.HasPrefix(title, "KeyboardInterrupt"), strings.Contains(title, "outcomes.Exit"), strings.Contains(title, "Interrupted: session"):
		s.trouble(Crashed, "pytest was stopped: "+title, n)
	}
}

// outside is a line of no section: a test's verdict with -v, or what stopped pytest.
func (s *pyState) outside(line []byte, n int) {
	if m := pyVerbose.FindSubmatch(line); m != nil && s.begun { // quiet sessions, which have no head, name none
		s.listed = true
		s.res.name(string(m[1]), pyStatus(string(m[2])))
		return
	}
	if m := pyWorker.FindSubmatch(line); m != nil && s.begun {
		s.listed = true
		s.res.name(string(m[2]), pyStatus(string(m[1])))
		return
	}
	switch {
	case pyMissing.Match(line), pyConftest.Match(line):
		s.conf = pyConftest.Match(line)
		if k := len(s.res.Problems); k > 0 && s.res.Problems[k-1].Problem == NoTests {
			s.res.Problems = s.res.Problems[:k-1] // this is why none ran
		}
		s.trouble(CollectionError, string(line), n)
	case bytes.HasPrefix(line, []byte("ERROR: usage: ")):
		s.trouble(Crashed, string(line), n)
	case pyNodeDown.Match(line):
		s.trouble(Crashed, string(line), n)
	case s.conf && bytes.HasPrefix(line, []byte("E  ")):
		last := &s.res.Problems[len(s.res.Problems)-1]
		if len(last.Text)+len(line) < maxText {
			last.Text += "\n" + string(line)
		}
	}
}

// internal keeps the last line of an internal error, which is the exception.
func (s *pyState) internal(line string, n int) {
	said := strings.TrimPrefix(line, "INTERNALERROR> ")
	if k := len(s.res.Problems); k > 0 && s.res.Problems[k-1].Problem == Crashed && s.problem {
		if strings.TrimSpace(said) != "" {
			s.res.Problems[k-1].Text = "pytest itself failed: " + said
		}
		return
	}
	s.trouble(Crashed, "pytest itself failed: "+said, n)
}

// body is a line of the FAILURES or ERRORS section.
func (s *pyState) body(line []byte, n int) {
	if m := pyHead.FindSubmatch(line); m != nil && s.fits(line) {
		s.endHead()
		s.head, s.line = string(m[1]), n
		return
	}
	switch {
	case s.head != "":
		if s.printed = s.printed || pyCaptured.Match(line) && s.fits(line); !s.printed {
			s.said.add(line)
		}
	case s.part == "FAILURES" && len(s.loose) < maxFailures && len(bytes.TrimSpace(line)) > 0:
		s.loose = append(s.loose, pyWhere.ReplaceAllString(string(line), ""))
	}
}

func (s *pyState) endHead() {
	if s.head == "" {
		return
	}
	said := s.said.String()
	_, down, _ := strings.Cut(said, "\n") // below the worker's name
	switch m := pyDown.FindStringSubmatch(down); {
	case m != nil && s.part == "FAILURES":
		s.down(m[1], said, s.line)
	case strings.HasPrefix(s.head, "ERROR collecting"):
		s.trouble(CollectionError, s.head+"\n"+pythonWords(said), s.line)
	case s.part == "FAILURES" && len(s.bodies) < maxFailures:
		said = lastOf(pythonWords(said), s.kept)
		s.kept += len(said)
		s.bodies = append(s.bodies, pyBody{s.head, said, s.line})
	}
	s.head, s.said, s.printed = "", text{}, false
}

// down takes a test that did not end because its worker did.
func (s *pyState) down(name, said string, n int) {
	if s.downs == nil {
		s.downs = map[string]bool{}
	}
	if len(s.downs) < maxNames {
		s.downs[name] = true
	}
	if s.res.Names[name] != "" {
		s.res.Names[name] = Errored // -v has it as failed
	}
	if !s.has(Crashed) {
		s.trouble(Crashed, said, n)
	}
}

// verdict is a line of the short summary.
func (s *pyState) verdict(line []byte, n int) {
	m := pyShort.FindSubmatch(line)
	if m == nil {
		s.outside(line, n)
		return
	}
	word := string(m[1])
	name, why := nameAndReason(string(m[2]))
	if s.downs[name] && word == "FAILED" {
		word = "ERROR"
	}
	switch {
	case strings.Contains(name, "::"):
		s.res.name(name, pyStatus(word))
		s.listed = s.listed || word == "PASSED"
		if word == "FAILED" && len(s.short) < maxFailures {
			s.short = append(s.short, pyReason{name, why})
		}
	case word == "ERROR" && !s.has(CollectionError):
		s.trouble(CollectionError, strings.TrimSpace(name+" "+why), n)
	}
}

func (s *pyState) trouble(p Problem, text string, n int) {
	s.problem = true
	s.res.trouble(p, text, n)
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

// endSession counts what the last line of a session says, which counts every test, named or not.
func (s *pyState) endSession(n int) {
	s.endHead()
	s.failures()
	switch {
	case s.counts != "" && s.headed && !s.begun:
		s.trouble(Unreadable, "pytest has counted before, and there are counts again that no session began: "+s.counts, s.at)
	case s.counts != "":
		s.ended = true
		total := s.res.Total
		for _, m := range pyCount.FindAllStringSubmatch(s.counts, -1) {
			k, err := strconv.Atoi(m[1])
			if err != nil || k > 1<<40 {
				continue // more digits than a count has
			}
			if m[2] == "failed" && len(s.downs) > 0 {
				died := min(len(s.downs), k)
				s.add("error", died)
				k -= died
			}
			s.add(m[2], k)
		}
		s.res.Unnamed = s.res.Unnamed || s.res.Total > total && !s.listed
		if s.res.Total == total && !s.problem {
			s.trouble(NoTests, "pytest ran no test: "+s.counts, s.at)
		}
	case s.begun && !s.problem:
		s.trouble(Crashed, "pytest ended without its summary", n)
	}
	*s = pyState{res: s.res, ended: s.ended, headed: s.headed}
}

func (s *pyState) add(word string, k int) {
	s.res.Total += k
	switch word {
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
