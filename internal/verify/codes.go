package verify

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/history"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// The rules that look at more than one document. Those of a single plan, spec or ledger are with
// their packages.
const (
	CodeCriterion      finding.Code = "spec-criterion"       // a criterion does not compile
	CodeRed            finding.Code = "spec-red"             // `red` names no red
	CodeRollupOpen     finding.Code = "tick-rollup"          // a roll-up row is done and its phase is not complete
	CodeBecause        finding.Code = "spec-no-because"      // a red does not say why it must fail
	CodeNoCommand      finding.Code = "spec-no-command"      // a spec has no command and none is found in prose
	CodePhaseCriterion finding.Code = "spec-phase-criterion" // a phase's criterion looks at a run
	CodeSameLog        finding.Code = "spec-same-log"        // two tasks of one directory write one log
	CodeCycle          finding.Code = "spec-cycle"           // tasks wait for each other
	CodePhaseCycle     finding.Code = "plan-cycle"           // phases wait for each other
	CodeUnreadWaits    finding.Code = "plan-depends-unread"  // a Depends on column holds words that gate nothing
	CodeUncommanded    finding.Code = "tdd-no-command"       // a row asks for a red or green run and has no command
	CodeDoubt          finding.Code = "plan-initiative"      // the plan's initiative is not settled
	CodePath           finding.Code = "plan-missing-path"    // a cited path is not there
	CodeIndexMissing   finding.Code = "ledger-index-missing" // a section has no row in the Index
	CodeIndexExtra     finding.Code = "ledger-index-extra"   // a row of the Index has no section
	CodeIndexStatus    finding.Code = "ledger-index-status"  // Index and section differ in the status
)

// Rule is a code with what it means.
type Rule struct {
	Code     finding.Code     `json:"code"`
	Family   string           `json:"family"`   // one of Families
	Severity finding.Severity `json:"severity"` // unless the config's `rules` say otherwise
	Doc      string           `json:"doc"`      // one sentence
}

// Rules is every rule of every package, family by family in the order of the documentation, by code within one.
func Rules() []Rule {
	var all []Rule
	add := func(c finding.Code, s finding.Severity, doc string) {
		// Two packages may look at two sides of one rule; the first sentence speaks for both.
		if !slices.ContainsFunc(all, func(r Rule) bool { return r.Code == c }) {
			all = append(all, Rule{c, family(c), s, doc})
		}
	}
	for _, list := range [][]Rule{rules(), across(), opening(), configuration(), running()} {
		for _, r := range list {
			add(r.Code, r.Severity, r.Doc)
		}
	}
	for _, r := range plan.Rules() {
		add(r.Code, r.Severity, r.Doc)
	}
	for _, r := range ledger.Rules() {
		add(r.Code, r.Severity, r.Doc)
	}
	for _, r := range spec.Rules() {
		add(r.Code, r.Severity, r.Doc)
	}
	for _, r := range history.Rules() {
		add(r.Code, r.Severity, r.Doc)
	}
	for _, r := range baseline.Rules() {
		add(r.Code, r.Severity, r.Doc)
	}
	order := Families()
	slices.SortFunc(all, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Family), slices.Index(order, b.Family)), cmp.Compare(a.Code, b.Code))
	})
	return all
}

// Families are the rules' families in the order of the documentation.
func Families() []string {
	return []string{"plan", "spec", "ledger", "config", "tick", "evidence", "tdd", "fresh", "history", "baseline", "suppress"}
}

func family(c finding.Code) string {
	f, _, _ := strings.Cut(string(c), "-")
	return f
}

// rules is this package's own.
func rules() []Rule {
	return []Rule{
		{Code: CodeCriterion, Severity: finding.Error, Doc: "A criterion does not compile, or does not give true or false."},
		{Code: CodeRed, Severity: finding.Error, Doc: "`red` names the task itself, a task that is not there, or one that is no red."},
		{Code: CodeRollupOpen, Severity: finding.Warning, Doc: "A roll-up row is done although its phase is not complete."},
		{Code: CodeBecause, Severity: finding.Warning, Doc: "A red does not say by `because` why it must fail."},
		{Code: CodeNoCommand, Severity: finding.Error, Doc: "A spec has no command, and none is found in prose."},
		{Code: CodeUncommanded, Severity: finding.Note, Doc: "An open row asks for a RED or GREEN run by its words, and has neither a spec nor a command."},
		{Code: CodePhaseCriterion, Severity: finding.Error, Doc: "A phase's own criterion looks at what only a run has."},
		{Code: CodeSameLog, Severity: finding.Warning, Doc: "Two tasks of one directory write a log of one name, so that one call of `run` cannot run both."},
		{Code: CodeCycle, Severity: finding.Error, Doc: "Tasks wait for each other through `after` or `red`."},
		{Code: CodeUnreadWaits, Severity: finding.Note, Doc: "A Depends on column says of open rows what names no row or phase, and holds nothing back."},
		{Code: CodePhaseCycle, Severity: finding.Error, Doc: "Phases or rows wait for each other by their Prereqs or by what they say that they are blocked on, so that none of them can ever start."},
		{Code: CodeDoubt, Severity: finding.Warning, Doc: "Which initiative a plan belongs to is not settled, so that it cannot be run."},
		{Code: CodePath, Severity: finding.Warning, Doc: "A path under Dependencies or Baseline Evidence is not there."},
		{Code: CodeSecondReading, Severity: finding.Warning, Doc: "Markdown shows a row with an ID and a state, and planctl does not read it as a task."},
		{Code: CodeIndexMissing, Severity: finding.Warning, Doc: "A section of the ledger has no row in its Index."},
		{Code: CodeIndexExtra, Severity: finding.Warning, Doc: "A row of the ledger's Index has no section."},
		{Code: CodeIndexStatus, Severity: finding.Warning, Doc: "The ledger's Index and the section differ in the status word."},
	}
}

func severity(code finding.Code) finding.Severity {
	for _, list := range [][]Rule{rules(), across()} {
		for _, r := range list {
			if r.Code == code {
				return r.Severity
			}
		}
	}
	return finding.Error
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
