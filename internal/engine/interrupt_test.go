package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

// thenInterrupted runs commands as the executor below it does; the interrupt comes when they have ended.
type thenInterrupted struct {
	runner.Executor
	interrupt context.CancelFunc
}

func (x thenInterrupted) Poll(ctx context.Context, hs []runner.Handle) ([]runner.JobStatus, error) {
	jobs, err := x.Executor.Poll(ctx, hs)
	if len(jobs) > 0 && jobs[0].Phase == runner.Finished {
		x.interrupt()
	}
	return jobs, err
}

// A log can have gigabytes, and an interrupt that comes while it is read must not wait for its end, nor tick on half of it.
func TestInterruptedWhileJudging(t *testing.T) {
	for _, c := range []struct{ name, spec string }{
		{"a text in the log", "criteria: ['log contains \"done\"']"},
		{"a regular expression", "criteria: ['log matches \"d.ne\"']"},
		{"a number", "criteria: ['number(\"n=([0-9])\") == 1']"},
		{"a file", "criteria: ['file(\"planctl_test_file\").lines == 0']"},
		{"a test report", "kind: red\n  tests: [report.xml]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			text := "# P\n- Initiative: T-001\n\n## Phase A\n\n| ID | Task Description | State | How/Why & Guidance |\n| --- | --- | --- | --- |\n" +
				"| A1 | Do it | [ ] | |\n\n```yaml planctl\nA1:\n  run: |\n    printf '<testsuite><testcase name=\"a\"/></testsuite>' >report.xml\n    printf 'n=1 done'\n  " + c.spec + "\n```\n"
			for name, text := range map[string]string{".planctl.yaml": "version: 1\nplans: [plan.md]\n", "plan.md": text, "planctl_test_file": "",
				"docs/fix_plan.md": "# Ledger\n\n## [T-001] P\n\n- Attempts History:\n"} {
				path := filepath.Join(dir, name)
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			e := &Engine{
				Open: func(ctx context.Context) (*workspace.Workspace, error) {
					return workspace.Open(ctx, workspace.Options{Dir: dir})
				},
				Executor: func(string) (runner.Executor, error) { return thenInterrupted{local.NewAt(time.Now), cancel}, nil },
				Now:      time.Now, Environ: os.Environ(), Version: "test",
			}
			tasks, err := e.Run(ctx, Selection{Names: []string{"A1"}}, RunOptions{})
			if len(tasks) != 1 {
				t.Fatalf("%d tasks, %v", len(tasks), err)
			}
			task := tasks[0]
			if task.Status != Interrupted || !strings.Contains(task.Reason, "while its evidence was judged") {
				t.Errorf("status %v: %s", task.Status, task.Reason)
			}
			p := task.Predicate
			if p == nil {
				t.Fatal("it is not recorded")
			}
			if p.Result != manifest.Interrupted || len(p.Criteria) > 0 || len(p.Files) == 0 || p.Files[0].Role != "log" || p.Files[0].Size != 8 {
				t.Errorf("recorded as %s, criteria %v, files %v", p.Result, p.Criteria, p.Files)
			}
			after, err := os.ReadFile(filepath.Join(dir, "plan.md"))
			if err != nil || string(after) != text {
				t.Errorf("the plan is no longer what it was: %v\n%s", err, after)
			}
		})
	}
}
