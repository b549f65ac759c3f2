package testreport

import (
	"bytes"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// goText reads go test's own words, with -v or without.
type goText struct{}

var (
	goResult  = regexp.MustCompile(`^(.*?)--- (PASS|FAIL|SKIP): (\S+) \([0-9.]+(?:s|ms)\)$`)
	goRunning = regexp.MustCompile(`^=== (RUN|CONT|NAME|PAUSE) +(\S+)$`)
	goPackage = regexp.MustCompile(`^(ok  |FAIL|\?   )\t(\S+)[\t ] *(.*)$`)
	goDirect  = regexp.MustCompile(`^(?:PASS|FAIL)$`)
	goSummary = regexp.MustCompile(`(?m)^(?:ok  \t\S+\t|FAIL\t\S+[\t ]|\?   \t\S+\t\[no test files\]|--- (?:FAIL|PASS|SKIP): \S+ \([0-9.]+s\)|=== RUN   \S)`)
	goStack   = regexp.MustCompile(`^goroutine [0-9]+ .*\[.*\]:$`)
)

func (goText) Name() string { return "gotest" }

func (goText) Detect(head, tail []byte) int {
	if goSummary.Match(tail) || goSummary.Match(head) {
		return 70
	}
	return 0
}

// goTextState is a package's tests as they go by. go names the package after them.
type goTextState struct {
	res     Results
	tests   []goTest
	running map[string]bool // began (=== RUN) and did not end
	verbose bool
	said    texts
	current string // the test whose words these are
	loose   text   // words of no test
	build   *text
	bench   bool // a benchmark of this package gave a result
	panics  int  // line of a panic that is no test's own, 0 where there is none
	crashed bool
	after   bool // the line before was a test's FAIL: a panic that follows is that test's own
	verdict bool // the binary said PASS or FAIL
}

type goTest struct {
	name   string
	status Status
	line   int
}

func (goText) Read(r io.Reader) (Results, error) {
	s := &goTextState{running: map[string]bool{}}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line(line, in.n)
	}
	if len(s.tests) > 0 || len(s.running) > 0 {
		if !s.verdict || len(s.running) > 0 {
			s.unfinished("", in.n)
			s.res.trouble(Crashed, "go test ended before the package did", in.n)
		}
		s.flush("")
	}
	s.res.finish()
	return s.res, in.err
}

func (s *goTextState) line(line []byte, n int) {
	if m := goRunning.FindSubmatch(line); m != nil {
		s.current, s.after, s.verdict = string(m[2]), false, false
		switch string(m[1]) {
		case "RUN":
			s.verbose = true
			if !isBenchmark(s.current) && len(s.running) < maxNames {
				s.running[s.current] = true
			}
		case "PAUSE":
			s.current = ""
		}
		return
	}
	if m := goResult.FindSubmatch(line); m != nil && s.result(string(m[1]), string(m[2]), string(m[3]), n) {
		return
	}
	if m := goPackage.FindSubmatch(line); m != nil {
		s.pack(string(m[1]), string(m[2]), string(m[3]), n)
		return
	}
	if goDirect.Match(line) {
		s.current, s.after, s.verdict = "", false, true
		return
	}
	switch {
	case s.panics > 0 && goStack.Match(line):
		s.crashed = true
	case !s.after && (bytes.HasPrefix(line, []byte("panic: ")) || bytes.HasPrefix(line, []byte("fatal error: "))):
		s.panics = n
	case bytes.HasPrefix(line, []byte("Benchmark")):
		s.bench = true
	}
	s.after = false
	switch {
	case s.current == "" && bytes.HasPrefix(line, []byte("# ")):
		if s.build == nil {
			s.build = &text{}
		}
		s.build.add(line)
	case s.current != "":
		s.said.add(s.current, line)
	case s.build != nil:
		s.build.add(line)
	default:
		s.loose.add(line)
	}
}

// result takes a line that says how a test ended. Output without a line end stands before it on the
// line; then, and with -v always, only a test that is known to run is believed.
func (s *goTextState) result(before, word, name string, n int) bool {
	indented := strings.TrimLeft(before, " ") == ""
	if s.verbose && !s.running[name] || !s.verbose && !indented {
		return false
	}
	status := map[string]Status{"PASS": Passed, "FAIL": Failed, "SKIP": Skipped}[word]
	delete(s.running, name)
	if !indented {
		s.said.add(name, []byte(before))
	}
	if len(s.tests) < maxNames {
		s.tests = append(s.tests, goTest{name, status, n})
	} else {
		s.res.count("", status)
	}
	s.current, s.after = name, status == Failed
	return true
}

// pack ends a package: ok, FAIL or no test files.
func (s *goTextState) pack(word, pkg, rest string, n int) {
	failed := slices.ContainsFunc(s.tests, func(t goTest) bool { return t.status == Failed })
	switch {
	case word == "FAIL" && (strings.Contains(rest, "[build failed]") || strings.Contains(rest, "[setup failed]")):
		s.res.trouble(BuildError, firstOf(s.build.String(), pkg+" "+rest), n)
	case word == "FAIL" && s.unfinished(pkg, n):
	case word == "FAIL" && s.crashed:
		s.res.trouble(Crashed, firstOf(s.loose.String(), pkg+" panicked outside its tests"), s.panics)
	case word == "FAIL" && !failed:
		s.res.trouble(Crashed, firstOf(s.loose.String(), pkg+" failed, and none of its tests did"), n)
	case word == "ok  " && len(s.tests) == 0 && !s.bench && !strings.Contains(rest, "[no tests to run]"):
		s.res.count("", Passed)
		s.res.Unnamed = true
	}
	s.flush(pkg + ".")
}

// unfinished gives the tests that began and have no verdict the verdict that they have none.
func (s *goTextState) unfinished(pkg string, n int) bool {
	names := slices.Sorted(maps.Keys(s.running))
	if pkg != "" {
		pkg += "."
	}
	for _, name := range names {
		s.res.count(pkg+name, Errored)
		s.res.trouble(Crashed, strings.TrimSpace(pkg+name+" began and gave no verdict\n"+s.said.take(name)), n)
	}
	clear(s.running)
	return len(names) > 0
}

// flush counts a package's tests under their whole names and begins the next package.
func (s *goTextState) flush(prefix string) {
	s.res.Unnamed = s.res.Unnamed || len(s.tests) > 0 && !s.verbose
	for _, t := range s.tests {
		s.res.count(prefix+t.name, t.status)
		if t.status == Failed {
			s.res.fail(prefix+t.name, s.said.take(t.name), t.line)
		}
	}
	*s = goTextState{res: s.res, running: s.running}
}
