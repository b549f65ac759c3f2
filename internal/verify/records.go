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
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/runner"
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

// judged evaluates the criteria again, from the record, and the record again from the bytes.
func (c *checker) judged(r *workspace.Record) {
	p := &r.Doc.Predicate
	programs := c.rejudge(r, p.Criteria, p, "")
	for i := range p.Phases {
		ph := &p.Phases[i]
		c.rejudge(r, ph.Criteria, &manifest.Predicate{Calls: ph.Calls}, "phase "+ph.ID+": ")
		if failed := slices.ContainsFunc(ph.Criteria, func(k manifest.Criterion) bool { return !k.Pass }); failed && ph.Pass {
			c.at(CodeVerdict, r, fmt.Sprintf("it says that phase %s is complete, and one of its criteria failed", ph.ID), "planctl run --phase "+ph.ID+" judges it again")
		}
	}
	ran := len(p.Argv) > 0
	switch {
	case p.Kind == manifest.KindReplay:
		c.replayed(r)
	case ran || p.Judged != "" && p.State == "":
		c.sameCriteria(r)
	}
	if p.Result == manifest.Pass {
		if i := slices.IndexFunc(p.Criteria, func(k manifest.Criterion) bool { return !k.Pass }); i >= 0 {
			c.at(CodeVerdict, r, "it says pass, and its criterion "+p.Criteria[i].Expr+" failed", "run the task again")
		}
	}
	if ran && p.Result != manifest.Interrupted {
		c.kind(r, programs)
	}
	c.recalled(r)
}

// rejudge compares recorded verdicts with those that the record gives now.
func (c *checker) rejudge(r *workspace.Record, was []manifest.Criterion, from *manifest.Predicate, where string) []*criteria.Program {
	var programs []*criteria.Program
	for _, k := range was {
		prog, err := c.compiler.Compile(k.Expr)
		if err != nil {
			if k.Pass {
				c.at(CodeVerdict, r, fmt.Sprintf("%scriterion %s passed, and does not compile: %v", where, k.Expr, err), "run the task again")
			}
			return nil
		}
		programs = append(programs, prog)
	}
	for i, now := range criteria.Rejudge(programs, from) {
		if now.Pass != was[i].Pass {
			c.at(CodeVerdict, r, fmt.Sprintf("%scriterion %s was recorded as %s and is %s by the recorded values", where, now.Expr, verdict(was[i].Pass), explained(now)), "run the task again")
		} else if a, b := criteria.Explain(was[i]), criteria.Explain(now); a != b && (len(was[i].Values) > 0 || was[i].Error != "") { // who shows nothing shows nothing false
			c.at(CodeVerdict, r, fmt.Sprintf("%sit shows of a criterion %s, and what was recorded gives %s", where, a, b), "run the task again")
		}
	}
	return programs
}

func verdict(pass bool) string {
	if pass {
		return "passed"
	}
	return "failed"
}

func explained(k manifest.Criterion) string {
	if k.Pass {
		return "passed"
	}
	return "failed (" + criteria.Explain(k) + ")"
}

// sameCriteria holds the criteria that were judged against those of the spec that is said to have run.
func (c *checker) sameCriteria(r *workspace.Record) {
	p := &r.Doc.Predicate
	if p.Result == manifest.Interrupted {
		return
	}
	var want, got []string
	for _, k := range ranAs(p).Criteria {
		want = append(want, k.Expr)
	}
	want = spec.Expanded(want, p.Stamp)
	for _, k := range p.Criteria {
		got = append(got, k.Expr)
	}
	if !slices.Equal(want, got) {
		c.at(CodeInconsistent, r, fmt.Sprintf("it judged %d criteria, and they are not the %d of its spec", len(got), len(want)), "run the task again")
	}
}

// ranAs is the spec that a record says ran.
func ranAs(p *manifest.Predicate) *spec.Spec { return spec.FromValue(p.Task.ID, p.Spec.Value) }

// kind judges the rule of the run's kind again: with the log's own words where the log is there, else from the record.
func (c *checker) kind(r *workspace.Record, programs []*criteria.Program) {
	p := &r.Doc.Predicate
	var kind spec.Kind
	if err := kind.UnmarshalText([]byte(p.Kind)); err != nil {
		c.at(CodeInconsistent, r, fmt.Sprintf("its kind is %q", p.Kind), "run the task again")
		return
	}
	t := proof.Of(ranAs(p))
	t.Kind, t.Programs, t.Pins, t.Accept = kind, programs, p.Pins, true
	t.Result = runner.Result{Exit: p.Exit, Signal: p.Signal, TimedOut: p.TimedOut, Seconds: p.Seconds}
	if now, ok := c.tests(r); ok {
		t.Tests = now
		c.counted(r, now)
	} else if p.Tests != nil {
		if len(t.Allow) > 0 {
			return // what it allows is in the log's words, and not in the record
		}
		t.Tests, t.Because = proof.Recorded(p.Tests), "" // what a failure said is in the log's words, too
	} else if kind == spec.Red || kind == spec.Green {
		return // no log to look at: that is said of the log
	}
	if why, _ := proof.Judge(t); why != "" && p.Result == manifest.Pass {
		c.at(CodeVerdict, r, "it says pass, and by its own evidence it is none: "+why, "run the task again")
	}
}

// counted compares the tests of a record with those that its report has.
func (c *checker) counted(r *workspace.Record, now testreport.Results) {
	c.countedAs(r, r.Doc.Predicate.Tests, now, "run the task again")
}

func (c *checker) countedAs(r *workspace.Record, was *manifest.Tests, now testreport.Results, again string) {
	switch {
	case was == nil && now.Reader == "":
	case was == nil:
		c.at(CodeTests, r, fmt.Sprintf("it records no tests, and its report has %d", now.Total), again)
	case was.Total != now.Total || was.Passed != now.Passed || was.Failed != now.Failed || was.Skipped != now.Skipped || was.Errors != now.Errors:
		c.at(CodeTests, r, fmt.Sprintf("it records %d passed, %d failed, %d skipped, %d errors, and its report has %d, %d, %d, %d",
			was.Passed, was.Failed, was.Skipped, was.Errors, now.Passed, now.Failed, now.Skipped, now.Errors), again)
	case !maps.Equal(was.Names, named(now)):
		c.at(CodeTests, r, "the tests that it names, and how each ended, are not those of its report: "+odd(was.Names, named(now)), again)
	}
}

// named is the tests of a report as a record has them.
func named(now testreport.Results) map[string]string {
	out := make(map[string]string, len(now.Names))
	for name, s := range now.Names {
		out[name] = string(s)
	}
	return out
}

// odd is the first test, by its name, that two reports do not have alike.
func odd(was, now map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if was[name] != now[name] {
			return fmt.Sprintf("%s is %s there and %s in the record", name, now[name], quoted(was[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if now[name] == "" {
			return name + " is not there"
		}
	}
	return ""
}

// tests reads the report of a record again; false where its bytes are not all there as they were.
func (c *checker) tests(r *workspace.Record) (testreport.Results, bool) {
	p := &r.Doc.Predicate
	if _, named := p.Spec.Value["tests"]; !named {
		log := c.intactLog(r)
		if log == "" {
			return testreport.Results{}, false
		}
		res, err := testreport.ReadLog(c.ctx, log)
		return res, err == nil
	}
	var paths []string
	for i, f := range p.Files {
		if f.Role != "tests" {
			continue
		}
		s := c.files[fileKey{r, i}]
		if s.state != intact {
			return testreport.Results{}, false
		}
		paths = append(paths, c.w.Abs(s.path))
	}
	if len(paths) == 0 {
		return testreport.Results{}, false
	}
	res, err := testreport.ReadFiles(c.ctx, paths)
	return res, err == nil
}

// recalled makes the recorded calls again where the bytes that they looked at are those of the record.
func (c *checker) recalled(r *workspace.Record) {
	p := &r.Doc.Predicate
	log := c.intactLog(r)
	whole := map[string]bool{} // files of the record that are as they were
	for i := range p.Files {
		if s := c.files[fileKey{r, i}]; s.state == intact {
			whole[s.path] = true
		}
	}
	var calls []manifest.Call
	for _, k := range p.Calls {
		switch {
		case k.Fn == "number" || k.Fn == "log" || strings.HasPrefix(k.Fn, "log "):
			if log != "" && len(p.Argv) > 0 {
				calls = append(calls, k)
			}
		case len(k.Args) > 0:
			name, _ := k.Args[0].(string)
			if whole[strings.TrimPrefix(name, "./")] {
				calls = append(calls, k)
			}
		}
	}
	if len(calls) == 0 {
		return
	}
	facts := criteria.Facts{Root: c.w.Root, LogPath: log, RunDir: filepath.Dir(c.w.Abs(r.Path))}
	for _, d := range criteria.Recall(c.ctx, calls, facts) {
		c.at(CodeCall, r, d.String(), "run the task again")
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
