package schedule_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/workspace"
)

// open is a workspace of plans; each row is written as ID and State.
func open(t *testing.T, files map[string]string) *workspace.Workspace {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	w, err := workspace.Open(t.Context(), workspace.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func phase(id, prereqs string, rows ...string) string {
	text := "\n## Phase " + id + "\n"
	if prereqs != "" {
		text += "Prereqs: " + prereqs + "\n"
	}
	text += "\n| ID | Task | State |\n| --- | --- | --- |\n"
	for _, r := range rows {
		id, state, _ := strings.Cut(r, " ")
		text += "| " + id + " | Do it | " + state + " |\n"
	}
	return text
}

func specs(text string) string { return "\n```yaml planctl\n" + text + "\n```\n" }

// Each thing that a task waits for is a gate of its kind, and goes when that is done; position alone is none.
func TestGates(t *testing.T) {
	w := open(t, map[string]string{".planctl.yaml": "version: 1\n", "plans/p.md": "# P\n" +
		phase("A", "", "A1 [ ]", "A2 [ ]", "A3 [ ]", "A4 [B]", "A5 [x]", "A6 [-]", "A7 [ ]", "A8 [ ] (blocked)", "A9 [ ]") +
		phase("B", "Phase A", "B1 [ ]") + phase("C", "Phase D", "C1 [ ]") + phase("D", "", "D1 [x]", "D2 [-]") +
		specs("A2: {run: x, after: [A1, A5, A6]}\nA3: {run: x, after: [Z9]}\nA7: {kind: red, run: x, because: y}\nA9: {kind: green, red: A7}")})
	want := map[string][]schedule.Kind{"A1": nil, "A2": {schedule.After}, "A3": {schedule.Broken}, "A4": {schedule.Blocked}, "A7": nil, "A8": {schedule.Worded},
		"A9": {schedule.RedFirst}, "B1": {schedule.Prereq}, "C1": nil}
	for _, it := range w.Plans[0].Items {
		if !schedule.IsOpen(it.Task) {
			continue
		}
		var got []schedule.Kind
		for _, g := range schedule.Gates(w, it) {
			got = append(got, g.Kind)
		}
		kinds, asked := want[it.Task.ID]
		if !asked || !slices.Equal(got, kinds) {
			t.Errorf("%s: %v, want %v", it.Task.ID, schedule.Gates(w, it), kinds)
		}
		delete(want, it.Task.ID)
	}
	if len(want) > 0 {
		t.Errorf("no rows %v", slices.Sorted(maps.Keys(want)))
	}
}

// What somebody has begun comes first, then the plan that is furthest along, then the document's order; what waits, what is
// done or struck out, and what is archived never.
func TestNext(t *testing.T) {
	w := open(t, map[string]string{
		".planctl.yaml":          "version: 1\n",
		"plans/a.md":             "# A\n" + phase("A", "", "A1 [ ]", "A2 [B]", "A3 [ ]", "A4 [?]"),
		"plans/b.md":             "# B\n" + phase("B", "", "B1 [x]", "B2 [ ]", "B3 [ ]") + specs("B3: {run: x, after: [B2]}"),
		"plans/c.md":             "# C\n" + phase("C", "", "C1 [ ]", "C2 [~]"),
		"plans/d.md":             "# D\n" + phase("D", "", "D1 [x]", "D2 [x]", "~~D3~~ [ ]"),
		"plans/archive/old/e.md": "# E\n" + phase("E", "", "E1 [~]"),
	})
	var got []string
	for _, it := range schedule.Next(w) {
		got = append(got, it.Task.ID)
	}
	if want := "C2 B2 A1 A3 C1"; strings.Join(got, " ") != want {
		t.Errorf("next %v, want %s", got, want)
	}
}

// A cycle is a path that ends where it began; tasks that only wait in a row are none.
func TestCycle(t *testing.T) {
	rows := phase("A", "", "A1 [ ]", "A2 [ ]", "A3 [ ]", "A4 [ ]")
	for text, want := range map[string]string{
		"A1: {run: x, after: [A2]}\nA2: {run: x, after: [A3, A4]}\nA3: {run: x, after: [A4]}":               "",
		"A1: {run: x, after: [A2]}\nA2: {run: x, after: [A3]}\nA3: {run: x, after: [A4, A2]}\nA4: {run: x}": "A2 A3 A2",
		"A1: {run: x, after: [A1]}": "A1 A1",
		"A1: {kind: red, run: x, because: y, after: [A2]}\nA2: {kind: green, red: A1}": "A1 A2 A1",
		"A1: {run: x, after: [Z9]}": "",
	} {
		w := open(t, map[string]string{".planctl.yaml": "version: 1\n", "plans/p.md": "# P\n" + rows + specs(text)})
		if got := strings.Join(schedule.Cycle(w, w.Plans[0].Items), " "); got != want {
			t.Errorf("%s\ncycle %q, want %q", text, got, want)
		}
	}
}

// A phase is complete when every row is done or skipped and its own criteria, if it has some, were judged.
func TestOpenPhase(t *testing.T) {
	w := open(t, map[string]string{".planctl.yaml": "version: 1\n", "plans/p.md": "# P\n" +
		phase("A", "", "A1 [x]", "A2 [-]") + phase("B", "", "B1 [x]", "B2 [ ]", "B3 [B]") + phase("C", "", "C1 [x]") +
		specs("phases: {C: {criteria: ['file(\"x\").exists']}}")})
	want := []string{"", "2 of 3 rows open: B2, B3", "its own exit criteria have not been judged: planctl run --phase C"}
	for i, ph := range w.Plans[0].Doc.Phases {
		if got := schedule.OpenPhase(w, w.Plans[0], ph); got != want[i] {
			t.Errorf("%s: %q, want %q", ph.ID, got, want[i])
		}
	}
}
