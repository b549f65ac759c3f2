package proof

import (
	"reflect"
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

// TestJudge holds what must hold before any criterion: says is part of the reason, "" where the run counts.
func TestJudge(t *testing.T) {
	red := &manifest.Predicate{Spec: manifest.Spec{Value: map[string]any{"run": "pytest t.py"}},
		Tests: &manifest.Tests{Total: 1, Failed: 1, Names: map[string]string{"t.py::a": "failed"}}, Pins: map[string]string{"t.py::a": "sha256:1"}}
	same := map[string]string{"t.py::a": "sha256:1"}
	for _, c := range []struct {
		name string
		t    Run
		says string
	}{
		{"check passes", Run{Kind: spec.Check}, ""},
		{"check, exit 3", Run{Kind: spec.Check, Result: runner.Result{Exit: 3}}, "exit 3"},
		{"check, exit named by a criterion", Run{Kind: spec.Check, Result: runner.Result{Exit: 3}, Programs: program(t, "exit == 3")}, ""},
		{"check, no such command", Run{Kind: spec.Check, Result: runner.Result{Exit: 127}}, "not found"},
		{"check, not executable", Run{Kind: spec.Check, Result: runner.Result{Exit: 126}}, "could not be executed"},
		{"check, a pipeline's reader ended first", Run{Kind: spec.Check, Result: runner.Result{Exit: 141}}, "exit 141: SIGPIPE; a reader such as head or grep -q ended"},
		{"check, signal", Run{Kind: spec.Check, Result: runner.Result{Exit: -1, Signal: "SIGSEGV"}}, "SIGSEGV"},
		{"check, signal named by a criterion", Run{Kind: spec.Check, Result: runner.Result{Signal: "SIGSEGV"}, Programs: program(t, `signal == "SIGSEGV"`)}, ""},
		{"check, timeout", Run{Kind: spec.Check, Result: runner.Result{TimedOut: true, Signal: "SIGTERM"}}, "timed out"},
		{"check, timeout named by a criterion", Run{Kind: spec.Check, Result: runner.Result{TimedOut: true, Signal: "SIGTERM"}, Programs: program(t, "timed_out")}, ""},
		{"could not start", Run{Kind: spec.Check, Result: runner.Result{Err: "no bash"}}, "no bash"},

		{"red", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Tests: allFailed("t.py::a")}, ""},
		{"red for its reason", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Tests: allFailed("t.py::a"), Because: "NotImplemented.*stub"}, ""},
		{"red that passes", Run{Kind: spec.Red, Tests: allPassed("t.py::a")}, "must fail"},
		{"red after the change", Run{Kind: spec.Red, Tests: allPassed("t.py::a")}, "exit 0: a red run must fail; it needs the sources before the change"},
		{"red without a report", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}}, "no test runner's report"},
		{"red, no such command", Run{Kind: spec.Red, Result: runner.Result{Exit: 127}, Tests: allFailed("t.py::a")}, "not found"},
		{"red, not executable", Run{Kind: spec.Red, Result: runner.Result{Exit: 126}, Tests: allFailed("t.py::a")}, "could not be executed"},
		{"red, killed", Run{Kind: spec.Red, Result: runner.Result{Exit: -1, Signal: "SIGKILL"}, Tests: allFailed("t.py::a")}, "SIGKILL"},
		{"red, killed and named", Run{Kind: spec.Red, Result: runner.Result{Exit: -1, Signal: "SIGKILL"}, Tests: allFailed("t.py::a"), Programs: program(t, `signal != ""`)}, "no failing test"},
		{"red, timed out", Run{Kind: spec.Red, Result: runner.Result{Exit: 1, TimedOut: true}, Tests: allFailed("t.py::a")}, "timed out"},
		{"red, collection error", Run{Kind: spec.Red, Result: runner.Result{Exit: 2}, Tests: with(testreport.Results{Reader: "pytest", Total: 1, Errors: 1}, testreport.CollectionError)}, "could not be collected (line 7"},
		{"red, build error", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Tests: with(testreport.Results{Reader: "gotest"}, testreport.BuildError)}, "could not be built"},
		{"red, zero tests", Run{Kind: spec.Red, Result: runner.Result{Exit: 5}, Tests: with(testreport.Results{Reader: "pytest"}, testreport.NoTests)}, "zero tests"},
		{"red, unreadable report", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Tests: with(testreport.Results{Reader: "junit"}, testreport.Unreadable)}, "cannot be read"},
		{"red, all passed and exit 1", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Tests: allPassed("t.py::a")}, "no test failed"},
		{"red, only errors", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Tests: testreport.Results{Reader: "pytest", Total: 1, Errors: 1}}, "no test failed"},
		{"red for another reason", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Tests: allFailed("t.py::a"), Because: "ZeroDivisionError"}, "no failure says"},
		{"red without its failure's text", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Tests: testreport.Results{Reader: "gotest", Total: 1, Failed: 1}, Because: "x"}, "no failure text"},

		{"red, collection error that is meant", Run{Kind: spec.Red, Result: runner.Result{Exit: 2}, Because: "said so", Allow: []testreport.Problem{testreport.CollectionError},
			Tests: with(testreport.Results{Reader: "pytest", Total: 1, Errors: 1}, testreport.CollectionError)}, ""},
		{"red, collection error that is meant, for another reason", Run{Kind: spec.Red, Result: runner.Result{Exit: 2}, Because: "No module named 'recon'", Allow: []testreport.Problem{testreport.CollectionError},
			Tests: with(testreport.Results{Reader: "pytest", Total: 1, Errors: 1}, testreport.CollectionError)}, "neither an error nor a failure says"},
		{"red, collection error that is meant, without a reason", Run{Kind: spec.Red, Result: runner.Result{Exit: 2}, Allow: []testreport.Problem{testreport.CollectionError},
			Tests: with(testreport.Results{Reader: "pytest", Total: 1, Errors: 1}, testreport.CollectionError)}, "only where `because` says why"},
		{"red, build error where a collection error is meant", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Because: "said so", Allow: []testreport.Problem{testreport.CollectionError},
			Tests: with(testreport.Results{Reader: "gotest"}, testreport.BuildError)}, "could not be built"},
		{"red, crash beside an error that is meant", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Because: "said so", Allow: []testreport.Problem{testreport.BuildError},
			Tests: with(with(testreport.Results{Reader: "gotest"}, testreport.BuildError), testreport.Crashed)}, "crashed"},
		{"red, an error is meant and the test fails", Run{Kind: spec.Red, Result: runner.Result{Exit: 1}, Because: "stub", Allow: []testreport.Problem{testreport.BuildError}, Tests: allFailed("t.py::a")}, ""},

		{"green", Run{Kind: spec.Green, Tests: allPassed("t.py::a"), Red: red, Command: "pytest t.py", Pins: same}, ""},
		{"green that fails", Run{Kind: spec.Green, Result: runner.Result{Exit: 1}, Tests: allFailed("t.py::a"), Red: red, Command: "pytest t.py"}, "exit 1"},
		{"green that fails, its counts", Run{Kind: spec.Green, Result: runner.Result{Exit: 1}, Tests: allFailed("t.py::a"), Red: red, Command: "pytest t.py", Pins: same},
			"not every test passed: 0 passed, 1 failed, 0 skipped, 0 errors; exit 1"},
		{"green without the red's test, exit 4", Run{Kind: spec.Green, Result: runner.Result{Exit: 4}, Tests: with(testreport.Results{Reader: "pytest"}, testreport.NoTests), Red: red, Command: "pytest t.py"},
			"t.py::a failed in the red run and is not in this one; zero tests ran (line 7 of the report: said so); the pins are not as they were in the red run: t.py::a is gone; exit 4"},
		{"green, no such command", Run{Kind: spec.Green, Result: runner.Result{Exit: 127}, Tests: allPassed("t.py::a"), Red: red}, "exit 127: the command was not found"},
		{"green that ended badly without a report", Run{Kind: spec.Green, Result: runner.Result{Exit: 3}, Red: red}, "exit 3"},
		{"green with || true", Run{Kind: spec.Green, Tests: allFailed("t.py::a"), Red: red, Command: "pytest t.py"}, "not every test passed"},
		{"green without a report", Run{Kind: spec.Green, Red: red, Command: "pytest t.py"}, "no test runner's report"},
		{"green, zero tests", Run{Kind: spec.Green, Tests: with(testreport.Results{Reader: "pytest"}, testreport.NoTests)}, "zero tests"},
		{"green, all skipped", Run{Kind: spec.Green, Tests: testreport.Results{Reader: "pytest", Total: 2, Skipped: 2}}, "no test passed"},
		{"green by another command", Run{Kind: spec.Green, Tests: allPassed("t.py::a"), Red: red, Command: "pytest other.py", Pins: same}, "not that of its red"},
		{"green without the red's test", Run{Kind: spec.Green, Tests: allPassed("t.py::b"), Red: red, Command: "pytest t.py", Pins: same}, "t.py::a failed in the red run and is not in this one"},
		{"green with the red's test skipped", Run{Kind: spec.Green, Tests: testreport.Results{Reader: "pytest", Total: 2, Passed: 1, Skipped: 1,
			Names: map[string]testreport.Status{"t.py::a": testreport.Skipped, "t.py::b": testreport.Passed}}, Red: red, Command: "pytest t.py", Pins: same}, "is skipped in this one"},
		{"green that skips a test without its name", Run{Kind: spec.Green, Tests: testreport.Results{Reader: "gotest", Total: 2, Passed: 1, Skipped: 1}, Red: red, Command: "pytest t.py", Pins: same},
			"t.py::a failed in the red run, and this report skips tests that it does not name"},
		{"green whose report names no test", Run{Kind: spec.Green, Tests: testreport.Results{Reader: "pytest", Total: 1, Passed: 1}, Red: red, Command: "pytest t.py", Pins: same},
			"t.py::a failed in the red run, and this report does not name what passed: run both so that each test is named (add -v, or name a report file in `tests`)"},
		{"green whose report names no test, and its red none either", Run{Kind: spec.Green, Tests: testreport.Results{Reader: "pytest", Total: 1, Passed: 1}, Command: "pytest t.py",
			Red: &manifest.Predicate{Spec: red.Spec, Tests: &manifest.Tests{Total: 1, Failed: 1}}}, "the report of the red run does not name what failed there"},
		{"green, a changed pin", Run{Kind: spec.Green, Tests: allPassed("t.py::a"), Red: red, Command: "pytest t.py", Pins: map[string]string{"t.py::a": "sha256:2"}}, "t.py::a changed"},
		{"green, a pin that is gone", Run{Kind: spec.Green, Tests: allPassed("t.py::a"), Red: red, Command: "pytest t.py"}, "t.py::a is gone"},
		{"green, a pin that the red had not", Run{Kind: spec.Green, Tests: allPassed("t.py::a"), Red: red, Command: "pytest t.py", Pins: map[string]string{"t.py::a": "sha256:1", "x": "sha256:3"}}, "was not pinned"},
		{"green, accepted pin", Run{Kind: spec.Green, Tests: allPassed("t.py::a"), Red: red, Command: "pytest t.py", Accept: true}, ""},
	} {
		why, _ := Judge(c.t)
		if (why == "") != (c.says == "") || !strings.Contains(why, c.says) {
			t.Errorf("%s: %q, want %q", c.name, why, c.says)
		}
	}
}

// A pass without a name is that of the red's test where the command asks for this test alone, by its name.
func TestASelectionNamesItsTest(t *testing.T) {
	for _, c := range []struct {
		reader, name, command string
		names                 bool
	}{
		{"pytest", "t/test_a.py::test_a", "pytest -q t/test_a.py::test_a", true},
		{"pytest", "t/test_a.py::TestA::test_a", "cd x && pytest 't/test_a.py::TestA::test_a'", true},
		{"pytest", "t/test_a.py::test_a", "pytest -q -k test_a", false},
		{"pytest", "t/test_a.py::test_a", "pytest -q -k 'test_a or test_b'", false},
		{"pytest", "t/test_a.py::test_a", "pytest -q t/test_a.py", false},
		{"pytest", "t/test_a.py::test_a", "pytest -q test_a", false},
		{"pytest", "t/test_a.py::test_a", "pytest -q t/test_a.py::test_ab", false},
		{"pytest", "t/test_a.py::test_a[1]", "pytest -q t/test_a.py::test_a", false},
		{"pytest", "t/test_a.py::test_a[1]", "pytest -q 't/test_a.py::test_a[1]'", true},
		{"unittest", "t.test_a.A.test_a", "python3 -m unittest t.test_a.A.test_a", true},
		{"unittest", "t.test_a.A.test_a", "python3 -m unittest t.test_a", false},
		{"unittest", "t.test_a.A.test_a", "python3 -m unittest -k test_a", false},
		{"cargo", "tests::adds", "cargo test -q tests::adds", false},
		{"cargo", "tests::adds", "cargo test -q -- --exact tests::adds", true},
		{"cargo", "tests::adds", "cargo test -q adds", false},
		{"cargo", "adds", "cargo test -q --test adds", false},
		{"cargo", "tests::adds", "cargo test -q", false},
		{"surefire", "spans.SpansTest::stub", "mvn test -Dtest=SpansTest#stub", true},
		{"surefire", "spans.SpansTest::stub", "mvn test -Dtest=SpansTest", false},
		{"gotest", "m.TestA", "go test -run '^TestA$' .", false},
		{"gotest", "m.TestA", "go test -run TestA .", false}, // a package that is ok may have skipped it
	} {
		red := &manifest.Predicate{Spec: manifest.Spec{Value: map[string]any{"run": c.command}}, Tests: &manifest.Tests{Total: 1, Failed: 1, Names: map[string]string{c.name: "failed"}}}
		green := Run{Kind: spec.Green, Red: red, Command: c.command, Tests: testreport.Results{Reader: c.reader, Total: 1, Passed: 1}}
		if why, _ := Judge(green); (why == "") != c.names {
			t.Errorf("%s by %s: %q", c.name, c.command, why)
		}
		green.Tests.Total, green.Tests.Passed = 2, 2
		if why, _ := Judge(green); why == "" {
			t.Errorf("%s by %s: either of two may be it", c.name, c.command)
		}
		// The red says so already.
		_, warnings := Judge(Run{Kind: spec.Red, Command: c.command, Result: runner.Result{Exit: 1},
			Tests: testreport.Results{Reader: c.reader, Total: 1, Failed: 1, Unnamed: true, Names: map[string]testreport.Status{c.name: testreport.Failed}}})
		if (len(warnings) == 0) != c.names {
			t.Errorf("the red of %s by %s warns: %q", c.name, c.command, warnings)
		}
	}
}

// An accepted pin is said for ever: the warning goes into the attempt.
func TestAcceptedPinsWarn(t *testing.T) {
	red := &manifest.Predicate{Pins: map[string]string{"t.py": "sha256:1"}}
	_, warnings := Judge(Run{Kind: spec.Green, Tests: allPassed("a"), Red: red, Accept: true})
	if len(warnings) != 1 || !strings.Contains(warnings[0], "t.py") {
		t.Errorf("warnings %q", warnings)
	}
}

// What a spec asks of a run is the same whether it is read from the plan or from a record.
func TestOfASpecAndOfItsRecord(t *testing.T) {
	s := &spec.Spec{ID: "A1", Kind: spec.Red, Run: "pytest", Because: "zero", Allow: spec.Allowable()}
	now, then := Of(s), Of(spec.FromValue(s.ID, s.Value()))
	if !reflect.DeepEqual(now, then) {
		t.Errorf("%+v\n%+v", now, then)
	}
	for _, word := range now.Allow { // each word is a problem that readers report, and one that is put into words
		if says := troubleText(testreport.Trouble{Problem: word}); says == string(word) {
			t.Errorf("`allow: %s` names no problem of a report", word)
		}
	}
}
