package engine

import (
	"path"
	"path/filepath"
	"slices"

	"github.com/planctl/planctl/internal/workspace"
)

// Own is what planctl itself writes: plans, ledgers and reports, which are no sources of a run.
func Own(w *workspace.Workspace) []string {
	var own []string
	for _, p := range w.Plans {
		own = append(own, p.Path)
		if p.Sidecar != "" {
			own = append(own, p.Sidecar)
		}
		for _, ph := range p.Doc.Phases {
			reports, _ := w.Reports(p, ph)
			if !slices.Contains(own, reports+"/**") {
				own = append(own, reports+"/**")
			}
		}
	}
	if w.Ledger != nil {
		own = append(own, w.Ledger.Path)
	}
	for _, a := range w.Archives {
		own = append(own, a.Path)
	}
	for i := range own {
		own[i] = path.Join(inCheckout(w), own[i])
	}
	return own
}

// inCheckout is where the workspace lies in its git checkout, "" at its top and without git.
func inCheckout(w *workspace.Workspace) string {
	if w.Git == nil {
		return ""
	}
	rel, err := filepath.Rel(w.Git.Top, w.Root)
	if err != nil || rel == "." {
		return ""
	}
	return filepath.ToSlash(rel)
}
