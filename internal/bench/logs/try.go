package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/planctl/planctl/internal/bench/checkout"
)

const ledger = "# Ledger\n\n## [T-001] T\n- Attempts History:\n"

func steps() [][]string {
	return [][]string{{"run", "A1"}, {"check", "A1"}, {"verify"}, {"log", "A1", "--tail"}}
}

// try runs a task that prints such a log, and gives the largest memory of each planctl, in bytes.
func (k kind) try(ctx context.Context, planctl, dir string, size int64, n int) (peaks []int64, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	criteria, err := json.Marshal(k.criteria) // JSON is YAML
	if err != nil {
		return nil, err
	}
	plan := "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n\n" +
		"```yaml planctl\nA1: {run: '\"$LOGS\"', criteria: " + string(criteria) + "}\n```\n"
	c, err := checkout.New(planctl, dir, map[string]string{"plan.md": plan, "docs/fix_plan.md": ledger, ".planctl.yaml": "version: 1\nplans: [plan.md]\n"})
	if err != nil {
		return nil, err
	}
	sum := filepath.Join(dir, ".git", "sum")
	c.Env = []string{"LOGS=" + self, printVariable + "=" + k.name, fmt.Sprintf("%s=%d", sizeVariable, size), sumVariable + "=" + sum}
	if k.secret != "" {
		c.Env = append(c.Env, secretName+"="+k.secret)
	}
	for _, args := range steps()[:n] {
		said, peak, err := peak(c.Command(ctx, planctl, args...))
		if err != nil {
			return nil, fmt.Errorf("planctl %s: %w\n%.2000s", strings.Join(args, " "), err, said)
		}
		peaks = append(peaks, peak)
	}
	return peaks, k.same(c, sum)
}

// same compares the log with what was printed.
func (k kind) same(c *checkout.Checkout, sum string) (err error) {
	want, err := os.ReadFile(sum)
	if err != nil {
		return err
	}
	ms, err := c.Manifests()
	if err != nil {
		return err
	}
	for _, m := range ms {
		for _, f := range m.Predicate.Files {
			if f.Role != "log" {
				continue
			}
			got, err := hash(filepath.Join(c.Dir, filepath.Dir(m.Path), f.Name))
			if err == nil && (got != string(want) || f.SHA256 != got) {
				err = fmt.Errorf("the log has %s, the manifest says %s, and %s was printed", got, f.SHA256, want)
			}
			return err
		}
	}
	return errors.New("no manifest has a log")
}

func hash(path string) (_ string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}

// peak runs a command to its end and gives its largest resident memory in bytes: its own, or that of a process that it
// waited for, whichever is larger. (It is no less than that of this process, from which it came.)
func peak(cmd *exec.Cmd) (said []byte, n int64, err error) {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if cmd.ProcessState != nil {
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			n = usage.Maxrss << 10
		}
	}
	return out.Bytes(), n, err
}
