package plan

import (
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/planctl/planctl/internal/mdspan"
)

// phases gives every checklist table to its phase: the heading that it stands
// under, or the nearest heading above that one that names a phase where it
// names none itself ("#### Checklist" under "### Phase A").
func (r *reader) phases() {
	byHead := map[int]*Phase{} // by index of the heading, -1 for none
	next := 0
	var order []int
	parents := r.parents()
	for _, l := range r.list {
		for next < len(r.heads) && r.heads[next].Line < l.line {
			next++
		}
		k := next - 1
		for k >= 0 && r.heads[k].Quote > l.quote {
			k-- // a heading in a quote starts no section outside it
		}
		if up := r.phaseOf(k, parents); up >= 0 {
			k = up
		}
		ph := byHead[k]
		if ph == nil {
			ph = &Phase{}
			byHead[k] = ph
			order = append(order, k)
			r.p.Phases = append(r.p.Phases, ph)
		}
		ph.end = max(ph.end, l.end)
		for _, t := range l.tasks {
			t.Phase = ph
			ph.Tasks = append(ph.Tasks, t)
			r.p.tasks = append(r.p.tasks, t)
		}
	}
	taken := map[string]*Phase{}
	for i, ph := range r.p.Phases {
		r.name(ph, order[i])
		if order[i] >= 0 {
			r.phaseLines(ph, order[i])
			r.shelve(ph, order[i], parents)
		}
		r.claim(ph, taken)
		if r.p.phase[ph.ID] == nil {
			r.p.phase[ph.ID] = ph
		}
	}
	r.shelves()
}

// parents is, for each heading, the nearest heading before it of a higher rank; -1 without one.
func (r *reader) parents() []int {
	out := make([]int, len(r.heads))
	var open []int
	for i, h := range r.heads {
		for len(open) > 0 && r.heads[open[len(open)-1]].Level >= h.Level {
			open = open[:len(open)-1]
		}
		out[i] = -1
		if len(open) > 0 {
			out[i] = open[len(open)-1]
		}
		open = append(open, i)
	}
	return out
}

// phaseOf is the heading that names the phase which heading k belongs to: k
// itself or an ancestor; -1 without one.
func (r *reader) phaseOf(k int, parents []int) int {
	for k >= 0 && r.heads[k].id == "" {
		k = parents[k]
	}
	return k
}

// name sets what a heading says of its phase; IDs are made unique later.
func (r *reader) name(ph *Phase, k int) {
	if k < 0 {
		stem := strings.TrimSuffix(path.Base(strings.ReplaceAll(r.p.File, `\`, "/")), ".md")
		ph.ID, ph.Title = Slug(stem), stem
		if ph.ID == "" {
			ph.ID, ph.Title = "plan", ""
		}
		return
	}
	h := r.heads[k]
	ph.Heading, ph.Line, ph.Level = string(h.Text.Of(r.src)), h.Line, h.Level
	ph.ID, ph.Title = h.id, h.title
	if h.id == "" {
		ph.Title = strings.TrimFunc(ph.Heading, func(c rune) bool { return unicode.IsSpace(c) || c == '*' || c == '_' })
		ph.ID = Slug(ph.Heading)
	}
	if ph.ID == "" {
		ph.ID = "plan"
	}
}

// claim gives a phase its ID, or a longer one where another phase has it.
func (r *reader) claim(ph *Phase, taken map[string]*Phase) {
	first := taken[ph.ID]
	if first == nil {
		taken[ph.ID] = ph
		return
	}
	id := ph.ID
	slug := Slug(ph.Title)
	if slug == "" || slug == id {
		slug = strconv.Itoa(ph.Line)
	}
	ph.ID = id + "-" + slug
	if taken[ph.ID] != nil {
		ph.ID = id + "-" + strconv.Itoa(ph.Line)
	}
	taken[ph.ID] = ph
	at := 0
	if ph.Line > 0 {
		at = r.doc.Index.Line(ph.Line).Start
	}
	r.find(CodePhaseID, at, "give each phase that has a checklist an ID of its own", "phase %s is at line %d already: this one is called %s", id, first.Line, ph.ID)
}

// label is a line "NAME: text", with or without a bullet and bold type.
type label struct {
	line   int
	name   string      // in lower case
	text   mdspan.Span // what follows the colon on its line
	indent int         // columns before the line's first character
	bullet bool
}

// maxLabel is the longest name of a label, in bytes with its emphasis.
const maxLabel = 80

// label reads line n as a label.
func (r *reader) label(n int) (label, bool) {
	if r.doc.Kind(n) != mdspan.Prose {
		return label{}, false
	}
	at, _ := r.content(n)
	l := label{line: n, indent: at.Start - r.doc.Index.Line(n).Start}
	if w := listMarker(at.Of(r.src)); w > 0 {
		l.bullet = true
		at = trim(r.src, mdspan.Span{Start: at.Start + w, End: at.End})
	}
	b := at.Of(r.src)
	for i, c := range b[:min(len(b), maxLabel)] {
		switch {
		case c == '`' || c == '|' || c == '.' && i+1 < len(b) && b[i+1] == ' ':
			return l, false
		case c == ':':
			l.name = words(b[:i])
			if name, _, ok := strings.Cut(l.name, " ("); ok { // a remark: "Exit Criteria (all must hold)"
				l.name = name
			}
			text := mdspan.Span{Start: at.Start + i + 1, End: at.End}
			for text.Start < text.End && (r.src[text.Start] == '*' || r.src[text.Start] == '_') && i > 0 && (b[0] == '*' || b[0] == '_') {
				text.Start++
			}
			l.text = trim(r.src, text)
			return l, l.name != ""
		}
	}
	return l, false
}

// value is a label's text: the rest of its line with the lines that continue
// the paragraph, or the list that follows an empty rest. It returns the line after it.
func (r *reader) value(l label, last int) (Text, int) {
	span := l.text
	n := l.line + 1
	if span.Empty() {
		for n <= last && r.doc.Kind(n) == mdspan.Blank && n <= l.line+1 {
			n++
		}
	}
	for ; n <= last && r.doc.Kind(n) == mdspan.Prose; n++ {
		at, _ := r.content(n)
		if at.Empty() || r.src[at.Start] == '|' {
			break
		}
		indent := at.Start - r.doc.Index.Line(n).Start
		bullet := listMarker(at.Of(r.src)) > 0
		if l.text.Empty() {
			// a list, with its nested items; or a paragraph under the label
			if !bullet && indent <= l.indent && !span.Empty() && r.isListed(span) {
				break
			}
			if bullet && l.bullet && indent <= l.indent {
				break
			}
			if _, ok := r.label(n); ok && !bullet {
				break
			}
		} else {
			if bullet {
				break
			}
			if _, ok := r.label(n); ok {
				break
			}
		}
		if span.Empty() {
			span = at
		}
		span.End = at.End
	}
	return Text{string(span.Of(r.src)), span}, n
}

func (r *reader) isListed(s mdspan.Span) bool { return listMarker(s.Of(r.src)) > 0 }
