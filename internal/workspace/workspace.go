// Package workspace finds the config, the plans, their specs, the ledger and
// the evidence, and joins a task to all that is said of it. It reads files
// and never writes one; it decides what stands, not what to do.
//
// A Workspace is what was there at one moment: nothing in it changes when a
// file does. Open reads everything that every command needs, on all
// processors; digests of inputs are taken when Standing asks for them.
package workspace

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/prose"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// Workspace is one checkout: everything planctl knows of it at one moment.
type Workspace struct {
	Root       string // absolute, links resolved
	Dir        string // absolute: where the call was made; paths that a person types may be relative to it
	Config     Config
	ConfigPath string                // relative to the root where it is inside; "" without a config
	Git        *gitrepo.Repo         // nil outside a git repository
	GitProblem error                 // why Git is nil although there may be a repository
	Plans      []*Plan               // sorted by path
	Tableless  []string              // documents that `plans` matches and that hold no checklist, sorted; of those with a finding it is said there
	Ledger     *Ledger               // the live one; Ledger.Missing where there is none
	Archives   []*Ledger             // read-only, older entries
	Evidence   *Evidence             // nil with Options.NoEvidence
	Findings   finding.List          // config, discovery and joins; those of plans, specs, ledgers and evidence are with them
	TokenUse   map[plan.State]string // the token that the workspace uses most for each state

	byPath map[string]*Plan
	ids    map[string]count
	folded map[string]int // live rows by ID in lower case
	size   map[string]int // plans by initiative
	cited  *citations

	mu      sync.Mutex // guards what is worked out on demand, below
	names   map[*Plan]string
	reports map[string][]*Plan
	hashed  map[string]map[string]string
	failed  []error // where the system failed to read
}

// Plan is one plan document with its specs and its place in the workspace.
type Plan struct {
	Path     string // slash-separated, relative to the root
	Archived bool
	Doc      *plan.Plan
	Specs    *spec.Set // never nil
	Sidecar  string    // path of NAME.planctl.yaml, "" without; it may be there and not be readable
	Link     Link
	Items    []*Item // one for each task, in the document's order

	lost bool // the sidecar could not be read
	ws   *Workspace
	byID map[string]*Item
	rows map[*plan.Phase][]*Item // in the document's order
	open map[*plan.Phase][]string
	fold map[string]*plan.Phase // by ID in lower case, the first one
	once sync.Once
	reds map[*Item]*Item // of greens in prose, see redBefore
}

// SpecsUnread reports whether specs of the plan could not be read, so that a row without one may well have one.
func (p *Plan) SpecsUnread() bool { return p.lost || p.Specs.Unread }

// Rows are the items of a phase, in the document's order.
func (p *Plan) Rows(ph *plan.Phase) []*Item { return p.rows[ph] }

// OpenRows are the IDs of a phase's rows that are neither done nor skipped. They are collected once: each row of
// another phase that waits for this one asks.
func (p *Plan) OpenRows(ph *plan.Phase) []string { return p.open[ph] }

// Item gives the task with exactly this ID; the first one where a plan has it twice, nil without.
func (p *Plan) Item(id string) *Item { return p.byID[id] }

// Ledger is a ledger file. A missing one has no Doc.
type Ledger struct {
	Path string
	Doc  *ledger.Ledger

	unreadable bool
}

// Missing reports whether there is no such file, or none that can be read.
func (l *Ledger) Missing() bool { return l == nil || l.Doc == nil }

// Item is a task with all that is said of it.
type Item struct {
	Plan       *Plan
	Phase      *plan.Phase
	Task       *plan.Task
	Spec       *spec.Spec        // nil where it has none
	Suggestion *prose.Suggestion // a command found in prose, where there is no spec with a command; nil without
	Runs       []*Record         // manifests of this task, oldest first
	Rollups    []*Record         // manifests of other tasks that ticked this roll-up row, oldest first

	at int // its index in Plan.Items
}

// Options say where and how much to read.
type Options struct {
	Dir        string // where the call was made; "" is the working directory
	Config     string // --config; "" looks for .planctl.yaml
	Here       bool   // Dir itself is the root, whatever is above it
	NoEvidence bool   // leave manifests unread: Evidence stays nil, items have no runs
}

// Open reads the workspace around a directory. The error is a finding.List
// where the config cannot be read, holds a *DiskError where the system failed,
// and says why where the directory cannot be worked in. Everything else that is wrong is a finding.
func Open(ctx context.Context, o Options) (*Workspace, error) {
	if o.Dir == "" {
		o.Dir = "."
	}
	w := &Workspace{
		byPath: map[string]*Plan{}, names: map[*Plan]string{}, hashed: map[string]map[string]string{},
		TokenUse: map[plan.State]string{},
	}
	if err := w.locate(ctx, o); err != nil {
		return nil, err
	}
	f := w.discover()
	w.Findings = append(w.Findings, f.findings...)

	plans, findings := make([]*Plan, len(f.files)), make([]*finding.Finding, len(f.files))
	ledgers := append([]string{w.Config.Ledger}, w.Config.Ledgers...)
	read, problems := make([]*Ledger, len(ledgers)), make([]*finding.Finding, len(ledgers))
	// The ledgers go first: one is often larger than all plans together.
	parallel(len(ledgers)+len(f.files), func(i int) {
		if i < len(ledgers) {
			read[i], problems[i] = w.openLedger(ledgers[i], i > 0)
			return
		}
		i -= len(ledgers)
		plans[i], findings[i] = w.openPlan(f.files[i], &f)
	})
	w.Ledger, w.Archives = read[0], read[1:]
	for _, p := range append(problems, findings...) {
		if p != nil {
			w.Findings = append(w.Findings, *p)
		}
	}
	for i, p := range plans {
		if p == nil {
			if findings[i] == nil {
				w.tableless(f.files[i], &f)
			}
			continue
		}
		if len(p.Doc.Phases) == 0 {
			if !w.noTable(p) && findings[i] == nil {
				w.tableless(p.Path, &f)
			}
			continue
		}
		w.Plans = append(w.Plans, p)
		w.byPath[p.Path] = p
	}
	w.cited = readCitations(w.Ledger)
	for _, p := range w.Plans {
		p.Link = w.link(p)
	}
	w.countIDs()
	w.countTokens()
	w.checkLinks()
	w.checkTableless()
	w.checkSidecars(&f)
	w.checkNested(&f)
	w.checkNames()
	if !o.NoEvidence {
		w.gather(&f)
	}
	w.Findings.Sort()
	if len(w.failed) > 0 {
		return nil, errors.Join(w.failed...)
	}
	return w, ctx.Err()
}

// openLedger reads one ledger. A live one that is not there is no finding,
// since a workspace may have none; an archive that the config names is.
func (w *Workspace) openLedger(rel string, archive bool) (*Ledger, *finding.Finding) {
	l := &Ledger{Path: rel}
	src, err := regular.Read(w.Abs(rel))
	switch {
	case err == nil:
		l.Doc = ledger.Parse(rel, src)
	case errors.Is(err, fs.ErrNotExist) && archive:
		return l, &finding.Finding{
			Code: "config-ledger", Severity: finding.Warning, File: w.ConfigPath,
			Message: "`ledgers` names " + rel + ", which is not there", Help: "mend the path, or take it out",
		}
	case !errors.Is(err, fs.ErrNotExist):
		l.unreadable = true
		return l, &finding.Finding{
			Code: "ledger-unreadable", Severity: finding.Error, File: rel,
			Message: "the ledger cannot be read: " + w.why(rel, err), Help: "mend it, or name another one under `ledger` in " + ConfigName,
		}
	}
	return l, nil
}

// openPlan reads one document with its specs; nil for one that is no plan.
func (w *Workspace) openPlan(rel string, f *found) (*Plan, *finding.Finding) {
	src, bad := w.read(rel, f)
	if src == nil {
		return nil, bad
	}
	p := &Plan{Path: rel, Archived: matchesAny(w.Config.Archived, rel), Doc: plan.Parse(rel, src, w.Config.tokens), ws: w, byID: map[string]*Item{}}
	var text []byte
	side := SidecarOf(rel)
	if f.sidecars[side] {
		var err error
		p.Sidecar = side
		if text, err = regular.Read(w.Abs(side)); err != nil {
			bad = &finding.Finding{Code: "spec-unreadable", Severity: finding.Error, File: side, Message: "the sidecar cannot be read: " + w.why(side, err), Help: "mend its permissions"}
			p.lost = true
		}
	}
	p.join(src, text)
	w.modes(p)
	return p, bad
}

// join gives the plan's rows their specs and suggestions. text is that of the sidecar.
func (p *Plan) join(src, text []byte) {
	p.Specs = spec.Decode(Sources(p.Doc, p.Path, src, p.Sidecar, text)...)
	p.rows, p.open, p.fold = map[*plan.Phase][]*Item{}, map[*plan.Phase][]string{}, map[string]*plan.Phase{}
	for _, ph := range slices.Backward(p.Doc.Phases) {
		p.fold[strings.ToLower(ph.ID)] = ph
	}
	for _, t := range p.Doc.Tasks() {
		it := &Item{Plan: p, Phase: t.Phase, Task: t}
		it.at = len(p.Items)
		p.Items = append(p.Items, it)
		p.rows[t.Phase] = append(p.rows[t.Phase], it)
		if t.State != plan.Done && t.State != plan.Skipped {
			p.open[t.Phase] = append(p.open[t.Phase], t.ID)
		}
		if t.ID == "" || p.byID[t.ID] != nil {
			continue
		}
		p.byID[t.ID] = it
		it.Spec = p.Specs.Tasks[t.ID]
	}
	found := prose.In(p.Doc)
	for _, it := range p.Items {
		if s := it.Spec; s == nil || s.Run == "" && s.Kind != spec.Manual && !s.IsRollup() {
			it.Suggestion = found.Suggest(it.Task)
			if f := it.Suggestion; f != nil && f.KindOpen && s != nil && s.KindSet { // the spec says what the row leaves open
				f.Runnable, f.Why = true, ""
			}
		}
	}
}

// Sources is where a plan's specs stand: its own blocks, then its sidecar where it has one.
func Sources(doc *plan.Plan, rel string, src []byte, sidecar string, text []byte) []spec.Source {
	sources := make([]spec.Source, 0, len(doc.Specs)+1)
	for _, b := range doc.Specs {
		sources = append(sources, spec.Source{File: rel, Text: b.Span.Of(src), Line: b.Line})
	}
	if text != nil {
		sources = append(sources, spec.Source{File: sidecar, Text: text, Line: 1})
	}
	return sources
}

// countTokens finds the token that the live plans use most for each state; of
// two used alike the first in the alphabet, so that two readings agree.
func (w *Workspace) countTokens() {
	sum := map[plan.State]map[string]int{}
	for _, p := range w.Plans {
		if p.Archived {
			continue
		}
		for state, uses := range p.Doc.TokenUse() {
			if sum[state] == nil {
				sum[state] = map[string]int{}
			}
			for token, n := range uses {
				sum[state][token] += n
			}
		}
	}
	for state, uses := range sum {
		tokens := make([]string, 0, len(uses))
		for t := range uses {
			tokens = append(tokens, t)
		}
		slices.Sort(tokens)
		best := tokens[0]
		for _, t := range tokens {
			if uses[t] > uses[best] {
				best = t
			}
		}
		w.TokenUse[state] = best
	}
}
