package verify

import "github.com/planctl/planctl/internal/finding"

// What follows is reported by packages that keep no list of rules of their own. A test reads their
// sources and holds these lists against what they report.

// opening is what internal/workspace finds while it looks for documents and reads them.
func opening() []Rule {
	const note, fault = finding.Note, finding.Error
	return []Rule{
		{Code: "plan-unreadable", Severity: fault, Doc: "A plan, or a directory of plans, cannot be read; a warning for a link that leads nowhere."},
		{Code: "plan-in-evidence", Severity: note, Doc: "A document with a checklist lies in a run's directory, where it is evidence and no plan."},
		{Code: "plan-nested-workspace", Severity: note, Doc: "Plans lie below a directory with a config of its own and are left out; a warning for one that `plans` names in full."},
		{Code: "plan-no-checklist", Severity: note, Doc: "Documents that `plans` matches hold no checklist table and are passed over."},
		{Code: "plan-no-table", Severity: fault, Doc: "A document has specs and no checklist table, so that it is no plan."},
		{Code: "spec-unreadable", Severity: fault, Doc: "A sidecar with specs is there and cannot be read."},
		{Code: "spec-no-plan", Severity: fault, Doc: "A sidecar with specs has no plan beside it."},
		{Code: "spec-unknown-task", Severity: fault, Doc: "A spec is for a task, or names a task, that is not there."},
		{Code: "spec-unknown-phase", Severity: fault, Doc: "A spec names a phase that the plan does not have."},
		{Code: "spec-unknown-plan", Severity: fault, Doc: "A roll-up row names a plan that is not there."},
		{Code: "ledger-unreadable", Severity: fault, Doc: "A ledger is there and cannot be read."},
		{Code: "evidence-unreadable", Severity: fault, Doc: "A manifest, or a directory of evidence, cannot be read."},
	}
}

// configuration is what reading .planctl.yaml finds. Its YAML is read as strictly as a spec's.
func configuration() []Rule {
	const warning, fault = finding.Warning, finding.Error
	return []Rule{
		{Code: "config-unreadable", Severity: fault, Doc: "The config is there and cannot be read."},
		{Code: "config-syntax", Severity: fault, Doc: "The config is not YAML, is not UTF-8, or is larger than a config can be."},
		{Code: "config-second-document", Severity: fault, Doc: "A second YAML document starts in the config; only the first would be read."},
		{Code: "config-alias", Severity: fault, Doc: "Anchors, aliases and merge keys are not read."},
		{Code: "config-duplicate-key", Severity: fault, Doc: "A key of the config stands twice."},
		{Code: "config-unknown-key", Severity: fault, Doc: "The config has a key that planctl does not know."},
		{Code: "config-type", Severity: fault, Doc: "A value of the config has the wrong type, such as a list where a text belongs."},
		{Code: "config-version", Severity: fault, Doc: "The config does not say `version: 1`."},
		{Code: "config-value", Severity: fault, Doc: "A value of the config has the right type and cannot be meant."},
		{Code: "config-path", Severity: fault, Doc: "A path or pattern of the config is malformed, absolute, or leaves the workspace."},
		{Code: "config-token", Severity: fault, Doc: "A token of the config stands for two states, or cannot be a token."},
		{Code: "config-link", Severity: warning, Doc: "`links` names a file that is no plan of the workspace."},
		{Code: "config-ledger", Severity: warning, Doc: "`ledgers` names a file that is not there."},
	}
}

// running is what internal/engine finds before it starts a command.
func running() []Rule {
	return []Rule{
		{Code: "spec-inputs", Severity: finding.Error, Doc: "A file that `inputs` names cannot be read when the task is to run."},
		{Code: "spec-pins", Severity: finding.Error, Doc: "A file or definition that `pins` names cannot be found when the task is to run."},
		{Code: "spec-secret", Severity: finding.Error, Doc: "A row or a spec that is to run writes out the value of a secret variable."},
	}
}
