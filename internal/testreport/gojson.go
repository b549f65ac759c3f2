package testreport

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
)

// goJSON reads `go test -json` (cmd/test2json).
type goJSON struct{}

func (goJSON) Name() string { return "gotest-json" }

func (goJSON) Detect(head, tail []byte) int {
	for _, part := range [][]byte{head, tail} {
		for line := range bytes.Lines(part) {
			var ev goEvent
			if bytes.HasPrefix(line, []byte(`{"`)) && json.Unmarshal(line, &ev) == nil && ev.Action != "" && (ev.Package != "" || ev.ImportPath != "") {
				return 100
			}
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

// goJSONState is the events as they go by. Packages run at the same time, so all is kept by name.
type goJSONState struct {
	res      Results
	said     texts                      // of a test, or of a package under "PACKAGE."
	building texts                      // of a build
	built    map[string]bool            // builds whose failure was said
	running  map[string]map[string]bool // by package: tests that began and did not end
	begun    int                        // how many of them
	open     map[string]bool            // packages that began and did not end
	failed   map[string]int             // tests that failed, by package
}

func (goJSON) Read(r io.Reader) (Results, error) {
	s := &goJSONState{built: map[string]bool{}, running: map[string]map[string]bool{}, open: map[string]bool{}, failed: map[string]int{}}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		var ev goEvent
		if len(line) == 0 || line[0] != '{' || json.Unmarshal(line, &ev) != nil {
			continue // the build's own words between the events
		}
		s.event(ev, in.n)
	}
	for _, pkg := range slices.Sorted(maps.Keys(s.open)) {
		s.unfinished(pkg, in.n)
		s.res.trouble(Crashed, pkg+": go test ended before the package did", in.n)
	}
	s.res.finish()
	return s.res, in.err
}

func (s *goJSONState) event(ev goEvent, n int) {
	name := ev.Package + "." + ev.Test
	switch ev.Action {
	case "start":
		if len(s.open) < maxNames {
			s.open[ev.Package] = true
		}
	case "build-output":
		s.building.add(ev.ImportPath, []byte(strings.TrimRight(ev.Output, "\n")))
	case "build-fail":
		s.buildFailed(ev.ImportPath, n)
	case "run":
		if !isBenchmark(ev.Test) && s.begun < maxNames {
			if s.running[ev.Package] == nil {
				s.running[ev.Package] = map[string]bool{}
			}
			s.running[ev.Package][name] = true
			s.begun++
		}
	case "output":
		line := strings.TrimRight(ev.Output, "\n")
		if !goFrame(line) {
			s.said.add(name, []byte(line))
		}
	case "pass", "fail", "skip":
		if ev.Test == "" {
			s.ended(ev, n)
			return
		}
		if s.running[ev.Package][name] {
			delete(s.running[ev.Package], name)
			s.begun--
		}
		said := s.said.take(name)
		if isBenchmark(ev.Test) {
			return
		}
		status := map[string]Status{"pass": Passed, "fail": Failed, "skip": Skipped}[ev.Action]
		s.res.count(name, status)
		if status == Failed {
			s.failed[ev.Package]++
			s.res.fail(name, said, n)
		}
	}
}

func (s *goJSONState) buildFailed(path string, n int) {
	if !s.built[path] && len(s.built) < maxNames {
		s.built[path] = true
		s.res.trouble(BuildError, firstOf(s.building.take(path), path+" does not build"), n)
	}
}

// ended is a package's own verdict.
func (s *goJSONState) ended(ev goEvent, n int) {
	delete(s.open, ev.Package)
	said := s.said.take(ev.Package + ".")
	if ev.Action != "fail" {
		return
	}
	switch {
	case ev.FailedBuild != "":
		s.buildFailed(ev.FailedBuild, n)
	case strings.Contains(said, "[build failed]"), strings.Contains(said, "[setup failed]"):
		s.buildFailed(ev.Package, n) // go before 1.24 says no more
	case s.unfinished(ev.Package, n):
	case s.failed[ev.Package] == 0:
		s.res.trouble(Crashed, firstOf(said, ev.Package+" failed, and none of its tests did"), n)
	}
}

// unfinished gives the tests of a package that began and have no verdict the verdict that they have none.
func (s *goJSONState) unfinished(pkg string, n int) bool {
	names := slices.Sorted(maps.Keys(s.running[pkg]))
	delete(s.running, pkg)
	s.begun -= len(names)
	for _, name := range names {
		s.res.count(name, Errored)
		s.res.trouble(Crashed, strings.TrimSpace(name+" began and gave no verdict\n"+s.said.take(name)), n)
	}
	return len(names) > 0
}

// goFrame reports whether a line of a test's output is go's own, and says nothing of the reason.
func goFrame(line string) bool {
	return strings.HasPrefix(line, "=== ") || goResult.MatchString(line)
}

func isBenchmark(test string) bool { return strings.HasPrefix(test, "Benchmark") }

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
