package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

// TestJudgingIsAnnounced: between the start of a task and its end stands how much of its log is read, and for how many criteria.
func TestJudgingIsAnnounced(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{".planctl.yaml": "version: 1\nplans: [plan.md]\n", "docs/fix_plan.md": "# Ledger\n\n## [T-001] P\n\n- Attempts History:\n",
		"plan.md": "# P\n- Initiative: T-001\n\n## Phase A\n\n| ID | Task Description | State |\n| --- | --- | --- |\n| A1 | Do it | [ ] |\n\n" +
			"```yaml planctl\nA1: {run: printf 12345678, criteria: ['log contains \"1\"', exit == 0]}\n```\n"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	var kinds []EventKind
	e := &Engine{
		Open: func(ctx context.Context) (*workspace.Workspace, error) {
			return workspace.Open(ctx, workspace.Options{Dir: dir})
		},
		Executor: func(string) (runner.Executor, error) { return local.NewAt(time.Now), nil },
		Now:      time.Now, Environ: os.Environ(), Version: "test",
		Show: func(ev Event) {
			kinds = append(kinds, ev.Kind)
			if ev.Kind == Judging && (ev.Criteria != 2 || ev.Log != 8 || ev.Task.Name != "A1") {
				t.Errorf("%d criteria, %d bytes of %s", ev.Criteria, ev.Log, ev.Task.Name)
			}
		},
	}
	if _, err := e.Run(t.Context(), Selection{Names: []string{"A1"}}, RunOptions{}); err != nil {
		t.Fatal(err)
	}
	if len(kinds) != 3 || kinds[0] != Started || kinds[1] != Judging || kinds[2] != Finished {
		t.Errorf("events %v", kinds)
	}
}
