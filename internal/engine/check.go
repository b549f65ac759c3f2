package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/redact"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/internal/workspace"
)

// describe is a task before anything happened to it.
func (e *Engine) describe(w *workspace.Workspace, it *workspace.Item) *Task {
	t := &Task{Plan: it.Plan.Path, ID: it.Task.ID, Name: it.Name(w), Title: it.Task.Description, Phase: it.Phase.ID}
	if sp, from, prose := it.EffectiveSpec(); sp != nil {
		t.Kind, t.Command, t.Where, t.Prose = sp.Kind, sp.Run, from, prose
	}
	return t
}

// Judgement is what `check` found: the criteria judged on the last evidence.
type Judgement struct {
	Task     *Task
	Record   *workspace.Record // whose evidence was judged
	Verdicts []manifest.Criterion
	Calls    []manifest.Call
	Kind     string // why the run does not count for its kind; "" when it does
	Pass     bool
	Recorded commit.Outcome
}

// Check judges a task's criteria, as they are written now, on the evidence of its last run. It runs
// nothing and, without record, writes nothing.
func (e *Engine) Check(ctx context.Context, name string, record bool) (*Judgement, error) {
	w, err := e.Open(ctx)
	if err != nil {
		return nil, err
	}
	it, err := w.Find(name)
	if err != nil {
		return nil, err
	}
	sp, _, _ := it.EffectiveSpec()
	if sp == nil {
		return nil, &MarkError{Why: it.Task.ID + " has neither spec nor command: there is nothing to judge", Help: "planctl show " + it.Name(w)}
	}
	run := lastRun(it)
	if run == nil {
		return nil, &MarkError{Why: it.Task.ID + " has not been run: there is no evidence to judge", Help: "planctl run " + it.Name(w)}
	}
	if err := judgeable(ctx, w, it, run, record); err != nil {
		return nil, err
	}
	j := &Judgement{Task: e.describe(w, it), Record: run}
	if err := j.judge(ctx, e, w, it, sp); err != nil {
		return nil, err
	}
	if !record {
		return j, nil
	}
	if err := check(w, []*workspace.Item{it}); err != nil {
		return nil, err
	}
	if err := writable(w, []*workspace.Item{it}, false); err != nil {
		return nil, err
	}
	d := &decision{e: e, plan: it.Plan.Path, id: it.Task.ID, phase: it.Phase.ID, kind: sp.Kind.String(), task: j.Task}
	err = d.commit(ctx, w, func(_ context.Context, _ *workspace.Workspace, p *manifest.Predicate) ([]commit.Tick, error) {
		old := run.Doc.Predicate
		p.Judged, p.Criteria, p.Calls, p.Tests = run.Digest, j.Verdicts, j.Calls, old.Tests
		p.Inputs, p.Pins, p.Accepted, p.Red, p.Exit, p.Signal, p.TimedOut, p.Seconds = old.Inputs, old.Pins, old.Accepted, old.Red, old.Exit, old.Signal, old.TimedOut, old.Seconds
		value := sp.Value()
		digest, _ := spec.Digest(value)
		_, from, prose := it.EffectiveSpec()
		p.Spec = manifest.Spec{Digest: digest, Value: value, From: from, Prose: prose}
		p.Result = manifest.Pass
		if !j.Pass {
			p.Result, p.Reason = manifest.Fail, firstOf(failing(j.Verdicts), j.Kind)
		}
		return nil, nil
	})
	j.Recorded = j.Task.Outcome
	return j, err
}

func (j *Judgement) judge(ctx context.Context, e *Engine, w *workspace.Workspace, it *workspace.Item, sp *spec.Spec) error {
	p := &j.Record.Doc.Predicate
	expanded := sp.Expand(p.Stamp)
	programs, err := compile(expanded.Criteria)
	if err != nil {
		return err
	}
	mask := e.maskerFor(w, sp)
	dir := filepath.Dir(w.Abs(j.Record.Path))
	facts := criteria.Facts{Exit: p.Exit, Signal: p.Signal, TimedOut: p.TimedOut, Seconds: p.Seconds, Root: w.Root, RunDir: dir,
		Env: surroundings(e.Environ, sp, mask), Done: doneIn(w, it)}
	for _, f := range p.Files {
		if f.Role == "log" {
			facts.LogPath = fileOf(w, j.Record, f)
		}
	}
	if facts.Tests, err = reported(ctx, w, it, j.Record, sp, facts.LogPath); err != nil {
		return err
	}
	var rec criteria.Recorder
	j.Verdicts = criteria.Judge(ctx, programs, facts, &rec)
	j.Calls = rec.Calls()
	if err := rec.Lost(); err != nil {
		return err
	}
	maskVerdicts(mask, j.Verdicts, j.Calls)
	t := proof.Of(sp)
	t.Result, t.Tests, t.Programs, t.Pins, t.Accept = resultOf(p), facts.Tests, programs, p.Pins, p.Result == manifest.Pass
	t.Spec = sp.Value()
	if red, err := resolveRed(w, it, sp.Red); err == nil {
		if r := red.RedRun(); r != nil {
			t.Red = &r.Doc.Predicate
		}
	}
	if j.Kind, _ = proof.Judge(t); j.Kind == "" && otherwise(p) {
		j.Kind = "the run itself did not pass, whatever its criteria say: " + p.Reason
	}
	j.Kind = mask.String(j.Kind)
	j.Pass = j.Kind == "" && len(failing(j.Verdicts)) == 0
	j.Task.Status, j.Task.Reason = Passed, ""
	if !j.Pass {
		j.Task.Status, j.Task.Reason = Failed, firstOf(failing(j.Verdicts), j.Kind)
	}
	return nil
}

// reported is what the tests of a run said, read again: from its log, or from the report files that it recorded. Where those
// are not there any more, or are another run's, the record's own counts and names stand for them; what a failure said is not
// in it, so that a reason cannot be judged then.
func reported(ctx context.Context, w *workspace.Workspace, it *workspace.Item, r *workspace.Record, sp *spec.Spec, log string) (res testreport.Results, err error) {
	p := &r.Doc.Predicate
	if len(sp.Tests) == 0 {
		if log != "" {
			if res, err = testreport.ReadLog(ctx, log); err != nil {
				return res, fmt.Errorf("read the log: %w", err)
			}
		}
		return res, nil
	}
	var files []manifest.File
	var paths, gone []string
	for _, f := range p.Files {
		if f.Role == "tests" {
			files, paths = append(files, f), append(paths, fileOf(w, r, f))
		}
	}
	for i, sum := range evidence.HashAll(ctx, paths) {
		if sum.Err != nil || sum.SHA256 != files[i].SHA256 {
			gone = append(gone, files[i].Name)
		}
	}
	switch {
	case ctx.Err() != nil:
		return res, ctx.Err()
	case len(paths) > 0 && len(gone) == 0:
		if res, err = testreport.ReadFiles(ctx, paths); err != nil {
			return res, fmt.Errorf("read the test report: %w", err)
		}
		return res, nil
	case sp.Kind == spec.Red && sp.Because != "":
		why := "recorded no report file"
		if len(gone) > 0 {
			why = "wrote a report that is no longer there as it was: " + strings.Join(gone, ", ")
		}
		return res, &MarkError{Why: fmt.Sprintf("the last run of %s %s; why its tests failed cannot be judged without", it.Task.ID, why),
			Help: "planctl run " + it.Name(w) + " makes new evidence; a report written to $PLANCTL_DIR is not overwritten by the next run"}
	}
	return proof.Recorded(p.Tests), nil
}

// otherwise reports whether a run failed by more than its criteria: its kind, an artifact, a secret. No judgement of
// criteria makes up for that.
func otherwise(p *manifest.Predicate) bool {
	return p.Result == manifest.Fail && p.Reason != strings.Join(failing(p.Criteria), "; ")
}

// judgeable says why criteria cannot be judged on a run's evidence any more. What is only looked at needs its log;
// what is recorded stands for the task, and needs the row, the command and every file to be those of the run.
func judgeable(ctx context.Context, w *workspace.Workspace, it *workspace.Item, run *workspace.Record, record bool) error {
	again := "planctl run " + it.Name(w) + " makes new evidence"
	wrong := upheld(ctx, w, run, record)
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(wrong) > 0 {
		return &MarkError{Why: "the evidence of the last run of " + it.Task.ID + " does not stand: " + strings.Join(wrong, "; "), Help: again}
	}
	if !record {
		return nil
	}
	row := workspace.RowDigest(it.Task)
	// `mark done --same` may have accepted other words for it since.
	if pass := it.LastPass(); run.Doc.Predicate.Task.Row != row && (pass == nil || it.Ran(pass) != run || pass.Doc.Predicate.Task.Row != row) {
		return &MarkError{Why: "the row of " + it.Task.ID + " was reworded since its last run", Help: again}
	}
	keys := slices.DeleteFunc(it.Respecified(run), func(k string) bool { return k == "criteria" || k == "because" || k == "allow" })
	if len(keys) > 0 {
		return &MarkError{Why: fmt.Sprintf("the spec of %s was changed since its last run, in %s: only criteria, because and allow can be judged without running",
			it.Task.ID, strings.Join(keys, ", ")), Help: again}
	}
	return nil
}

// surroundings is env(name) for criteria that are judged without a run: the caller's environment under the spec's,
// masked.
func surroundings(environ []string, sp *spec.Spec, m *redact.Masker) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if v, ok := sp.Env[name]; ok {
			if v == nil {
				return "", false
			}
			return m.String(*v), true
		}
		v, ok := lookup(environ, name)
		return m.String(v), ok
	}
}

// lastRun is the newest record that has evidence of a command; decisions and checks have none.
func lastRun(it *workspace.Item) *workspace.Record {
	for i := len(it.Runs) - 1; i >= 0; i-- {
		if p := &it.Runs[i].Doc.Predicate; len(p.Argv) > 0 && p.Result != manifest.Interrupted && it.Runs[i].Attempt != nil {
			return it.Runs[i]
		}
	}
	return nil
}

// standing is the passes of a task that nothing supersedes yet.
func standing(it *workspace.Item) []string {
	void := it.Superseded()
	var out []string
	for _, r := range it.Runs {
		if r.Doc.Predicate.Result == manifest.Pass && r.Attempt != nil && !void[r.Digest] {
			out = append(out, r.Digest)
		}
	}
	return out
}

// findRun is the run of a task that a digest, or its first hex digits, names.
func findRun(it *workspace.Item, name string) (*workspace.Record, error) {
	want := strings.TrimPrefix(name, "sha256:")
	var found []*workspace.Record
	for _, r := range it.Runs {
		if strings.HasPrefix(strings.TrimPrefix(r.Digest, "sha256:"), want) {
			found = append(found, r)
		}
	}
	switch {
	case len(want) < 6 || len(found) == 0:
		return nil, &MarkError{Why: fmt.Sprintf("%s has no run %s", it.Task.ID, name), Help: "planctl log " + it.Task.ID + " lists its runs; give six digits or more"}
	case len(found) > 1:
		return nil, &MarkError{Why: fmt.Sprintf("%s names %d runs of %s", name, len(found), it.Task.ID), Help: "give more digits"}
	case found[0].Doc.Predicate.Result != manifest.Pass:
		return nil, &MarkError{Why: fmt.Sprintf("run %s did not pass: %s", name, found[0].Doc.Predicate.Reason), Help: "run it again before it is ticked"}
	}
	return found[0], nil
}

func lookup(environ []string, name string) (string, bool) {
	for i := len(environ) - 1; i >= 0; i-- {
		if k, v, _ := strings.Cut(environ[i], "="); k == name {
			return v, true
		}
	}
	return "", false
}

func firstOf(ss []string, or string) string {
	if len(ss) > 0 {
		return ss[0]
	}
	return or
}
