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
	"github.com/planctl/planctl/internal/mdspan"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/report"
)

func (a *app) lintCommand() *cobra.Command {
	var o findingsOptions
	var rules bool
	c := &cobra.Command{
		Use:     "lint [FILE…]",
		Short:   "Find what is wrong with plans, specs and the ledger alone",
		GroupID: "see",
		Long:    "Lint looks at the documents and at no evidence. Exit 1 where it finds an error, with --strict a warning too.\nA file that the workspace does not look at is read on its own, with the specs beside it. --rules prints every rule that findings can have, and looks at no file.",
		RunE: func(c *cobra.Command, files []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if rules && len(files) > 0 {
				return &usageError{msg: "--rules looks at no file", help: "planctl lint --rules"}
			}
			if rules {
				return a.rules(o.format == "json")
			}
			return a.lint(c.Context(), files, o)
		},
	}
	o.flags(c)
	c.Flags().BoolVar(&rules, "rules", false, "print every rule: code, severity and what it says")
	return c
}

func (a *app) lint(ctx context.Context, files []string, o findingsOptions) error {
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
		list, err := a.lintAlone(w, f, rel)
		if err != nil {
			return err
		}
		alone = append(alone, list...)
	}
	placed, list := fromTop(w, w.Dir, alone), alone
	if len(only) > 0 || len(files) == 0 {
		found := verify.Lint(w, only)
		placed, list = append(placed, fromTop(w, w.Root, found)...), append(list, found...)
	}
	placed.Sort()
	list.Sort()
	list = o.chosen(list)
	a.judge(list, o.strict)
	done, err := a.emitFindings(o.chosen(placed), "", o, struct {
		Schema   string       `json:"schema"`
		Findings finding.List `json:"findings"`
	}{"planctl/lint/v1", list})
	if done || err != nil {
		return err
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

// inWorkspace gives the path of a file from the workspace, "" where it lies elsewhere, and whether the
// workspace looks at it.
func (a *app) inWorkspace(w *workspace.Workspace, file string) (string, bool, error) {
	abs, err := filepath.Abs(a.path(file))
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

// lintAlone reads a file that the workspace does not look at, with the specs beside it. Findings name it as
// the user did; tokens and severities are the config's where the file lies in its workspace.
func (a *app) lintAlone(w *workspace.Workspace, file, rel string) (finding.List, error) {
	tokens := plan.DefaultTokens()
	if rel != "" {
		tokens = w.Config.PlanTokens()
	}
	var list finding.List
	texts := map[string][]byte{}
	if filepath.Base(file) == workspace.ConfigName {
		text, err := a.readNamed(file)
		if err != nil {
			return nil, err
		}
		texts[file] = text
		_, list = workspace.DecodeConfig(file, text)
	} else {
		doc, side := file, ""
		if name, ok := strings.CutSuffix(file, sidecarSuffix); ok {
			doc, side = name+".md", file
		} else if name, ok := strings.CutSuffix(file, ".md"); ok {
			side = name + sidecarSuffix
		}
		src, err := a.readNamed(doc)
		if err != nil {
			return nil, err
		}
		texts[doc] = src
		var sidecars []spec.Source
		if side != "" {
			switch text, err := a.readNamed(side); {
			case err == nil:
				texts[side] = text
				sidecars = append(sidecars, spec.Source{File: side, Text: text, Line: 1})
			case side == file || !errors.Is(err, fs.ErrNotExist):
				return nil, err
			}
		}
		list = verify.Alone(doc, src, sidecars, tokens)
	}
	var out finding.List
	index := mdspan.NewIndex(texts[file])
	for _, f := range list {
		if f.File != file {
			continue
		}
		if f.Line > 0 && index.Line(f.Line).Len() <= maxShown {
			f.Source = string(index.Line(f.Line).Of(texts[file]))
		}
		if rel != "" {
			f.Severity = w.Config.Severity(f.Code, rel, f.Severity)
		}
		out = append(out, f)
	}
	return out, nil
}

// sidecarSuffix ends the name of the specs that stand beside a plan.
const sidecarSuffix = ".planctl.yaml"

// path is where a file is that the user named: relative to where the call works.
func (a *app) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(a.dir, file)
}
