// Package proof says whether a run counts for its kind: a red that failed by a
// test's own verdict, a green that passes after it with the same command, tests
// and pins, a check that ended well. It judges what is given to it; it may not
// open a file, run anything or know a plan.
package proof

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/runner"
)

// Run is everything that the kind rules look at.
type Run struct {
	Kind     spec.Kind
	Result   runner.Result
	Tests    testreport.Results
	Because  string
	Allow    []testreport.Problem // of a red: what may stand for its failure
	Programs []*criteria.Program
	Red      *manifest.Predicate // the red run that a green follows; nil where none is known
	Pins     map[string]string   // pins of this run
	Command  string              // before stamps were put in
	Spec     map[string]any      // of a green: its effective spec, as a manifest has it; nil where only the command is to be compared
	Accept   bool                // a changed pin was accepted
	Extents  map[string]string   // how much a pin has changed, for people; may be nil
}

// Of is what a spec asks of a run of it: the kind, what a red must say and may be, and the command. It is the spec as it is
// written now, or as a record has it (spec.FromValue). What the run did is for the caller to add.
func Of(s *spec.Spec) Run {
	t := Run{Kind: s.Kind, Because: s.Because, Command: s.Run}
	for _, word := range s.Allow {
		t.Allow = append(t.Allow, testreport.Problem(word))
	}
	return t
}

// Recorded is the tests of a run as its record has them: counts and names, and no word of what a failure said. A record
// without tests has none.
func Recorded(t *manifest.Tests) testreport.Results {
	if t == nil {
		return testreport.Results{}
	}
	r := testreport.Results{Total: t.Total, Passed: t.Passed, Failed: t.Failed, Skipped: t.Skipped, Errors: t.Errors, Reader: t.Reader, Names: map[string]testreport.Status{}}
	if r.Reader == "" {
		r.Reader = "record" // of a version that did not keep it
	}
	for n, s := range t.Names {
		r.Names[n] = testreport.Status(s)
	}
	return r
}

// Judge says why a run does not count for its kind, before any criterion; "" when it does.
//
//   - check: exit 0, unless a criterion names exit.
//   - red: a test's own verdict says that it failed. A command that was not found (126, 127), a
//     signal, a timeout, a collection or build error, and zero tests are no red; `because` must match
//     the failure's own text. An error that the spec allows counts where its text matches. A warning says
//     where its green could not be told from another.
//   - green: exit 0, no test failed or errored, at least one passed; after its red, by the same command,
//     with the same named tests and the same pins.
//
// A timeout or a signal fails every kind unless a criterion names it.
func Judge(t Run) (why string, warnings []string) {
	names := func(id string) bool {
		return slices.ContainsFunc(t.Programs, func(p *criteria.Program) bool { return p.Uses(id) })
	}
	r := t.Result
	switch {
	case r.Err != "":
		return r.Err, nil
	case r.TimedOut && !names("timed_out"):
		return fmt.Sprintf("timed out after %.2f s", r.Seconds), nil
	case r.Signal != "" && !r.TimedOut && !names("signal"):
		return "ended by " + r.Signal, nil
	}
	switch t.Kind {
	case spec.Red:
		if why = redRule(t); why == "" {
			warnings = unnamed(t)
		}
		return why, warnings
	case spec.Green:
		return greenRule(t)
	}
	if r.Exit != 0 && !names("exit") {
		return fmt.Sprintf("exit %d", r.Exit) + commandHint(r.Exit) + pipeHint(r.Exit), nil
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

// pipeHint says what surprises in a pipeline whose output is as it should be: yes | head ends so.
func pipeHint(exit int) string {
	if exit == 141 { // 128 and SIGPIPE's number, 13
		return ": SIGPIPE; a reader such as head or grep -q ended before the program that wrote to it, and the command runs under pipefail"
	}
	return ""
}

func redRule(t Run) string {
	r := t.Result
	switch {
	case r.Exit == 0 && t.Tests.Passed == 0: // a name that no test has, and not the order of things
		return "exit 0: a red run must fail"
	case r.Exit == 0:
		return "exit 0: a red run must fail; it needs the sources before the change (git stash sets a change aside)"
	case r.Exit == 126 || r.Exit == 127:
		return fmt.Sprintf("exit %d%s; that is no failing test", r.Exit, commandHint(r.Exit))
	case r.Signal != "":
		return "ended by " + r.Signal + "; that is no failing test"
	case r.TimedOut:
		return "timed out; that is no failing test"
	case t.Tests.Reader == "":
		return "no test runner's report was recognised in the log: a red must fail by a test's own verdict; name report files in `tests`"
	}
	for _, p := range t.Tests.Problems {
		if !slices.Contains(t.Allow, p.Problem) {
			return troubleText(p) + "; that is no failing test" + optIn(p.Problem)
		}
	}
	switch {
	case len(t.Tests.Problems) > 0:
		return expected(t)
	case t.Tests.Total == 0:
		return "zero tests ran; that is no failing test"
	case t.Tests.Failed == 0:
		return fmt.Sprintf("no test failed (%s); exit %d came from something else", counts(t.Tests), r.Exit)
	}
	if t.Because == "" {
		return ""
	}
	re, err := spec.Because(t.Because)
	if err != nil {
		return fmt.Sprintf("because: %v", err)
	}
	if _, ok := matching(t.Tests, re); ok {
		return ""
	}
	if len(t.Tests.Failures) == 0 {
		return fmt.Sprintf("the report has no failure text that `because: %s` could match", t.Because)
	}
	return fmt.Sprintf("no failure says %q; %s says %q", t.Because, t.Tests.Failures[0].Name, criteria.FirstLine(t.Tests.Failures[0].Text))
}

// optIn says how a problem that is meant can count.
func optIn(p testreport.Problem) string {
	if !slices.Contains(spec.Allowable(), string(p)) {
		return ""
	}
	return fmt.Sprintf(" (`allow: %s` counts it where it is meant)", p)
}

// expected holds a red whose spec allows its problems to its reason: one of them, or a failure beside them, must give it.
func expected(t Run) string {
	re, err := spec.Because(t.Because)
	switch {
	case t.Because == "":
		return fmt.Sprintf("%s, which `allow` counts only where `because` says why", troubleText(t.Tests.Problems[0]))
	case err != nil:
		return fmt.Sprintf("because: %v", err)
	}
	if _, ok := matching(t.Tests, re); ok {
		return ""
	}
	return fmt.Sprintf("neither an error nor a failure says %q: %s", t.Because, troubleText(t.Tests.Problems[0]))
}

// matching is the first failure whose own text the expression matches.
func matching(t testreport.Results, re *regexp.Regexp) (testreport.Failure, bool) {
	for _, f := range t.Failures {
		if re.MatchString(f.Text) {
			return f, true
		}
	}
	for _, p := range t.Problems { // those that the spec does not allow have been refused before
		if re.MatchString(p.Text) {
			return testreport.Failure{Name: string(p.Problem), Text: p.Text, Line: p.Line}, true
		}
	}
	return testreport.Failure{}, false
}

// Failure is what a red that passed was believed for, in one line: the failing test, and the line of its text
// that `because` matches, or the first. "" for other kinds, and where the report has no text.
func Failure(t Run) string {
	if t.Kind != spec.Red || len(t.Tests.Failures)+len(t.Tests.Problems) == 0 {
		return ""
	}
	re, err := spec.Because(t.Because)
	if err != nil {
		return "" // Judge says so
	}
	f, ok := matching(t.Tests, re)
	if !ok {
		return ""
	}
	at := re.FindStringIndex(f.Text)
	start := strings.LastIndexByte(f.Text[:at[0]], '\n') + 1
	return fmt.Sprintf("%s: %s", f.Name, criteria.FirstLine(f.Text[start:]))
}

func greenRule(t Run) (string, []string) {
	switch {
	case t.Result.Exit != 0:
		return greenExit(t), nil
	case t.Tests.Reader == "":
		return "no test runner's report was recognised in the log: a green must pass by a test's own verdict; name report files in `tests`", nil
	}
	for _, p := range t.Tests.Problems {
		return troubleText(p), nil
	}
	switch {
	case t.Tests.Failed > 0 || t.Tests.Errors > 0:
		return "not every test passed: " + counts(t.Tests), nil
	case t.Tests.Passed == 0:
		return "no test passed (" + counts(t.Tests) + "): a green with zero tests run is no green", nil
	case t.Red == nil:
		return "", nil
	}
	if why := Command(t); why != "" {
		return why, nil
	}
	if why := Tests(t); why != "" {
		return why, nil
	}
	changed := Pins(t)
	switch {
	case len(changed) == 0:
		return "", nil
	case t.Accept:
		return "", []string{"pins accepted although they differ from the red run: " + strings.Join(changed, ", ")}
	}
	return "the pins are not as they were in the red run: " + strings.Join(changed, ", ") +
		"; run the red again, or --accept-pins --note \"…\"", nil
}

// greenExit says what a green that ended with an exit code failed at: what its report shows, a test of the red that is
// not there and a pin that changed, which are often the cause of the code, and the code last.
func greenExit(t Run) string {
	exit := fmt.Sprintf("exit %d%s", t.Result.Exit, commandHint(t.Result.Exit))
	if t.Tests.Reader == "" || commandHint(t.Result.Exit) != "" {
		return exit
	}
	var why []string
	if len(t.Tests.Problems) > 0 {
		why = append(why, troubleText(t.Tests.Problems[0]))
	}
	if t.Tests.Failed > 0 || t.Tests.Errors > 0 {
		why = append(why, "not every test passed: "+counts(t.Tests))
	}
	if t.Red != nil {
		if t.Tests.Failed == 0 {
			if gone := Tests(t); gone != "" {
				why = append([]string{gone}, why...)
			}
		}
		if changed := Pins(t); len(changed) > 0 && !t.Accept {
			why = append(why, "the pins are not as they were in the red run: "+strings.Join(changed, ", "))
		}
	}
	return strings.Join(append(why, exit), "; ")
}

// Command says why a green did not run what its red ran: the command itself, the directory, the environment that the spec
// sets, or the report files. "" where it did.
func Command(t Run) string {
	was := t.Red.Spec.Value
	if run, ok := was["run"].(string); ok && run != t.Command {
		return fmt.Sprintf("the command is not that of its red run: it was %q", run)
	}
	if t.Spec == nil {
		return ""
	}
	for _, key := range []string{"dir", "tests", "env"} {
		if reflect.DeepEqual(was[key], t.Spec[key]) {
			continue
		}
		why := fmt.Sprintf("`%s` is not that of its red run", key)
		if key == "env" { // by name: a value may be a secret
			why += ": " + strings.Join(differing(was[key], t.Spec[key]), ", ")
		}
		return why
	}
	return ""
}

// differing says which variables two environments do not have alike.
func differing(a, b any) []string {
	was, _ := a.(map[string]any)
	now, _ := b.(map[string]any)
	var names []string
	for k := range was {
		if v, ok := now[k]; !ok || !reflect.DeepEqual(v, was[k]) {
			names = append(names, k+" differs")
		}
	}
	for k := range now {
		if _, ok := was[k]; !ok {
			names = append(names, k+" differs")
		}
	}
	slices.Sort(names)
	return names
}

func (t Run) extent(pin string) string {
	if e := t.Extents[pin]; e != "" {
		return " (" + e + ")"
	}
	return ""
}

// Pins says which pins of a green are not as they were in its red run.
func Pins(t Run) []string {
	var changed []string
	for _, pin := range slices.Sorted(maps.Keys(t.Red.Pins)) {
		if now := t.Pins[pin]; now != t.Red.Pins[pin] {
			if now == "" {
				changed = append(changed, pin+" is gone")
			} else {
				changed = append(changed, pin+" changed"+t.extent(pin))
			}
		}
	}
	for _, pin := range slices.Sorted(maps.Keys(t.Pins)) {
		if _, ok := t.Red.Pins[pin]; !ok {
			changed = append(changed, pin+" was not pinned by the red run")
		}
	}
	return changed
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
			what += ": " + says(p)
		}
		return what + ")"
	}
	if p.Text != "" {
		what += " (" + says(p) + ")"
	}
	return what
}

// says is the line of a problem's text that tells most: not the heading that go gives the errors of a package.
func says(p testreport.Trouble) string {
	text := p.Text
	for strings.HasPrefix(text, "# ") {
		_, rest, ok := strings.Cut(text, "\n")
		if !ok {
			break
		}
		text = rest
	}
	return criteria.FirstLine(text)
}

func counts(t testreport.Results) string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped, %d errors", t.Passed, t.Failed, t.Skipped, t.Errors)
}
