package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/workspace"
)

// call is one call of run: its stamp and directories are shared by its tasks.
type call struct {
	began time.Time
	opt   RunOptions
	tasks []key                   // all that the call is to run
	mu    sync.Mutex              // tasks that run at once ask for their directory at once
	dirs  map[string]evidence.Dir // by reports/slug
	note  *commit.Note            // of what is made outside of an intent
}

// dir is the directory of a task's evidence: made by the first task of the call that needs it, and
// guarded against git then; the warning is that first task's.
func (c *call) dir(ctx context.Context, w *workspace.Workspace, it *workspace.Item) (d evidence.Dir, warning string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	reports, slug := w.Reports(it.Plan, it.Phase)
	at := reports + "\x00" + slug
	if d, ok := c.dirs[at]; ok {
		return d, "", nil
	}
	abs := filepath.Join(w.Root, filepath.FromSlash(reports))
	if warning, err = evidence.Guard(ctx, w.Root, abs, w.Git, c.note.Steps()); err != nil {
		return d, "", fmt.Errorf("guard %s: %w", reports, err)
	}
	if d, err = evidence.CreateDir(abs, slug, c.began); err != nil {
		return d, warning, err
	}
	c.dirs[at] = d
	if err := c.note.Dir(d.Path); err != nil {
		return d, warning, err
	}
	return d, warning, nil
}

// git is the workspace's repository, which notes each directory of objects that it sets aside.
func (c *call) git(w *workspace.Workspace) *gitrepo.Repo { return w.Git.Telling(c.note.Aside) }
