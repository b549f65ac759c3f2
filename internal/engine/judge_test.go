package engine

import (
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/runner"
)

func program(t *testing.T, text string) []*criteria.Program {
	t.Helper()
	p, err := criteria.Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	return []*criteria.Program{p}
}

func allFailed(names ...string) testreport.Results {
	r := testreport.Results{Reader: "pytest", Total: len(names), Failed: len(names), Names: map[string]testreport.Status{}}
	for _, n := range names {
		r.Names[n] = testreport.Failed
		r.Failures = append(r.Failures, testreport.Failure{Name: n, Text: "E   NotImplementedError: stub"})
	}
	return r
}

func allPassed(names ...string) testreport.Results {
	r := testreport.Results{Reader: "pytest", Total: len(names), Passed: len(names), Names: map[string]testreport.Status{}}
	for _, n := range names {
		r.Names[n] = testreport.Passed
	}
	return r
}

func with(r testreport.Results, p testreport.Problem) testreport.Results {
	r.Problems = append(r.Problems, testreport.Trouble{Problem: p, Text: "said so", Line: 7})
	return r
}

// TestKindRule holds what must hold before any criterion: says is part of the reason, "" where the run counts.
func TestKindRule(t *testing.T) {
	red := &manifest.Predicate{Spec: manifest.Spec{Value: map[string]any{"run": "pytest t.py"}},
		Tests: &manifest.Tests{Total: 1, Failed: 1, Names: map[string]string{"t.py::a": "failed"}}, Pins: map[string]string{"t.py::a": "sha256:1"}}
	same := map[string]string{"t.py::a": "sha256:1"}
	for _, c := range []struct {
		name string
		t    tried
		says string
	}{
		{"check passes", tried{kind: spec.Check}, ""},
		{"check, exit 3", tried{kind: spec.Check, result: runner.Result{Exit: 3}}, "exit 3"},
		{"check, exit named by a criterion", tried{kind: spec.Check, result: runner.Result{Exit: 3}, programs: program(t, "exit == 3")}, ""},
		{"check, no such command", tried{kind: spec.Check, result: runner.Result{Exit: 127}}, "not found"},
		{"check, not executable", tried{kind: spec.Check, result: runner.Result{Exit: 126}}, "could not be executed"},
		{"check, signal", tried{kind: spec.Check, result: runner.Result{Exit: -1, Signal: "SIGSEGV"}}, "SIGSEGV"},
		{"check, signal named by a criterion", tried{kind: spec.Check, result: runner.Result{Signal: "SIGSEGV"}, programs: program(t, `signal == "SIGSEGV"`)}, ""},
		{"check, timeout", tried{kind: spec.Check, result: runner.Result{TimedOut: true, Signal: "SIGTERM"}}, "timed out"},
		{"check, timeout named by a criterion", tried{kind: spec.Check, result: runner.Result{TimedOut: true, Signal: "SIGTERM"}, programs: program(t, "timed_out")}, ""},
		{"could not start", tried{kind: spec.Check, result: runner.Result{Err: "no bash"}}, "no bash"},

		{"red", tried{kind: spec.Red, result: runner.Result{Exit: 1}, tests: allFailed("t.py::a")}, ""},
		{"red for its reason", tried{kind: spec.Red, result: runner.Result{Exit: 1}, tests: allFailed("t.py::a"), because: "NotImplemented.*stub"}, ""},
		{"red that passes", tried{kind: spec.Red, tests: allPassed("t.py::a")}, "must fail"},
		{"red without a report", tried{kind: spec.Red, result: runner.Result{Exit: 1}}, "no test runner's report"},
		{"red, no such command", tried{kind: spec.Red, result: runner.Result{Exit: 127}, tests: allFailed("t.py::a")}, "not found"},
		{"red, not executable", tried{kind: spec.Red, result: runner.Result{Exit: 126}, tests: allFailed("t.py::a")}, "could not be executed"},
		{"red, killed", tried{kind: spec.Red, result: runner.Result{Exit: -1, Signal: "SIGKILL"}, tests: allFailed("t.py::a")}, "SIGKILL"},
		{"red, killed and named", tried{kind: spec.Red, result: runner.Result{Exit: -1, Signal: "SIGKILL"}, tests: allFailed("t.py::a"), programs: program(t, `signal != ""`)}, "no failing test"},
		{"red, timed out", tried{kind: spec.Red, result: runner.Result{Exit: 1, TimedOut: true}, tests: allFailed("t.py::a")}, "timed out"},
		{"red, collection error", tried{kind: spec.Red, result: runner.Result{Exit: 2}, tests: with(testreport.Results{Reader: "pytest", Total: 1, Errors: 1}, testreport.CollectionError)}, "could not be collected (line 7"},
		{"red, build error", tried{kind: spec.Red, result: runner.Result{Exit: 1}, tests: with(testreport.Results{Reader: "gotest"}, testreport.BuildError)}, "could not be built"},
		{"red, zero tests", tried{kind: spec.Red, result: runner.Result{Exit: 5}, tests: with(testreport.Results{Reader: "pytest"}, testreport.NoTests)}, "zero tests"},
		{"red, unreadable report", tried{kind: spec.Red, result: runner.Result{Exit: 1}, tests: with(testreport.Results{Reader: "junit"}, testreport.Unreadable)}, "cannot be read"},
		{"red, all passed and exit 1", tried{kind: spec.Red, result: runner.Result{Exit: 1}, tests: allPassed("t.py::a")}, "no test failed"},
		{"red, only errors", tried{kind: spec.Red, result: runner.Result{Exit: 1}, tests: testreport.Results{Reader: "pytest", Total: 1, Errors: 1}}, "no test failed"},
		{"red for another reason", tried{kind: spec.Red, result: runner.Result{Exit: 1}, tests: allFailed("t.py::a"), because: "ZeroDivisionError"}, "no failure says"},
		{"red without its failure's text", tried{kind: spec.Red, result: runner.Result{Exit: 1}, tests: testreport.Results{Reader: "gotest", Total: 1, Failed: 1}, because: "x"}, "no failure text"},

		{"green", tried{kind: spec.Green, tests: allPassed("t.py::a"), red: red, run: "pytest t.py", pins: same}, ""},
		{"green that fails", tried{kind: spec.Green, result: runner.Result{Exit: 1}, tests: allFailed("t.py::a"), red: red, run: "pytest t.py"}, "exit 1"},
		{"green with || true", tried{kind: spec.Green, tests: allFailed("t.py::a"), red: red, run: "pytest t.py"}, "not every test passed"},
		{"green without a report", tried{kind: spec.Green, red: red, run: "pytest t.py"}, "no test runner's report"},
		{"green, zero tests", tried{kind: spec.Green, tests: with(testreport.Results{Reader: "pytest"}, testreport.NoTests)}, "zero tests"},
		{"green, all skipped", tried{kind: spec.Green, tests: testreport.Results{Reader: "pytest", Total: 2, Skipped: 2}}, "no test passed"},
		{"green by another command", tried{kind: spec.Green, tests: allPassed("t.py::a"), red: red, run: "pytest other.py", pins: same}, "not that of its red"},
		{"green without the red's test", tried{kind: spec.Green, tests: allPassed("t.py::b"), red: red, run: "pytest t.py", pins: same}, "t.py::a failed in the red run and is not in this one"},
		{"green with the red's test skipped", tried{kind: spec.Green, tests: testreport.Results{Reader: "pytest", Total: 2, Passed: 1, Skipped: 1,
			Names: map[string]testreport.Status{"t.py::a": testreport.Skipped, "t.py::b": testreport.Passed}}, red: red, run: "pytest t.py", pins: same}, "is skipped in this one"},
		{"green whose report names no test", tried{kind: spec.Green, tests: testreport.Results{Reader: "pytest", Total: 1, Passed: 1}, red: red, run: "pytest t.py", pins: same}, ""},
		{"green, a changed pin", tried{kind: spec.Green, tests: allPassed("t.py::a"), red: red, run: "pytest t.py", pins: map[string]string{"t.py::a": "sha256:2"}}, "t.py::a changed"},
		{"green, a pin that is gone", tried{kind: spec.Green, tests: allPassed("t.py::a"), red: red, run: "pytest t.py"}, "t.py::a is gone"},
		{"green, a pin that the red had not", tried{kind: spec.Green, tests: allPassed("t.py::a"), red: red, run: "pytest t.py", pins: map[string]string{"t.py::a": "sha256:1", "x": "sha256:3"}}, "was not pinned"},
		{"green, accepted pin", tried{kind: spec.Green, tests: allPassed("t.py::a"), red: red, run: "pytest t.py", accept: true}, ""},
	} {
		why, _ := kindRule(c.t)
		if (why == "") != (c.says == "") || !strings.Contains(why, c.says) {
			t.Errorf("%s: %q, want %q", c.name, why, c.says)
		}
	}
}

// An accepted pin is said for ever: the warning goes into the attempt.
func TestAcceptedPinsWarn(t *testing.T) {
	red := &manifest.Predicate{Pins: map[string]string{"t.py": "sha256:1"}}
	_, warnings := kindRule(tried{kind: spec.Green, tests: allPassed("a"), red: red, accept: true})
	if len(warnings) != 1 || !strings.Contains(warnings[0], "t.py") {
		t.Errorf("warnings %q", warnings)
	}
}
