package verify

import (
	"slices"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/history"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// Unread reports whether a finding says that a document was not read at all, so that nobody knows what stands in it. One
// whose severity was lowered says so no more.
func Unread(f finding.Finding) bool {
	if f.Severity != finding.Error {
		return false
	}
	switch f.Code {
	case unreadablePlan, unreadableSpec, unreadableLedger, plan.CodeBinary, ledger.CodeBinary:
		return true
	}
	return false
}

// What internal/workspace says of a file that it could not read.
const (
	unreadablePlan   finding.Code = "plan-unreadable"
	unreadableSpec   finding.Code = "spec-unreadable"
	unreadableLedger finding.Code = "ledger-unreadable"
)

// notGone leaves out that a plan of the base is gone where an error says that it is there and cannot be read.
func notGone(list finding.List) finding.List {
	there := map[string]bool{}
	for _, f := range list {
		if Unread(f) {
			there[f.File] = true
		}
	}
	return slices.DeleteFunc(list, func(f finding.Finding) bool { return f.Code == history.CodePlanDeleted && there[f.File] })
}
