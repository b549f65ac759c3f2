package ledger

import (
	"github.com/planctl/planctl/internal/diff3"
)

// tally counts something in the three versions and in the result.
type tally map[string]*[4]int

const (
	inBase = iota
	inOurs
	inTheirs
	inResult
)

func (c tally) add(key string, where int) {
	n := c[key]
	if n == nil {
		n = new([4]int)
		c[key] = n
	}
	n[where]++
}

// least is how many of them a merge must have: what one side added is there,
// and what both left alone.
func least(n *[4]int) int {
	o, t := n[inOurs]-n[inBase], n[inTheirs]-n[inBase]
	if o >= 0 && t >= 0 {
		return n[inBase] + max(o, t)
	}
	return max(0, n[inBase]+o+t)
}

// most is how many a merge may have: the base's, and what each side added.
func most(n *[4]int) int {
	return n[inBase] + max(0, n[inOurs]-n[inBase]) + max(0, n[inTheirs]-n[inBase])
}

// proveMerge reads the result and compares: a layout that was misjudged must
// not cost anybody a line. Where the result has conflicts, which are no ledger
// yet, only its lines are counted.
func proveMerge(b, o, t *version, r diff3.Result) bool {
	got := &version{doc: Parse("", r.Bytes), text: diff3.Split(r.Bytes)}
	lines, entries, runs, parts := tally{}, tally{}, tally{}, tally{}
	for where, v := range []*version{b, o, t, got} {
		rows := map[int]bool{}
		for _, row := range v.doc.Rows {
			rows[row.Line] = true
			parts.add("row "+foldID(row.ID), where)
		}
		for i, l := range v.text.Lines {
			// Two changes of one Index row may have been joined; rows are counted by ID.
			if !l.Blank() && !rows[i+1] {
				lines.add(string(l.Text), where)
			}
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
	for _, n := range lines {
		if n[inResult] < least(n) {
			return false
		}
	}
	if len(r.Conflicts) > 0 {
		return true
	}
	for _, n := range entries {
		if n[inResult] < least(n) || n[inResult] > most(n) {
			return false
		}
	}
	for _, n := range runs {
		if n[inResult] < least(n) || n[inResult] > max(n[inOurs], n[inTheirs]) {
			return false
		}
	}
	for _, n := range parts {
		if n[inResult] < least(n) || n[inResult] > most(n) {
			return false
		}
	}
	return true
}
