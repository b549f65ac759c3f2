package proof

import (
	"maps"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
)

// Again says why one side of a replay, t.Red being the red that was replayed, did not show what it had to; "" where it did.
// That a green runs what its red ran, and with its pins, is a matter of their own records.
func Again(t Run) string {
	red := t.Red
	t.Red = nil
	if why, _ := Judge(t); why != "" {
		return why
	}
	t.Red = red
	if t.Kind == spec.Red {
		return others(red, t.Tests)
	}
	return Tests(t)
}

// others says that none of the tests that failed in a red run fails when its sources are shown again; "" where one does.
func others(red *manifest.Predicate, now testreport.Results) string {
	if red.Tests == nil {
		return ""
	}
	var then []string
	for _, name := range slices.Sorted(maps.Keys(red.Tests.Names)) {
		if red.Tests.Names[name] != string(testreport.Failed) {
			continue
		}
		if s, ok := now.Names[name]; s == testreport.Failed || !ok && len(now.Names) < now.Total {
			return ""
		}
		then = append(then, name)
	}
	if len(then) == 0 {
		return ""
	}
	return "other tests fail than in the red run, where it was " + strings.Join(then[:min(3, len(then))], ", ")
}

// Shown is what a replay that nobody recorded showed. The zero value is a proof that holds, or a task that has none.
type Shown struct {
	Why, Help string // why the proof does not hold, "" where it does; what to do
	Here      bool   // Why is of this machine or this clone, and says nothing of the proof
}
