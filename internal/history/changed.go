package history

import (
	"fmt"
	"slices"
	"strings"
)

// changed names what became of an attempt that is still there.
func (x *changes) changed(b, h *entry, welded map[*entry]bool) {
	if slices.Equal(b.lines, h.lines) {
		return
	}
	d := compare(b.lines, h.lines)
	if other := x.swallowed(d, h); other != nil {
		welded[other] = true
		x.say(CodeWelded, b, h, h.Line, "was made into one with "+name(other))
		return
	}
	if len(d.missing) == 0 {
		// Lines were added. They are people's, unless they say again what planctl has said.
		for _, i := range d.added {
			if b.Run != "" && ownKey(h.lines[i]) {
				x.say(CodeRewritten, b, h, h.line(i), "got a second line "+quote(h.lines[i]))
				return
			}
		}
		return
	}
	if x.cut(b, h, d) {
		return
	}
	fields := 0
	field := func(changed bool, say func()) {
		if changed {
			fields++
			say()
		}
	}
	field(b.Number != h.Number || b.Numbered != h.Numbered, func() {
		x.say(CodeNumber, b, h, h.Line, fmt.Sprintf("has the number %s now", numberOf(h)))
	})
	field(b.Date != h.Date, func() {
		x.say(CodeDate, b, h, h.Line, fmt.Sprintf("was of %s and is of %s", orNone(b.Date), orNone(h.Date)))
	})
	field(b.Result != h.Result, func() {
		x.say(CodeResult, b, h, h.Line, fmt.Sprintf("said %s and says %s", quote(b.Result), quote(h.Result)))
	})
	field(b.Run != h.Run, func() {
		x.say(CodeRun, b, h, h.Line, fmt.Sprintf("named the run %s and names %s", orNone(short(b.Run)), orNone(short(h.Run))))
	})
	x.rest(b, h, d, fields)
}

// rest speaks of lines that changed beside the fields that were named.
func (x *changes) rest(b, h *entry, d difference, fields int) {
	for _, m := range d.missing {
		old := b.lines[m]
		if fields > 0 && (m == 0 || strings.HasPrefix(old, "Run: ")) && sameButFields(old, b, h) {
			continue
		}
		if i := d.instead(m); i >= 0 {
			x.say(CodeRewritten, b, h, h.line(i), fmt.Sprintf("said %s and says %s", quote(old), quote(h.lines[i])))
		} else {
			x.say(CodeLinesDeleted, b, h, h.Line, fmt.Sprintf("lost the line %s", quote(old)))
		}
		return // one line shows the deed
	}
}

// sameButFields reports that a line of the base stands in the head with nothing but number, date, result and run changed.
func sameButFields(old string, b, h *entry) bool {
	if strings.HasPrefix(old, "Run: ") {
		return b.Run != h.Run
	}
	plain := func(e *entry) string {
		s := numberIn.ReplaceAllString(e.head(), "#")
		for _, field := range []string{e.Date, e.Result, e.Run} {
			if field != "" {
				s = strings.ReplaceAll(s, field, "")
			}
		}
		return s
	}
	return plain(b) == plain(h)
}

// cut reports an attempt whose last lines are gone: to the attempt below it, or altogether.
func (x *changes) cut(b, h *entry, d difference) bool {
	from := d.missing[0]
	if from == 0 || from+len(d.missing) != len(b.lines) || len(d.added) > 0 {
		return false
	}
	last := b.lines[from:]
	for n, tries := x.next[h], 0; n != nil && tries < 3; n, tries = x.next[n], tries+1 {
		if holds(n.lines, last) && !(x.was[n] != nil && holds(x.was[n].lines, last)) {
			x.say(CodeSplit, b, h, n.Line, fmt.Sprintf("was cut in two by what stands at line %d, which has its last %s now", n.Line, lines(len(last))))
			return true
		}
	}
	x.say(CodeTruncated, b, h, h.line(len(h.lines)), fmt.Sprintf("lost its last %s, from %s on", lines(len(last)), quote(last[0])))
	return true
}

func lines(n int) string {
	if n == 1 {
		return "line"
	}
	return fmt.Sprintf("%d lines", n)
}

// swallowed is an attempt of the base that is no more and whose first line, or run, is among the lines that an entry got.
func (x *changes) swallowed(d difference, h *entry) *entry {
	for _, i := range d.added {
		s := withoutBullet(h.lines[i])
		if list := x.lines[s]; len(list) > 0 {
			return list[0]
		}
		if run, ok := strings.CutPrefix(s, "Run: "); ok {
			for _, list := range x.lines {
				for _, e := range list {
					if e.Run == run && e.section == h.section {
						return e
					}
				}
			}
		}
	}
	return nil
}

// holds reports whether the part stands in the lines, one after the other.
func holds(all, part []string) bool {
	whole := func(lines []string) string { return "\n" + strings.Join(lines, "\n") + "\n" }
	return len(part) == 0 || strings.Contains(whole(all), whole(part))
}

func numberOf(e *entry) string {
	if !e.Numbered {
		return "of none"
	}
	return fmt.Sprintf("#%d", e.Number)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// difference is which lines of the one are not in the other, in order: by their indexes.
type difference struct {
	missing, added []int
	before         map[int]int // of a missing line: the index in the new text of what follows the line that stands before it
}

// instead is the new line that stands where a line went missing; -1 where nothing does.
func (d difference) instead(missing int) int {
	at := d.before[missing]
	if slices.Contains(d.added, at) {
		return at
	}
	return -1
}

// compare walks both texts and pairs equal lines greedily, which is exact where one is the other with lines taken out
// or put in, and good enough to name a line elsewhere. It takes time linear in the number of lines.
func compare(old, now []string) difference {
	d := difference{before: map[int]int{}}
	where := map[string][]int{}
	for i, s := range now {
		where[s] = append(where[s], i)
	}
	kept := make([]bool, len(now))
	last := -1
	for i, s := range old {
		list := where[s]
		for len(list) > 0 && list[0] <= last {
			list = list[1:]
		}
		where[s] = list
		if len(list) == 0 {
			d.missing = append(d.missing, i)
			d.before[i] = last + 1
			continue
		}
		last = list[0]
		kept[last] = true
	}
	for i := range now {
		if !kept[i] {
			d.added = append(d.added, i)
		}
	}
	return d
}
