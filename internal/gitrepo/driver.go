package gitrepo

import (
	"context"
	"strings"
)

// MergeDriver is a merge driver in git's configuration (gitattributes(5),
// "Defining a custom merge driver").
type MergeDriver struct {
	Name        string // merge.NAME, what .gitattributes says: letters and digits
	Description string
	Command     string // with %O %A %B %P
}

// Install writes the driver into the configuration of this clone, where it is
// not yet. The configuration is shared by the clone's worktrees and is never
// committed. It reports whether something was written.
func (r *Repo) Install(ctx context.Context, d MergeDriver) (changed bool, err error) {
	for _, set := range [][2]string{{"name", d.Description}, {"driver", d.Command}} {
		key := "merge." + d.Name + "." + set[0]
		out, err := r.git(ctx, nil, "config", "--local", "--get-all", key)
		if err != nil && exit(err) != 1 { // 1: not set
			return changed, err
		}
		if err == nil && strings.TrimSuffix(string(out), "\n") == set[1] {
			continue
		}
		if _, err := r.git(ctx, nil, "config", "--local", "--replace-all", key, set[1]); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}
