package verify

import (
	"fmt"
	"testing"
)

// TestReaches walks a graph of commits as git gives it for more pairs than it is asked about one by one.
func TestReaches(t *testing.T) {
	// A merge of a side branch into main; a branch that was left behind; a commit whose parents this clone lacks.
	graph := map[string][]string{
		"tip": {"merge"}, "merge": {"main2", "side2"}, "main2": {"main1"}, "side2": {"side1"}, "side1": {"root"}, "main1": {"root"},
		"left": {"main1"}, "grafted": {"gone"},
	}
	for i := range 100_000 { // a long way down is no deep recursion, and each commit is looked at once
		graph[fmt.Sprint(i)] = []string{fmt.Sprint(i + 1), fmt.Sprint(i + 2)}
	}
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"tip", "root", true},
		{"tip", "side1", true},
		{"tip", "main1", true},
		{"merge", "tip", false},
		{"tip", "left", false},
		{"left", "main1", true},
		{"left", "main2", false},
		{"side2", "main1", false},
		{"tip", "tip", false},
		{"grafted", "gone", true},
		{"grafted", "root", false},
		{"unheard", "root", false},
		{"0", "100000", true},
		{"0", "root", false},
	} {
		if got := reaches(graph, c.from, c.to); got != c.want {
			t.Errorf("from %s to %s: %v", c.from, c.to, got)
		}
	}
}
