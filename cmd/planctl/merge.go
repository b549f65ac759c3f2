package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/adopt"
	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/diff3"
	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/report"
)

func (a *app) mergeCommand() *cobra.Command {
	var install bool
	c := &cobra.Command{
		Use:     "merge BASE OURS THEIRS [PATH]",
		Short:   "Merge a ledger or plan of two branches; git calls it",
		GroupID: "keep",
		Long: "Merge joins the attempts of two ledgers and the rows of two plans, and everything else by lines. It writes the\n" +
			"result over OURS; where the two disagree, both stand there between conflict marks, and the exit code is 1. It is a\n" +
			"git merge driver: --install makes this clone use it, and each clone needs that once.",
		Example: "  planctl merge --install",
		Args: func(c *cobra.Command, files []string) error {
			if install {
				return noArgs(c, files)
			}
			return args(cobra.RangeArgs(3, 4))(c, files)
		},
		RunE: func(c *cobra.Command, files []string) error {
			if install {
				return a.installMerge(c.Context())
			}
			path := files[1]
			if len(files) == 4 {
				path = files[3]
			}
			return a.merge([3]string(files[:3]), path)
		},
	}
	c.Flags().BoolVar(&install, "install", false, "make git use it in this clone: its configuration, and .gitattributes")
	return c
}

func (a *app) merge(files [3]string, path string) error {
	var text [3][]byte
	var bad []error
	for i, f := range files {
		b, err := a.readNamed(f)
		if err != nil {
			bad = append(bad, err)
		}
		text[i] = b
	}
	if len(bad) > 0 {
		return &unreadable{errors.Join(bad...)}
	}
	r := a.merged(text, path)
	if string(r.Bytes) != string(text[1]) {
		was := sha256.Sum256(text[1])
		if err := atomicfile.Replace(a.path(files[1]), r.Bytes, &was); err != nil {
			return err
		}
	}
	if len(r.Conflicts) == 0 {
		return nil
	}
	p := a.printer(a.io.Err)
	for _, line := range r.Conflicts {
		p.Printf("%s:%d: %s\n", report.Clean(path), line, p.Paint(report.Bad, "conflict"))
	}
	switch {
	case r.Kept:
		p.Printf("  %s this is no text, so ours was left as it is\n", p.Paint(report.Info, "note:"))
	case r.Whole:
		p.Printf("  %s the two could not be joined without a doubt, so the whole file is one conflict\n", p.Paint(report.Info, "note:"))
	}
	a.code = exitFailed
	return p.Err()
}

// merged merges as the file's kind asks for: what the config says of its path, else what is in it.
func (a *app) merged(text [3][]byte, path string) diff3.Result {
	c, rel := a.configAbove(path)
	tokens := c.PlanTokens()
	base, ours, theirs := text[0], text[1], text[2]
	if joined, ok := engine.MergeSummaries(ours, theirs); ok {
		return diff3.Result{Bytes: joined}
	}
	switch {
	case rel != "" && (rel == c.Ledger || slices.Contains(c.Ledgers, rel)):
		return ledger.Merge(base, ours, theirs)
	case rel != "" && slices.ContainsFunc(c.Plans, func(g string) bool { return glob.Match(g, rel) }):
		return plan.Merge(base, ours, theirs, tokens)
	}
	for _, b := range [][]byte{ours, theirs, base} {
		if len(plan.Parse(path, b, tokens).Phases) > 0 {
			return plan.Merge(base, ours, theirs, tokens)
		}
		if l := ledger.Parse(path, b); len(l.Sections) > 0 || len(l.Attempts()) > 0 {
			return ledger.Merge(base, ours, theirs)
		}
	}
	return diff3.Merge(base, ours, theirs)
}

// configAbove is the nearest config above a path and the path as that config names it. A merge does
// not stop at a config that cannot be used, which may itself be in conflict: the defaults hold then,
// and what the file holds says what it is.
func (a *app) configAbove(path string) (c workspace.Config, rel string) {
	c = workspace.DefaultConfig()
	abs, err := filepath.Abs(a.path(path))
	if err != nil {
		return c, ""
	}
	root := filepath.Dir(abs)
	config := a.config
	for dir := root; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, workspace.ConfigName)); err == nil {
			root = dir
			if config == "" {
				config = filepath.Join(dir, workspace.ConfigName)
			}
			break
		}
		if dir == filepath.Dir(dir) {
			// Without a config paths count from where git calls: the top of the checkout.
			if root, err = filepath.Abs(a.dir); err != nil {
				return c, ""
			}
			break
		}
	}
	if r, err := filepath.Rel(root, abs); err == nil && filepath.IsLocal(r) {
		rel = filepath.ToSlash(r)
	}
	if config == "" {
		return c, rel
	}
	text, err := regular.Read(config)
	if err != nil {
		return c, ""
	}
	read, findings := workspace.DecodeConfig(config, text)
	if len(findings.Errors()) > 0 {
		return c, ""
	}
	return read, rel
}

// installMerge makes this clone's git use planctl for the workspace's ledgers and plans, and says
// what it did. It may be called again: what is there stays.
func (a *app) installMerge(ctx context.Context) error {
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	if w.Git == nil {
		return &failure{msg: "there is no git repository here, so nothing to install into", help: "git init first"}
	}
	done, err := installMergeDriver(ctx, w)
	p := a.out()
	for _, line := range done {
		p.Printf("%s\n", report.Clean(line))
	}
	if err != nil {
		return err
	}
	return p.Err()
}

// installMergeDriver writes the driver into the clone's configuration and the missing lines into the
// root's .gitattributes. done says what was done, a line for each thing.
func installMergeDriver(ctx context.Context, w *workspace.Workspace) (done []string, err error) {
	command, err := driverCommand()
	if err != nil {
		return nil, err
	}
	changed, err := w.Git.Install(ctx, gitrepo.MergeDriver{
		Name: adopt.MergeDriver, Description: "planctl: ledgers by attempt, plans by row", Command: command + " merge %O %A %B %P",
	})
	if err != nil {
		return nil, err
	}
	if changed {
		done = append(done, "this clone's git: merge."+adopt.MergeDriver+".driver is set (every clone needs planctl merge --install once)")
	} else {
		done = append(done, "this clone's git: merge."+adopt.MergeDriver+".driver is set already")
	}
	const name = ".gitattributes"
	file := w.Abs(name)
	there, err := regular.Read(file)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return done, &unreadable{fmt.Errorf("%s cannot be read: %w", name, err)}
	}
	text, lines := adopt.Attributes(w.Config, there)
	switch {
	case len(lines) == 0:
		return append(done, name+": it says merge="+adopt.MergeDriver+" already"), nil
	case missing:
		err = commit.NewStore(w.Root, w.Git).Create(file, text, 0o666)
	default:
		was := sha256.Sum256(there)
		err = commit.NewStore(w.Root, w.Git).Replace(file, text, was)
	}
	if err != nil {
		return done, err
	}
	for _, l := range lines {
		done = append(done, name+": + "+l)
	}
	return append(done, "commit "+name+", so that everybody's git knows which files these are"), nil
}

// driverCommand is how git's shell starts planctl: by its name where that leads to it, else by its path.
func driverCommand() (string, error) {
	if _, err := exec.LookPath("planctl"); err == nil {
		return "planctl", nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	return "'" + strings.ReplaceAll(self, "'", `'\''`) + "'", nil
}
