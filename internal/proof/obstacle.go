package proof

import (
	"fmt"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/testreport"
)

// Obstacle says what kept the tests of a run from any verdict: a program that is not there, tests that were not collected
// or built, no report. "" where they had their say. A run that was ended, and one that found no test, say nothing of that.
func Obstacle(t Run) string {
	r := t.Result
	switch {
	case r.Err != "":
		return r.Err
	case r.TimedOut || r.Signal != "":
		return ""
	case r.Exit == 126 || r.Exit == 127:
		return fmt.Sprintf("exit %d%s", r.Exit, commandHint(r.Exit))
	case t.Tests.Reader == "":
		return fmt.Sprintf("exit %d, and no test runner's report was recognised in the log", r.Exit)
	}
	for _, p := range t.Tests.Problems {
		if p.Problem != testreport.NoTests {
			return troubleText(p)
		}
	}
	if t.Tests.Failed == 0 && t.Tests.Errors > 0 {
		return "no test came to a verdict: " + counts(t.Tests)
	}
	return ""
}

// Unread is how a log ends, to be added to why its run counts for nothing: where no report could be read, that is all that
// its tests said. last is the last line of the log; of an empty one nothing is said.
func Unread(last string) string {
	if last == "" {
		return ""
	}
	return " (the log ends with: " + criteria.FirstLine(last) + ")"
}
