package verify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/history"
	"github.com/planctl/planctl/internal/workspace"
)

// Options say how much is looked at.
type Options struct {
	Base    string          // the commit whose history must still stand, as git names it in full; "" looks at no history
	More    []string        // further commits whose history must still stand
	Ledger  Tier            // which checks of the ledger's form are made
	Replay  Replay          // replays the proofs behind ticks; nil: they are judged by their evidence alone
	Intents map[string]bool // nonces of runs that are on their way: their manifests need no attempt yet, nor their rows a tick
	Left    []string        // tasks, as PLAN#ID, of those among them whose planctl is gone: recover finishes them
}

// Result is what Verify found and how much it looked at.
type Result struct {
	Findings finding.List       // with the severities of the config, sorted; without what comments and the baseline accept
	Found    finding.List       // as Findings, before the baseline took its part out: what a new baseline is made of
	Baseline *baseline.Baseline // the one that was applied, nil without
	Scope    baseline.Scope     // what was looked for
	Attempts int                // entries of all ledgers
	Runs     int                // manifests
	Files    int                // that were hashed
	Bytes    int64              // of them
}

// Verify holds plans, ledgers and evidence against each other, and against Options.Base where that is given. It reads
// every byte that it speaks of: no time stamp and no digest that somebody noted is believed. The error is for what
// git cannot say; all that is wrong with the workspace is a finding.
func Verify(ctx context.Context, w *workspace.Workspace, o Options) (Result, error) {
	c := &checker{linter: linter{w: w}, ctx: ctx, o: o}
	past, compared := nothing, nothing
	if o.Base != "" {
		if prefix, inside := c.w.BelowTop(); inside {
			var err error
			if c.base, err = c.treeAt(o.Base, prefix); err != nil {
				return Result{}, err
			}
			past = c.aside((*checker).remember)
			defer past() // nothing goes on reading where something else ends this
		}
	}
	c.list = append(c.list, lintAll(w)...)
	c.list = append(c.list, w.Evidence.Findings...)
	if err := c.hash(past); err != nil {
		return Result{}, err
	}
	if o.Base != "" {
		compared = c.aside((*checker).history)
		defer compared() // as above
	}
	if err := c.entries(); err != nil {
		return Result{}, err
	}
	c.form()
	if err := c.orphans(); err != nil {
		return Result{}, err
	}
	c.unfinished()
	c.records()
	if err := c.commits(); err != nil {
		return Result{}, err
	}
	for _, p := range w.Plans {
		for _, it := range p.Items {
			c.tick(it)
			c.fresh(it)
		}
	}
	for _, r := range w.Evidence.Records {
		c.proof(r)
	}
	if err := c.ancestry(); err != nil {
		return Result{}, err
	}
	if err := c.replays(); err != nil {
		return Result{}, err
	}
	if err := errors.Join(compared(), ctx.Err()); err != nil { // what was read to half is no finding
		return Result{}, err
	}
	c.lowered()
	scope := everything(func(_ string, code finding.Code) bool {
		return tierOf(code).within(o.Ledger) && (o.Base != "" || family(code) != "history") && (o.Replay != nil || code != CodeReplay && code != CodeUnreplayed)
	})
	res := Result{Found: c.severities(allowed(w, c.severities(c.list), scope)), Runs: len(w.Evidence.Records), Files: c.hashed, Bytes: c.bytes}
	base, rest := accepted(w, res.Found, scope)
	res.Scope, res.Baseline, res.Findings = scope, base, once(c.severities(rest))
	for _, l := range c.books() {
		res.Attempts += len(l.Doc.Attempts())
	}
	res.Findings = notGone(res.Findings)
	return res, nil
}

// checker is one call of Verify.
type checker struct {
	linter
	ctx       context.Context
	o         Options
	base      *tree             // the files of Options.Base, nil without
	past      history.Snapshot  // what it had
	was       *workspace.Config // its config
	compiler  criteria.Compiler
	files     map[fileKey]seen
	beside    map[fileKey][]seen // files with other bytes beside further copies of a manifest
	hashed    int
	bytes     int64
	altered   map[string]bool   // manifests whose entry has another digest: that is said at the entry
	nonces    map[string]string // nonce → manifest
	latest    map[string]int    // path and digest → the last record, by its place, that has it so
	place     map[*workspace.Record]int
	tellings  map[string]tellings        // by initiative, in capitals
	elsewhere map[*workspace.Record]bool // ignored by git and entered in no ledger: of another branch, as far as is known
	questions []question
	pairs     []pair // greens and reds whose commits are to be compared
}

// books is the ledgers that are there, the live one first.
func (c *checker) books() []*workspace.Ledger {
	var out []*workspace.Ledger
	for _, l := range append([]*workspace.Ledger{c.w.Ledger}, c.w.Archives...) {
		if !l.Missing() {
			out = append(out, l)
		}
	}
	return out
}

// severities is severities with the base's config beside today's, of which the stricter decides on history: a change cannot
// turn off the rules that name what it rewrites.
func (c *checker) severities(list finding.List) finding.List {
	if c.was == nil {
		return severities(c.w, list)
	}
	var past, present finding.List
	for _, f := range list {
		if family(f.Code) != "history" {
			present = append(present, f)
			continue
		}
		now, then := c.w.Config.Severity(f.Code, f.File, f.Severity), c.was.Severity(f.Code, f.File, f.Severity)
		if f.Severity = max(now, then); f.Severity != finding.Unknown {
			past = append(past, f)
		}
	}
	out := append(severities(c.w, present), past...)
	out.Sort()
	return slices.CompactFunc(out, func(a, b finding.Finding) bool { return a == b })
}

// severities gives findings the severities of the config, drops what it switches off, sorts, and drops repeats.
func severities(w *workspace.Workspace, list finding.List) finding.List {
	out := finding.List{}
	for _, f := range list {
		if f.Severity = w.Config.Severity(f.Code, f.File, f.Severity); f.Severity != finding.Unknown {
			out = append(out, f)
		}
	}
	out.Sort()
	return slices.CompactFunc(out, func(a, b finding.Finding) bool { return a == b })
}

// once leaves out that a tick since the base has no attempt where that is said of the tick itself, as severely. It is left
// out last: who accepts the one has not accepted the other.
func once(list finding.List) finding.List {
	type row struct{ file, task string }
	said := map[row]finding.Severity{}
	for _, f := range list {
		if at := (row{f.File, f.Task}); f.Code == CodeNoAttemptOfTick {
			said[at] = max(said[at], f.Severity)
		}
	}
	return slices.DeleteFunc(list, func(f finding.Finding) bool {
		return f.Code == history.CodeTick && said[row{f.File, f.Task}] >= f.Severity
	})
}

// lowered says of which findings the config of the base made errors, and that of today does not. A change may well turn a
// rule down, as it may accept a finding by a comment; that is to be seen where it is reviewed.
func (c *checker) lowered() {
	if c.was == nil {
		return
	}
	count, now := map[finding.Code]int{}, map[finding.Code]finding.Severity{}
	for _, f := range c.list {
		is := c.w.Config.Severity(f.Code, f.File, f.Severity)
		if family(f.Code) != "history" && is < finding.Error && c.was.Severity(f.Code, f.File, f.Severity) == finding.Error {
			count[f.Code]++
			now[f.Code] = max(now[f.Code], is)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(count)) {
		findings := "1 finding"
		if n := count[code]; n > 1 {
			findings = fmt.Sprintf("%d findings", n)
		}
		c.list = append(c.list, finding.Finding{Code: history.CodeLowered, Severity: finding.Warning, File: workspace.ConfigName, Message: fmt.Sprintf("%s was an error at the base, and `rules` makes it a %s: %s", code, now[code], findings),
			Help: "turn rules down in a change of their own; what is accepted at one place is said there, planctl: allow " + string(code) + " — reason"})
	}
}
