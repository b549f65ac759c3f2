package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/disk"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/redact"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/replay"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/internal/workspace"
)

// ReplayOptions are the flags of `replay`.
type ReplayOptions struct {
	Setup string // a script that is run first in each checkout
	Note  string
}

// proven is a green that passed after its red, as both were recorded.
type proven struct {
	it         *workspace.Item
	green, red *workspace.Record
}

// Replay shows the proof of a green once more and records what it saw as an attempt. name is the green, or the red that
// one green stands on.
func (e *Engine) Replay(ctx context.Context, name string, opt ReplayOptions) (*Task, error) {
	w, err := e.Open(ctx)
	if err != nil {
		return nil, err
	}
	if w, err = e.recoverFirst(ctx, w); err != nil {
		return nil, err
	}
	it, err := w.Find(name)
	if err != nil {
		return nil, err
	}
	q, err := findProof(w, it)
	if err != nil {
		return nil, err
	}
	if err := check(w, []*workspace.Item{q.it}); err != nil {
		return nil, err
	}
	if err := writable(w, []*workspace.Item{q.it}, false); err != nil {
		return nil, err
	}
	t := e.describe(w, q.it)
	d := &decision{e: e, plan: q.it.Plan.Path, id: q.it.Task.ID, phase: q.it.Phase.ID, kind: manifest.KindReplay, note: opt.Note, task: t}
	d.before = func(ctx context.Context, rel string, p *manifest.Predicate, open *commit.Open, note *commit.Note) error {
		return e.replayInto(ctx, w, q, opt, t, rel, p, open, note)
	}
	err = d.commit(ctx, w, func(context.Context, *workspace.Workspace, *manifest.Predicate) ([]commit.Tick, error) {
		return nil, nil
	})
	if err == nil && t.Predicate.Result == manifest.Interrupted {
		t.Status, t.Reason = Interrupted, t.Predicate.Reason
	}
	return t, err
}

// findProof is the green that a name stands for, with the runs behind it.
func findProof(w *workspace.Workspace, it *workspace.Item) (*proven, error) {
	sp, _, _ := it.EffectiveSpec()
	if sp != nil && sp.Kind == spec.Red {
		greens := greensOf(it)
		switch len(greens) {
		case 0:
			return nil, &MarkError{Why: it.Task.ID + " is a red, and no green names it yet: there is no proof to replay", Help: "write a task with `kind: green` and `red: " + it.Task.ID + "`"}
		case 1:
			return findProof(w, greens[0])
		}
		var names []string
		for _, g := range greens {
			names = append(names, g.Name(w))
		}
		return nil, &MarkError{Why: it.Task.ID + " is the red of several greens: " + strings.Join(names, ", "), Help: "name the one whose proof is to be replayed", Usage: true}
	}
	q, err := proofOf(w, it)
	if err != nil {
		return nil, err
	}
	if q == nil {
		help := "planctl run " + it.Name(w)
		switch {
		case sp == nil || sp.Kind != spec.Green:
			help = "a replay shows the proof of a task with `kind: green`"
		case it.RedItem() == nil:
			help = "write `red: ID` of the task that shows the failure in its spec, then run that one and this one again"
		case it.RedItem().LastPass() == nil:
			help = "planctl run " + quoted(it.RedItem().Name(w)) + " on the sources without the change, then planctl run " + quoted(it.Name(w)) + " --force"
		}
		return nil, &MarkError{Why: it.Task.ID + " has no green run that passed after its red: there is no proof to replay", Help: help}
	}
	return q, nil
}

func greensOf(red *workspace.Item) []*workspace.Item {
	return slices.DeleteFunc(slices.Clone(red.Plan.Items), func(it *workspace.Item) bool {
		sp, _, _ := it.EffectiveSpec()
		return sp == nil || sp.Kind != spec.Green || it.RedItem() != red
	})
}

// proofOf is the standing green of a task with its red; nil where the task has none.
func proofOf(w *workspace.Workspace, it *workspace.Item) (*proven, error) {
	pass := it.LastPass()
	if pass == nil {
		return nil, nil
	}
	green := it.Ran(pass)
	p := &green.Doc.Predicate
	if p.Kind != spec.Green.String() || p.Red == "" || len(p.Argv) == 0 {
		return nil, nil
	}
	red := w.Evidence.ByDigest(p.Red)
	if red == nil {
		return nil, &MarkError{Why: fmt.Sprintf("the red run of %s, %s, is not in the workspace", it.Task.ID, p.Red), Help: "restore its manifest from git: git log --all -- '*" + manifest.Suffix + "'"}
	}
	if red.Item != nil {
		red = red.Item.Ran(red)
	}
	return &proven{it: it, green: green, red: red}, nil
}

// prepare lays down what is to be replayed.
func (q *proven) prepare(ctx context.Context, w *workspace.Workspace, stamp string, now replay.State) (replay.Proof, error) {
	r, g := &q.red.Doc.Predicate, &q.green.Doc.Predicate
	pr := replay.Proof{Repo: w.Git, Root: w.Root, Now: now, RedRun: r,
		Red: spec.FromValue(r.Task.ID, r.Spec.Value).Expand(stamp), Green: spec.FromValue(g.Task.ID, g.Spec.Value).Expand(stamp),
		Pins: union(sortedKeys(r.Pins), sortedKeys(g.Pins))}
	if q.red.Item != nil {
		if sp, _, _ := q.red.Item.EffectiveSpec(); sp != nil { // a bound on time is no part of what ran
			pr.Red.Timeout = sp.Timeout
		}
	}
	if sp, _, _ := q.it.EffectiveSpec(); sp != nil {
		pr.Green.Timeout = sp.Timeout
	}
	refuse := func(why string) (replay.Proof, error) {
		return pr, &replay.RefusedError{Why: why, Help: q.anew(w)}
	}
	s := r.Source
	switch {
	case s.Why != "":
		return refuse("the sources of the red run were not all kept: " + s.Why)
	case s.Dirty && s.Patch == "":
		return refuse("the sources of the red run differed from their commit, and the difference was not kept")
	}
	pr.Then.Commit = s.Commit
	if s.Patch == "" {
		return pr, nil
	}
	path := filepath.Join(filepath.Dir(w.Abs(q.red.Path)), s.Patch)
	i := slices.IndexFunc(r.Files, func(f manifest.File) bool { return f.Role == "patch" && f.Name == s.Patch })
	if i < 0 {
		return refuse("the manifest of the red run does not record its patch " + s.Patch)
	}
	if sum, _, err := evidence.Hash(ctx, path); disk.Failed(err) || errors.Is(err, context.Canceled) {
		return pr, err
	} else if err != nil {
		return refuse("the patch of the red run: " + err.Error())
	} else if sum != r.Files[i].SHA256 {
		return refuse("the patch of the red run is not the one that it kept: " + s.Patch)
	}
	var err error
	pr.Then.Patch, err = regular.Read(path)
	return pr, err
}

// anew is how a proof whose red cannot be laid out is made again. Its red fails only on sources without the change.
func (q *proven) anew(w *workspace.Workspace) string {
	red := "the red"
	if q.red.Item != nil {
		red = "planctl run " + q.red.Item.Name(w) + " --force"
	}
	return "prove it anew from a commit: take the change back (git stash), " + red + ", bring it back, planctl run " + q.it.Name(w) + " --force"
}

// replayOptions are what every replay of this engine shares.
func (e *Engine) replayOptions(w *workspace.Workspace, t *Task, key, stamp, setup string, secrets []redact.Secret) (replay.Options, error) {
	ex, err := e.Executor("local") // the sources are laid out on this machine
	if err != nil {
		return replay.Options{}, err
	}
	o := replay.Options{Executor: ex, Key: key, Environ: e.Environ, Stamp: stamp, Stem: fileID(t.ID), Setup: setup, Guard: e.Guard, Secrets: secretValues(secrets)}
	o.Show = func(s replay.Step) {
		e.emit(Event{Kind: Started, Task: &Task{Name: t.Name, ID: t.ID, Plan: t.Plan, Command: s.Spec.Run, Kind: s.Spec.Kind,
			Title: "replay: the " + s.Name + ", on " + s.Commit[:min(12, len(s.Commit))]}})
	}
	if e.Live != nil {
		o.Live = func(replay.Step) io.Writer { return e.Live(t.Name) }
	}
	return o, nil
}

// replayInto replays a proof and puts what was seen into the record that is being made in the directory rel.
func (e *Engine) replayInto(ctx context.Context, w *workspace.Workspace, q *proven, opt ReplayOptions, t *Task, rel string, p *manifest.Predicate, open *commit.Open, note *commit.Note) error {
	dir := w.Abs(rel)
	if w.Git == nil {
		return &replay.RefusedError{Why: "a replay lays out the sources of the red run from git, and this is no git checkout"}
	}
	source, patch, err := evidence.KeepSource(ctx, w.Git.Telling(note.Aside), dir, fileID(q.it.Task.ID), Own(w), w.Config.PatchLimit, atomicfile.Steps{}) // the intent has the directory
	if err != nil {
		return fmt.Errorf("keep the state of the sources: %w", err)
	}
	p.Source = source
	secrets := redact.Values(e.Environ, w.Config.Secrets)
	masker := redact.New(secrets)
	now := replay.State{Commit: source.Commit}
	if patch != nil {
		p.Files = append(p.Files, *patch)
		if v, err := evidence.ScanSecrets(ctx, filepath.Join(dir, source.Patch), masker); err != nil {
			return fmt.Errorf("search %s for secrets: %w", source.Patch, err)
		} else if v != "" {
			return &replay.RefusedError{Why: fmt.Sprintf("what the checkout has beyond its commit holds the value of $%s, and the record of a replay would keep it", v),
				Help: "take it out of the file that has it, or let git ignore that file: git status names those that are beyond the commit"}
		}
		if now.Patch, err = regular.Read(filepath.Join(dir, source.Patch)); err != nil {
			return err
		}
	}
	pr, err := q.prepare(ctx, w, p.Stamp, now)
	if err != nil {
		return err
	}
	if source.Why != "" || source.Dirty && patch == nil {
		return &replay.RefusedError{Why: "today's sources cannot all be laid out: " + source.Why, Help: "commit them first"}
	}
	o, err := e.replayOptions(w, t, p.Nonce, p.Stamp, opt.Setup, secrets)
	if err != nil {
		return err
	}
	o.Logs, o.Started, o.Scratch = dir, open.Started, open.Scratch
	begun := e.Now()
	seen, err := replay.Run(ctx, pr, o)
	if err != nil {
		return err
	}
	p.Started, p.Finished = begun.UTC(), e.Now().UTC()
	p.Red, p.Judged = q.red.Digest, q.green.Digest
	var problems []evidence.Problem
	p.Pins, problems = evidence.Pins(ctx, w.Root, pr.Pins) // what cannot be read refused the replay
	lost := evidence.Unread(problems)
	if lost != nil && !errors.Is(lost, context.Canceled) {
		return lost // no word about the pin
	}
	unhashed := ""
	rp := &manifest.Replay{Red: replaySide(seen.Then, masker), Green: replaySide(seen.Now, masker), Holders: seen.Holders, Setup: masker.String(opt.Setup)}
	p.Replay = rp
	for _, s := range []*manifest.ReplaySide{&rp.Red, &rp.Green} {
		if s.Log == "" {
			continue // not reached
		}
		p.Seconds += s.Seconds
		sum, size, err := evidence.HashLate(ctx, filepath.Join(dir, s.Log))
		if errors.Is(err, context.Canceled) {
			lost, unhashed = err, "; a log of it was not hashed"
			continue
		}
		if err != nil {
			return fmt.Errorf("the log of the replay: %w", err)
		}
		p.Files = append(p.Files, manifest.File{Name: s.Log, Role: "log", Size: size, SHA256: sum})
	}
	switch why := seen.Why(); {
	case seen.Canceled():
		p.Result, p.Reason = manifest.Interrupted, "interrupted"+unhashed
	case lost != nil:
		p.Result, p.Reason = manifest.Interrupted, "interrupted while its evidence was judged; its commands had ended"+unhashed
	case why != "":
		p.Result, p.Reason = manifest.Fail, masker.String(why)
	default:
		p.Result = manifest.Pass
	}
	return nil
}

func replaySide(s replay.Side, m *redact.Masker) manifest.ReplaySide {
	r := s.Result
	out := manifest.ReplaySide{Commit: s.Commit, Overlaid: s.Overlaid, Log: s.Log, Exit: r.Exit, Signal: r.Signal, TimedOut: r.TimedOut, Seconds: hundredths(r.Seconds),
		Pass: s.Log != "" && s.Why == "" && !r.Canceled, Reason: m.String(s.Why), Failure: m.String(s.Failure)}
	if s.Tests.Reader != "" {
		out.Tests = recorded(s.Tests, m)
	}
	return out
}

// recorded is test results as a manifest has them.
func recorded(res testreport.Results, m *redact.Masker) *manifest.Tests {
	names := map[string]string{}
	for n, s := range res.Names {
		names[m.String(n)] = string(s)
	}
	return &manifest.Tests{Total: res.Total, Passed: res.Passed, Failed: res.Failed, Skipped: res.Skipped, Errors: res.Errors, Names: names, Reader: res.Reader}
}

// ShowAgain replays the proof of a task and records nothing.
func (e *Engine) ShowAgain(ctx context.Context, w *workspace.Workspace, it *workspace.Item, setup string) (proof.Shown, error) {
	q, err := proofOf(w, it)
	if err != nil || q == nil {
		return proof.Shown{}, err
	}
	if w.Git == nil {
		return proof.Shown{}, &replay.RefusedError{Why: "a replay lays out the sources of the red run from git, and this is no git checkout"}
	}
	changes, err := evidence.Changes(ctx, w.Git, Own(w))
	if err != nil {
		return proof.Shown{}, err
	}
	now := replay.State{}
	if now.Commit, _, err = w.Git.Head(ctx); err != nil {
		return proof.Shown{}, err
	}
	var tooBig bool
	if now.Patch, tooBig, err = w.Git.PatchOf(ctx, now.Commit, changes, w.Config.PatchLimit); err != nil {
		return proof.Shown{}, err
	}
	if tooBig {
		return proof.Shown{Why: "what the checkout has beyond its commit is too big to lay out", Help: "commit it first", Here: true}, nil
	}
	key := make([]byte, 16)
	if _, err := rand.Read(key); err != nil {
		return proof.Shown{}, err
	}
	stamp := e.Now().UTC().Format(evidence.StampLayout)
	pr, err := q.prepare(ctx, w, stamp, now)
	secrets := redact.Values(e.Environ, w.Config.Secrets)
	masker := redact.New(secrets)
	var o replay.Options
	if err == nil {
		o, err = e.replayOptions(w, e.describe(w, it), hex.EncodeToString(key), stamp, setup, secrets)
	}
	var seen replay.Seen
	if err == nil {
		seen, err = replay.Run(ctx, pr, o)
	}
	var refused *replay.RefusedError
	switch {
	case errors.As(err, &refused):
		return proof.Shown{Why: masker.String(refused.Why), Help: refused.Help, Here: refused.Here}, nil
	case err != nil:
		return proof.Shown{}, err
	case seen.Canceled():
		return proof.Shown{}, ctx.Err()
	}
	return proof.Shown{Why: masker.String(seen.Why()), Help: "planctl replay " + it.Name(w) + " records it, with the logs; --setup lays out what git ignores"}, nil
}
