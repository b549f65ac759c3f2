package engine

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/runner"
)

// tried is everything that the kind rules look at.
type tried struct {
	kind     spec.Kind
	result   runner.Result
	tests    testreport.Results
	because  string
	programs []*criteria.Program
	red      *manifest.Predicate // the red run that a green follows
	pins     map[string]string   // pins of this run
	run      string              // the command, before stamps were put in
	accept   bool                // a changed pin was accepted
}

// kindRule says why a run does not count for its kind, before any criterion; "" when it does.
//
//   - check: exit 0, unless a criterion names exit.
//   - red: a test's own verdict says that it failed. A command that was not found (126, 127), a
//     signal, a timeout, a collection or build error, and zero tests are no red; `because` must match
//     the failure's own text.
//   - green: exit 0, no test failed or errored, at least one passed; after its red, by the same command,
//     with the same named tests and the same pins.
//
// A timeout or a signal fails every kind unless a criterion names it.
func kindRule(t tried) (why string, warnings []string) {
	names := func(id string) bool {
		return slices.ContainsFunc(t.programs, func(p *criteria.Program) bool { return p.Uses(id) })
	}
	r := t.result
	switch {
	case r.Err != "":
		return r.Err, nil
	case r.TimedOut && !names("timed_out"):
		return fmt.Sprintf("timed out after %.2f s", r.Seconds), nil
	case r.Signal != "" && !r.TimedOut && !names("signal"):
		return "ended by " + r.Signal, nil
	}
	switch t.kind {
	case spec.Red:
		return redRule(t), nil
	case spec.Green:
		return greenRule(t)
	}
	if r.Exit != 0 && !names("exit") {
		return fmt.Sprintf("exit %d", r.Exit) + commandHint(r.Exit), nil
	}
	return "", nil
}

func commandHint(exit int) string {
	switch exit {
	case 126:
		return ": the command could not be executed"
	case 127:
		return ": the command was not found"
	}
	return ""
}

func redRule(t tried) string {
	r := t.result
	switch {
	case r.Exit == 0:
		return "exit 0: a red run must fail"
	case r.Exit == 126 || r.Exit == 127:
		return fmt.Sprintf("exit %d%s; that is no failing test", r.Exit, commandHint(r.Exit))
	case r.Signal != "":
		return "ended by " + r.Signal + "; that is no failing test"
	case r.TimedOut:
		return "timed out; that is no failing test"
	case t.tests.Reader == "":
		return "no test runner's report was recognised in the log: a red must fail by a test's own verdict; name report files in `tests`"
	}
	for _, p := range t.tests.Problems {
		return troubleText(p) + "; that is no failing test"
	}
	switch {
	case t.tests.Total == 0:
		return "zero tests ran; that is no failing test"
	case t.tests.Failed == 0:
		return fmt.Sprintf("no test failed (%s); exit %d came from something else", counts(t.tests), r.Exit)
	}
	if t.because == "" {
		return ""
	}
	re, err := regexp.Compile(t.because)
	if err != nil {
		return fmt.Sprintf("because: %v", err)
	}
	for _, f := range t.tests.Failures {
		if re.MatchString(f.Text) {
			return ""
		}
	}
	if len(t.tests.Failures) == 0 {
		return fmt.Sprintf("the report has no failure text that `because: %s` could match", t.because)
	}
	return fmt.Sprintf("no failure says %q; %s says %q", t.because, t.tests.Failures[0].Name, firstLine(t.tests.Failures[0].Text))
}

func greenRule(t tried) (string, []string) {
	r := t.result
	switch {
	case r.Exit != 0:
		return fmt.Sprintf("exit %d%s", r.Exit, commandHint(r.Exit)), nil
	case t.tests.Reader == "":
		return "no test runner's report was recognised in the log: a green must pass by a test's own verdict; name report files in `tests`", nil
	}
	for _, p := range t.tests.Problems {
		return troubleText(p), nil
	}
	switch {
	case t.tests.Failed > 0 || t.tests.Errors > 0:
		return "not every test passed: " + counts(t.tests), nil
	case t.tests.Passed == 0:
		return "no test passed (" + counts(t.tests) + "): a green with zero tests run is no green", nil
	case t.red == nil:
		return "", nil
	}
	if was, ok := t.red.Spec.Value["run"].(string); ok && was != t.run {
		return fmt.Sprintf("the command is not that of its red run: it was %q", was), nil
	}
	if t.red.Tests != nil {
		for _, name := range slices.Sorted(maps.Keys(t.red.Tests.Names)) {
			if t.red.Tests.Names[name] != string(testreport.Failed) {
				continue
			}
			if got := t.tests.Names[name]; got != testreport.Passed {
				if got == "" && len(t.tests.Names) < t.tests.Total && t.tests.Total >= t.red.Tests.Total {
					continue // the report counts tests that it does not name
				}
				if got == "" {
					return fmt.Sprintf("%s failed in the red run and is not in this one", name), nil
				}
				return fmt.Sprintf("%s failed in the red run and is %s in this one", name, got), nil
			}
		}
	}
	return pinsRule(t)
}

func pinsRule(t tried) (string, []string) {
	var changed []string
	for _, pin := range slices.Sorted(maps.Keys(t.red.Pins)) {
		if now := t.pins[pin]; now != t.red.Pins[pin] {
			if now == "" {
				changed = append(changed, pin+" is gone")
			} else {
				changed = append(changed, pin+" changed")
			}
		}
	}
	for _, pin := range slices.Sorted(maps.Keys(t.pins)) {
		if _, ok := t.red.Pins[pin]; !ok {
			changed = append(changed, pin+" was not pinned by the red run")
		}
	}
	switch {
	case len(changed) == 0:
		return "", nil
	case t.accept:
		return "", []string{"pins accepted although they differ from the red run: " + strings.Join(changed, ", ")}
	}
	return "the pins are not as they were in the red run: " + strings.Join(changed, ", ") +
		"; run the red again, or --accept-pins --note \"…\"", nil
}

func troubleText(p testreport.Trouble) string {
	what := map[testreport.Problem]string{
		testreport.CollectionError: "the tests could not be collected",
		testreport.BuildError:      "the tests could not be built",
		testreport.NoTests:         "zero tests ran",
		testreport.Unreadable:      "the test report cannot be read",
		testreport.Crashed:         "the test runner crashed",
	}[p.Problem]
	if what == "" {
		what = string(p.Problem)
	}
	if p.Line > 0 {
		what += fmt.Sprintf(" (line %d of the report", p.Line)
		if p.Text != "" {
			what += ": " + firstLine(p.Text)
		}
		return what + ")"
	}
	if p.Text != "" {
		what += " (" + firstLine(p.Text) + ")"
	}
	return what
}

func counts(t testreport.Results) string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped, %d errors", t.Passed, t.Failed, t.Skipped, t.Errors)
}

// firstLine is the first line that says something, cut to a length that fits a message.
func firstLine(s string) string {
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			if r := []rune(l); len(r) > 160 {
				l = string(r[:160]) + "…"
			}
			return l
		}
	}
	return ""
}

// failing names the criteria that did not hold, each with its values.
func failing(cs []manifest.Criterion) []string {
	var out []string
	for _, c := range cs {
		if !c.Pass {
			out = append(out, criteria.Explain(c))
		}
	}
	return out
}
