package commit

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
)

// trust says why an intent is not to be acted on: a path that leaves the workspace, by its text or
// through a link, a ledger that is not the configured one, a manifest that has no manifest's name.
func (s *Store) trust(w Writing, o *Open) error {
	in := &o.Intent
	paths := []string{in.Manifest, in.RunDir, in.Entry.Ledger}
	ledgers := []string{in.Entry.Ledger}
	manifests := []string{in.Manifest}
	if in.Log != "" {
		paths = append(paths, in.Log)
	}
	changes := []*Change{o.Change}
	if o.Ended != nil {
		changes = append(changes, &o.Ended.Change)
	}
	for _, c := range changes {
		if c == nil {
			continue
		}
		paths = append(paths, c.ManifestPath, c.Ledger)
		ledgers, manifests = append(ledgers, c.Ledger), append(manifests, c.ManifestPath)
		for _, t := range c.Ticks {
			paths = append(paths, t.Plan)
		}
	}
	for _, p := range paths {
		if err := s.within(p); err != nil {
			return fmt.Errorf("it names %s: %w; remove %s if it is not yours", p, err, o.path)
		}
	}
	for _, l := range ledgers {
		if w.Ledger != "" && l != w.Ledger {
			return fmt.Errorf("it names the ledger %s, and the workspace's is %s; remove %s if it is not yours", l, w.Ledger, o.path)
		}
	}
	for _, m := range manifests {
		if !strings.HasSuffix(m, manifest.Suffix) || path.Dir(m) != in.RunDir {
			return fmt.Errorf("it names %s as its manifest, which is none of %s; remove %s if it is not yours", m, in.RunDir, o.path)
		}
	}
	return nil
}

// within refuses a path that leaves the workspace, is planctl's or git's own, or leads out through a link.
func (s *Store) within(p string) error {
	if !filepath.IsLocal(filepath.FromSlash(p)) {
		return errors.New("it is outside the workspace")
	}
	for part := range strings.SplitSeq(path.Clean(p), "/") {
		if strings.EqualFold(part, ".git") || strings.EqualFold(part, ".planctl") {
			return errors.New("no run writes there")
		}
	}
	root, err := filepath.EvalSymlinks(s.Root)
	if err != nil {
		return err
	}
	// The nearest part that is there decides where the rest would be made.
	at := filepath.Join(root, filepath.FromSlash(p))
	for {
		real, err := filepath.EvalSymlinks(at)
		if err == nil {
			if below(root, real) || s.Repo != nil && below(s.Repo.Top, real) {
				return nil
			}
			return fmt.Errorf("it leads out of the workspace, to %s", real)
		}
		if !errors.Is(err, fs.ErrNotExist) || at == root {
			return err
		}
		at = filepath.Dir(at)
	}
}

func below(root, path string) bool {
	rel, err := filepath.Rel(root, path)
	return err == nil && filepath.IsLocal(rel)
}
