package gitrepo

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/planctl/planctl/internal/glob"
)

// Change is one path that differs from HEAD.
type Change struct {
	Path   string // relative to Top, slash-separated; ends in / for another repository that lies in the checkout untracked
	Status string // git's two letters for index and worktree: ".M", "A.", "UU"; "??" for an untracked path
	Inside bool   // a submodule with changes of its own, which no patch of this repository can hold
}

// Changes lists what differs from HEAD in the index or the worktree, untracked
// files included, ignored ones not, in git's order. A path is left out where
// exclude holds it, a directory above it, or a pattern that it matches; all are
// relative to Top.
func (r *Repo) Changes(ctx context.Context, exclude []string) ([]Change, error) {
	out, err := r.git(ctx, nil, "status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=none")
	if err != nil {
		return nil, err
	}
	changes, err := parseStatus(out)
	if err != nil {
		return nil, err
	}
	x := newExcluder(exclude)
	kept := changes[:0]
	for _, c := range changes {
		if !x.match(strings.TrimSuffix(c.Path, "/")) {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

// fields before the path, by the kind of line (git-status, "Porcelain Format Version 2").
const (
	ordinaryFields = 8
	unmergedFields = 10
)

func parseStatus(out []byte) ([]Change, error) {
	var changes []Change
	for len(out) > 0 {
		line, rest, ok := bytes.Cut(out, []byte{0})
		if !ok {
			return nil, fmt.Errorf("git status: %q has no end", line)
		}
		out = rest
		kind, value, ok := strings.Cut(string(line), " ")
		if !ok {
			return nil, fmt.Errorf("git status: %q is not understood", line)
		}
		n := 0
		switch kind {
		case "?":
			changes = append(changes, Change{Path: value, Status: "??"})
			continue
		case "!", "#":
			continue
		case "1":
			n = ordinaryFields
		case "u":
			n = unmergedFields
		default:
			return nil, fmt.Errorf("git status: %q is not understood", line)
		}
		parts := strings.SplitN(value, " ", n)
		if len(parts) < n || len(parts[0]) != 2 || len(parts[1]) != 4 {
			return nil, fmt.Errorf("git status: %q is not understood", line)
		}
		sub := parts[1] // N... or S with C (commit), M (changes), U (untracked)
		changes = append(changes, Change{
			Path: parts[n-1], Status: parts[0],
			Inside: sub[0] == 'S' && (sub[2] == 'M' || sub[3] == 'U'),
		})
	}
	return changes, nil
}

// excluder says which paths are left out.
type excluder struct {
	exact    map[string]bool
	patterns []string
}

func newExcluder(exclude []string) excluder {
	x := excluder{exact: map[string]bool{}}
	for _, e := range exclude {
		// Names may hold brackets or stars: each is tried as it stands, too.
		x.exact[strings.TrimSuffix(strings.TrimSuffix(e, "/**"), "/")] = true
		if glob.IsPattern(strings.TrimSuffix(e, "/**")) || strings.Contains(e, "{") {
			x.patterns = append(x.patterns, e)
		}
	}
	return x
}

func (x excluder) match(path string) bool {
	for at := path; ; {
		if x.exact[at] {
			return true
		}
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			break
		}
		at = at[:i]
	}
	for _, p := range x.patterns {
		if glob.Match(p, path) {
			return true
		}
	}
	return false
}
