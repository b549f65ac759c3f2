package spec

import "github.com/planctl/planctl/internal/finding"

// The rules that reading specs checks.
const (
	CodeSyntax         finding.Code = "spec-syntax"
	CodeSecondDocument finding.Code = "spec-second-document"
	CodeAlias          finding.Code = "spec-alias"
	CodeDuplicateKey   finding.Code = "spec-duplicate-key"
	CodeUnknownKey     finding.Code = "spec-unknown-key"
	CodeType           finding.Code = "spec-type"
	CodeDuplicateID    finding.Code = "spec-duplicate-id"
	CodeEmpty          finding.Code = "spec-empty"
	CodeKind           finding.Code = "spec-kind"
	CodeGreenRed       finding.Code = "spec-green-without-red"
	CodeRed            finding.Code = "spec-red"
	CodeBecause        finding.Code = "spec-because"
	CodeRollup         finding.Code = "spec-rollup"
	CodeLog            finding.Code = "spec-log"
	CodeEnv            finding.Code = "spec-env"
	CodePath           finding.Code = "spec-path"
	CodeGlob           finding.Code = "spec-glob"
	CodeAfter          finding.Code = "spec-after"
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
		{CodeSyntax, fault, "The text is not YAML, is not UTF-8, or is larger than a spec can be."},
		{CodeSecondDocument, fault, "A second YAML document starts in one text; only the first would be read."},
		{CodeAlias, fault, "Anchors, aliases and merge keys are not read."},
		{CodeDuplicateKey, fault, "A key stands twice in one mapping."},
		{CodeUnknownKey, fault, "A spec, the defaults or a phase has a key that planctl does not know."},
		{CodeType, fault, "A value has the wrong type: a list where a text belongs, a time without its unit."},
		{CodeDuplicateID, fault, "A task or a phase has two specs, in one text or in two."},
		{CodeEmpty, fault, "A key is there and its text is empty, such as a `run` without a command."},
		{CodeKind, fault, "Keys of a spec contradict its kind: a manual task with `run`, `because` outside a red."},
		{CodeGreenRed, warning, "A green names no red, so nothing shows that its test failed first."},
		{CodeRed, fault, "`red` names the task itself, or a task that is not a red."},
		{CodeBecause, fault, "`because` is not a regular expression."},
		{CodeRollup, fault, "A roll-up row lacks `plan` or `phase`, or has keys of a task that runs."},
		{CodeLog, fault, "`log` is not a plain file name, or is a name that planctl writes itself."},
		{CodeEnv, fault, "A name under `env` is not a variable's name, or is one that planctl sets."},
		{CodePath, fault, "A path is absolute, leaves the workspace, or cannot be a path."},
		{CodeGlob, fault, "A pattern is not well formed."},
		{CodeAfter, fault, "`after` names the task itself, or nothing."},
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
