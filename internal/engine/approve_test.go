package engine_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

// What was approved is what is run: a command in prose that somebody changes while the question stands is not run by the
// answer.
func TestChangedWhileItIsApproved(t *testing.T) {
	const text = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n| A1 | One | [ ] | Run `touch approved`. |\n"
	for _, c := range []struct {
		name, text string
		runs       string // the file that its command makes
		status     engine.Status
	}{
		{"nothing", text, "approved", engine.Passed},
		{"the title", strings.Replace(text, "| One |", "| Another |", 1), "approved", engine.Passed},
		{"the command", strings.Replace(text, "touch approved", "touch changed", 1), "", engine.Conflict},
		{"where it stands", text + "\n```yaml planctl\nA1: {run: touch changed}\n```\n", "", engine.Conflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			put := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			put("plan.md", text)
			put("ledger.md", "# F\n\n## [T-001] T\n- Attempts History:\n")
			put(".planctl.yaml", "version: 1\nplans: [plan.md]\nledger: ledger.md\n")
			e := &engine.Engine{
				Open: func(ctx context.Context) (*workspace.Workspace, error) {
					return workspace.Open(ctx, workspace.Options{Dir: dir})
				},
				Executor: func(string) (runner.Executor, error) { return local.New(), nil },
				Now:      time.Now,
				Environ:  os.Environ(),
				Approve: func(_ context.Context, p engine.Proposal) (engine.Approval, error) {
					if p.Command != "touch approved" {
						t.Errorf("asked about %q", p.Command)
					}
					put("plan.md", c.text)
					return engine.RunAndTick, nil
				},
			}
			tasks, err := e.Run(t.Context(), engine.Selection{Names: []string{"A1"}}, engine.RunOptions{})
			if err != nil || len(tasks) != 1 || tasks[0].Status != c.status {
				t.Fatalf("%+v, %v", tasks, err)
			}
			for _, name := range []string{"approved", "changed"} {
				_, err := os.Stat(filepath.Join(dir, name))
				if ran := !errors.Is(err, fs.ErrNotExist); ran != (name == c.runs) {
					t.Errorf("%s was run: %v", name, ran)
				}
			}
		})
	}
}
