package ledger

import (
	"github.com/planctl/planctl/internal/diff3"
)

// tally counts something in the three versions and in the result.
type tally map[string]*[4]int

func (c tally) add(key string, where int) {
	n := c[key]
	if n == nil {
		n = new([4]int)
		c[key] = n
	}
	n[where]++
}

// least is how many of them a merge must have.
func least(n *[4]int) int {
	return diff3.AtLeast(n[diff3.InBase], n[diff3.InOurs], n[diff3.InTheirs])
}

// most is how many a merge may have: the base's, and what each side added.
func most(n *[4]int) int {
	return n[diff3.InBase] + max(0, n[diff3.InOurs]-n[diff3.InBase]) + max(0, n[diff3.InTheirs]-n[diff3.InBase])
}

// proveMerge reads the result and compares: a layout that was misjudged must
// not cost anybody a line. Where the result has conflicts, which are no ledger
// yet, only its lines are counted.
func proveMerge(b, o, t *version, r diff3.Result) bool {
	got := &version{doc: Parse("", r.Bytes), text: diff3.Split(r.Bytes)}
	versions := [4]*version{b, o, t, got}
	// Two changes of one Index row may have been joined; rows are counted by ID.
	row := func(where, line int) bool { return versions[where].rows[line] != "" }
	if !diff3.KeepsLines([4]diff3.Text{b.text, o.text, t.text, got.text}, row) {
		return false
	}
	if len(r.Conflicts) > 0 {
		return true
	}
	entries, runs, parts := tally{}, tally{}, tally{}
	for where, v := range versions {
		for _, row := range v.doc.Rows {
			parts.add("row "+foldID(row.ID), where)
		}
		for _, a := range v.doc.attempts {
			at := ""
			if a.Section != nil {
				at = foldID(a.Section.ID) + "\x00"
			}
			if a.Run != "" {
				runs.add(at+a.Run, where)
				runs.add(a.Run, where) // also where it stands in two sections
			} else {
				entries.add(at+a.Text, where)
			}
		}
		for _, s := range v.doc.Sections {
			parts.add("section "+foldID(s.ID), where)
		}
	}
	for _, n := range entries {
		if n[diff3.InResult] < least(n) || n[diff3.InResult] > most(n) {
			return false
		}
	}
	for _, n := range runs {
		if n[diff3.InResult] < least(n) || n[diff3.InResult] > max(n[diff3.InOurs], n[diff3.InTheirs]) {
			return false
		}
	}
	for _, n := range parts {
		if n[diff3.InResult] < least(n) || n[diff3.InResult] > most(n) {
			return false
		}
	}
	return true
}
