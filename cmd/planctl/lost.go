package main

import (
	"fmt"

	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/report"
)

// lostHelp is what becomes of a run whose workspace is gone.
const lostHelp = "planctl recover ends what is left of it"

// lost is the runs that were left in workspaces of this repository that are gone: no status of theirs will ever show them.
func (a *app) lost(w *workspace.Workspace) ([]report.Left, error) {
	all, err := a.store(w).Lost()
	if err != nil {
		return nil, err
	}
	var out []report.Left
	for _, l := range all {
		out = append(out, report.Left{Task: l.Name, Why: "a run did not finish, and its " + l.Workspace + " is not there any more", Help: lostHelp, Processes: surviving(l.Open)})
	}
	return out, nil
}

// sayLost speaks of them beside findings, which are about this workspace alone.
func (a *app) sayLost(w *workspace.Workspace) error {
	all, err := a.lost(w)
	if err != nil {
		return err
	}
	for _, l := range all {
		fmt.Fprintf(a.io.Err, "planctl: %s: %s\n", report.Clean(l.Task), report.Clean(l.String()))
	}
	return nil
}
