package verify

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// orphans speaks of manifests that no attempt names. One that git ignores stays where it is when a branch is switched, and
// the files that it made do not: it may well have its attempt there, and here it counts for nothing.
func (c *checker) orphans() error {
	var orphans []*workspace.Record
	var paths []string
	for _, r := range c.w.Evidence.Records {
		if r.Attempt == nil && !c.o.Intents[r.Doc.Predicate.Nonce] && !c.isAltered(r) {
			orphans, paths = append(orphans, r), append(paths, r.Path)
		}
	}
	ignored, err := c.ignoredByGit(paths)
	if err != nil {
		return err
	}
	c.elsewhere = map[*workspace.Record]bool{}
	for _, r := range orphans {
		msg := fmt.Sprintf("no attempt of a ledger names this %s of %s", recordWord(&r.Doc.Predicate), c.subject(r))
		if !ignored[r.Path] {
			c.at(CodeNoAttempt, r, msg, "planctl recover enters what a crash cut short; else take the evidence away, or restore the ledger's entry from git")
			continue
		}
		c.elsewhere[r] = true
		f := len(c.list)
		c.at(CodeNoAttempt, r, msg+"; git ignores it, so that it may be of another branch", "it counts for nothing here")
		c.list[f].Severity = finding.Note
	}
	return nil
}

// unfinished names what waits for recover: what else is said of such a task may be true of no more than this moment.
func (c *checker) unfinished() {
	for _, name := range c.o.Left {
		at, what := place{file: name}, "a run of "+name
		for _, p := range c.w.Plans {
			id, ok := strings.CutPrefix(name, p.Path+"#")
			if !ok {
				continue
			}
			at, what = place{file: p.Path}, "a run of "+id
			if it := p.Item(id); it != nil {
				at = rowPlace(it)
			}
		}
		c.add(CodeUnfinished, at, what+" is unfinished: its planctl was killed", "planctl recover finishes it")
	}
}

// isAltered reports whether an entry cites the record's file and names other bytes: that is said at the entry.
func (c *checker) isAltered(r *workspace.Record) bool {
	return c.altered[r.Path] || slices.ContainsFunc(r.Copies, func(s string) bool { return c.altered[s] })
}

// records judges every manifest again, on all processors: each is judged by itself.
func (c *checker) records() {
	all := c.w.Evidence.Records
	for _, r := range all {
		c.once(r)
	}
	workers := make([]checker, min(len(all), runtime.GOMAXPROCS(0)))
	var wg sync.WaitGroup
	for i := range workers {
		one := &workers[i]
		*one = *c // what it looks things up in is shared, and nobody writes there now
		one.list, one.compiler = nil, criteria.Compiler{}
		wg.Go(func() {
			for _, r := range all[i*len(all)/len(workers) : (i+1)*len(all)/len(workers)] {
				one.record(r)
			}
		})
	}
	wg.Wait()
	for i := range workers {
		c.list = append(c.list, workers[i].list...)
	}
}

// record judges one manifest again: what it says of itself, of its files, and what its criteria give.
func (c *checker) record(r *workspace.Record) {
	if c.elsewhere[r] {
		return
	}
	c.itself(r)
	c.recorded(r)
	c.judged(r)
	c.known(r)
}

// recordWord is what a record is.
func recordWord(p *manifest.Predicate) string {
	if len(p.Argv) > 0 {
		return "run"
	}
	return "decision"
}

func (c *checker) subject(r *workspace.Record) string {
	if id := r.Doc.Predicate.Task.ID; id != "" {
		return id
	}
	return "phase " + r.Doc.Predicate.Task.Phase
}

// once finds two records of one execution: each has a random nonce of its own.
func (c *checker) once(r *workspace.Record) {
	if c.nonces == nil {
		c.nonces = map[string]string{}
	}
	n := r.Doc.Predicate.Nonce
	switch first := c.nonces[n]; {
	case n == "":
		c.at(CodeReplayed, r, "the manifest has no nonce, so that it may be any run's", "run the task again")
	case first != "":
		c.at(CodeReplayed, r, fmt.Sprintf("it has the nonce of %s: one run is shown as two", first), "keep the one that the ledger named first")
	default:
		c.nonces[n] = r.Path
	}
}

// itself finds what a manifest says in two ways that differ.
func (c *checker) itself(r *workspace.Record) {
	p := &r.Doc.Predicate
	forged := func(what string) {
		c.at(CodeInconsistent, r, what, "planctl does not write this: look at who made the file with git log -- "+r.Path)
	}
	want := manifest.New(*p).Subject
	if !slices.EqualFunc(want, r.Doc.Subject, func(a, b manifest.Subject) bool { return a.Name == b.Name && maps.Equal(a.Digest, b.Digest) }) {
		forged("its subjects are not the files that its predicate names")
	}
	if p.Spec.Digest != "" {
		if d, _ := spec.Digest(p.Spec.Value); d != p.Spec.Digest {
			forged("the digest of its spec is not that of the spec in it")
		}
	}
	if p.Task.ID != "" && p.Task.Row != "" && p.Task.Description != "" {
		row := workspace.RowDigest(&plan.Task{ID: p.Task.ID, Description: p.Task.Description})
		if row != p.Task.Row && !strings.Contains(p.Task.Description, "***") { // masked: the digest is of what the plan says
			forged("the digest of its row is not that of the row in it")
		}
	}
	c.sameCommand(r, forged)
	if p.Finished.Before(p.Started) {
		forged("it ended before it began")
	}
	if !strings.Contains(filepath.ToSlash(r.Path), "/"+p.Stamp+"/") && p.Stamp != "" {
		c.at(CodeMoved, r, fmt.Sprintf("its stamp is %s, and it does not lie in a directory of that stamp", p.Stamp), "move it back; a plan and its reports move together, with their stamps")
	}
}

// sameCommand holds the kind and the command of a run against the spec that is said to have run.
func (c *checker) sameCommand(r *workspace.Record, forged func(string)) {
	p := &r.Doc.Predicate
	n := len(p.Argv)
	if n == 0 {
		return
	}
	if kind, ok := p.Spec.Value["kind"].(string); ok && kind != p.Kind {
		forged(fmt.Sprintf("its kind is %q, and that of its spec %q", p.Kind, kind))
	}
	run, ok := p.Spec.Value["run"].(string)
	if ok && spec.Expanded([]string{run}, p.Stamp)[0] != p.Argv[n-1] && !strings.Contains(p.Argv[n-1], "***") { // masked
		forged("the command that ran is not that of its spec")
	}
}

// known holds the runs that a record names against those that are there. One that a ledger still names is spoken of there.
func (c *checker) known(r *workspace.Record) {
	p := &r.Doc.Predicate
	look := func(what string, digests ...string) {
		for _, d := range digests {
			if d == "" || c.w.Evidence.ByDigest(d) != nil || c.named(d) {
				continue
			}
			c.at(CodeParent, r, fmt.Sprintf("the run %s that it names as %s is not there", short(d), what), "restore its manifest from git: git log --all -- '*"+manifest.Suffix+"'")
		}
	}
	look("what came before it", p.Parents...)
	look("what it supersedes", p.Supersedes...)
	look("what it judged", p.Judged)
	look("its red", p.Red)
}

// named reports whether an entry of a ledger carries the digest.
func (c *checker) named(digest string) bool {
	return slices.ContainsFunc(c.books(), func(l *workspace.Ledger) bool { return l.Doc.ByRun(digest) != nil })
}

// commits says, once for each plan, how many of its runs were made on commits that this clone lacks.
func (c *checker) commits() error {
	if c.w.Git == nil {
		return nil
	}
	runs := map[string][]*workspace.Record{} // by commit
	for _, r := range c.w.Evidence.Records {
		if id := r.Doc.Predicate.Source.Commit; objectName(id) {
			runs[id] = append(runs[id], r)
		}
	}
	have, err := c.w.Git.Has(c.ctx, slices.Sorted(maps.Keys(runs)))
	if err != nil {
		return errors.Join(errors.New("ask git which commits it has"), err)
	}
	lacking := map[string][]*workspace.Record{} // by plan
	for _, id := range slices.Sorted(maps.Keys(runs)) {
		if have[id] {
			continue
		}
		for _, r := range runs[id] {
			lacking[r.Doc.Predicate.Task.Plan] = append(lacking[r.Doc.Predicate.Task.Plan], r)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(lacking)) {
		list := lacking[name]
		c.add(CodeCommit, place{file: name}, fmt.Sprintf("%d of its runs were made on commits that this clone does not have, such as %s (%s)",
			len(list), short(list[0].Doc.Predicate.Source.Commit), c.what(list[0])), "squash merges and shallow clones do that; the evidence stands for itself")
	}
	return nil
}

// objectName reports whether a text has the form of a git object's name.
func objectName(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}
