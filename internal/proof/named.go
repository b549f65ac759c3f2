package proof

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/testreport"
)

// Tests names a test that failed in the red run and did not pass in its green; "" where all of them did.
//
// A pass without a name stands for no test: what was renamed, or taken out while another came in, is counted alike. The one
// exception is a test that the command itself asks for by its name, and that alone ran. A red that was an error which its
// spec allows names no test: only what it pins tells that its green is of the same ones.
func Tests(t Run) string {
	was := t.Red.Tests
	if was == nil {
		return ""
	}
	failed := failedIn(was)
	if len(failed) == 0 && was.Failed == 0 && len(t.Red.Pins) == 0 {
		return unbound
	}
	if len(failed) == 0 && was.Failed > 0 {
		return "the report of the red run does not name what failed there, so that nothing tells whether it passes now: " + wayOut(t.Tests.Reader)
	}
	for _, name := range failed {
		got := t.Tests.Names[name]
		switch {
		case got == testreport.Passed:
		case got == "" && t.Tests.Skipped > count(t.Tests.Names, testreport.Skipped):
			return fmt.Sprintf("%s failed in the red run, and this report skips tests that it does not name: %s", name, wayOut(t.Tests.Reader))
		case got == "" && len(t.Tests.Names) < t.Tests.Total:
			if t.Tests.Total != 1 || t.Tests.Passed != 1 || was.Total != 1 || !selects(t.Tests.Reader, name, t.Command) {
				return fmt.Sprintf("%s failed in the red run, and this report does not name what passed: %s", name, wayOut(t.Tests.Reader))
			}
		case got == "":
			return fmt.Sprintf("%s failed in the red run and is not in this one", name)
		default:
			return fmt.Sprintf("%s failed in the red run and is %s in this one", name, got)
		}
	}
	return ""
}

// unbound is why a green of such a red is refused.
const unbound = "its red was an error that names no test, and pinned nothing, so that nothing tells whether the same tests pass now: put the test's file among the red's `pins`"

func failedIn(t *manifest.Tests) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(t.Names)) {
		if t.Names[name] == string(testreport.Failed) {
			names = append(names, name)
		}
	}
	return names
}

func count(names map[string]testreport.Status, is testreport.Status) int {
	n := 0
	for _, s := range names {
		if s == is {
			n++
		}
	}
	return n
}

// pyListed is the option by which pytest lists what passed after all.
var pyListed = regexp.MustCompile(`(?:^|\s)-r[a-zA-Z]*[ApP]`)

// unnamed warns of a red whose green will be refused, because its report will not name what passes, or because it names no
// test and pins nothing.
func unnamed(t Run) []string {
	if t.Tests.Failed == 0 && len(t.Tests.Problems) > 0 && len(t.Pins) == 0 {
		return []string{"its green will be refused: an error names no test, so that the test's file has to be among its `pins`"}
	}
	if !t.Tests.Unnamed || t.Tests.Failed == 0 || t.Tests.Reader == "pytest" && pyListed.MatchString(t.Command) {
		return nil
	}
	for name, s := range t.Tests.Names {
		if s == testreport.Failed && t.Tests.Total == 1 && selects(t.Tests.Reader, name, t.Command) {
			return nil
		}
	}
	return []string{"its green will be refused, for this report does not name what passes: " + wayOut(t.Tests.Reader)}
}

// wayOut says how a runner is brought to name its tests.
func wayOut(reader string) string {
	const files = "name a report file in `tests`"
	switch reader {
	case "pytest", "gotest", "unittest":
		return "run both so that each test is named (add -v, or " + files + ")"
	case "cargo":
		return "run both so that each test is named (take --quiet off, or " + files + ")"
	}
	return "run both so that each test is named (" + files + ")"
}

// selects reports whether a command asks for a test by the test's whole name, of a runner that says of a test which it
// skips that it did: a package of go's that is ok may have skipped all. What selects by a part of a name (-k, and a name
// given to cargo without --exact) also selects others.
func selects(reader, name, command string) bool {
	words := strings.FieldsFunc(command, func(r rune) bool { return strings.ContainsRune(" \t\r\n\"'`;&|()=", r) })
	exact := slices.Contains(words, "--exact")
	for i, w := range words {
		switch reader {
		case "pytest":
			file, _, _ := strings.Cut(name, "[")
			test := file[strings.LastIndex(file, ":")+1:] + strings.TrimPrefix(name, file)
			if strings.HasSuffix(w, "::"+test) {
				return true
			}
		case "unittest":
			parts := strings.Split(name, ".")
			test := strings.Join(parts[max(0, len(parts)-2):], ".")
			if len(parts) > 1 && (w == test || strings.HasSuffix(w, "."+test)) {
				return true
			}
		case "cargo":
			if exact && i > 1 && w == name[strings.LastIndexByte(name, ' ')+1:] && words[i-1] != "--skip" {
				return true
			}
		case "surefire":
			if test := strings.Replace(name, "::", "#", 1); w == test || strings.HasSuffix(test, "."+w) && strings.Contains(w, "#") {
				return true
			}
		}
	}
	return false
}
