package verify

import (
	"bytes"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
)

// tree is the files of a commit, seen from the workspace as its own walk sees those of the disk: links are followed
// where it follows them, and a second name of a file is no second file.
type tree struct {
	files map[string]gitrepo.Entry // by path from the workspace; those beside it begin with ../
	links map[string]string        // what each link says
}

// What git's trees call a link and a submodule, and how much of one file is read.
const (
	linkMode   = "120000"
	moduleMode = "160000"
	mostBytes  = 256 << 20
	mostLink   = 1 << 20 // of a link's text; systems allow 4 kB
	mostHops   = 40      // links that follow each other, as Linux has it
)

// treeAt reads what a commit has. Where the workspace is a part of its repository and links lead out of it, the whole
// repository is listed.
func (c *checker) treeAt(commit, prefix string) (*tree, error) {
	t, err := c.listTree(commit, prefix, prefix)
	if err != nil || prefix == "." {
		return t, err
	}
	for at, target := range t.links {
		if strings.HasPrefix(path.Join(path.Dir(at), target), "../") {
			return c.listTree(commit, prefix, ".")
		}
	}
	return t, nil
}

func (c *checker) listTree(commit, prefix, below string) (*tree, error) {
	entries, err := c.w.Git.Tree(c.ctx, commit, below)
	if err != nil {
		return nil, err
	}
	t := &tree{files: make(map[string]gitrepo.Entry, len(entries)), links: map[string]string{}}
	named := map[string][]string{} // object → links
	for _, e := range entries {
		rel, err := filepath.Rel(filepath.FromSlash(prefix), filepath.FromSlash(e.Path))
		if err != nil {
			return nil, err
		}
		rel = filepath.ToSlash(rel)
		t.files[rel] = e
		if e.Mode == linkMode {
			named[e.Object] = append(named[e.Object], rel)
		}
	}
	err = c.w.Git.Blobs(c.ctx, slices.Sorted(maps.Keys(named)), mostLink, func(object string, data []byte) error {
		for _, rel := range named[object] {
			t.links[rel] = string(data)
		}
		return nil
	})
	return t, err
}

// real is where a path leads once every link in it is followed; ok is false where that is nowhere in the tree's reach.
func (t *tree) real(rel string) (at string, ok bool) {
	at = "."
	rest := strings.Split(path.Clean(rel), "/")
	for hops := 0; len(rest) > 0; {
		next := path.Join(at, rest[0])
		rest = rest[1:]
		target, linked := t.links[next]
		if !linked {
			at = next
			continue
		}
		if hops++; hops > mostHops || target == "" || path.IsAbs(target) {
			return "", false
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return at, true
}

// has reports whether a path is a file of the tree. No tree has none.
func (t *tree) has(rel string) bool {
	if t == nil {
		return false
	}
	real, ok := t.real(rel)
	_, there := t.files[real]
	return ok && there
}

// blob is git's name of a file's bytes; "" where the tree has no such file.
func (t *tree) blob(rel string) string {
	if t == nil {
		return ""
	}
	real, ok := t.real(rel)
	if !ok {
		return ""
	}
	return t.files[real].Object
}

// seenFile is a file of the tree that history is read from, under the name that the workspace has for it.
type seenFile struct {
	rel   string
	entry gitrepo.Entry
}

// seen is the ledgers, plans, sidecars and manifests of a tree, as config says which they are, sorted by name. inUse is the
// path of the config that is read: one elsewhere marks another workspace.
func (t *tree) seen(config *workspace.Config, books []string, inUse string) []seenFile {
	names := map[string]string{} // real path → name
	out := map[string]gitrepo.Entry{}
	take := func(rel, real string) {
		e, ok := t.files[real]
		if !ok || e.Mode == linkMode || e.Mode == moduleMode {
			return
		}
		if _, known := names[real]; !known {
			names[real], out[rel] = rel, e
		}
	}
	for _, rel := range books {
		if real, ok := t.real(rel); ok {
			take(rel, real)
		}
	}
	paths := slices.Sorted(maps.Keys(t.files))
	configAt := func(dir string) bool {
		at := dir + "/" + workspace.ConfigName
		return at != inUse && t.has(at)
	}
	interesting := func(rel string) bool {
		if strings.HasSuffix(rel, manifest.Suffix) {
			return true
		}
		return (config.IsPlan(rel) || workspace.IsSidecar(rel)) && config.NestedIn(rel, configAt) == ""
	}
	for _, root := range config.PlanRoots() { // the fixed part of a pattern may be a link, or stand below one
		real, ok := t.real(root)
		if !ok || real == root {
			continue
		}
		for _, p := range paths {
			if rest, below := strings.CutPrefix(p, real+"/"); below && interesting(root+"/"+rest) {
				take(root+"/"+rest, p)
			}
		}
	}
	for _, p := range paths {
		if !strings.HasPrefix(p, "../") && interesting(p) {
			take(p, p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(t.links)) {
		if real, ok := t.real(p); ok && config.IsPlan(p) {
			take(p, real)
		}
	}
	list := make([]seenFile, 0, len(out))
	for _, rel := range slices.Sorted(maps.Keys(out)) {
		list = append(list, seenFile{rel, out[rel]})
	}
	return list
}

// blobs reads the content of files, each object once. A file that this clone has not got is nil.
func (c *checker) blobs(list []seenFile) (map[string][]byte, error) {
	var objects []string
	for _, f := range list {
		objects = append(objects, f.entry.Object)
	}
	slices.Sort(objects)
	content := map[string][]byte{}
	err := c.w.Git.Blobs(c.ctx, slices.Compact(objects), mostBytes, func(object string, data []byte) error {
		content[object] = bytes.Clone(data)
		return nil
	})
	return content, err
}
