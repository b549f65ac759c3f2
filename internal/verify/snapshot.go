package verify

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/history"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/prose"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// before reads what a commit had: its own config says which files were ledgers and plans, so that a change of the config
// cannot take one out of sight.
func (c *checker) before(commit string) (history.Snapshot, error) {
	var snap history.Snapshot
	prefix, inside := c.inGit()
	if !inside {
		return snap, nil
	}
	tree, err := c.w.Git.Tree(c.ctx, commit, prefix)
	if err != nil {
		return snap, err
	}
	files := map[string]gitrepo.Entry{} // by path from the workspace
	for _, e := range tree {
		if rel := e.Path; prefix == "." {
			files[rel] = e
		} else if rel, ok := strings.CutPrefix(e.Path, prefix+"/"); ok {
			files[rel] = e
		}
	}
	config, err := c.configAt(files)
	if err != nil {
		return snap, err
	}
	books := append([]string{config.Ledger}, config.Ledgers...)
	wanted := map[string][]string{} // object → paths
	var objects []string
	for rel, e := range files {
		isBook := slices.Contains(books, rel)
		if !isBook && !strings.HasSuffix(rel, manifest.Suffix) && !config.IsPlan(rel) {
			continue
		}
		if e.Mode == linkMode {
			if e = files[c.follow(rel, e)]; e.Object == "" {
				continue // a link that leads out of the tree says nothing that is in it
			}
		}
		if e.Mode == moduleMode {
			continue
		}
		if wanted[e.Object] == nil {
			objects = append(objects, e.Object)
		}
		wanted[e.Object] = append(wanted[e.Object], rel)
	}
	slices.Sort(objects)
	err = c.w.Git.Blobs(c.ctx, objects, mostBytes, func(object string, data []byte) error {
		if data == nil {
			return fmt.Errorf("%s is not in this clone (object %s): fetch it, or name a nearer base", wanted[object][0], object)
		}
		data = bytes.Clone(data)
		paths := wanted[object]
		slices.Sort(paths)
		for _, rel := range paths {
			switch {
			case slices.Contains(books, rel):
				snap.Ledgers = append(snap.Ledgers, history.Ledger{Path: rel, Doc: ledger.Parse(rel, data)})
			case strings.HasSuffix(rel, manifest.Suffix):
				m := history.Manifest{Path: rel, Digest: manifest.Digest(data)}
				if doc, err := manifest.Decode(data); err == nil {
					m.Doc = doc // one that could not be read then either has its bytes all the same
				}
				snap.Manifests = append(snap.Manifests, m)
			default:
				if doc := plan.Parse(rel, data, config.PlanTokens()); len(doc.Tasks()) > 0 {
					snap.Plans = append(snap.Plans, history.Plan{Path: rel, Doc: doc, Commands: commandsOf(doc, rel, data)})
				}
			}
		}
		return nil
	})
	order(&snap)
	return snap, err
}

// commandsOf is the rows of a plan that have a command in its own blocks or in prose that could be run.
func commandsOf(doc *plan.Plan, file string, src []byte) map[string]bool {
	var sources []spec.Source
	for _, b := range doc.Specs {
		sources = append(sources, spec.Source{File: file, Text: b.Span.Of(src), Line: b.Line})
	}
	set := spec.Decode(sources...)
	out := map[string]bool{}
	for _, t := range doc.Tasks() {
		s := prose.Suggest(doc, t)
		if own := set.Tasks[t.ID]; own != nil && own.Run != "" || s != nil && s.Runnable {
			out[t.ID] = true
		}
	}
	return out
}

// What git's trees call a link and a submodule, and how much of one file is read.
const (
	linkMode   = "120000"
	moduleMode = "160000"
	mostBytes  = 256 << 20
)

// follow is where a link of the tree leads, from the workspace.
func (c *checker) follow(rel string, e gitrepo.Entry) string {
	target := ""
	err := c.w.Git.Blobs(c.ctx, []string{e.Object}, 4096, func(_ string, data []byte) error {
		target = string(data)
		return nil
	})
	if err != nil || target == "" || path.IsAbs(target) {
		return ""
	}
	return path.Join(path.Dir(rel), target)
}

// configAt is the config that a tree has; that of today where it has none that can be read.
func (c *checker) configAt(files map[string]gitrepo.Entry) (workspace.Config, error) {
	e, ok := files[workspace.ConfigName]
	if !ok {
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
	config := c.w.Config
	err := c.w.Git.Blobs(c.ctx, []string{e.Object}, 1<<20, func(_ string, data []byte) error {
		if was, findings := workspace.DecodeConfig(workspace.ConfigName, bytes.Clone(data)); len(findings.Errors()) == 0 {
			config = was
		}
		return nil
	})
	return config, err
}

// after is what is there now.
func (c *checker) after(base history.Snapshot) history.Snapshot {
	var snap history.Snapshot
	for _, l := range c.books() {
		snap.Ledgers = append(snap.Ledgers, history.Ledger{Path: l.Path, Doc: l.Doc})
	}
	for _, p := range c.w.Plans {
		commands := map[string]bool{}
		for _, it := range p.Items {
			if sp, _, _ := it.EffectiveSpec(); sp != nil && sp.Run != "" {
				commands[it.Task.ID] = true
			}
		}
		snap.Plans = append(snap.Plans, history.Plan{Path: p.Path, Initiative: p.Link.ID, Doc: p.Doc, Commands: commands})
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
	order(&snap)
	return snap
}

// order makes two readings of one state the same.
func order(s *history.Snapshot) {
	slices.SortFunc(s.Ledgers, func(a, b history.Ledger) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(s.Plans, func(a, b history.Plan) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(s.Manifests, func(a, b history.Manifest) int { return strings.Compare(a.Path+a.Digest, b.Path+b.Digest) })
}
