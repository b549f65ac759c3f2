package plan

import (
	"slices"

	"github.com/planctl/planctl/internal/diff3"
)

// proveMerge reads the result and compares it with what a merge has to give.
// Where it has conflicts, which are no plan yet, only its lines are counted.
func proveMerge(b, o, t *version, r diff3.Result, tokens Tokens) bool {
	got := readVersion(r.Bytes, tokens)
	if got == nil || !proveLines(b, o, t, got) {
		return false
	}
	if len(r.Conflicts) > 0 {
		return true
	}
	if got.plan.Unreadable() && !o.plan.Unreadable() && !t.plan.Unreadable() {
		return false
	}
	rows := map[string]*[4]placed{}
	for where, v := range []*version{b, o, t, got} {
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

const (
	inBase = iota
	inOurs
	inTheirs
	inResult
)

// proveRow judges rows of one ID: none that a side added or both kept is
// missing, none is doubled, and each is in the state that one side gave it.
func proveRow(p *[4]placed) bool {
	b, o, t, r := p[inBase], p[inOurs], p[inTheirs], p[inResult]
	if r.n < least(b.n, o.n, t.n) || r.n > max(o.n, t.n, b.n) {
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

// least is how many of a thing a merge must have: what one side added is
// there, and what both left alone.
func least(base, ours, theirs int) int {
	o, t := ours-base, theirs-base
	if o >= 0 && t >= 0 {
		return base + max(o, t)
	}
	return max(0, base+o+t)
}

// proveLines counts the lines that are no rows: rows may be joined, and are
// counted by ID.
func proveLines(b, o, t, got *version) bool {
	count := map[string]*[4]int{}
	for where, v := range []*version{b, o, t, got} {
		row := map[int]bool{}
		for _, task := range v.plan.tasks {
			for n := task.Line; n <= v.last[v.rows[task.Line]]; n++ {
				row[n] = true
			}
		}
		for i, l := range v.text.Lines {
			if l.Blank() || row[i+1] && where != inResult {
				continue
			}
			key := string(l.Text)
			if count[key] == nil {
				count[key] = new([4]int)
			}
			count[key][where]++
		}
	}
	for _, n := range count {
		if n[inResult] < least(n[inBase], n[inOurs], n[inTheirs]) {
			return false
		}
	}
	return true
}
