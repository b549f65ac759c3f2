package proof

import (
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/runner"
)

// TestObstacle holds what keeps tests from a verdict apart from what is one, or is about the sources alone.
func TestObstacle(t *testing.T) {
	for _, c := range []struct {
		name string
		t    Run
		says string
	}{
		{"it failed", Run{Result: runner.Result{Exit: 1}, Tests: allFailed("a")}, ""},
		{"it passed", Run{Tests: allPassed("a")}, ""},
		{"it could not be started", Run{Result: runner.Result{Exit: -1, Err: "chdir gen: no such directory"}}, "chdir gen"},
		{"no such command", Run{Result: runner.Result{Exit: 127}}, "exit 127: the command was not found"},
		{"no report", Run{Result: runner.Result{Exit: 2}}, "exit 2, and no test runner's report"},
		{"collection", Run{Result: runner.Result{Exit: 2}, Tests: with(testreport.Results{Reader: "pytest"}, testreport.CollectionError)}, "the tests could not be collected (line 7 of the report: said so)"},
		{"build", Run{Result: runner.Result{Exit: 1}, Tests: with(allFailed("a"), testreport.BuildError)}, "the tests could not be built"},
		{"a fixture", Run{Result: runner.Result{Exit: 1}, Tests: testreport.Results{Reader: "pytest", Total: 1, Errors: 1}}, "no test came to a verdict: 0 passed, 0 failed, 0 skipped, 1 errors"},
		{"a failure beside an error", Run{Result: runner.Result{Exit: 1}, Tests: testreport.Results{Reader: "pytest", Total: 2, Errors: 1, Failed: 1}}, ""},
		{"no test is there", Run{Result: runner.Result{Exit: 5}, Tests: with(testreport.Results{Reader: "pytest"}, testreport.NoTests)}, ""},
		{"it took too long", Run{Result: runner.Result{Exit: -1, TimedOut: true, Signal: "SIGKILL"}}, ""},
		{"it was ended", Run{Result: runner.Result{Exit: -1, Signal: "SIGSEGV"}}, ""},
	} {
		if got := Obstacle(c.t); (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q, want %q", c.name, got, c.says)
		}
	}
}
