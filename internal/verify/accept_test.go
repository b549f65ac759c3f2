package verify

import (
	"testing"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/spec"
)

// TestSpecsAreNeverAccepted: what stops run for a spec is said for as long as it stands, and what only warns
// can be accepted.
func TestSpecsAreNeverAccepted(t *testing.T) {
	for _, r := range spec.Rules() {
		if got, want := baseline.Protected(r.Code), r.Severity == finding.Error; got != want {
			t.Errorf("Protected(%s) is %v, and it is of severity %s", r.Code, got, r.Severity)
		}
	}
	if !baseline.Protected(unreadableSpec) {
		t.Errorf("%s can be accepted", unreadableSpec)
	}
	if baseline.Protected(CodeNoCommand) {
		t.Errorf("%s cannot be accepted", CodeNoCommand)
	}
}
