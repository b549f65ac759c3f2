package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/report"
)

func (a *app) lintCommand() *cobra.Command {
	var strict, asJSON, rules bool
	var format string
	c := &cobra.Command{
		Use:     "lint [FILE…]",
		Short:   "Find what is wrong with plans, specs and the ledger alone",
		GroupID: "see",
		Long:    "Lint looks at the documents and at no evidence. Exit 1 where it finds an error, with --strict a warning too.\nFiles outside of any workspace are read on their own. --rules prints every rule that findings can have, and looks at no file.",
		RunE: func(c *cobra.Command, files []string) error {
			if asJSON {
				format = "json"
			}
			if !slices.Contains([]string{"text", "json"}, format) {
				return &usageError{msg: "--format " + format + ": want text or json"}
			}
			if rules && len(files) > 0 {
				return &usageError{msg: "--rules looks at no file", help: "planctl lint --rules"}
			}
			if rules {
				return a.rules(format == "json")
			}
			return a.lint(c.Context(), files, format == "json", strict)
		},
	}
	c.Flags().BoolVar(&strict, "strict", false, "exit 1 on warnings too")
	c.Flags().BoolVar(&rules, "rules", false, "print every rule: code, severity and what it says")
	c.Flags().StringVar(&format, "format", "text", "text or json")
	c.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	return c
}

func (a *app) lint(ctx context.Context, files []string, asJSON, strict bool) error {
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	var only []string
	var alone finding.List
	for _, f := range files {
		rel, inside, err := a.inWorkspace(w, f)
		if err != nil {
			return err
		}
		if inside {
			only = append(only, rel)
			continue
		}
		list, err := lintAlone(f, a.dir)
		if err != nil {
			return err
		}
		alone = append(alone, list...)
	}
	list := alone
	if len(only) > 0 || len(files) == 0 {
		list = append(list, verify.Lint(w, only)...)
	}
	list.Sort()
	if worst := list.Max(); worst == finding.Error || strict && worst == finding.Warning {
		a.code = exitFailed
	}
	if asJSON {
		return a.emitJSON(struct {
			Schema   string       `json:"schema"`
			Findings finding.List `json:"findings"`
		}{"planctl/lint/v1", append(finding.List{}, list...)})
	}
	p := a.out()
	report.Findings(p, a.withSource(list))
	if len(list) == 0 {
		read := count(len(w.Plans), "plan")
		if len(files) > 0 {
			read = count(len(files), "file")
		}
		p.Printf("no findings (%s read)\n", read)
	}
	return p.Err()
}

// count is "1 plan" or "2 plans".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// rules prints what findings can say, with the severities that hold without a config.
func (a *app) rules(asJSON bool) error {
	list := verify.Rules()
	if asJSON {
		return a.emitJSON(struct {
			Schema string        `json:"schema"`
			Rules  []verify.Rule `json:"rules"`
		}{"planctl/rules/v1", list})
	}
	p := a.out()
	for _, r := range list {
		p.Printf("%s  %-7s  %s\n", p.Paint(report.Strong, report.Pad(string(r.Code), 24)), r.Severity, r.Doc)
	}
	return p.Err()
}

// inWorkspace gives the path of a file from the workspace, and whether the workspace looks at it.
func (a *app) inWorkspace(w *workspace.Workspace, file string) (string, bool, error) {
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(a.dir, path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", false, err
	}
	if _, err := os.Stat(abs); errors.Is(err, fs.ErrNotExist) {
		return "", false, &unreadable{fmt.Errorf("%s is not there", file)}
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	rel, err := filepath.Rel(w.Root, abs)
	if err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
		return "", false, nil
	}
	rel = filepath.ToSlash(rel)
	known := rel == w.ConfigPath || w.Ledger != nil && rel == w.Ledger.Path ||
		slices.ContainsFunc(w.Plans, func(p *workspace.Plan) bool { return p.Path == rel || p.Sidecar == rel }) ||
		slices.ContainsFunc(w.Archives, func(l *workspace.Ledger) bool { return l.Path == rel }) ||
		slices.ContainsFunc(w.Findings, func(f finding.Finding) bool { return f.File == rel })
	return rel, known, nil
}

// lintAlone reads a file that belongs to no workspace: as a plan, and as a ledger where it is one.
func lintAlone(file, dir string) (finding.List, error) {
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	src, err := regular.Read(path)
	if err != nil {
		return nil, &unreadable{err}
	}
	doc := plan.Parse(file, src, plan.DefaultTokens())
	if book := ledger.Parse(file, src); len(doc.Phases) == 0 && len(book.Sections) > 0 {
		return book.Findings, nil
	}
	return doc.Findings, nil
}
