package plan

import (
	"slices"

	"github.com/planctl/planctl/internal/diff3"
)

// proveMerge reads the result and compares it with what a merge has to give.
// Where it has conflicts, which are no plan yet, only its lines are counted.
func proveMerge(b, o, t *version, r diff3.Result, tokens Tokens) bool {
	got := readVersion(r.Bytes, tokens)
	if got == nil {
		return false
	}
	// Rows may be joined; they are counted by ID.
	versions := [4]*version{b, o, t, got}
	row := func(where, line int) bool { return versions[where].inRow[line] }
	if !diff3.KeepsLines([4]diff3.Text{b.text, o.text, t.text, got.text}, row) {
		return false
	}
	if len(r.Conflicts) > 0 {
		return true
	}
	if got.plan.Unreadable() && !o.plan.Unreadable() && !t.plan.Unreadable() {
		return false
	}
	rows := map[string]*[4]placed{}
	for where, v := range versions {
		for _, task := range v.plan.tasks {
			key := placeOf(task)
			if rows[key] == nil {
				rows[key] = new([4]placed)
			}
			p := &rows[key][where]
			p.n++
			p.states = append(p.states, task.State)
		}
	}
	for _, p := range rows {
		if !proveRow(p) {
			return false
		}
	}
	return true
}

// placed is the rows of one ID in one phase.
type placed struct {
	n      int
	states []State
}

func placeOf(task *Task) string {
	if task.Phase == nil {
		return "\x00" + task.ID
	}
	return task.Phase.ID + "\x00" + task.ID
}

// proveRow judges rows of one ID: none that a side added or both kept is
// missing, none is doubled, and each is in the state that one side gave it.
func proveRow(p *[4]placed) bool {
	b, o, t, r := p[diff3.InBase], p[diff3.InOurs], p[diff3.InTheirs], p[diff3.InResult]
	if r.n < diff3.AtLeast(b.n, o.n, t.n) || r.n > max(o.n, t.n, b.n) {
		return false
	}
	if b.n != 1 || o.n != 1 || t.n != 1 || r.n != 1 {
		for _, s := range r.states {
			if !slices.Contains(o.states, s) && !slices.Contains(t.states, s) {
				return false
			}
		}
		return true
	}
	want := o.states[0]
	if want == b.states[0] {
		want = t.states[0]
	}
	return r.states[0] == want
}
