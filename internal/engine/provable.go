package engine

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
)

// redRun is the standing red run that a green follows; nil where none is named or recorded.
func redRun(w *workspace.Workspace, it *workspace.Item, sp *spec.Spec) *workspace.Record {
	if sp.Kind != spec.Green {
		return nil
	}
	dep, err := resolveRed(w, it, sp.Red)
	if err != nil {
		return nil // a finding of the spec, or no red at all
	}
	return dep.RedRun()
}

// provable refuses, before the command starts, a green that could not count however it ended: one of another command
// than its red's, or with pins that are not as they were then. The Task says why.
func provable(ctx context.Context, w *workspace.Workspace, git *gitrepo.Repo, it *workspace.Item, accept bool, t *Task) bool {
	sp, _, _ := it.EffectiveSpec()
	if sp == nil {
		return true
	}
	red := redRun(w, it, sp)
	if red == nil {
		return true
	}
	again := "run its red again on the sources without the change"
	if dep := it.RedItem(); dep != nil {
		again = "planctl run " + quoted(dep.Name(w)) + " --force on the sources without the change"
	}
	run := proof.Of(sp)
	run.Red, run.Spec = &red.Doc.Predicate, sp.Value()
	if why := proof.Command(run); why != "" {
		t.Status, t.Reason, t.Help = Refused, why, "put that back, or "+again+", then this one"
		return false
	}
	if accept {
		return true
	}
	var problems []evidence.Problem
	run.Pins, problems = evidence.Pins(ctx, w.Root, union(sp.Pins, sortedKeys(run.Red.Pins))) // what is not there is gone
	if ctx.Err() != nil {
		t.Status, t.Reason = Interrupted, notBegun
		return false
	}
	if evidence.Unread(problems) != nil || len(proof.Pins(run)) == 0 { // the first is for the run to say
		return true
	}
	run.Extents = extents(ctx, w, git, red, run.Pins)
	t.Status, t.Reason = Refused, "the pins are not as they were in the red run: "+strings.Join(proof.Pins(run), ", ")
	t.Help = "bring them back; or " + again + ", then this one; or --accept-pins --note \"…\""
	return false
}

// extents says how much each pin has changed since the red run, by the sources that it kept. It is for people: where
// those are not to be had, that a pin changed is said without.
func extents(ctx context.Context, w *workspace.Workspace, git *gitrepo.Repo, red *workspace.Record, pins map[string]string) map[string]string {
	r := &red.Doc.Predicate
	var changed, files []string
	for _, pin := range sortedKeys(r.Pins) {
		if now, ok := pins[pin]; ok && now != r.Pins[pin] {
			changed, files = append(changed, pin), append(files, path.Join(inCheckout(w), evidence.PinFile(pin)))
		}
	}
	if len(changed) == 0 || git == nil || r.Source.Why != "" {
		return nil
	}
	var patch []byte
	if r.Source.Patch != "" {
		var err error
		if patch, err = regular.Read(filepath.Join(w.Abs(path.Dir(red.Path)), r.Source.Patch)); err != nil {
			return nil
		}
	}
	was, err := git.FilesAt(ctx, r.Source.Commit, patch, files)
	if err != nil {
		return nil
	}
	root, err := os.OpenRoot(w.Root)
	if err != nil {
		return nil
	}
	out := map[string]string{}
	for i, pin := range changed {
		now, err := evidence.ReadPinned(root, pin)
		if err != nil {
			continue
		}
		if added, removed, err := evidence.Extent(pin, was[files[i]], now); err == nil && added+removed > 0 { // else what its file is built under did
			out[pin] = fmt.Sprintf("+%d −%d lines", added, removed)
		}
	}
	if root.Close() != nil { // nothing was written through it
		return nil
	}
	return out
}
