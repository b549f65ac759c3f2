package proof

import (
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/runner"
)

// A red that is shown again fails in a test that failed then, whatever another test says.
func TestAgainTheSameTestsFail(t *testing.T) {
	red := &manifest.Predicate{Tests: &manifest.Tests{Total: 2, Failed: 1, Passed: 1, Names: map[string]string{"t.py::a": "failed", "t.py::b": "passed"}}}
	side := func(failed, passed string) Run {
		return Run{Kind: spec.Red, Red: red, Because: "zero", Result: runner.Result{Exit: 1}, Tests: testreport.Results{Reader: "pytest", Total: 2, Failed: 1, Passed: 1,
			Names:    map[string]testreport.Status{failed: testreport.Failed, passed: testreport.Passed},
			Failures: []testreport.Failure{{Name: failed, Text: "E  zero"}}}}
	}
	if why := Again(side("t.py::a", "t.py::b")); why != "" {
		t.Errorf("the same test: %s", why)
	}
	if why := Again(side("t.py::b", "t.py::a")); !strings.Contains(why, "other tests fail than in the red run, where it was t.py::a") {
		t.Errorf("another test, with the same words: %q", why)
	}
}
