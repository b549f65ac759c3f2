package gitrepo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// HasRef reports whether there is a ref of this full name, such as refs/heads/main. A branch without a commit is none yet.
func (r *Repo) HasRef(ctx context.Context, ref string) (bool, error) {
	if err := refuse(ref); err != nil {
		return false, err
	}
	_, err := r.git(ctx, nil, "show-ref", "--verify", "--quiet", ref)
	if exit(err) == 1 {
		return false, nil
	}
	return err == nil, err
}

// Renamed reports whether the branch from, a full ref, has become the branch to since a time, by one renaming or several.
// That both are one commit says nothing: git notes a renaming in the branch's reflog. Where it keeps none (core.logAllRefUpdates
// is off, the branch has no commit) nobody knows, and the answer is no.
func (r *Repo) Renamed(ctx context.Context, from, to string, since time.Time) (bool, error) {
	if err := refuse(from, to); err != nil {
		return false, err
	}
	if there, err := r.HasRef(ctx, from); there || err != nil {
		return false, err
	}
	if there, err := r.HasRef(ctx, to); !there || err != nil {
		return false, err
	}
	out, err := r.git(ctx, nil, "reflog", "show", "--date=unix", "--format=%gd%x00%gs", to, "--")
	if err != nil {
		return false, err
	}
	// The newest comes first; the renaming before it led to the name that this one took away.
	for l := range strings.SplitSeq(strings.TrimSuffix(string(out), "\n"), "\n") {
		at, what, _ := strings.Cut(l, "\x00")
		was, ok := strings.CutPrefix(strings.TrimSuffix(what, " to "+to), "Branch: renamed ")
		if !ok || !strings.HasSuffix(what, " to "+to) {
			continue
		}
		_, at, _ = strings.Cut(at, "@{")
		seconds, err := strconv.ParseInt(strings.TrimSuffix(at, "}"), 10, 64)
		if err != nil {
			return false, fmt.Errorf("git reflog: %q is not understood", l)
		}
		if seconds < since.Unix() {
			return false, nil
		}
		if was == from {
			return true, nil
		}
		to = was
	}
	return false, nil
}
