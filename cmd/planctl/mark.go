package main

import (
	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/report"
)

func (a *app) markCommand() *cobra.Command {
	var opt engine.MarkOptions
	var asJSON bool
	c := &cobra.Command{
		Use:     "mark ID STATE --note \"why\"",
		Short:   "Record a decision by hand: done, active, blocked, skipped, todo, invalidated; waived for a phase",
		GroupID: "do",
		Long: "Mark writes the row's new state and an attempt with your name and your reason. `done` is held to the\n" +
			"spec's artifacts and to those criteria that need no run. `todo` on a done row reopens it: its pass no longer\n" +
			"counts. `invalidated` takes the force of one pass, the newest or that of --run; a row that no other pass\n" +
			"stands behind is open again. `waived` on a phase lets the tasks that wait for it go on.",
		Example: "  planctl mark C3.C done --note \"docs reviewed with Ana\"\n  planctl mark B2 blocked --note \"waits for the new detector file\"\n" +
			"  planctl mark C2.D done --run 9f3c21\n  planctl mark \"Phase A\" waived --note \"baseline lives in another repository\"",
		Args:              args(cobra.ExactArgs(2)),
		ValidArgsFunction: a.completeMark,
		RunE: func(c *cobra.Command, names []string) error {
			opt.State = names[1]
			e := a.engine()
			said := a.printer(a.io.Err)
			e.Show = func(ev engine.Event) { // what a crash left of other tasks is finished first, and not in silence
				if !a.quiet && (ev.Kind == engine.Recovered || ev.Kind == engine.Warned) {
					report.RunEvent(said, ev)
				}
			}
			t, err := e.Mark(c.Context(), names[0], opt)
			if err != nil {
				return err
			}
			a.code = statusCode(t)
			if asJSON {
				return a.emitJSON(report.TaskJSON(t))
			}
			p := a.out()
			report.Marked(p, t)
			return p.Err()
		},
	}
	c.Flags().StringVar(&opt.Note, "note", "", "the reason, as `TEXT`")
	c.Flags().StringVar(&opt.Run, "run", "", "with done: the reviewed run, with invalidated: the pass that does not count, by `DIGEST` or its first digits")
	c.Flags().BoolVar(&opt.Same, "same", false, "with done: the row was reworded and still asks for the same")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

func (a *app) completeMark(c *cobra.Command, got []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(got) == 0 {
		return a.completeTasks(c, got, prefix)
	}
	return []string{"done", "active", "blocked", "skipped", "todo", "invalidated", "waived"}, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) checkCommand() *cobra.Command {
	var record, asJSON bool
	c := &cobra.Command{
		Use:     "check ID",
		Short:   "Judge a task's criteria, as they are written now, on its last evidence",
		GroupID: "see",
		Long:    "Check runs nothing and writes nothing. --record enters the verdicts as an attempt, for criteria that were\nadded since the run.",
		Example: "  planctl check C2.D",
		Args:    args(cobra.ExactArgs(1)), ValidArgsFunction: a.completeTasks,
		RunE: func(c *cobra.Command, names []string) error {
			j, err := a.engine().Check(c.Context(), names[0], record)
			if err != nil {
				return err
			}
			if !j.Pass {
				a.code = exitFailed
			}
			if asJSON {
				return a.emitJSON(report.JudgementJSON(j))
			}
			p := a.out()
			report.Judgement(p, j)
			return p.Err()
		},
	}
	c.Flags().BoolVar(&record, "record", false, "enter the verdicts as an attempt")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}
