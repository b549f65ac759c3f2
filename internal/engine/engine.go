// Package engine does what `run`, `mark` and `check` ask for: it selects
// tasks, executes them through a runner, judges what came out, and hands the
// result to commit. It prints nothing (it emits events) and replaces no file
// itself.
package engine

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/replay"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/runner"
)

// Engine is what the commands share. Every field must be set but Guard, Show, Live and Approve, and End where nothing is
// recovered: a recovery without it fails where a command may have outlived its planctl.
type Engine struct {
	Open     func(ctx context.Context) (*workspace.Workspace, error) // reads the workspace anew
	Executor func(name string) (runner.Executor, error)              // "" is the default one
	Now      func() time.Time
	End      func(context.Context, runner.Handle) (int, error) // ends what survives of a dead planctl's command, and counts it
	Environ  []string                                          // the environment that commands inherit
	Version  string

	Guard   func(dir string) (replay.Guard, error)            // clears up behind a replay that is killed; nil: recover does
	Show    func(Event)                                       // observes; nil: nobody does
	Live    func(task string) io.Writer                       // where a running command's log is copied to
	Approve func(context.Context, Proposal) (Approval, error) // asks about a command found in prose; nil: never approved
}

// RunOptions are the flags of `run`.
type RunOptions struct {
	Jobs       int // how many commands at once; below 1 is 1
	KeepGoing  bool
	Force      bool
	NoTick     bool
	AcceptPins bool
	Note       string
}

// Selection is what to run: names, or a phase, or everything that is open.
type Selection struct {
	Names []string // ID or PLAN#ID
	Phase string   // PHASE or PLAN#PHASE
	All   bool
}

// Approval answers a proposal. The zero value is no.
type Approval uint8

// The answers.
const (
	No Approval = iota
	RunOnly
	RunAndTick
)

// Proposal is a command found in prose, before anybody approved it.
type Proposal struct {
	Task    string
	Title   string
	Command string
	Kind    spec.Kind
	NoRed   bool // a green of which no red is known: its pass proves little
	Log     string
	Dir     string   // where it would run, "" for the workspace
	Env     []string // what the spec sets or unsets for it
	Where   string   // file:line:col
	Source  string   // "Command Reference: RED run selector"
	Why     string   // why it cannot be run at all; "" when it can
	Others  []string
	Altered *Altered // as in Task
}

// Status is how one task of a run ended. The zero value means not known.
type Status uint8

// The statuses.
const (
	StatusUnknown Status = iota
	Passed               // the run passed (and ticked its row, unless told not to)
	Failed               // the run did not pass; it is recorded
	Current              // done and fresh: not run again
	Refused              // it waits for something
	Manual               // a person does and ticks it
	Declined             // a command in prose that nobody approved
	Interrupted          // ended by a signal to planctl; recorded
	Conflict             // recorded, but a person's edit stands against the tick
	Locked               // another process runs it
	Trouble              // the executor or the disk failed
	Invalid              // its plan, spec or evidence cannot be used
	NotStarted           // the run stopped before it came to this task
	Rolled               // a roll-up row: nothing to run
)

var statusWords = [...]string{"unknown", "passed", "failed", "current", "refused", "manual", "declined",
	"interrupted", "conflict", "locked", "trouble", "invalid", "not started", "roll-up"}

func (s Status) String() string { return statusWords[s] }

// MarshalText writes the status as its word.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Task is how one task of a run went.
type Task struct {
	Plan      string // path
	ID        string
	Name      string // ID, or PLAN#ID where that is needed
	Title     string
	Phase     string
	Kind      spec.Kind
	Status    Status
	Reason    string // one line: why it is not passed, or what was done instead
	Err       error
	Help      string
	Gates     []schedule.Gate
	Command   string
	Where     string // file:line of the spec or of the prose
	Prose     bool
	Altered   *Altered // the command is another than that which was run or committed last; nil where it is not
	Dir       string   // the run's directory, relative to the workspace
	Log       string   // relative to the workspace
	Result    *runner.Result
	Predicate *manifest.Predicate
	Outcome   commit.Outcome
	Failure   string // of a red that passed: the failure that it was believed for
	Warnings  []string
	Findings  finding.List
}

// EventKind names what happened.
type EventKind uint8

// The events, in the order in which a task meets them.
const (
	EventUnknown EventKind = iota
	Recovered              // an open intent of a dead process was finished
	Started                // a command was started
	Judging                // it has ended, and what it left is read: that takes as long as its log is
	Finished               // a task ended, one way or another
	Warned
)

// Event is one thing that happened.
type Event struct {
	Kind      EventKind
	Task      *Task
	Recovered *commit.Recovered
	Text      string
	Criteria  int   // of Judging: how many are to be judged
	Log       int64 // of Judging: the bytes of the log
}

func (e *Engine) emit(ev Event) {
	if e.Show != nil {
		e.Show(ev)
	}
}

// DoubtError says that a plan's initiative is not settled, or that its ledger section is not there.
type DoubtError struct {
	Plan       string
	Why        string
	Candidates []workspace.Candidate
	Help       string
}

func (e *DoubtError) Error() string { return fmt.Sprintf("%s: %s", e.Plan, e.Why) }

// CycleError says that tasks wait for each other.
type CycleError struct {
	File string
	Path []string
}

func (e *CycleError) Error() string {
	s := e.Path[0]
	for _, p := range e.Path[1:] {
		s += " → " + p
	}
	return fmt.Sprintf("%s: these tasks wait for each other: %s", e.File, s)
}

// InvalidError carries the findings that keep a plan, spec or ledger from being used.
type InvalidError struct{ Findings finding.List }

func (e *InvalidError) Error() string { return e.Findings.Error() }
