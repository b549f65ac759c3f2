package history

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/ledger"
)

// attempts holds every attempt of the base against what it is now.
func (c *comparison) attempts() {
	base, head := entries(c.base.Ledgers), entries(c.head.Ledgers)
	now := pairs(base, head)
	was := map[*entry]*entry{}
	for b, h := range now {
		was[h] = b
	}
	x := &changes{comparison: c, now: now, was: was, byText: map[string]*entry{}, next: map[*entry]*entry{}, lines: map[string][]*entry{}}
	for i, h := range head {
		if i > 0 && head[i-1].book.Path == h.book.Path {
			x.next[head[i-1]] = h
		}
		if was[h] == nil {
			x.byText[h.text()] = h
		}
	}
	for _, b := range base {
		if now[b] == nil && len(b.lines) > 0 {
			x.lines[b.head()] = append(x.lines[b.head()], b)
		}
	}
	welded := map[*entry]bool{}
	for _, b := range base {
		if h := now[b]; h != nil {
			x.changed(b, h, welded)
		}
	}
	x.gone(base, welded)
	x.reordered(base)
}

// changes is a comparison of attempts on its way.
type changes struct {
	*comparison
	now, was map[*entry]*entry
	byText   map[string]*entry // what is new, by what it says
	next     map[*entry]*entry // the attempt below, in its document
	lines    map[string][]*entry
}

// say is a finding about an attempt as it stands now.
func (x *changes) say(code finding.Code, b, h *entry, line int, msg string) {
	help := fmt.Sprintf("bring back what it said at the base (%s:%d there); a correction is a new attempt that names the old one", b.book.Path, b.Line)
	x.add(code, h.book.Path, line, taskOf(b), name(b)+" "+msg, help)
}

// name is an attempt in words, as it was at the base.
func name(e *entry) string {
	s := "the attempt"
	if e.Numbered {
		s = fmt.Sprintf("attempt #%d", e.Number)
	}
	if e.Section != nil {
		s += " of [" + e.Section.ID + "]"
	}
	return s
}

func taskOf(e *entry) string {
	if len(e.Tasks) == 1 {
		return e.Tasks[0]
	}
	return ""
}

// gone speaks of attempts that are no more, or stand in another section, and of whole sections at once.
func (x *changes) gone(base []*entry, welded map[*entry]bool) {
	sections := map[string]bool{}
	for _, l := range x.head.Ledgers {
		for _, s := range l.Doc.Sections {
			sections[ledger.FoldID(s.ID)] = true
		}
		for _, s := range l.Doc.Loose {
			sections[ledger.FoldID(s.ID)] = true
		}
	}
	lost := map[string][]*entry{}
	var order []string
	for _, b := range base {
		if x.now[b] != nil || welded[b] || len(b.lines) == 0 {
			continue
		}
		if h := x.byText[b.text()]; h != nil && b.Section != nil {
			x.say(CodeMoved, b, h, h.Line, "stands in another section now"+place(h))
			continue
		}
		if sections[b.section] || b.Section == nil {
			x.add(CodeDeleted, b.book.Path, x.nearest(b), taskOf(b), fmt.Sprintf("%s (line %d at the base) is gone: %s", name(b), b.Line, quote(b.head())),
				"git checkout BASE -- "+b.book.Path+" has it; an attempt that was wrong is corrected by a new one")
			continue
		}
		if lost[b.section] == nil {
			order = append(order, b.section)
		}
		lost[b.section] = append(lost[b.section], b)
	}
	for _, id := range order {
		list := lost[id]
		x.add(CodeSectionDeleted, list[0].book.Path, 0, "", fmt.Sprintf("section [%s] (line %d at the base) is gone with %d of its attempts", list[0].Section.ID, list[0].Section.Line, len(list)),
			"bring it back, or move it word for word to a ledger that `ledgers:` in .planctl.yaml names")
	}
}

func place(h *entry) string {
	if h.Section == nil {
		return ""
	}
	return ", [" + h.Section.ID + "]"
}

// nearest is the line of the section that an attempt of the base would stand in now; 0 where there is none in that file.
func (x *changes) nearest(b *entry) int {
	for _, l := range x.head.Ledgers {
		if l.Path != b.book.Path || b.Section == nil {
			continue
		}
		for _, s := range l.Doc.Sections {
			if ledger.SameID(s.ID, b.Section.ID) {
				return s.Line
			}
		}
	}
	return 0
}

// reordered names the attempts that left their place: the fewest that, taken out, leave the rest in order.
func (x *changes) reordered(base []*entry) {
	lists := map[string][]*entry{}
	var order []string
	for _, b := range base {
		h := x.now[b]
		if h == nil || h.section != b.section {
			if h != nil {
				x.say(CodeMoved, b, h, h.Line, "stands in another section now"+place(h))
			}
			continue
		}
		key := b.section + "\x00" + h.book.Path
		if lists[key] == nil {
			order = append(order, key)
		}
		lists[key] = append(lists[key], b)
	}
	for _, key := range order {
		list := lists[key]
		stays := increasing(list, func(b *entry) int { return x.now[b].order })
		for i, b := range list {
			if !stays[i] {
				h := x.now[b]
				x.say(CodeReordered, b, h, h.Line, fmt.Sprintf("was at line %d and stands at another place among its section's attempts now", b.Line))
			}
		}
	}
}

// increasing marks a longest increasing subsequence (by patience sorting).
func increasing(list []*entry, at func(*entry) int) []bool {
	var tails []int // index in list of the smallest end of a subsequence of each length
	before := make([]int, len(list))
	for i, e := range list {
		n := sort.Search(len(tails), func(k int) bool { return at(list[tails[k]]) >= at(e) })
		before[i] = -1
		if n > 0 {
			before[i] = tails[n-1]
		}
		if n == len(tails) {
			tails = append(tails, i)
		} else {
			tails[n] = i
		}
	}
	in := make([]bool, len(list))
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = before[i] {
			in[i] = true
		}
	}
	return in
}

// quote is a line for a message.
func quote(s string) string {
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100]) + "…"
	}
	return "“" + s + "”"
}

// own are the keys that planctl writes once into an entry.
var own = [...]string{"Command: ", "Criteria: ", "Artifacts: ", "Run: "}

func ownKey(s string) bool {
	return slices.ContainsFunc(own[:], func(k string) bool { return strings.HasPrefix(s, k) })
}
