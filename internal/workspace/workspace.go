// Package workspace finds the config, the plans, their specs, the ledger and
// the evidence, and joins a task to all that is said of it. It reads files
// and never writes one; it decides what stands, not what to do.
package workspace

import (
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/prose"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// Workspace is one checkout: everything planctl knows of it at one moment.
// Config is the decoded .planctl.yaml.
type Config struct{}

type Workspace struct {
	Root     string // absolute, links resolved
	Config   Config
	Git      *gitrepo.Repo // nil outside a git repository
	Plans    []*Plan       // sorted by path
	Ledger   *Ledger       // the live one; Ledger.Missing where there is none
	Archives []*Ledger     // read-only, older entries
	Evidence *Evidence
	Findings finding.List          // config, discovery and joins; those of plans and ledgers are with them
	TokenUse map[plan.State]string // the token that the workspace uses most for each state
}

// Plan is one plan document with its specs and its place in the workspace.
type Plan struct {
	Path     string // slash-separated, relative to the root
	Archived bool
	Doc      *plan.Plan
	Specs    *spec.Set
	Sidecar  string // path of NAME.planctl.yaml, "" without
	Link     Link
	Items    []*Item // one for each task, in the document's order
}

// Link says which initiative a plan belongs to and how that is known.
type Link struct {
	ID         string      // "" only where nothing at all names one
	Source     string      // config, line, title, ledger, directory, stem
	Candidates []Candidate // every source that names an ID, in DESIGN §2's order
	Doubt      string      // why `run` must stop before it starts; "" when settled
}

// Candidate is one source's answer.
type Candidate struct{ ID, Source, Where string }

// Ledger is a ledger file. A missing one has no Doc.
type Ledger struct {
	Path string
	Doc  *ledger.Ledger
}

// Item is a task with all that is said of it.
type Item struct {
	Plan       *Plan
	Phase      *plan.Phase
	Task       *plan.Task
	Spec       *spec.Spec        // nil where it has none
	Suggestion *prose.Suggestion // a command found in prose, where there is no spec with a command; nil without
	Runs       []*Record         // manifests of this task, oldest first by parents, then ledger order, then start
}

// Record is one manifest found in the workspace.
type Record struct {
	Path    string // of the manifest, relative to the root
	Digest  string // sha256:…
	Doc     *manifest.Statement
	Attempt *ledger.Attempt // the entry that carries the digest, nil without
}

// Evidence is every manifest below the REPORTS directories, by digest.
type Evidence struct {
	Records  []*Record
	Findings finding.List // manifests that do not parse
}
