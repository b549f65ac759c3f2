package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/redact"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/runner"
)

// execution is one task on its way from spec to manifest.
type execution struct {
	e        *Engine
	w        *workspace.Workspace
	it       *workspace.Item
	task     *Task
	opt      RunOptions
	store    *commit.Store
	spec     *spec.Spec // as written
	expanded *spec.Spec // with its stamp
	programs []*criteria.Program
	dir      evidence.Dir
	logPath  string // absolute
	env      []string
	secrets  []redact.Secret
	masker   *redact.Masker
	before   evidence.Before
	p        manifest.Predicate
	tick     bool
	red      *workspace.Record
	pins     []string // of the task and its red
	facts    criteria.Facts
	call     *call
	place    fs.FileInfo // the run's directory as it was made
	listed   listing     // what lay in it before the command started
	lost     error       // why there is evidence that could not be read: the system failed, or an interrupt came
	logless  bool        // an interrupt came before the log was hashed
	started  bool        // its command
}

// execute runs one task and commits what came of it. The task's lock is held by the caller.
func (e *Engine) execute(ctx context.Context, w *workspace.Workspace, it *workspace.Item, c *call, t *Task, tick bool) {
	x := &execution{e: e, w: w, it: it, task: t, opt: c.opt, call: c, store: commit.NewStore(w.Root, w.Git), tick: tick}
	if err := x.prepare(ctx, c); err != nil {
		x.unbegun(err, nil)
		return
	}
	in, err := x.intent(ctx)
	if err != nil {
		x.unbegun(err, nil)
		return
	}
	open, err := x.store.Begin(in)
	if err != nil {
		x.fail(err)
		return
	}
	e.emit(Event{Kind: Started, Task: t})
	result, err := x.run(ctx, open)
	if err != nil && open.Handle != nil {
		// A command was started, and may run yet: the intent stays, for a recovery to end it and to record what there is.
		x.fail(errors.Join(err, open.Close()))
		t.Help = "planctl recover ends what it left, and records it"
		return
	}
	if err != nil {
		x.unbegun(err, open.Abandon())
		return
	}
	if err := x.unborn(open, result); err != nil {
		x.fail(errors.Join(err, open.Abandon()))
		return
	}
	t.Result = &result
	if err := x.stands(); err != nil {
		x.fail(errors.Join(err, open.Abandon()))
		return
	}
	x.announce()
	x.collect(ctx, result)
	x.judge(ctx, result)
	// The record is made even when ctx was cancelled: Ctrl-C leaves a recorded run.
	out, err := x.record(context.WithoutCancel(ctx), open)
	t.Outcome, t.Predicate = out, &x.p
	x.conclude(err)
}

// announce says how much is to be read. A log that is not there has nothing, and is spoken of where it is read.
func (x *execution) announce() {
	ev := Event{Kind: Judging, Task: x.task, Criteria: len(x.programs)}
	if info, err := os.Lstat(x.logPath); err == nil {
		ev.Log = info.Size()
	}
	x.e.emit(ev)
}

// unborn says why there is nothing to record: the log could not be made, so that no command was started.
func (x *execution) unborn(open *commit.Open, r runner.Result) error {
	if r.Err == "" || open.Handle.ID != "" {
		return nil
	}
	if _, err := os.Lstat(x.logPath); err == nil {
		return nil // its log, empty as it is, shows that there was an attempt
	}
	return errors.New(r.Err)
}

// unbegun ends a task of which nothing is recorded. left is what could not be cleared away.
func (x *execution) unbegun(err, left error) {
	if left == nil && !x.started && errors.Is(err, context.Canceled) {
		x.task.Status, x.task.Reason = Interrupted, notBegun
		return
	}
	x.fail(errors.Join(err, left))
}

// fail ends a task that was not recorded.
func (x *execution) fail(err error) {
	t := x.task
	t.Err = err
	var invalid *InvalidError
	switch {
	case errors.As(err, &invalid):
		t.Status, t.Findings, t.Reason = Invalid, invalid.Findings, invalid.Error()
	default:
		t.Status, t.Reason = Trouble, err.Error()
	}
}

// conclude turns verdict and commit error into the task's status.
func (x *execution) conclude(err error) {
	t := x.task
	var conflict *commit.ConflictError
	var waits commit.Waiting
	switch {
	case errors.As(err, &waits):
		t.Status, t.Err, t.Reason, t.Help = Conflict, err, unrecorded(err), waits.Help()
	case errors.As(err, &conflict):
		t.Status, t.Err = Conflict, err
		t.Reason = "recorded, but not ticked: " + conflict.Error()
	case err != nil:
		t.Status, t.Err, t.Reason = Trouble, err, strings.ReplaceAll(err.Error(), "\n", "; ")
		t.Help = x.wayOut(err)
	case x.lost != nil && !errors.Is(x.lost, context.Canceled):
		t.Status, t.Err, t.Reason = Trouble, x.lost, x.p.Reason
	case t.Result != nil && t.Result.Err != "":
		t.Status, t.Reason = Trouble, x.p.Reason
	case x.p.Result == manifest.Pass:
		t.Status = Passed
	case x.p.Result == manifest.Interrupted:
		t.Status, t.Reason = Interrupted, x.p.Reason
	default:
		t.Status, t.Reason = Failed, x.p.Reason
		t.Help = "planctl log " + quoted(t.Name) + " --tail shows the end of its log; planctl run " + quoted(t.Name) + " runs it again"
	}
}

// unrecorded is why a run is kept in its intent alone.
func unrecorded(err error) string {
	return "not recorded yet: " + strings.ReplaceAll(err.Error(), "\n", "; ")
}

func (x *execution) prepare(ctx context.Context, c *call) error {
	sp, from, prose := x.it.EffectiveSpec()
	x.spec = sp
	dir, warning, err := c.dir(ctx, x.w, x.it)
	if err != nil {
		return err
	}
	if warning != "" {
		x.task.Warnings = append(x.task.Warnings, warning)
	}
	x.dir = dir
	x.expanded = sp.Expand(dir.Stamp)
	if x.programs, err = compile(x.expanded.Criteria); err != nil {
		return err
	}
	x.logPath = filepath.Join(dir.Path, logName(x.expanded))
	rel, err := filepath.Rel(x.w.Root, dir.Path)
	if err != nil {
		return err
	}
	x.task.Dir = filepath.ToSlash(rel)
	x.task.Log = x.task.Dir + "/" + filepath.Base(x.logPath)
	x.task.Command = x.expanded.Run
	if err := x.surroundings(); err != nil {
		return err
	}
	if x.place, err = os.Lstat(dir.Path); err != nil {
		return err
	}
	if x.listed, err = list(dir.Path); err != nil {
		return err
	}
	if x.before, err = evidence.Baseline(ctx, x.w.Root, slices.Concat(x.expanded.Artifacts, x.expanded.Tests)); err != nil {
		return err
	}
	return x.begin(ctx, from, prose)
}

// surroundings builds the child's environment: the caller's, less what the spec unsets, and planctl's own names.
func (x *execution) surroundings() error {
	env := map[string]string{}
	for _, kv := range x.e.Environ {
		k, v, _ := strings.Cut(kv, "=")
		env[k] = v
	}
	for k, v := range x.expanded.Env {
		if v == nil {
			delete(env, k)
		} else {
			env[k] = *v
		}
	}
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		return fmt.Errorf("make a nonce: %w", err)
	}
	x.p.Nonce = hex.EncodeToString(nonce)
	env["PLANCTL_TASK"] = x.it.Task.ID
	env["PLANCTL_PLAN"] = x.it.Plan.Path
	env["PLANCTL_STAMP"] = x.dir.Stamp
	env["PLANCTL_DIR"] = x.dir.Path
	for _, k := range slices.Sorted(maps.Keys(env)) {
		x.env = append(x.env, k+"="+env[k])
	}
	x.secrets = redact.Values(x.env, x.w.Config.Secrets)
	x.masker = redact.New(x.secrets)
	x.p.Env = map[string]string{}
	for _, k := range x.w.Config.Env {
		if v, ok := env[k]; ok {
			x.p.Env[k] = x.masker.String(v)
		}
	}
	for k := range x.expanded.Env {
		if v, ok := env[k]; ok {
			x.p.Env[k] = x.masker.String(v)
		}
	}
	x.facts.Env = func(name string) (string, bool) {
		v, ok := env[name]
		return x.masker.String(v), ok
	}
	return nil
}

// begin fills in what is known before the command starts, among it the state of the sources.
func (x *execution) begin(ctx context.Context, from string, prose bool) error {
	it, w, p := x.it, x.w, &x.p
	value := x.spec.Value()
	digest, _ := spec.Digest(value)
	p.Task = taskRef(w, it)
	p.Spec = manifest.Spec{Digest: digest, Value: value, From: from, Prose: prose}
	p.Kind = x.spec.Kind.String()
	p.Argv = argv(x.masker.String(x.expanded.Run))
	p.Dir = "."
	if x.expanded.Dir != "" {
		p.Dir = x.expanded.Dir
	}
	p.Stamp = x.dir.Stamp
	// --force that had nothing to go past is no force.
	p.Forced = x.opt.Force && (len(x.task.Gates) > 0 || it.Task.State == plan.Done)
	p.Note = x.masker.String(x.opt.Note)
	p.Parents = heads(it.Runs)
	p.Actor = x.e.actor(ctx, w)
	p.Host = host()
	p.Planctl = x.e.Version
	p.Executor = manifest.Executor{Name: executorName(w, x.expanded)}
	var problems []evidence.Problem
	if p.Inputs, problems = evidence.Digests(ctx, w.Root, x.expanded.Inputs); len(problems) > 0 {
		return x.problems("spec-inputs", problems, "mend `inputs`, or the files that it names")
	}
	if warning := x.changing(); warning != "" {
		x.task.Warnings = append(x.task.Warnings, warning)
	}
	pins := x.spec.Pins
	if x.red = redRun(w, it, x.spec); x.red != nil {
		p.Red = x.red.Digest
		pins = union(pins, sortedKeys(x.red.Doc.Predicate.Pins))
	}
	x.pins = pins
	p.Pins, problems = evidence.Pins(ctx, w.Root, pins)
	if len(problems) > 0 && (x.spec.Kind != spec.Green || evidence.Unread(problems) != nil) {
		return x.problems("spec-pins", problems, "mend `pins`, or the files that it names")
	}
	steps := x.call.note.Steps()
	temp := steps.Making
	steps.Making = func(path string) error {
		return errors.Join(x.call.note.Patch(filepath.Join(x.dir.Path, fileID(it.Task.ID)+".patch")), temp(path))
	}
	source, patch, err := evidence.KeepSource(ctx, x.call.git(w), x.dir.Path, fileID(it.Task.ID), Own(w), w.Config.PatchLimit, steps)
	if err != nil {
		return fmt.Errorf("keep the state of the sources: %w", err)
	}
	p.Source = source
	if patch != nil {
		p.Files = append(p.Files, *patch)
	}
	p.Started = x.e.Now().UTC()
	maskPredicate(x.masker, p) // the intent has it, and is what recover makes a manifest of
	return nil
}

func (x *execution) problems(code string, ps []evidence.Problem, help string) error {
	if err := evidence.Unread(ps); err != nil {
		return err // no word about the spec
	}
	var l InvalidError
	for _, p := range ps {
		l.Findings = append(l.Findings, specFinding(code, x.spec, p.Error(), help))
	}
	return &l
}

func (x *execution) intent(ctx context.Context) (in commit.Intent, err error) {
	w, it := x.w, x.it
	in = commit.Intent{
		Key: x.p.Nonce, Name: keyOf(it).String(), RunDir: x.task.Dir,
		Manifest: x.task.Dir + "/" + fileID(it.Task.ID) + manifest.Suffix, Log: x.task.Log,
		Begun: x.p.Started, Partial: x.p,
		Entry: commit.EntryPlace{Ledger: w.Ledger.Path, Section: it.Plan.Link.ID, Title: x.masker.String(it.Task.Description),
			Task: it.EntryName(w), Style: w.Config.AttemptStyle()},
	}
	if w.Git != nil {
		in.Branch, err = w.Git.Branch(ctx)
	}
	return in, err
}

// run submits the command and waits for its end.
func (x *execution) run(ctx context.Context, open *commit.Open) (runner.Result, error) {
	ex, err := x.e.Executor(x.p.Executor.Name)
	if err != nil {
		return runner.Result{}, err
	}
	job := runner.Job{
		Key: x.p.Nonce, Argv: argv(x.expanded.Run), Dir: filepath.Join(x.w.Root, filepath.FromSlash(x.expanded.Dir)),
		Env: x.env, Log: x.logPath, Timeout: x.expanded.Timeout, TTY: x.expanded.TTY,
		Secrets: secretValues(x.secrets), Resources: x.expanded.Resources,
	}
	if x.e.Live != nil {
		job.Live = x.e.Live(x.task.Name)
	}
	hs, err := ex.Submit(ctx, []runner.Job{job})
	if err != nil {
		return runner.Result{}, fmt.Errorf("start the command: %w", err)
	}
	x.started = true
	if err := open.Started(hs[0]); err != nil {
		return runner.Result{}, errors.Join(err, runner.End(ctx, ex, hs))
	}
	rs, err := runner.Wait(ctx, ex, hs, nil)
	if c, ok := job.Live.(io.Closer); ok {
		err = errors.Join(err, c.Close())
	}
	if err != nil {
		return runner.Result{}, fmt.Errorf("wait for the command: %w", err)
	}
	return rs[0], nil
}

func compile(cs []spec.Criterion) ([]*criteria.Program, error) {
	var ps []*criteria.Program
	var bad InvalidError
	for _, c := range cs {
		p, err := criteria.Compile(c.Expr)
		if err != nil {
			bad.Findings = append(bad.Findings, CriterionFinding(c, err))
			continue
		}
		ps = append(ps, p)
	}
	if len(bad.Findings) > 0 {
		return nil, &bad
	}
	return ps, nil
}

func argv(script string) []string { return []string{"bash", "-o", "pipefail", "-c", script} }

func host() manifest.Host {
	name, err := os.Hostname()
	if err != nil {
		name = "?"
	}
	return manifest.Host{Name: name, OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU()}
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
