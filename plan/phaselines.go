package plan

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/planctl/planctl/internal/mdspan"
)

// phaseLine is what a line or heading of a phase says. The zero value is nothing of the phase.
type phaseLine uint8

const (
	lineGoal phaseLine = iota + 1
	linePrereqs
	lineExit
)

// phaseLineOf is what a label says of its phase, by its name in lower case.
func phaseLineOf(name string) phaseLine {
	switch name {
	case "goal", "overall goal for this phase", "phase goal":
		return lineGoal
	case "prereqs", "prereq", "prereq(s)", "prerequisites", "prerequisite", "prerqs", "pre-reqs", "pre-requisites", "depends on", "dependencies", "dependency", "entry criteria":
		return linePrereqs
	case "exit criteria", "exit criterion", "exit":
		return lineExit
	}
	return 0
}

func (ph *Phase) line(l phaseLine) *Text { return oneOf(l, &ph.Goal, &ph.Prereqs, &ph.ExitCriteria) }

func (pt *Part) line(l phaseLine) *Text { return oneOf(l, &pt.Goal, &pt.Prereqs, &pt.ExitCriteria) }

func oneOf(l phaseLine, goal, prereqs, exit *Text) *Text {
	switch l {
	case lineGoal:
		return goal
	case linePrereqs:
		return prereqs
	}
	return exit
}

// phaseLines reads the phase lines of heading k's section, those below headings inside it too: a table
// under "#### Checklist" is the phase's, and so is a line that stands beside it. A heading that is a label's name and
// nothing else, "#### Prerequisites", is one of these lines, and what stands below it is its text.
func (r *reader) phaseLines(ph *Phase, k int) {
	end := k + 1
	for end < len(r.heads) && r.heads[end].Level > r.heads[k].Level && (r.heads[end].id == "" || r.repeats(end, k)) {
		end++
	}
	last := r.lastLine(end)
	var parts []Part
	next, part := k+1, -1 // the next heading, and the index of the one inside the phase that the line stands under
	for n := r.heads[k].Line + 1; n <= last; n++ {
		for ; next < end && r.heads[next].Line <= n; next++ {
			if part < 0 || r.heads[next].Level <= r.heads[part].Level {
				part = next
			}
		}
		l, ok := r.label(n)
		if !ok {
			continue
		}
		kind := phaseLineOf(l.name)
		if kind == 0 || r.heads[k].id == "" && contextLabel(l.name) {
			continue // Dependencies of the whole plan, above a table
		}
		text, after := r.value(l, last)
		if text.Span.Empty() {
			continue
		}
		into := ph.line(kind)
		if into.Span.Empty() {
			*into = text
			n = max(n, after-1)
		}
		if part < 0 {
			continue
		}
		if len(parts) == 0 || parts[len(parts)-1].Line != r.heads[part].Line {
			parts = append(parts, r.inner(part))
		}
		if own := parts[len(parts)-1].line(kind); own.Span.Empty() {
			*own = text
		}
	}
	if ph.Prereqs.Span.Empty() {
		ph.Prereqs = r.behindGoal(ph.Goal)
	}
	if severalSay(parts) {
		ph.Parts = parts
	}
	for i := k + 1; i < end; i++ {
		r.phaseHeading(ph, i)
	}
}

var prereqsBehind = regexp.MustCompile(`(?i)[.;]\s+[*_]*(?:prereqs?|prerequisites?|depends on)[*_]*:[*_]*\s*`)

// behindGoal is the prerequisites that stand on a goal's own line: "Goal: x. Prereqs: Phase A complete."
func (r *reader) behindGoal(goal Text) Text {
	at := prereqsBehind.FindStringIndex(goal.Text)
	if at == nil {
		return Text{}
	}
	s := mdspan.Span{Start: goal.Span.Start + at[1], End: goal.Span.End}
	return Text{string(s.Of(r.src)), s}
}

// inner is heading i as a part of its phase.
func (r *reader) inner(i int) Part {
	h := r.heads[i]
	title := strings.Trim(string(h.Text.Of(r.src)), " \t*_")
	word, rest, _ := strings.Cut(title, " ")
	if id := strings.Trim(word, ":.*_`"); looksID([]byte(id)) {
		return Part{ID: id, Title: strings.TrimLeft(rest, " -–—:.*_"), Line: h.Line}
	}
	return Part{Title: title, Line: h.Line}
}

// severalSay reports whether some line of a phase is said by more than one of its parts.
func severalSay(parts []Part) bool {
	for _, kind := range []phaseLine{lineGoal, linePrereqs, lineExit} {
		n := 0
		for i := range parts {
			if !parts[i].line(kind).Span.Empty() {
				n++
			}
		}
		if n > 1 {
			return true
		}
	}
	return false
}

// lastLine is the last line before heading i.
func (r *reader) lastLine(i int) int {
	if i < len(r.heads) {
		return r.heads[i].Line - 1
	}
	return r.doc.Index.Lines()
}

// repeats reports a heading inside phase k that names it again, to say what its lines say: "#### Phase B prerequisites".
func (r *reader) repeats(i, k int) bool {
	return r.heads[i].id == r.heads[k].id && phaseLineOf(words([]byte(r.heads[i].title))) != 0
}

// phaseHeading reads heading i, which stands inside the phase, as one of the phase's lines. Prerequisites that are not
// read would gate nothing without a word.
func (r *reader) phaseHeading(ph *Phase, i int) {
	h := r.heads[i]
	name := words(h.Text.Of(r.src))
	if h.id != "" {
		name = words([]byte(h.title))
	}
	kind := phaseLineOf(name)
	if prereqsName(name) {
		kind = linePrereqs
	}
	text := r.below(i)
	if kind != 0 && ph.line(kind).Span.Empty() && !text.Span.Empty() {
		*ph.line(kind) = text
		return
	}
	if kind != linePrereqs && !asksFirst(name) || text.Span.Empty() {
		return
	}
	why := "its text is not the name of a line of a phase"
	if kind == linePrereqs {
		why = "the phase has its prerequisites already"
	}
	r.find(CodePrereqsUnread, h.Text.Start, "write a line `Prereqs: …` under the phase's heading, with all that it waits for",
		"what stands under this heading holds nothing back: %s", why)
}

// prereqsName reports whether a heading is the name of prerequisites, with a remark or the phase behind it: "Prerequisites
// (all of them)", "Prereqs for Phase B".
func prereqsName(name string) bool {
	for _, cut := range []string{" (", " for phase ", " for this phase", " of phase "} {
		if s, _, ok := strings.Cut(name, cut); ok {
			name = s
		}
	}
	return phaseLineOf(name) == linePrereqs
}

// asksFirst reports whether a heading speaks of what comes first, in words that are no label.
func asksFirst(name string) bool {
	for _, w := range strings.FieldsFunc(name, func(c rune) bool { return !(c >= 'a' && c <= 'z' || c == '-') }) {
		switch strings.ReplaceAll(w, "-", "") {
		case "prereq", "prereqs", "prerequisite", "prerequisites":
			return true
		}
	}
	return false
}

// below is the text between heading i and the next one, or a table or a phase's line before that.
func (r *reader) below(i int) Text {
	first, _ := r.doc.Index.Pos(r.heads[i].Span.End)
	var span mdspan.Span
	for n := first + 1; n <= r.lastLine(i+1); n++ {
		switch r.doc.Kind(n) {
		case mdspan.Blank:
			continue
		case mdspan.Prose:
		default:
			return r.text(span)
		}
		at, _ := r.content(n)
		if r.has(at, '|') && (r.src[at.Start] == '|' || r.delim(n+1, r.heads[i].Quote) > 0) || thematic(at.Of(r.src)) {
			break
		}
		if l, ok := r.label(n); ok && (phaseLineOf(l.name) != 0 || contextLabel(l.name)) {
			break
		}
		if span.Empty() {
			span = at
		}
		span.End = at.End
	}
	return r.text(span)
}

func (r *reader) text(s mdspan.Span) Text {
	return Text{string(bytes.TrimRight(s.Of(r.src), " \t")), s}
}
