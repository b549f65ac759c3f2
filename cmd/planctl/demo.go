package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/examples/demo"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/report"
)

func (a *app) demoCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:     "demo",
		Short:   "Work a small real plan from red to green in a scratch directory, and show what it made",
		GroupID: "keep",
		Long: "Demo makes a small Go module with a git history, a plan of three phases and a ledger in a scratch directory,\n" +
			"works the plan to its end, and shows the plan's changes, an attempt and the evidence. It needs git and Go.\n" +
			"The directory stays, so that you can look around in it.",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), dir) },
	}
	c.Flags().StringVar(&dir, "dir", "", "work in this empty `DIR` instead of a new temporary one")
	return c
}

func (a *app) demo(ctx context.Context, dir string) error {
	for _, tool := range []string{"git", "go", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			return &usageError{msg: "the demo needs " + tool + ", and it is not in PATH", help: "install it, or look at examples/demo"}
		}
	}
	dir, err := scratch(dir)
	if err != nil {
		return err
	}
	d := &demonstration{a: a, dir: dir, p: a.out()}
	d.p.Printf("%s\n", d.p.Paint(report.Faint, "scratch directory: "+dir))
	if err := d.git(ctx, "init", "-q", "-b", "main"); err != nil {
		return err
	}
	for _, kv := range [][2]string{{"user.name", "Demo Engineer"}, {"user.email", "demo@planctl.invalid"}, {"commit.gpgsign", "false"}} {
		if err := d.git(ctx, "config", kv[0], kv[1]); err != nil {
			return err
		}
	}
	for _, s := range demo.Steps() {
		if err := d.step(ctx, s); err != nil {
			return err
		}
	}
	return d.show(ctx)
}

// scratch is an empty directory: the one asked for, or a new one.
func scratch(dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "planctl-demo-")
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if len(entries) > 0 {
		return "", &usageError{msg: dir + " is not empty", help: "name a directory that is not there yet"}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return filepath.Abs(dir)
}

type demonstration struct {
	a   *app
	dir string
	p   *report.Printer
	n   int
}

func (d *demonstration) step(ctx context.Context, s demo.Step) error {
	d.n++
	d.p.Printf("\n%s\n", d.p.Paint(report.Strong, fmt.Sprintf("%d. %s", d.n, s.Say)))
	switch {
	case s.Stage > 0:
		files, err := demo.Write(d.dir, s.Stage)
		if err != nil {
			return err
		}
		for _, f := range files {
			d.p.Printf("   %s %s\n", d.p.Paint(report.Faint, "wrote"), f)
		}
		return d.commit(ctx, demo.Stages()[s.Stage-1].Message)
	case len(s.Planctl) > 0:
		return d.planctl(ctx, s)
	}
	for _, e := range s.Edits {
		if err := e.Apply(d.dir); err != nil {
			return err
		}
		d.p.Printf("   %s %s: %s → %s\n", d.p.Paint(report.Faint, "edited"), e.File, e.Old, e.New)
	}
	return d.commit(ctx, s.Commit)
}

// planctl is this very program, called as a user would call it.
func (d *demonstration) planctl(ctx context.Context, s demo.Step) error {
	shown := make([]string, len(s.Planctl))
	for i, w := range s.Planctl {
		shown[i] = w
		if strings.ContainsAny(w, " ():[],;") {
			shown[i] = "'" + w + "'"
		}
	}
	d.p.Printf("   %s\n", d.p.Paint(report.Info, "$ planctl "+strings.Join(shown, " ")))
	args := append([]string{"-C", d.dir, "--color", d.a.color}, s.Planctl...)
	out := d.a.io.Out
	if d.a.quiet {
		out = io.Discard
	}
	code := run(ctx, args, stdio{In: strings.NewReader(""), Out: out, Err: d.a.io.Err, Env: d.a.io.Env})
	if code != s.Exit {
		return fmt.Errorf("planctl %s ended with exit %d, and the demo expects %d; look around in %s", strings.Join(s.Planctl, " "), code, s.Exit, d.dir)
	}
	if s.Exit != 0 {
		d.p.Printf("   %s\n", d.p.Paint(report.Faint, fmt.Sprintf("(exit %d, as it should be)", code)))
	}
	return nil
}

func (d *demonstration) commit(ctx context.Context, message string) error {
	if err := d.git(ctx, "add", "-A"); err != nil {
		return err
	}
	d.p.Printf("   %s %s\n", d.p.Paint(report.Faint, "git commit:"), message)
	return d.git(ctx, "commit", "-q", "-m", message)
}

func (d *demonstration) git(ctx context.Context, args ...string) error {
	_, err := d.gitOut(ctx, args...)
	return err
}

func (d *demonstration) gitOut(ctx context.Context, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, "git", args...)
	c.Dir = d.dir
	c.Env = d.a.io.Env
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

// show ends the demo with what it made: the plan's changes, an attempt, the evidence.
func (d *demonstration) show(ctx context.Context) error {
	first, err := d.gitOut(ctx, "rev-list", "--max-parents=0", "HEAD")
	if err != nil {
		return err
	}
	diff, err := d.gitOut(ctx, "diff", "--no-ext-diff", "--no-color", "-U0", strings.TrimSpace(string(first)), "--", "plans/*plan.md")
	if err != nil {
		return err
	}
	p := d.p
	p.Printf("\n%s\n", p.Paint(report.Strong, "What changed in the plan: the state tokens, and nothing else"))
	for l := range strings.SplitSeq(string(diff), "\n") {
		switch {
		case strings.HasPrefix(l, "+++"), strings.HasPrefix(l, "---"), l == "":
		case l[0] == '+':
			p.Printf("   %s\n", p.Paint(report.Good, report.Cut(report.Clean(l), 100)))
		case l[0] == '-':
			p.Printf("   %s\n", p.Paint(report.Bad, report.Cut(report.Clean(l), 100)))
		}
	}
	if err := d.showEntry(); err != nil {
		return err
	}
	if err := d.showTree(); err != nil {
		return err
	}
	p.Printf("\n%s\n", p.Paint(report.Strong, "Look around"))
	p.Printf("   cd %s\n   planctl show B2\n   planctl log\n   planctl audit C2\n", d.dir)
	return p.Err()
}

func (d *demonstration) showEntry() error {
	const path = "docs/fix_plan.md"
	src, err := os.ReadFile(filepath.Join(d.dir, path))
	if err != nil {
		return err
	}
	d.p.Printf("\n%s\n", d.p.Paint(report.Strong, "One of the attempts in "+path))
	for _, at := range ledger.Parse(path, src).Attempts() {
		if at.Run != "" && slices.Contains(at.Tasks, "B2") {
			for l := range strings.SplitSeq(strings.TrimRight(string(at.Span.Of(src)), "\n"), "\n") {
				d.p.Printf("   %s\n", report.Clean(l))
			}
			return nil
		}
	}
	return errors.New("the ledger has no attempt of B2")
}

func (d *demonstration) showTree() error {
	d.p.Printf("\n%s\n", d.p.Paint(report.Strong, "The evidence"))
	return filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && e.Name() == ".git" {
			return filepath.SkipDir
		}
		rel, err := filepath.Rel(d.dir, path)
		if err != nil {
			return err
		}
		if _, below, ok := strings.Cut(filepath.ToSlash(rel), "/reports/"); ok && !e.IsDir() {
			info, err := e.Info()
			if err != nil {
				return err
			}
			d.p.Printf("   %8d  %s\n", info.Size(), report.Clean("reports/"+below))
		}
		return nil
	})
}
