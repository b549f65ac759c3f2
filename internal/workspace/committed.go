package workspace

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/plan"
)

// Committed is a plan as the last commit has it, with its specs; nil where it is in no commit, and outside git. Its items
// have no runs.
func (w *Workspace) Committed(ctx context.Context, p *Plan) (*Plan, error) {
	if w.Git == nil {
		return nil, nil
	}
	head, _, err := w.Git.Head(ctx)
	if err != nil || head == "" {
		return nil, err
	}
	rel, err := filepath.Rel(w.Git.Top, w.Root)
	if err != nil {
		return nil, fmt.Errorf("the workspace in its repository: %w", err)
	}
	side := SidecarOf(p.Path)
	at := map[string]string{path.Join(filepath.ToSlash(rel), p.Path): p.Path, path.Join(filepath.ToSlash(rel), side): side}
	var names []string
	for name := range at {
		names = append(names, name)
	}
	entries, err := w.Git.Tree(ctx, head, names...)
	if err != nil {
		return nil, err
	}
	texts := map[string][]byte{}
	for _, e := range entries {
		name, ok := at[e.Path]
		if !ok || !strings.HasPrefix(e.Mode, "100") {
			continue // a link: what it led to then is not known
		}
		err := w.Git.Blobs(ctx, []string{e.Object}, MaxPlan+1, func(_ string, data []byte) error {
			texts[name] = bytes.Clone(data)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	src := texts[p.Path]
	if src == nil {
		return nil, nil
	}
	was := &Plan{Path: p.Path, Archived: p.Archived, Doc: plan.Parse(p.Path, src, w.Config.tokens), Link: p.Link, ws: w, byID: map[string]*Item{}}
	if texts[side] != nil {
		was.Sidecar = side
	}
	was.join(src, texts[side])
	return was, nil
}
