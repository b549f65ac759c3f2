package replay

import (
	"io"

	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/runner"
)

// State is sources as git can lay them out again.
type State struct {
	Commit string // "" for none
	Patch  []byte // on top of it; nil for none
}

// Proof is what is to be shown again.
type Proof struct {
	Repo       *gitrepo.Repo
	Root       string // of the workspace, absolute, in the checkout
	Then, Now  State  // of the red's sources, and today's
	Red, Green *spec.Spec
	RedRun     *manifest.Predicate // the red run that counted
	Pins       []string            // of the red and its green
}

// Step names one command of a replay.
type Step struct {
	Name   string // red, red without today's pins, red with PIN alone, green
	Commit string
	Spec   *spec.Spec
	Log    string // absolute
}

// Guard clears up behind this process when it is killed. It is told the key of each command before that starts.
type Guard interface {
	Add(key string) error
	Done() error // nothing is left to clear up
}

// Options are what a replay needs of the world. Every field must be set but those that say otherwise.
type Options struct {
	Executor runner.Executor
	Key      string // unique; each command's key begins with it
	Environ  []string
	Stamp    string
	Logs     string                          // the directory of the logs, absolute; "" for one that goes with the checkouts
	Stem     string                          // what the logs' names begin with
	Setup    string                          // a script that is run in each checkout first, "" for none
	Secrets  []string                        // values that are masked in the logs, may be nil
	Guard    func(dir string) (Guard, error) // may be nil
	Started  func(runner.Handle) error       // sees every command that has started; may be nil
	Show     func(Step)                      // sees every command before it starts; may be nil
	Live     func(Step) io.Writer            // a copy of its log as it grows; may be nil
	Scratch  func(dir string) error          // is told the throwaway directory before it is made; may be nil
}

// Side is what one state of the sources showed.
type Side struct {
	Commit   string
	Overlaid []string // pins whose text today is not that of this state
	Log      string   // its name in Options.Logs
	Result   runner.Result
	Tests    testreport.Results
	Why      string // why it did not show what it had to, "" where it did
	Failure  string // of a red: the failure that it was believed for

	obstacle string // what kept its tests from any verdict, "" for nothing, and where today's pins or the record are why
}

// Seen is what a replay showed.
type Seen struct {
	Then, Now Side
	Holders   []string // pins that hold the implementation: with them the red's sources pass
}

// Why says why the proof did not hold, "" where it did.
func (s Seen) Why() string {
	switch {
	case s.Then.Why != "":
		if s.Then.Result.Exit != 0 {
			return "the red does not fail as it did: " + s.Then.Why
		}
		return "the red does not fail again: " + s.Then.Why
	case s.Now.Why != "":
		return "today's sources do not pass: " + s.Now.Why
	}
	return ""
}

// Canceled reports whether a command was ended by the caller's context.
func (s Seen) Canceled() bool { return s.Then.Result.Canceled || s.Now.Result.Canceled }

// RefusedError says why a proof cannot be replayed at all.
type RefusedError struct {
	Why, Help string
	Here      bool // it says something of this machine or this clone, and nothing of the proof
}

func (e *RefusedError) Error() string {
	if e.Here {
		return "the proof cannot be shown here: " + e.Why
	}
	return e.Why
}
