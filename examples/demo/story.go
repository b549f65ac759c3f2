package demo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Step is one thing that happens in the demo. Exactly one of Stage, Planctl
// and Edits is set.
type Step struct {
	Say     string   // what happens and why, one line without a full stop at its end
	Stage   int      // write this stage's files and commit everything with the stage's message; from 1
	Planctl []string // arguments of planctl
	Exit    int      // the exit code that Planctl must end with
	Edits   []Edit   // what the engineer changes by hand, committed with Commit
	Commit  string   // message of the commit that follows Edits
}

// Edit replaces the only place in File that reads Old by New.
type Edit struct{ File, Old, New string }

// Steps returns the story from the first commit to the finished plan.
func Steps() []Step {
	return []Step{
		{Say: "A small library, a wrong report, and a plan to mend it", Stage: 1},
		{Say: "Where the plan stands before any work", Planctl: []string{"status"}},

		{Say: "The engineer writes the test first", Stage: 2},
		{Say: "A row that a person does is ticked by a person", Planctl: []string{"mark", "A1", "done", "--note", "nested_test.go: [9,17) and [12,13)"}},
		{Say: "Too early: the green run waits for the phase before it, and nothing is run", Planctl: []string{"run", "B2"}, Exit: 1},
		{Say: "RED: the test has to fail, and for the right reason", Planctl: []string{"run", "A2"}},

		{Say: "The engineer mends Merge; the test stays as it was", Stage: 3},
		{Say: "GREEN: the same test, the same command, and now it has to pass", Planctl: []string{"run", "B1", "B2"}},

		{Say: "Validation: the suite, the report made again, and a measurement, each judged by its criteria", Planctl: []string{"run", "C1", "C2", "C3"}},
		{Say: "A row whose command stands only in its prose: shown, and run because --yes approves it", Planctl: []string{"run", "C4", "--yes"}},
		{Say: "The last row is a person's again", Planctl: []string{"mark", "C5", "done", "--note", "CHANGELOG.md, under Unreleased"}},

		{Say: "The proof once more, in throwaway checkouts: the old sources still fail with today's test, and today's pass", Planctl: []string{"replay", "B2"}},

		{Say: "The engineer closes the initiative in the ledger, which is a document like any other", Commit: "SPANS-001 is done", Edits: []Edit{
			{File: "docs/fix_plan.md", Old: "| High | in_progress |", New: "| High | done |"},
			{File: "docs/fix_plan.md", Old: "- Status: in_progress", New: "- Status: done"},
		}},
		{Say: "Nothing in plan, specs or ledger is left to complain of", Planctl: []string{"lint"}},
		{Say: "What CI asks: do plan, ledger and evidence agree, and did anybody rewrite history", Planctl: []string{"verify", "-v"}},
		{Say: "Where the plan stands now", Planctl: []string{"status"}},
	}
}

// Apply makes the edit in dir. A file that does not read Old exactly once is
// an error, and is left as it is.
func (e Edit) Apply(dir string) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	name := filepath.FromSlash(e.File)
	body, err := root.ReadFile(name)
	if err != nil {
		return err
	}
	if n := bytes.Count(body, []byte(e.Old)); n != 1 {
		return fmt.Errorf("%s: want one place that reads %q, found %d", e.File, e.Old, n)
	}
	return root.WriteFile(name, bytes.Replace(body, []byte(e.Old), []byte(e.New), 1), 0o644)
}
