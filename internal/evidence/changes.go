package evidence

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/gitrepo"
)

// Changes lists what differs from HEAD, as gitrepo.Repo.Changes does, without what an editor keeps beside the documents that exclude
// names: the swap file of an open plan holds text that nobody has saved, and is no source of a run. What git tracks somebody
// wanted to keep, and stays; so does what an editor keeps beside other files, since it may be one of them.
func Changes(ctx context.Context, repo *gitrepo.Repo, exclude []string) ([]gitrepo.Change, error) {
	changes, err := repo.Changes(ctx, exclude)
	if err != nil {
		return nil, err
	}
	beside := map[string]bool{}
	for _, e := range exclude {
		if !strings.HasSuffix(e, "/**") {
			beside[path.Dir(e)] = true
		}
	}
	return slices.DeleteFunc(changes, func(c gitrepo.Change) bool {
		return c.Status == "??" && beside[path.Dir(c.Path)] && editors(path.Base(c.Path))
	}), nil
}

// editors reports whether a name is one under which an editor keeps a file while it has another open: vim's swap file, backup
// and test of a directory, Emacs' lock and autosave.
func editors(name string) bool {
	for _, p := range []string{".*.sw?", "*~", ".#*", "#*#", "4913"} {
		if ok, err := path.Match(p, name); err == nil && ok {
			return true
		}
	}
	return false
}
