package main

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/report"
)

// findingsOptions are the flags of commands that report findings.
type findingsOptions struct {
	format   string
	rules    []string
	severity string
	strict   bool
	json     bool
}

// format is one way to write findings for programs.
type format struct {
	name  string
	write func(a *app, list finding.List, looked string, o findingsOptions, value any) error // nil for text, which each command words itself
}

// formats are what findings can be written as; the first is that without a flag.
func formats() []format {
	return []format{
		{"text", nil},
		{"json", func(a *app, _ finding.List, _ string, _ findingsOptions, value any) error { return a.emitJSON(value) }},
		{"sarif", func(a *app, list finding.List, _ string, _ findingsOptions, _ any) error {
			return report.SARIF(a.io.Out, list, about())
		}},
		{"junit", func(a *app, list finding.List, _ string, o findingsOptions, _ any) error {
			return report.JUnit(a.io.Out, list, o.strict)
		}},
		{"github", func(a *app, list finding.List, looked string, _ findingsOptions, _ any) error {
			return a.github(list, looked)
		}},
	}
}

// formatNames is the formats' names, in their order.
func formatNames() []string {
	var out []string
	for _, f := range formats() {
		out = append(out, f.name)
	}
	return out
}

func (o *findingsOptions) flags(c *cobra.Command) {
	f := c.Flags()
	names := formatNames()
	last := len(names) - 1
	f.StringVar(&o.format, "format", names[0], strings.Join(names[:last], ", ")+" or "+names[last])
	f.StringArrayVar(&o.rules, "rule", nil, "only findings of this rule, a `CODE` or a glob of codes; may be given again")
	f.StringVar(&o.severity, "severity", "note", "only findings of this severity or above: note, warning or error")
	f.BoolVar(&o.strict, "strict", false, "exit 1 on warnings too")
	f.BoolVar(&o.json, "json", false, "the same as --format json")
}

// check completes the options and says what is wrong with them.
func (o *findingsOptions) check() error {
	if o.json {
		o.format = "json"
	}
	if names := formatNames(); !slices.Contains(names, o.format) {
		return &usageError{msg: "--format " + o.format + ": want " + strings.Join(names, ", ")}
	}
	var s finding.Severity
	if err := s.UnmarshalText([]byte(o.severity)); err != nil {
		return &usageError{msg: "--severity: " + err.Error()}
	}
	for _, g := range o.rules {
		if _, err := path.Match(g, ""); err != nil {
			return &usageError{msg: "--rule " + g + ": the glob is malformed"}
		}
		if !slices.ContainsFunc(verify.Rules(), func(r verify.Rule) bool { ok, _ := path.Match(g, string(r.Code)); return ok }) {
			return &usageError{msg: "--rule " + g + ": no rule has that code", help: "planctl lint --rules prints them"}
		}
	}
	return nil
}

// chosen is the findings that the options let through.
func (o *findingsOptions) chosen(list finding.List) finding.List {
	var least finding.Severity
	if least.UnmarshalText([]byte(o.severity)) != nil {
		least = finding.Note // check has said it
	}
	out := finding.List{}
	for _, f := range list {
		is := len(o.rules) == 0 || slices.ContainsFunc(o.rules, func(g string) bool { ok, _ := path.Match(g, string(f.Code)); return ok })
		if is && f.Severity >= least {
			out = append(out, f)
		}
	}
	return out
}

// judge sets the exit code that findings make.
func (a *app) judge(list finding.List, strict bool) {
	if slices.ContainsFunc(list, verify.Unread) {
		a.code = exitUnreadable
	} else if worst := list.Max(); worst == finding.Error || strict && worst == finding.Warning {
		a.code = exitFailed
	}
}

// fromTop is the findings with their files as the top of the repository names them, which is where CI reads the annotations,
// SARIF and JUnit XML of a change. base is the directory from which the findings name files.
func fromTop(w *workspace.Workspace, base string, list finding.List) finding.List {
	out := slices.Clone(list)
	if w.Git == nil {
		return out
	}
	for i, f := range out {
		at := filepath.FromSlash(f.File)
		if f.File != "" && !filepath.IsAbs(at) {
			at = filepath.Join(base, at)
		}
		if rel, err := filepath.Rel(w.Git.Top, at); f.File != "" && err == nil && filepath.IsLocal(rel) {
			out[i].File = filepath.ToSlash(rel)
		}
	}
	return out
}

// emitFindings writes findings in a format for programs; false where it is text, which each command words itself. list
// names files as fromTop does; looked says how much was looked at, "" leaves it out; value is what JSON says.
func (a *app) emitFindings(list finding.List, looked string, o findingsOptions, value any) (bool, error) {
	formats := formats()
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == o.format })
	if i < 0 || formats[i].write == nil {
		return false, nil
	}
	return true, formats[i].write(a, list, looked, o, value)
}

func (a *app) github(list finding.List, looked string) (err error) {
	if err := report.GitHub(a.io.Out, list, looked); err != nil {
		return err
	}
	summary := a.getenv("GITHUB_STEP_SUMMARY")
	if summary == "" {
		return nil
	}
	f, err := os.OpenFile(summary, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return report.GitHubSummary(f, list, looked)
}

// project is where the pages of rules are.
const project = "https://github.com/planctl/planctl"

func about() report.About {
	out := report.About{Version: version(), Page: project}
	for _, r := range verify.Rules() {
		out.Rules = append(out.Rules, report.RuleInfo{Code: r.Code, Severity: r.Severity, Doc: r.Doc, Page: project + "/blob/main/docs/rules/" + string(r.Code) + ".md"})
	}
	return out
}
