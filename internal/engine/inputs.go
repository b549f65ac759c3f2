package engine

import (
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/internal/glob"
)

// changing warns of inputs that the run itself changes: its plan, the ledger, its own directory. The tick of such a task is
// stale as soon as it is written.
func (x *execution) changing() string {
	var own []string
	for _, name := range []string{x.it.Plan.Path, ledgerPath(x.w)} {
		if _, in := x.p.Inputs[name]; in {
			own = append(own, name)
		}
	}
	if log, err := filepath.Rel(x.w.Root, x.logPath); err == nil {
		for _, p := range x.expanded.Inputs {
			if glob.Match(strings.TrimSuffix(p, "?"), filepath.ToSlash(log)) {
				own = append(own, "the run's directory")
				break
			}
		}
	}
	if len(own) == 0 {
		return ""
	}
	return "`inputs` takes in what the run itself changes, so that its tick is stale at once: " + strings.Join(own, ", ") + "; write patterns that leave it out"
}
