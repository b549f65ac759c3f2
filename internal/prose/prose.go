// Package prose finds the command that a person wrote into a plan's text. What
// it finds is a suggestion: it may not run anything, and nothing that it
// returns may be run before somebody has seen it.
package prose

import (
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

// Suggestion is a command found in prose.
type Suggestion struct {
	Run      string    // the script, `| tee LOG` at its end taken off
	Log      string    // file name from that tee, "" without
	Kind     spec.Kind // red, green or check
	File     string
	Line     int
	Col      int
	Source   string // "Command column", "guidance", "Command Reference: RED run selector"
	Runnable bool
	Why      string   // why it is shown and not run: several commands, a placeholder, …
	Others   []string // further commands seen in the same place
}

// Suggest finds the command of a task; nil where there is none.
func Suggest(p *plan.Plan, t *plan.Task) *Suggestion { return nil }
