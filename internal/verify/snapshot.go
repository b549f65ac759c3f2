package verify

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/history"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/prose"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// before reads what the base had: its own config says which files were ledgers and plans, so that a change of the config
// cannot take one out of sight.
func (c *checker) before(t *tree) (history.Snapshot, error) {
	var snap history.Snapshot
	if t == nil {
		return snap, nil
	}
	config, err := c.configAt(t)
	if err != nil {
		return snap, err
	}
	if c.was == nil {
		c.was = &config
	}
	books := append([]string{config.Ledger}, config.Ledgers...)
	list := t.seen(&config, books, c.w.ConfigPath)
	content, err := c.blobs(list)
	if err != nil {
		return snap, err
	}
	runs, sidecars := map[string]bool{}, map[string][]byte{}
	for _, f := range list {
		data := content[f.entry.Object]
		if data == nil {
			return snap, fmt.Errorf("%s is not in this clone (object %s): fetch it, or name a nearer base", f.rel, f.entry.Object)
		}
		runs[workspace.RunDirectory(f.rel)] = true
		if workspace.IsSidecar(f.rel) {
			sidecars[f.rel] = data
		}
	}
	for _, f := range list {
		data := content[f.entry.Object]
		switch {
		case slices.Contains(books, f.rel):
			snap.Ledgers = append(snap.Ledgers, history.Ledger{Path: f.rel, Doc: ledger.Parse(f.rel, data)})
		case strings.HasSuffix(f.rel, manifest.Suffix):
			m := history.Manifest{Path: f.rel, Digest: manifest.Digest(data)}
			if r := c.w.Evidence.ByDigest(m.Digest); r != nil {
				m.Doc = r.Doc // the same bytes, which were read already
			} else if doc, err := manifest.Decode(data); err == nil {
				m.Doc = doc // one that could not be read then either has its bytes all the same
			}
			snap.Manifests = append(snap.Manifests, m)
		case workspace.IsSidecar(f.rel) || !workspace.IsPlanText(data) || runs[path.Dir(f.rel)]:
		default:
			if doc := plan.Parse(f.rel, data, config.PlanTokens()); len(doc.Tasks()) > 0 {
				commands, review := specsOf(doc, f.rel, data, sidecars)
				snap.Plans = append(snap.Plans, history.Plan{Path: f.rel, Doc: doc, Archived: config.IsArchived(f.rel), Commands: commands, Review: review})
			}
		}
	}
	order(&snap)
	return snap, nil
}

// specsOf is the rows of a plan that have a command in its own blocks, in its sidecar, or in prose that could be run, and
// those that ask for a review.
func specsOf(doc *plan.Plan, file string, src []byte, sidecars map[string][]byte) (commands, review map[string]bool) {
	side := workspace.SidecarOf(file)
	set := spec.Decode(workspace.Sources(doc, file, src, side, sidecars[side])...)
	commands, review = map[string]bool{}, map[string]bool{}
	found := prose.In(doc)
	for _, t := range doc.Tasks() {
		s := found.Suggest(t)
		own := set.Tasks[t.ID]
		if own != nil && own.Run != "" || s != nil && s.Runnable {
			commands[t.ID] = true
		}
		if own != nil && own.Review {
			review[t.ID] = true
		}
	}
	return commands, review
}

// configAt is the config that a tree has; that of today where it has none. What one says that this planctl cannot read
// in full is taken together with that of today.
func (c *checker) configAt(t *tree) (workspace.Config, error) {
	at, ok := t.real(workspace.ConfigName)
	e, there := t.files[at]
	if !ok || !there {
		config := c.w.Config
		if c.w.ConfigPath != "" { // there was none: what a workspace without a config looks at was looked at
			def := workspace.DefaultConfig()
			config.Plans = append(slices.Clone(config.Plans), def.Plans...)
			if config.Ledger != def.Ledger {
				config.Ledgers = append(slices.Clone(config.Ledgers), def.Ledger)
			}
		}
		return config, nil
	}
	config, read := c.w.Config, false
	err := c.w.Git.Blobs(c.ctx, []string{e.Object}, 1<<20, func(_ string, data []byte) error {
		if data == nil {
			return fmt.Errorf("%s is not in this clone (object %s): fetch it, or name a nearer base", workspace.ConfigName, e.Object)
		}
		read = true
		was, findings := workspace.DecodeConfig(workspace.ConfigName, bytes.Clone(data))
		if len(findings.Errors()) == 0 {
			config = was
			return nil
		}
		config.Plans = append(slices.Clone(config.Plans), was.Plans...)
		config.Ledgers = append(append(slices.Clone(config.Ledgers), was.Ledger), was.Ledgers...)
		return nil
	})
	if err == nil && !read {
		err = fmt.Errorf("%s of the base cannot be read from git", workspace.ConfigName)
	}
	return config, err
}

// after is what is there now.
func (c *checker) after(base history.Snapshot) history.Snapshot {
	var snap history.Snapshot
	for _, l := range c.books() {
		snap.Ledgers = append(snap.Ledgers, history.Ledger{Path: l.Path, Doc: l.Doc})
	}
	for _, p := range c.w.Plans {
		commands, review, rolled := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, it := range p.Items {
			if r := it.LastPass(); r != nil && r.Item != it {
				rolled[it.Task.ID] = true
			}
			if it.Spec != nil && it.Spec.Review {
				review[it.Task.ID] = true
			}
			if sp, _, _ := it.EffectiveSpec(); sp != nil && sp.Run != "" {
				commands[it.Task.ID] = true
			}
		}
		snap.Plans = append(snap.Plans, history.Plan{Path: p.Path, Initiative: p.Link.ID, Doc: p.Doc, Archived: p.Archived, Commands: commands, Review: review, RolledUp: rolled})
	}
	have := map[string]bool{}
	for _, r := range c.w.Evidence.Records {
		for _, at := range append([]string{r.Path}, r.Copies...) {
			snap.Manifests = append(snap.Manifests, history.Manifest{Path: at, Digest: r.Digest, Doc: r.Doc})
		}
		have[r.Digest] = true
	}
	for _, m := range base.Manifests {
		if have[m.Digest] {
			continue
		}
		// Below no REPORTS any more, or not to be read: its bytes may stand all the same.
		if b, err := regular.Read(c.w.Abs(m.Path)); err == nil {
			snap.Manifests = append(snap.Manifests, history.Manifest{Path: m.Path, Digest: manifest.Digest(b)})
		}
	}
	snap.Unread = c.unread(base.Plans)
	order(&snap)
	return snap
}

// unread is the plans of the base that stand at their paths and are read no more. A second name of a plan is no second
// plan, and is read under the first.
func (c *checker) unread(plans []history.Plan) map[string]bool {
	read := map[string]bool{}
	for _, p := range c.w.Plans {
		read[p.Path] = true
		if real, err := filepath.EvalSymlinks(c.w.Abs(p.Path)); err == nil {
			read[real] = true
		}
	}
	out := map[string]bool{}
	for _, p := range plans {
		if read[p.Path] {
			continue
		}
		real, err := filepath.EvalSymlinks(c.w.Abs(p.Path))
		if err != nil || read[real] {
			continue // gone: that is said of it
		}
		if b, err := regular.Read(real); err == nil && workspace.IsPlanText(b) && len(plan.Parse(p.Path, b, c.w.Config.PlanTokens()).Tasks()) > 0 {
			out[p.Path] = true
		}
	}
	return out
}

// order makes two readings of one state the same.
func order(s *history.Snapshot) {
	slices.SortFunc(s.Ledgers, func(a, b history.Ledger) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(s.Plans, func(a, b history.Plan) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(s.Manifests, func(a, b history.Manifest) int { return strings.Compare(a.Path+a.Digest, b.Path+b.Digest) })
}
