package main

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/disk"
	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/replay"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/report"
)

// The exit codes. They are fixed: scripts depend on them.
const (
	exitOK          = 0
	exitFailed      = 1 // criteria failed, prerequisites unmet, or findings
	exitUsage       = 2 // usage, a manual task, prose not approved
	exitUnreadable  = 3 // a plan, spec, ledger or config that cannot be read, or a base without common history
	exitTrouble     = 4 // the executor or the disk failed
	exitConflict    = 5 // conflict or lock
	exitInterrupted = 130
)

// usageError is a wrong call.
type usageError struct{ msg, help string }

func (e *usageError) Error() string { return e.msg }

func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	e := &usageError{msg: "unknown command or argument " + quote(args[0]), help: c.CommandPath() + " --help lists what there is"}
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		e.help = "did you mean " + c.CommandPath() + " " + near[0] + "?"
	}
	return e
}

// args wraps cobra's argument checks so that they end as usage errors.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, a []string) error {
		if err := check(c, a); err != nil {
			return &usageError{msg: strings.Replace(err.Error(), "arg(s)", "arguments", 1), help: "usage: " + c.UseLine()}
		}
		return nil
	}
}

func quote(s string) string { return `"` + report.Clean(s) + `"` }

// fail shows an error and gives its exit code.
func (a *app) fail(err error) int {
	p := a.printer(a.io.Err)
	code, help := classify(err)
	var list finding.List
	var invalid *engine.InvalidError
	if errors.As(err, &invalid) {
		list = invalid.Findings
	} else if f := (finding.Finding{}); errors.As(err, &f) {
		list = finding.List{f}
	} else {
		errors.As(err, &list)
	}
	if list != nil {
		list.Sort()
		report.Findings(p, a.withSource(list))
		if invalid != nil {
			p.Printf("%s nothing of these plans is run or marked until this is mended\n", p.Paint(report.Bad, "error:"))
		}
		return code
	}
	lines := strings.Split(err.Error(), "\n")
	p.Printf("%s %s\n", p.Paint(report.Bad, "error:"), report.Clean(lines[0]))
	for _, l := range lines[1:] {
		p.Printf("  %s\n", report.Clean(l))
	}
	var doubt *engine.DoubtError
	if errors.As(err, &doubt) {
		for _, c := range doubt.Candidates {
			p.Printf("  candidate %s (%s, %s)\n", report.Clean(c.ID), report.Clean(c.Source), report.Clean(c.Where))
		}
	}
	if help != "" {
		p.Printf("  %s %s\n", p.Paint(report.Info, "help:"), report.Clean(help))
	}
	return code
}

// classify is the one place where an error becomes an exit code and a way out.
func classify(err error) (code int, help string) {
	var (
		usage     *usageError
		doubt     *engine.DoubtError
		cycle     *engine.CycleError
		mark      *engine.MarkError
		invalid   *engine.InvalidError
		held      *commit.HeldError
		conflict  *commit.ConflictError
		moved     *commit.BranchError
		entry     *commit.EntryError
		changed   *atomicfile.ChangedError
		missing   *workspace.NotFoundError
		ambiguous *workspace.AmbiguousError
		base      *verify.BaseError
		refused   *replay.RefusedError
		list      finding.List
		no        *failure
		file      *unreadable
	)
	switch {
	case errors.As(err, &no):
		return exitFailed, no.help
	case errors.As(err, &file) && !disk.Failed(err): // else it is the machine that cannot read it
		return exitUnreadable, ""
	case errors.As(err, &base):
		return exitUnreadable, base.Help
	case errors.As(err, &usage):
		return exitUsage, usage.help
	case errors.As(err, &doubt):
		return exitUnreadable, doubt.Help
	case errors.As(err, &cycle):
		return exitUnreadable, "take one of them out of the other's `after` or `red`"
	case errors.As(err, &mark):
		if mark.Usage {
			return exitUsage, mark.Help
		}
		return exitFailed, mark.Help
	case errors.As(err, &refused):
		return exitFailed, refused.Help
	case errors.As(err, &invalid), errors.As(err, &list):
		return exitUnreadable, ""
	case errors.As(err, &held):
		return exitConflict, "wait for it, or end that process; a lock does not outlive its process"
	case errors.As(err, &moved):
		return exitConflict, "nothing was recorded; decide again on the branch that is meant"
	case errors.As(err, &entry):
		return exitConflict, "nothing was recorded; decide again once the ledger takes it"
	case errors.As(err, &conflict), errors.As(err, &changed):
		return exitConflict, ""
	case errors.As(err, &missing):
		if missing.Help() != "" {
			return exitUsage, "" // the message asks already
		}
		return exitUsage, "planctl status -v lists what there is"
	case errors.As(err, &ambiguous):
		if slices.ContainsFunc(ambiguous.Candidates, func(c string) bool { return strings.Contains(c, " (line ") }) {
			return exitUsage, "one plan has the ID twice: planctl lint names the lines; give one of them another ID"
		}
		return exitUsage, "write one of these names"
	case errors.Is(err, context.Canceled):
		return exitInterrupted, ""
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return exitTrouble, "make room on that disk first"
	case errors.Is(err, fs.ErrPermission):
		return exitTrouble, "planctl needs to write there; look at the owner and the mode of the path"
	}
	return exitTrouble, ""
}

// worst is the exit code of a run of several tasks.
func worst(tasks []*engine.Task) int {
	rank := map[int]int{exitOK: 0, exitFailed: 1, exitUsage: 2, exitConflict: 3, exitUnreadable: 4, exitTrouble: 5, exitInterrupted: 6}
	code := exitOK
	for _, t := range tasks {
		if c := statusCode(t); rank[c] > rank[code] {
			code = c
		}
	}
	return code
}

func statusCode(t *engine.Task) int {
	switch t.Status {
	case engine.Passed, engine.Current, engine.Rolled:
		if t.Predicate != nil {
			for _, ph := range t.Predicate.Phases {
				if !ph.Pass {
					return exitFailed
				}
			}
		}
		return exitOK
	case engine.Failed, engine.Refused, engine.NotStarted:
		return exitFailed
	case engine.Manual, engine.Declined:
		return exitUsage
	case engine.Invalid:
		return exitUnreadable
	case engine.Conflict, engine.Locked:
		return exitConflict
	case engine.Interrupted:
		return exitInterrupted
	}
	if t.Err != nil {
		code, _ := classify(t.Err)
		return code
	}
	return exitTrouble
}
