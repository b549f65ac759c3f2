package verify

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/runner"
)

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
