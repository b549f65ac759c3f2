package schedule

import (
	"fmt"
	"slices"

	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// Drift says how a plan's rows and its initiative's status word disagree; "" where they do not.
func Drift(w *workspace.Workspace, pl *workspace.Plan, status string) string {
	first := ledger.StatusWord(status)
	closed := first == "done" || first == "completed" || first == "complete" || first == "closed"
	open, others := 0, 0
	for _, it := range pl.Items {
		if IsOpen(it.Task) {
			open++
		}
	}
	for _, q := range w.Initiative(pl.Link.ID) {
		for _, it := range q.Items {
			if q != pl && !q.Archived && IsOpen(it.Task) {
				others++
			}
		}
	}
	switch {
	case len(pl.Items) > 0 && open == 0 && others == 0 && !closed && first != "archived" && hasDone(pl):
		return fmt.Sprintf("every row is done, and %s says %s of %s", w.Ledger.Path, status, pl.Link.ID)
	case closed && open == 1 && !pl.Archived:
		return fmt.Sprintf("1 row is open, and %s says %s of %s", w.Ledger.Path, status, pl.Link.ID)
	case closed && open > 0 && !pl.Archived:
		return fmt.Sprintf("%d rows are open, and %s says %s of %s", open, w.Ledger.Path, status, pl.Link.ID)
	}
	return ""
}

func hasDone(pl *workspace.Plan) bool {
	return slices.ContainsFunc(pl.Items, func(it *workspace.Item) bool { return it.Task.State == plan.Done })
}
