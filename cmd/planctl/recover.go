package main

import (
	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/report"
)

func (a *app) recoverCommand() *cobra.Command {
	var asJSON, here bool
	c := &cobra.Command{
		Use:     "recover",
		Short:   "Finish what a crash left: end its processes, write its attempt and its tick",
		GroupID: "keep",
		Long: "Recover finishes the runs whose planctl died, and nothing else: a branch that was switched, a ledger that was\n" +
			"checked out or a tick that was taken back since stay as they are. A run that had not ended is recorded as\n" +
			"interrupted. `planctl run` does the same before it starts.",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			e := a.engine()
			p := a.out()
			n := 0
			var failed error
			e.Show = func(ev engine.Event) {
				n++
				if asJSON {
					if err := a.emitJSON(report.RunEventJSON(ev)); err != nil && failed == nil {
						failed = err
					}
					return
				}
				report.RunEvent(p, ev)
			}
			w, err := a.open(c.Context())
			if err != nil {
				return err
			}
			if _, err := e.Recover(c.Context(), w, here); err != nil {
				return err
			}
			if n == 0 && !asJSON {
				p.Printf("nothing to recover\n")
			}
			if failed != nil {
				return failed
			}
			return p.Err()
		},
	}
	c.Flags().BoolVar(&here, "here", false, "record on this branch, too, what was begun on a branch that is gone")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per recovered run")
	return c
}
