package history

import (
	"testing"

	"github.com/planctl/planctl/internal/manifest"
)

// TestNaming: which attempts name a row that was ticked, and which only seem to.
func TestNaming(t *testing.T) {
	const elsewhere = "\n## [T-002] y\n- Attempts History:\n"
	ticked := edit("| A2 | two | [ ]", "| A2 | two | [x]")(rows)
	of := func(result manifest.Result, task string) []Manifest {
		p := manifest.Predicate{Result: result, Task: manifest.Task{Plan: "plans/p.md", ID: task}}
		return []Manifest{{Path: "a.run.json", Digest: runA, Doc: &manifest.Statement{Predicate: p}}}
	}
	for _, c := range []struct {
		name, own, other string // entries of the plan's initiative, and of another
		manifests        []Manifest
		want             string
	}{
		{"in its section", "A2 two: done.", "", nil, ""},
		{"in another section", "", "A2 two: done.", nil, "tick-unnamed"},
		{"by hand in another section", "", "Result: success. Closed A2 with Ana.", nil, "tick-unnamed"},
		{"its phase in another section", "", "Result: success. Phase A is complete.", nil, "tick-unnamed"},
		{"a pass of it, entered elsewhere", "", "Z9 other: pass (exit 0, 1.00 s).\n    Run: " + runA, of(manifest.Pass, "A2"), ""},
		{"a failed run of it, entered elsewhere", "", "Z9 other: fail (exit 1, 1.00 s).\n    Run: " + runA, of(manifest.Fail, "A2"), "tick-unnamed"},
		{"a pass of it that nobody entered", "Z9 other: pass (exit 0, 1.00 s).\n    Run: " + runB, "", of(manifest.Pass, "A2"), "tick-unnamed"},
		{"its phase in a run's own text", "Z9 other: pass (exit 0, 1.00 s).\n    Note: for Phase A\n    Run: " + runA, "", of(manifest.Pass, "Z9"), "tick-unnamed"},
	} {
		head := planned(ticked)
		text := "# L\n\n## [T-001] x\n- Attempts History:\n"
		if c.own != "" {
			text += "  * [2025-01-01] Attempt #1 — " + c.own + "\n"
		}
		text += elsewhere
		if c.other != "" {
			text += "  * [2025-01-01] Attempt #1 — " + c.other + "\n"
		}
		head.Ledgers, head.Manifests = snapshot(text).Ledgers, c.manifests
		if got := codes(planned(rows), head); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
