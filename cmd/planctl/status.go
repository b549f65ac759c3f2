package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/report"
	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

func (a *app) statusCommand() *cobra.Command {
	var format string
	var asJSON, archived bool
	c := &cobra.Command{
		Use:     "status [PLAN…]",
		Short:   "Show where plans and phases stand, and what is next",
		GroupID: "see",
		Long: "Status shows every plan, or those named (by path, initiative or stem): how many rows of each phase are done, what\n" +
			"is blocked, refuted (the newest run failed) or stale (what it depends on changed), and what can run next.\n" +
			"--verbose lists every row.",
		Example: "  planctl status\n  planctl status TEST-PYTORCH-001 -v",
		RunE: func(c *cobra.Command, names []string) error {
			if asJSON {
				format = "json"
			}
			return a.status(c.Context(), names, format, archived)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text, markdown or json")
	c.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	c.Flags().BoolVar(&archived, "archived", false, "archived plans too")
	return c
}

func (a *app) status(ctx context.Context, names []string, format string, archived bool) error {
	if !slices.Contains([]string{"text", "markdown", "json"}, format) {
		return &usageError{msg: "--format " + format + ": want text, markdown or json"}
	}
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	plans, err := choosePlans(w, names, archived)
	if err != nil {
		return err
	}
	v, err := a.statusOf(ctx, w, plans)
	if err != nil {
		return err
	}
	p := a.printer(a.io.Out)
	switch format {
	case "json":
		return a.emitJSON(v)
	case "markdown":
		report.StatusMarkdown(p, v)
	default:
		report.Status(p, v, a.verbose)
	}
	return p.Err()
}

// statusOf is where plans stand, with what waits in the whole workspace for recover and lint.
func (a *app) statusOf(ctx context.Context, w *workspace.Workspace, plans []*workspace.Plan) (report.StatusView, error) {
	running, left, err := a.begun(ctx, w)
	if err != nil {
		return report.StatusView{}, err
	}
	lost, err := a.lost(w)
	if err != nil {
		return report.StatusView{}, err
	}
	left = append(left, lost...)
	v, err := report.StatusOf(ctx, w, plans, running, left)
	if err != nil {
		return v, err
	}
	for _, f := range verify.Lint(w, nil) {
		switch f.Severity {
		case finding.Error:
			v.Errors++
		case finding.Warning:
			v.Warnings++
		}
	}
	return v, nil
}

func choosePlans(w *workspace.Workspace, names []string, archived bool) ([]*workspace.Plan, error) {
	var out []*workspace.Plan
	for _, n := range names {
		// An initiative may have several plans: its name means all of them.
		if all := w.Initiative(n); len(all) > 0 {
			out = append(out, all...)
			continue
		}
		p, err := w.FindPlan(n)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	if len(names) == 0 {
		for _, p := range w.Plans {
			if archived || !p.Archived {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// begun is the tasks that run now, and what is left to be done of those whose planctl is gone.
func (a *app) begun(ctx context.Context, w *workspace.Workspace) (running []report.Running, left []report.Left, err error) {
	intents, err := a.store(w).Intents()
	if err != nil {
		return nil, nil, err
	}
	for _, o := range intents {
		in := o.Intent
		live, err := o.Live()
		switch {
		case err != nil:
			return nil, nil, err
		case in.Name == "":
		case live:
			running = append(running, report.Running{Task: calledNow(w, in.Name), Process: in.PID, Since: in.Begun.UTC().Format(time.RFC3339), Log: in.Log})
		default:
			l, err := o.Left(ctx)
			if err != nil {
				return nil, nil, err
			}
			there := leftOf(calledNow(w, in.Name), l)
			if there.Processes = surviving(o); len(there.Processes) > 0 && l.Branch == nil && !l.Newer {
				there.Why, there.Help = "its command still runs", "planctl recover ends and records it"
			}
			left = append(left, there)
		}
	}
	return running, left, nil
}

func leftOf(task string, l commit.Left) report.Left {
	out := report.Left{Task: task, Why: "a run did not finish", Help: "planctl recover records it"}
	switch {
	case l.Newer:
		out.Why, out.Help = "another planctl began it, and says what this one does not know", "recover it with that one"
	case l.Branch != nil:
		out.Why, out.Help = l.Branch.Waits(), l.Branch.Help()
	case l.Entry != nil:
		out.Why, out.Help = "ended ("+l.Ended+"), not entered yet: "+l.Entry.Error(), l.Entry.Help()
	case l.Ticks:
		out.Why, out.Help = "ended ("+l.Ended+") and is entered, but not ticked yet", "planctl recover ticks it"
	case l.Ended != "":
		out.Why, out.Help = "ended ("+l.Ended+"), not entered yet", "planctl recover enters it"
	}
	return out
}

// surviving is the processes that still run of a command whose planctl is gone. Where that cannot be told they are not named:
// recover asks again before it ends any.
func surviving(o *commit.Open) []int {
	h := runner.Handle{Key: o.Intent.Key}
	switch {
	case o.Handle != nil:
		h = *o.Handle
	case o.Intent.Log == "":
		return []int{} // a decision has no command
	}
	pids, err := local.Surviving(h)
	if err != nil {
		return []int{}
	}
	return append([]int{}, pids...)
}

// calledNow is how people type the task that an intent names as PLAN#ID; the intent's own word where its row is gone.
func calledNow(w *workspace.Workspace, name string) string {
	for _, pl := range w.Plans {
		if id, ok := strings.CutPrefix(name, pl.Path+"#"); ok {
			if it := pl.Item(id); it != nil {
				return it.Name(w)
			}
		}
	}
	return name
}

// begunOf is what runs of one task, and what was left of it; nil where nothing is.
func (a *app) begunOf(ctx context.Context, w *workspace.Workspace, it *workspace.Item) (now *report.Running, left *report.Left, err error) {
	running, unfinished, err := a.begun(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	if i := slices.IndexFunc(running, func(r report.Running) bool { return r.Task == it.Name(w) }); i >= 0 {
		now = &running[i]
	}
	if i := slices.IndexFunc(unfinished, func(l report.Left) bool { return l.Task == it.Name(w) }); i >= 0 {
		left = &unfinished[i]
	}
	return now, left, nil
}

func (a *app) nextCommand() *cobra.Command {
	var asJSON bool
	var most int
	c := &cobra.Command{
		Use:     "next [PLAN…]",
		Short:   "List the tasks that can run now, best first",
		GroupID: "see",
		Long:    "Next lists what nothing holds: begun rows first, then those of the plans that are furthest along. Archived plans never.",
		RunE: func(c *cobra.Command, names []string) error {
			return a.next(c.Context(), names, most, asJSON)
		},
	}
	c.Flags().IntVarP(&most, "max", "n", 20, "list `N` at most; 0 lists all")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per task")
	return c
}

func (a *app) next(ctx context.Context, names []string, most int, asJSON bool) error {
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	plans, err := choosePlans(w, names, false)
	if err != nil {
		return err
	}
	running, left, err := a.begun(ctx, w)
	if err != nil {
		return err
	}
	p := a.printer(a.io.Out)
	n := 0
	for _, it := range schedule.Next(w) {
		if !slices.Contains(plans, it.Plan) {
			continue
		}
		if slices.ContainsFunc(running, func(r report.Running) bool { return r.Task == it.Name(w) }) {
			continue // somebody is at it
		}
		n++
		if most > 0 && n > most {
			continue
		}
		if asJSON {
			if err := a.emitJSON(report.NextJSON(w, it, slices.ContainsFunc(left, func(l report.Left) bool { return l.Task == it.Name(w) }))); err != nil {
				return err
			}
			continue
		}
		report.Next(p, w, it)
	}
	switch {
	case asJSON:
	case n == 0 && len(running) > 0:
		p.Printf("nothing else can run now: planctl status shows what runs\n")
	case n == 0:
		v, err := report.StatusOf(ctx, w, plans, nil, nil)
		if err != nil {
			return err
		}
		p.Printf("%s\n", nothing(v))
	case most > 0 && n > most:
		p.Printf("and %d more: planctl next -n 0\n", n-most)
	}
	for _, l := range left {
		if !asJSON {
			report.Unfinished(p, l)
		}
	}
	return p.Err()
}

// nothing says why no task can run: all is done, all that is open waits, or what is done does not stand.
func nothing(v report.StatusView) string {
	open, eyes := 0, 0
	for _, pl := range v.Plans {
		for _, ph := range pl.Phases {
			if ph.Halted() {
				eyes++
			}
			for _, r := range ph.Rows {
				switch {
				case r.State != plan.Done.String() && r.State != plan.Skipped.String():
					open++
				case r.Refuted || len(r.Stale) > 0 || len(r.Changed) > 0:
					eyes++
				}
			}
		}
	}
	switch {
	case open > 0:
		return fmt.Sprintf("nothing can run now: %s wait; planctl status -v says for what", report.Plural(open, "open row"))
	case eyes > 0:
		return fmt.Sprintf("every row is done, but not all of it stands: planctl status shows %s to look at", report.Plural(eyes, "row or phase", "rows or phases"))
	}
	return "every row is done"
}

func (a *app) showCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "show PLAN | PLAN#ID | ID",
		Short:   "Show one plan, phase or task: spec, criteria, attempts, evidence",
		GroupID: "see",
		Example: "  planctl show C2.D\n  planctl show 'Phase C2'\n  planctl show plans/active/vectorization.md",
		Args:    args(cobra.ExactArgs(1)), ValidArgsFunction: a.completeTasks,
		RunE: func(c *cobra.Command, names []string) error { return a.showOne(c.Context(), names[0], asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

// showOne finds what the name means: a task, a phase, or a plan, in this order.
func (a *app) showOne(ctx context.Context, name string, asJSON bool) error {
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	p := a.printer(a.io.Out)
	it, taskErr := w.Find(name)
	if taskErr == nil {
		now, left, err := a.begunOf(ctx, w, it)
		if err != nil {
			return err
		}
		if asJSON {
			v, err := report.ShowTaskJSON(ctx, w, it, now, left)
			if err != nil {
				return err
			}
			return a.emitJSON(v)
		}
		if err := report.ShowTask(ctx, p, w, it, now, left); err != nil {
			return err
		}
		return p.Err()
	}
	phase := name
	for _, lead := range []string{"Phase ", "phase "} {
		phase = strings.TrimPrefix(phase, lead)
	}
	pl, ph, phaseErr := w.FindPhase(phase)
	if phaseErr == nil {
		if asJSON {
			v, err := report.ShowPhaseJSON(ctx, w, pl, ph)
			if err != nil {
				return err
			}
			return a.emitJSON(v)
		}
		if err := report.ShowPhase(ctx, p, w, pl, ph); err != nil {
			return err
		}
		return p.Err()
	}
	pl, planErr := w.FindPlan(name)
	if planErr == nil {
		v, err := a.statusOf(ctx, w, []*workspace.Plan{pl})
		if err != nil {
			return err
		}
		if asJSON {
			return a.emitJSON(v)
		}
		report.Status(p, v, true)
		return p.Err()
	}
	return likeliest(taskErr, phaseErr, planErr)
}

// likeliest is the error that helps most where a name is neither task nor phase nor plan: one that knows
// several of that name, else the first that knows what was meant.
func likeliest(errs ...error) error {
	for _, err := range errs {
		var several *workspace.AmbiguousError
		if errors.As(err, &several) {
			return err
		}
	}
	for _, err := range errs {
		var missing *workspace.NotFoundError
		if errors.As(err, &missing) && (missing.Help() != "" || missing.Why != "") {
			return err
		}
	}
	return errs[0]
}
