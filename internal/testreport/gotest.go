package testreport

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strings"
)

// goJSON reads `go test -json` (cmd/test2json).
type goJSON struct{}

func (goJSON) Name() string { return "gotest-json" }

func (goJSON) Detect(head, tail []byte) int {
	for line := range bytes.Lines(head) {
		var ev goEvent
		if bytes.HasPrefix(line, []byte(`{"`)) && json.Unmarshal(line, &ev) == nil && ev.Action != "" && (ev.Package != "" || ev.ImportPath != "") {
			return 100
		}
	}
	return 0
}

type goEvent struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	FailedBuild string
}

func (goJSON) Read(r io.Reader) (Results, error) {
	var res Results
	output := map[string]*text{}
	build := &text{}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		var ev goEvent
		if len(line) == 0 || line[0] != '{' || json.Unmarshal(line, &ev) != nil {
			continue // the build's own words between the events
		}
		name := ev.Package + "." + ev.Test
		switch ev.Action {
		case "build-output":
			build.add([]byte(strings.TrimRight(ev.Output, "\n")))
		case "build-fail":
			res.trouble(BuildError, firstOf(build.String(), ev.ImportPath+" does not build"), in.n)
		case "output":
			if ev.Test != "" {
				if output[name] == nil {
					output[name] = &text{}
				}
				output[name].add([]byte(strings.TrimRight(ev.Output, "\n")))
			}
		case "pass", "fail", "skip":
			if ev.Test == "" {
				if ev.Action == "fail" && ev.FailedBuild != "" && len(res.Problems) == 0 {
					res.trouble(BuildError, ev.FailedBuild+" does not build", in.n)
				}
				continue
			}
			s := map[string]Status{"pass": Passed, "fail": Failed, "skip": Skipped}[ev.Action]
			res.count(name, s)
			if s == Failed {
				said := ""
				if t := output[name]; t != nil {
					said = t.String()
				}
				res.fail(name, said, in.n)
			}
			delete(output, name)
		}
	}
	res.finish()
	return res, in.err
}

// goText reads go test's own words, with -v or without.
type goText struct{}

var (
	goResult  = regexp.MustCompile(`^( *)--- (PASS|FAIL|SKIP): (\S+) \([0-9.]+m?s\)$`)
	goRunning = regexp.MustCompile(`^=== (RUN|CONT|NAME|PAUSE) +(\S+)$`)
	goPackage = regexp.MustCompile(`^(ok|FAIL|\?|---) *\t(\S+)(?:\t| )(.*)$`)
	goSummary = regexp.MustCompile(`(?m)^(?:ok  \t\S+\t|FAIL\t\S+[\t ]|\?   \t\S+\t\[no test files\]|--- (?:FAIL|PASS|SKIP): \S+ \([0-9.]+s\)|=== RUN   \S)`)
)

func (goText) Name() string { return "gotest" }

func (goText) Detect(head, tail []byte) int {
	if goSummary.Match(tail) || goSummary.Match(head) {
		return 70
	}
	return 0
}

// goState is a package's tests as they go by.
type goState struct {
	res     Results
	said    map[string]*text
	current string // the test whose words these are
	listed  int    // results since the last package line
	build   *text
	pending []Failure
}

func (goText) Read(r io.Reader) (Results, error) {
	s := &goState{said: map[string]*text{}}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line(line, in.n)
	}
	s.flush()
	s.res.finish()
	return s.res, in.err
}

func (s *goState) line(line []byte, n int) {
	if m := goRunning.FindSubmatch(line); m != nil {
		s.current = string(m[2])
		return
	}
	if m := goResult.FindSubmatch(line); m != nil {
		name := string(m[3])
		status := map[string]Status{"PASS": Passed, "FAIL": Failed, "SKIP": Skipped}[string(m[2])]
		s.listed++
		s.res.count(name, status)
		s.current = name
		if status == Failed {
			s.pending = append(s.pending, Failure{Name: name, Line: n})
		}
		return
	}
	if m := goPackage.FindSubmatch(line); m != nil {
		s.pack(string(m[1]), string(m[2]), string(m[3]), n)
		return
	}
	switch {
	case bytes.HasPrefix(line, []byte("# ")):
		s.build = &text{}
	case bytes.Equal(line, []byte("PASS")), bytes.Equal(line, []byte("FAIL")):
		s.current = ""
	case s.current != "":
		if s.said[s.current] == nil {
			s.said[s.current] = &text{}
		}
		s.said[s.current].add(line)
	case s.build != nil:
		s.build.add(line)
	}
}

// pack ends a package: ok, FAIL or no test files.
func (s *goState) pack(word, name, rest string, n int) {
	switch {
	case word == "FAIL" && (strings.Contains(rest, "[build failed]") || strings.Contains(rest, "[setup failed]")):
		said := ""
		if s.build != nil {
			said = s.build.String()
		}
		s.res.trouble(BuildError, firstOf(said, name+" "+rest), n)
	case word == "ok" && strings.Contains(rest, "[no tests to run]"):
	case word == "ok" && s.listed == 0:
		s.res.count(name, Passed)
	case word == "FAIL" && s.listed == 0:
		s.res.trouble(Crashed, name+" failed before a test gave its verdict", n)
	}
	s.flush()
	s.listed, s.current, s.build = 0, "", nil
}

// flush gives the failures their words.
func (s *goState) flush() {
	for _, f := range s.pending {
		said := ""
		if t := s.said[f.Name]; t != nil {
			said = t.String()
		}
		s.res.fail(f.Name, said, f.Line)
	}
	s.pending = nil
	clear(s.said)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
