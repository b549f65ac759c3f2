package baseline

import (
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/spec"
)

// The rules on baselines and on comments that allow a finding.
const (
	CodeInvalid   finding.Code = "baseline-invalid"
	CodeProtected finding.Code = "baseline-protected"
	CodeUnknown   finding.Code = "baseline-unknown-rule"
	CodeUnused    finding.Code = "baseline-unused"

	CodeNoReason      finding.Code = "suppress-no-reason"
	CodeAllowGuarded  finding.Code = "suppress-protected"
	CodeAllowUnknown  finding.Code = "suppress-unknown-rule"
	CodeAllowNeedless finding.Code = "suppress-unused"
)

// Rule describes a rule code.
type Rule struct {
	Code     finding.Code
	Severity finding.Severity // unless the configuration says otherwise
	Doc      string           // one sentence: what the finding says
}

// Rules is every rule of this package, in the order of the documentation.
func Rules() []Rule {
	const warning, fault = finding.Warning, finding.Error
	return []Rule{
		{CodeInvalid, fault, "The baseline cannot be read for certain."},
		{CodeProtected, fault, "The baseline has an entry of a rule that no baseline can hold."},
		{CodeUnknown, warning, "The baseline has an entry of a rule that planctl does not know."},
		{CodeUnused, warning, "An entry of the baseline holds a finding that is gone, or counts more than are left."},
		{CodeNoReason, fault, "A comment allows a finding and does not say why."},
		{CodeAllowGuarded, fault, "A comment allows a rule that no comment can allow."},
		{CodeAllowUnknown, warning, "A comment allows a rule that planctl does not know, or names none."},
		{CodeAllowNeedless, warning, "A comment allows a finding that is not there."},
	}
}

func severity(code finding.Code) finding.Severity {
	for _, r := range Rules() {
		if r.Code == code {
			return r.Severity
		}
	}
	return finding.Error
}

// Protected reports whether neither a baseline nor a comment may accept the
// rule's findings:
//
//   - history: a rewritten attempt would be hidden by the line that the same
//     change adds. An old repository has no such findings, since history
//     starts to be compared when verify does.
//   - config: what the config says wrong decides what else is looked at.
//   - baseline and suppress: an exception from the rules on exceptions. Each of
//     them is mended where it is reported.
//   - errors in specs: run refuses the plan for each of them, and of specs that
//     cannot be read nobody knows what they say. A repository that is new to
//     planctl has none.
func Protected(code finding.Code) bool {
	family, _, _ := strings.Cut(string(code), "-")
	switch family {
	case "history", "config", "baseline", "suppress":
		return true
	}
	return elsewhere[code] || slices.ContainsFunc(spec.Rules(), func(r spec.Rule) bool { return r.Code == code && r.Severity == finding.Error })
}

// elsewhere is the errors in specs that packages above this one find. A test holds it to their rules.
var elsewhere = map[finding.Code]bool{
	"spec-criterion": true, "spec-cycle": true, "spec-phase-criterion": true, "spec-unknown-phase": true,
	"spec-unknown-plan": true, "spec-unknown-task": true, "spec-unreadable": true,
}
