// Package manifest is the record of a run: an in-toto Statement v1 whose
// bytes' SHA-256 is the run's identity. It encodes and decodes; it may not
// read a file, judge a criterion or decide what a run means.
//
// A manifest is one JSON object:
//
//	{"_type": "https://in-toto.io/Statement/v1",
//	 "subject": [{"name": …, "digest": {"sha256": …}}, …],
//	 "predicateType": "https://github.com/planctl/planctl/run/v1",
//	 "predicate": {…}}
//
// with the fields of Predicate. Any layout is read, and hashed as it is. Fields
// may be added to it and are passed over by readers that do not know them; none
// is ever renamed.
package manifest

import "time"

// The fixed types of the statement.
const (
	StatementType = "https://in-toto.io/Statement/v1"
	PredicateType = "https://github.com/planctl/planctl/run/v1"
	Suffix        = ".run.json"
)

// Result is how a run ended. The zero value means not known.
type Result string

// The results.
const (
	Pass        Result = "pass"
	Fail        Result = "fail"
	Interrupted Result = "interrupted"
	Reopened    Result = "reopened"    // a decision: the row is open again, an earlier pass is superseded
	Invalidated Result = "invalidated" // a decision: an earlier pass does not count
	Decided     Result = "decided"     // a decision: active, blocked, skipped, waived
)

const results = "pass fail interrupted reopened invalidated decided"

// Known reports whether r is one of the results above.
func (r Result) Known() bool {
	switch r {
	case Pass, Fail, Interrupted, Reopened, Invalidated, Decided:
		return true
	}
	return false
}

// Statement is the whole file.
type Statement struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Predicate `json:"predicate"`
}

// Subject names a thing and its digests.
type Subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// Predicate is what happened. Fields may be added, never renamed.
type Predicate struct {
	Task       Task              `json:"task"`
	Spec       Spec              `json:"spec"`
	Attempt    int               `json:"attempt"`
	Kind       string            `json:"kind"` // check, red, green, manual, phase, replay
	Result     Result            `json:"result"`
	Reason     string            `json:"reason,omitempty"` // why it is no pass, one line
	State      string            `json:"state,omitempty"`  // a decision's state: done, active, …
	Argv       []string          `json:"argv,omitempty"`
	Dir        string            `json:"dir"`
	Env        map[string]string `json:"env"`
	Stamp      string            `json:"stamp"`
	Started    time.Time         `json:"started"`
	Finished   time.Time         `json:"finished"`
	Seconds    float64           `json:"seconds"`
	Exit       int               `json:"exit"`
	Signal     string            `json:"signal"`
	TimedOut   bool              `json:"timed_out"`
	Criteria   []Criterion       `json:"criteria"`
	Calls      []Call            `json:"calls"`
	Tests      *Tests            `json:"tests,omitempty"`
	Files      []File            `json:"files"`
	Pins       map[string]string `json:"pins,omitempty"`
	Inputs     map[string]string `json:"inputs,omitempty"`
	Source     Source            `json:"source"`
	Rollup     []string          `json:"rollup,omitempty"`
	Phases     []PhaseVerdict    `json:"phases,omitempty"` // phases that this attempt completed or failed to
	Judged     string            `json:"judged,omitempty"` // digest of the run whose evidence was judged again, or whose proof was replayed
	Replay     *Replay           `json:"replay,omitempty"` // what a replay showed, for kind replay
	Supersedes []string          `json:"supersedes,omitempty"`
	Parents    []string          `json:"parents,omitempty"`
	Red        string            `json:"red,omitempty"` // digest of the red run that a green follows
	Nonce      string            `json:"nonce"`
	Forced     bool              `json:"forced"`
	Ticked     bool              `json:"ticked"`                  // the run was meant to tick its row
	Accepted   []string          `json:"accepted_pins,omitempty"` // pins that differ from the red run, accepted by --accept-pins
	Note       string            `json:"note"`
	Actor      Actor             `json:"actor"`
	Host       Host              `json:"host"`
	Executor   Executor          `json:"executor"`
	Planctl    string            `json:"planctl"`
}

// Replay is what a proof of red and green showed when it was run once more.
type Replay struct {
	Red     ReplaySide `json:"red"`   // the sources of the red run, with today's pins
	Green   ReplaySide `json:"green"` // today's sources
	Holders []string   `json:"holders,omitempty"`
	Setup   string     `json:"setup,omitempty"` // a script that was run in each checkout before
}

// ReplaySide is what one state of the sources showed. Its log is among the manifest's files.
type ReplaySide struct {
	Commit   string   `json:"commit"`
	Overlaid []string `json:"overlaid,omitempty"` // pins whose text today is not that of this state
	Log      string   `json:"log"`
	Exit     int      `json:"exit"`
	Signal   string   `json:"signal,omitempty"`
	TimedOut bool     `json:"timed_out,omitempty"`
	Seconds  float64  `json:"seconds"`
	Tests    *Tests   `json:"tests,omitempty"`
	Pass     bool     `json:"pass"` // it showed what it had to: the red failed for its reason, the green passed
	Reason   string   `json:"reason,omitempty"`
	Failure  string   `json:"failure,omitempty"` // of the red: the failure that it was believed for
}

// Kinds of records that are no run of a task's command, beside manual.
const (
	KindPhase  = "phase"
	KindReplay = "replay"
)

// Task is the row that an attempt was about.
type Task struct {
	Plan        string `json:"plan"`
	ID          string `json:"id"`
	Phase       string `json:"phase,omitempty"`
	Initiative  string `json:"initiative"`
	Row         string `json:"row"` // sha256 of the row's ID and description
	Description string `json:"description,omitempty"`
}

// Spec is what ran: the effective spec and where it stands.
type Spec struct {
	Digest string         `json:"digest"`
	Value  map[string]any `json:"value"`
	From   string         `json:"from"` // plan.md:41
	Prose  bool           `json:"prose,omitempty"`
}

// Criterion is one expression with its verdict.
type Criterion struct {
	Expr   string         `json:"expr"`
	Pass   bool           `json:"pass"`
	Values map[string]any `json:"values,omitempty"`
	Error  string         `json:"error,omitempty"`
}

// Call is one call that a judgement made, so that it can be judged again without the file.
type Call struct {
	Fn     string `json:"fn"`
	Args   []any  `json:"args"`
	Result any    `json:"result"`
	Error  string `json:"error,omitempty"`
}

// Tests is what the test runner reported.
type Tests struct {
	Total   int               `json:"total"`
	Passed  int               `json:"passed"`
	Failed  int               `json:"failed"`
	Skipped int               `json:"skipped"`
	Errors  int               `json:"errors"`
	Names   map[string]string `json:"names"` // name → passed, failed, skipped, error
	Reader  string            `json:"reader,omitempty"`
}

// Workspace is the base of a file whose name is relative to the workspace.
const Workspace = "workspace"

// File is one piece of evidence. Its name is a clean slash-separated path that
// leads nowhere but down; a log lies in the run's own directory.
type File struct {
	Name   string           `json:"name"`           // relative to the manifest where it is in the run's directory, else to the workspace
	Role   string           `json:"role"`           // log, artifact, tests, patch
	Base   string           `json:"base,omitempty"` // "workspace" where Name is relative to the workspace
	Size   int64            `json:"size"`
	SHA256 string           `json:"sha256"`
	Mode   string           `json:"mode,omitempty"`
	Arrays map[string]Array `json:"arrays,omitempty"` // npy, npz: for audit
}

// Array is one array of an npy or npz file.
type Array struct {
	Dtype string `json:"dtype"`
	Shape []int  `json:"shape"`
}

// Source is the state of the sources when the run began.
type Source struct {
	Commit  string            `json:"commit"`
	Tree    string            `json:"tree"`
	Dirty   bool              `json:"dirty"`
	Patch   string            `json:"patch,omitempty"`
	Digests map[string]string `json:"digests,omitempty"` // differing files, where the patch was too big to keep
	Why     string            `json:"why,omitempty"`     // what is missing and why, e.g. not a git repository
}

// Actor is who ran or decided.
type Actor struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Host is the machine of the run.
type Host struct {
	Name string `json:"name"`
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
}

// Executor is what ran the command.
type Executor struct {
	Name string `json:"name"`
	ID   string `json:"id,omitempty"`
}

// PhaseVerdict is how a phase stood when this attempt was recorded: all its
// rows done or skipped, and its own exit criteria judged.
type PhaseVerdict struct {
	Plan     string      `json:"plan"`
	ID       string      `json:"id"`
	Pass     bool        `json:"pass"`
	Criteria []Criterion `json:"criteria,omitempty"`
	Calls    []Call      `json:"calls,omitempty"`
}
