package verify

import (
	"maps"
	"slices"

	"github.com/planctl/planctl/internal/finding"
)

// The rules that look at more than one document. Those of a single plan, spec or ledger are with
// their packages.
const (
	CodeCriterion      finding.Code = "spec-criterion"       // a criterion does not compile
	CodeAfter          finding.Code = "spec-after"           // `after` names a task that is not there
	CodeRed            finding.Code = "spec-red"             // `red` names no red
	CodeRollup         finding.Code = "spec-rollup"          // a roll-up row names a plan or phase that is not there
	CodeRollupOpen     finding.Code = "tick-rollup"          // a roll-up row is done and its phase is not complete
	CodeBecause        finding.Code = "spec-no-because"      // a red does not say why it must fail
	CodeNoCommand      finding.Code = "spec-no-command"      // a spec has no command and none is found in prose
	CodePhase          finding.Code = "spec-unknown-phase"   // a phase spec names a phase that is not there
	CodePhaseCriterion finding.Code = "spec-phase-criterion" // a phase's criterion looks at a run
	CodeSameLog        finding.Code = "spec-same-log"        // two tasks of one directory write one log
	CodeCycle          finding.Code = "spec-cycle"           // tasks wait for each other
	CodeDoubt          finding.Code = "plan-initiative"      // the plan's initiative is not settled
	CodePath           finding.Code = "plan-missing-path"    // a cited path is not there
	CodeIndexMissing   finding.Code = "ledger-index-missing" // a section has no row in the Index
	CodeIndexExtra     finding.Code = "ledger-index-extra"   // a row of the Index has no section
	CodeIndexStatus    finding.Code = "ledger-index-status"  // Index and section differ in the status
)

// Rule is a code with what it means.
type Rule struct {
	Code     finding.Code
	Severity finding.Severity
	Doc      string // one sentence
}

// rules is this package's own.
func rules() []Rule {
	return []Rule{
		{CodeCriterion, finding.Error, "A criterion does not compile, or does not give true or false."},
		{CodeAfter, finding.Error, "`after` names a task that is not there."},
		{CodeRed, finding.Error, "`red` names a task that is not there or is no red."},
		{CodeRollup, finding.Error, "A roll-up row names a plan or a phase that is not there."},
		{CodeRollupOpen, finding.Warning, "A roll-up row is done although its phase is not complete."},
		{CodeBecause, finding.Warning, "A red does not say by `because` why it must fail."},
		{CodeNoCommand, finding.Error, "A spec has no command, and none is found in prose."},
		{CodePhase, finding.Error, "`phases` names a phase that the plan does not have."},
		{CodePhaseCriterion, finding.Error, "A phase's own criterion looks at what only a run has."},
		{CodeSameLog, finding.Warning, "Two tasks of one directory write a log of one name, so that one call cannot run both."},
		{CodeCycle, finding.Error, "Tasks wait for each other through `after` or `red`."},
		{CodeDoubt, finding.Warning, "Which initiative a plan belongs to is not settled, so that it cannot be run."},
		{CodePath, finding.Warning, "A path under Dependencies or Baseline Evidence is not there."},
		{CodeSecondReading, finding.Warning, "Markdown shows a row with an ID and a state, and planctl does not read it as a task."},
		{CodeIndexMissing, finding.Warning, "A section of the ledger has no row in its Index."},
		{CodeIndexExtra, finding.Warning, "A row of the ledger's Index has no section."},
		{CodeIndexStatus, finding.Warning, "The ledger's Index and the section differ in the status word."},
	}
}

func severity(code finding.Code) finding.Severity {
	for _, r := range rules() {
		if r.Code == code {
			return r.Severity
		}
	}
	return finding.Error
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
