package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
)

// fileOf is where a file of a record lies, absolute.
func fileOf(w *workspace.Workspace, r *workspace.Record, f manifest.File) string {
	if f.Base == manifest.Workspace {
		return filepath.Join(w.Root, filepath.FromSlash(f.Name))
	}
	return filepath.Join(w.Root, filepath.FromSlash(path.Dir(r.Path)), filepath.FromSlash(f.Name))
}

// upheld says what of a run's evidence is no longer what the run recorded: its log, and with all every file.
func upheld(ctx context.Context, w *workspace.Workspace, r *workspace.Record, all bool) []string {
	var files []manifest.File
	var paths, wrong []string
	log := false
	for _, f := range r.Doc.Predicate.Files {
		log = log || f.Role == "log"
		if all || f.Role == "log" {
			files, paths = append(files, f), append(paths, fileOf(w, r, f))
		}
	}
	if !log {
		wrong = append(wrong, "its manifest names no log")
	}
	for i, sum := range evidence.HashAll(ctx, paths) {
		switch f := files[i]; {
		case errors.Is(sum.Err, fs.ErrNotExist):
			wrong = append(wrong, f.Name+" is gone")
		case sum.Err != nil:
			wrong = append(wrong, sum.Err.Error())
		case sum.SHA256 != f.SHA256 || sum.Size != f.Size:
			wrong = append(wrong, f.Name+" is not what the run left")
		}
	}
	return wrong
}

// altered is what a run that is not made again has to say of its evidence: files that are no longer what it recorded, nor
// what another run recorded in their place.
func altered(ctx context.Context, w *workspace.Workspace, r *workspace.Record) []string {
	if r == nil {
		return nil
	}
	byOthers := map[string]bool{} // path and digest
	for _, o := range w.Evidence.Records {
		for _, f := range o.Doc.Predicate.Files {
			if o != r && f.Base == manifest.Workspace {
				byOthers[f.Name+"\x00"+f.SHA256] = true
			}
		}
	}
	var paths, out []string
	for _, f := range r.Doc.Predicate.Files {
		paths = append(paths, fileOf(w, r, f))
	}
	for i, sum := range evidence.HashAll(ctx, paths) {
		f := r.Doc.Predicate.Files[i]
		if sum.Err != nil || sum.SHA256 == f.SHA256 && sum.Size == f.Size || byOthers[f.Name+"\x00"+sum.SHA256] {
			continue // what is absent may be kept elsewhere: verify knows
		}
		name, help := path.Join(path.Dir(r.Path), f.Name), "planctl verify says how to bring it back"
		if f.Base == manifest.Workspace {
			name, help = f.Name, "--force makes new evidence"
		}
		out = append(out, fmt.Sprintf("its %s is not what the run left: %s; %s", f.Role, name, help))
	}
	return out
}

// reviewed says why a run cannot be what a person ticks the task by now; nil where it can.
func reviewed(ctx context.Context, w *workspace.Workspace, it *workspace.Item, r *workspace.Record) error {
	again := "planctl run " + it.Name(w)
	no := func(why string) error { return &MarkError{Why: why, Help: again + " makes one that can be reviewed"} }
	p := &r.Doc.Predicate
	short := r.Digest[:min(len(r.Digest), 19)]
	switch {
	case len(p.Argv) == 0:
		return no(short + " is a decision, not a run of a command")
	case r.Attempt == nil:
		return &MarkError{Why: fmt.Sprintf("no attempt of the ledger names %s, so that nothing shows that planctl recorded it", r.Path), Help: "planctl recover enters a run that a crash cut short; else " + again}
	}
	if newest, _ := it.Deciding(); newest != nil && newest != r {
		if i, j := slices.Index(it.Runs, r), slices.Index(it.Runs, newest); j > i && newest.Doc.Predicate.Result == manifest.Fail {
			return no(fmt.Sprintf("a later run of %s failed: %s", it.Task.ID, newest.Doc.Predicate.Reason))
		}
	}
	if !slices.Contains(standing(it), r.Digest) {
		return no("a later attempt superseded " + short)
	}
	if p.Task.Row != workspace.RowDigest(it.Task) {
		return no(fmt.Sprintf("the row of %s was reworded since it ran: it was %q", it.Task.ID, p.Task.Description))
	}
	if keys := it.Respecified(r); len(keys) > 0 {
		return no(fmt.Sprintf("the spec of %s was changed since it ran, in %s", it.Task.ID, strings.Join(keys, ", ")))
	}
	wrong := upheld(ctx, w, r, true)
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(wrong) > 0 {
		return no(fmt.Sprintf("the evidence of %s does not stand: %s", short, strings.Join(wrong, "; ")))
	}
	return nil
}
