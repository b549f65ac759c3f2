package testreport

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// ctest reads the text of CMake's ctest, of one run or of several in a row.
type ctest struct{}

var (
	ctStart   = regexp.MustCompile(`^ {4,}Start +([0-9]+): (.+)$`)
	ctResult  = regexp.MustCompile(`^ *(?:[0-9]+/[0-9]+ )?Test +#([0-9]+): (.+)$`)
	ctVerdict = regexp.MustCompile(`^(.*? ?\.+)([A-Za-z ]*?) *(\*\*\*(?:Failed|Exception|Timeout|Not Run|Skipped)|Passed)(.*)$`)
	ctTime    = regexp.MustCompile(` +[0-9.]+ sec(?:\*proc)?$`)
	ctSaid    = regexp.MustCompile(`^([0-9]+): ?(.*)$`)
	ctHead    = regexp.MustCompile(`^(?:Test command|Working Directory|Test timeout computed to be|Environment variables|Test timeout \(in seconds\)): ?`)
	ctCount   = regexp.MustCompile(`^[0-9]+% tests passed, ([0-9]+) tests? failed out of ([0-9]+)$`)
	ctCounts  = regexp.MustCompile(`(?m)^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]+\r?$`)
	ctProject = regexp.MustCompile(`(?m)^(?:Test project /?\S|No tests were found!!!\r?$|Failed to change working directory to ")`)
	ctWhy     = regexp.MustCompile(`^(?:Unable to find executable|Could not find executable|Failed test dependencies|Required Files Missing|Unable to start|.*BAD_COMMAND)\b`)
	ctAssert  = regexp.MustCompile(`(?m)^(?:.*: .*: Assertion .+ failed\.|Assertion failed: .+, file .+, line [0-9]+\.?)$`)
)

func (ctest) Name() string { return "ctest" }

func (ctest) Detect(head, tail []byte) int {
	switch {
	case ctCounts.Match(tail):
		return 97 // a test may print what another runner said
	case ctCounts.Match(head), ctProject.Match(head):
		return 80
	}
	return 0
}

// ctState is a run as it goes by.
type ctState struct {
	res     Results
	begun   bool
	tests   []*ctOne
	by      map[int]*ctOne // by number
	current *ctOne         // the result whose output follows
	why     string         // why the next one did not run
	counted bool
	failed  int // by its own count
	total   int
	kept    int // bytes of all output
}

// ctOne is a test.
type ctOne struct {
	name, verdict, reason string
	line                  int
	running, spoke        bool
	verbose               bool // its output comes before its result, under its number
	said                  text
}

func (ctest) Read(r io.Reader) (Results, error) {
	s := &ctState{}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line(line, in.n)
	}
	s.end(in.n)
	s.res.finish()
	return s.res, in.err
}

func (s *ctState) line(line []byte, n int) {
	if m := ctStart.FindSubmatch(line); m != nil {
		s.start(string(m[1]), string(m[2]), n)
		return
	}
	if m := ctResult.FindSubmatch(line); m != nil && s.result(string(m[1]), m[2], n) {
		return
	}
	if m := ctCount.FindSubmatch(line); m != nil && !s.counted {
		s.failed, _ = strconv.Atoi(string(m[1]))
		s.total, _ = strconv.Atoi(string(m[2])) // digits only; one too large for an int is none that we have
		s.counted, s.current = true, nil
		return
	}
	switch {
	case bytes.HasPrefix(line, []byte("Test project ")):
		if s.current == nil {
			s.end(n)
			s.begun = true
		}
	case bytes.HasPrefix(line, []byte("Total Test time (real) =")) && s.counted:
		s.end(n)
	case bytes.Equal(line, []byte("No tests were found!!!")) && len(s.tests) == 0:
		s.res.trouble(NoTests, "ctest found no test", n)
		s.begun = false
	case bytes.HasPrefix(line, []byte("Failed to change working directory to ")) && len(s.tests) == 0:
		s.res.trouble(CollectionError, string(line), n)
		s.begun = false
	case ctWhy.Match(line):
		s.why = string(line)
	default:
		s.say(line)
	}
}

// start takes the line before a test, which has its whole name.
func (s *ctState) start(number, name string, n int) {
	s.current = nil
	i, err := strconv.Atoi(number)
	if err != nil || len(s.tests) >= maxNames {
		return
	}
	if s.by == nil {
		s.by = map[int]*ctOne{}
	}
	t := s.by[i]
	if t == nil {
		t = &ctOne{name: name}
		s.by[i] = t
		s.tests = append(s.tests, t)
	}
	// With --repeat a test starts more than once, and the last time counts.
	s.kept -= len(t.said.head) + len(t.said.tail)
	*t = ctOne{name: name, line: n, running: true}
	s.why = ""
}

// result takes a line that says how a test ended, if that test runs.
func (s *ctState) result(number string, rest []byte, n int) bool {
	i, err := strconv.Atoi(number)
	t := s.by[i]
	if err != nil || t == nil || !t.running {
		return false
	}
	// The name is filled up with dots; it may have some itself, and is cut where it is long.
	at := 0
	for at < len(rest) && at < len(t.name) && rest[at] == t.name[at] {
		at++
	}
	m := ctVerdict.FindSubmatch(append([]byte(" "), rest[at:]...))
	if m == nil {
		return false
	}
	t.running, t.line = false, n
	t.verdict = string(m[3])
	t.reason = strings.Trim(string(m[2])+" "+string(ctTime.ReplaceAll(m[4], nil)), " :")
	if t.verdict == "***Not Run" {
		t.reason = strings.TrimSpace(t.reason + " " + s.why)
	}
	if s.current = t; t.verbose {
		s.current = nil
	}
	return true
}

// say keeps output: with -V under the test's number, with --output-on-failure after the result.
func (s *ctState) say(line []byte) {
	t := s.current
	if m := ctSaid.FindSubmatch(line); m != nil {
		if i, err := strconv.Atoi(string(m[1])); err == nil && s.by[i] != nil && s.by[i].running {
			t, line = s.by[i], m[2]
			t.verbose = true
			if !t.spoke && ctHead.Match(line) {
				return
			}
			t.spoke = true
		}
	}
	if t != nil && s.kept < maxTexts {
		s.kept += t.said.add(line)
	}
}

// end counts a run.
func (s *ctState) end(n int) {
	var other *ctOne // the first that has no verdict
	bad, off, failures := 0, 0, s.res.Failed
	for _, t := range s.tests {
		status := t.status()
		s.res.count(t.name, status)
		switch status {
		case Failed:
			bad++
			s.res.fail(t.name, t.text(), t.line)
		case Errored:
			bad++
			if other == nil {
				other = t
			}
		}
		if t.verdict == "***Not Run" && t.reason == "(Disabled)" {
			off++
		}
	}
	listed := len(s.tests)
	switch {
	case !s.counted && (s.begun || listed > 0):
		why := "ctest ended before its counts"
		if listed > 0 && s.tests[listed-1].running {
			why += ", in " + s.tests[listed-1].name
		}
		s.res.trouble(Crashed, why, n)
	case s.counted && listed < maxNames && (bad != s.failed || listed-off != s.total && listed != s.total):
		s.res.trouble(Unreadable, fmt.Sprintf("ctest counts %d tests, %d of them failed; %d and %d are listed: a test prints what looks like a result", s.total, s.failed, listed-off, bad), n)
	case other != nil && s.res.Failed == failures: // where a test did fail, that is why ctest did
		what := Crashed
		if other.verdict == "***Not Run" {
			what = BuildError
		}
		s.res.trouble(what, strings.TrimSpace(other.name+" "+other.verdict+" "+other.reason+"\n"+other.said.String()), other.line)
	}
	*s = ctState{res: s.res}
}

// status is a test's verdict. An end by a signal is none, with one exception: an assertion of C aborts.
func (t *ctOne) status() Status {
	switch t.verdict {
	case "Passed":
		return Passed
	case "***Failed":
		return Failed
	case "***Skipped":
		return Skipped
	case "***Not Run":
		if t.reason == "(Disabled)" {
			return Skipped
		}
	case "***Exception":
		if strings.Contains(t.reason, "aborted") && ctAssert.MatchString(t.said.String()) {
			return Failed
		}
	}
	return Errored
}

func (t *ctOne) text() string {
	said := t.said.String()
	if t.reason == "" {
		return said
	}
	return strings.TrimSpace(t.reason + "\n" + said)
}
