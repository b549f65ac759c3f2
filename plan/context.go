package plan

import (
	"bytes"
	"strings"

	"github.com/planctl/planctl/internal/mdspan"
)

// prose reads what stands outside the tables: the initiative line, the context
// and the command reference.
func (r *reader) prose() {
	limit := r.doc.Index.Lines()
	for _, ph := range r.p.Phases {
		if id, _ := phaseName(ph.Heading); id != "" {
			// A title such as "# Phase C — …" is no phase that ends the context
			// while it has the context's labels under it.
			limit = r.contextEnd(ph)
			break
		}
	}
	for n := 1; n <= limit; n++ {
		l, ok := r.label(n)
		if !ok {
			continue
		}
		name := strings.TrimSuffix(l.name, " & references")
		if sectionLabel(name) {
			r.p.Sections = append(r.p.Sections, r.sectionIDs(l.text)...)
			continue
		}
		if !contextLabel(name) {
			continue
		}
		text, _ := r.value(l, limit)
		c := &r.p.Context
		switch {
		case name == "initiative" && r.p.Line.Span.Empty():
			r.p.Line = Initiative{ID: initiativeID(string(text.Span.Of(r.src))), Text: text.Text, Span: text.Span}
		case name == "phase goal" && c.PhaseGoal.Span.Empty():
			c.PhaseGoal = text
		case name == "dependencies":
			c.Dependencies = append(c.Dependencies, r.parts(l, text, limit)...)
		case name == "findings":
			c.Findings = append(c.Findings, r.parts(l, text, limit)...)
		case name == "baseline evidence":
			c.BaselineEvidence = append(c.BaselineEvidence, r.parts(l, text, limit)...)
		}
	}
	r.commands()
}

// contextEnd is the last line that context labels may stand on: the line
// before the first named phase, or before its table where that phase's heading
// is the first of the document.
func (r *reader) contextEnd(ph *Phase) int {
	if len(r.heads) > 0 && r.heads[0].Line < ph.Line {
		return ph.Line
	}
	for _, l := range r.list {
		if len(ph.Tasks) > 0 && l.tasks[0] == ph.Tasks[0] {
			return l.line
		}
	}
	return ph.Line
}

// initiativeID is the ID that an initiative line names: at its start, bare, in
// brackets or in back-ticks; else the first one in it that ends in digits.
func initiativeID(text string) string {
	s := strings.TrimLeft(text, "[`*_ \t")
	if n := initiativeLen(s); n > 0 {
		return s[:n]
	}
	for i := 0; i < len(s); i++ {
		if i > 0 && (alnum(s[i-1]) || s[i-1] == '-') {
			continue
		}
		if n := initiativeLen(s[i:]); n > 0 && s[i+n-1] >= '0' && s[i+n-1] <= '9' && strings.Contains(s[i:i+n], "-") {
			return s[i : i+n]
		}
	}
	return ""
}

// sectionLabel reports the name of a line that says to which sections of the ledger the plan belongs.
func sectionLabel(name string) bool {
	name = strings.TrimPrefix(strings.ReplaceAll(name, "-", " "), "related ")
	for _, of := range [...]string{"fix plan ", "ledger "} {
		if what, ok := strings.CutPrefix(name, of); ok {
			switch what {
			case "item", "items", "entry", "entries", "section", "sections", "id":
				return true
			}
		}
	}
	return false
}

// sectionIDs is the IDs in brackets in s; without one, the ID that s begins with.
func (r *reader) sectionIDs(s mdspan.Span) []Text {
	var out []Text
	for i := s.Start; i < s.End; i++ {
		if r.src[i] != '[' {
			continue
		}
		at := mdspan.Span{Start: i + 1, End: min(s.End, i+1+maxLabel)}
		if n := initiativeLen(string(at.Of(r.src))); n > 0 && n < at.Len() && r.src[i+1+n] == ']' {
			at.End = i + 1 + n
			out = append(out, r.text(at))
			i = at.End
		}
	}
	if b := s.Of(r.src); len(out) == 0 {
		at := mdspan.Span{Start: s.End - len(bytes.TrimLeft(b, "`*_ \t")), End: s.End}
		if n := initiativeLen(string(at.Of(r.src))); n > 0 {
			at.End = at.Start + n
			out = append(out, r.text(at))
		}
	}
	return out
}

// parts takes a label's text apart: one part per bullet of its list, or per
// piece between semicolons. A bullet that is a label of its own is left to it.
func (r *reader) parts(l label, text Text, last int) []Text {
	var out []Text
	if !l.text.Empty() {
		spans := codeSpans(r.src, text.Span)
		start, k := text.Span.Start, 0
		for i := start; i <= text.Span.End; i++ {
			for k < len(spans) && spans[k].End <= i {
				k++
			}
			if i < text.Span.End && (r.src[i] != ';' || k < len(spans) && spans[k].Start < i) {
				continue
			}
			out = r.part(out, mdspan.Span{Start: start, End: i})
			start = i + 1
		}
	}
	if !l.bullet && !l.text.Empty() {
		return out
	}
	var item mdspan.Span
	for n := l.line + 1; n <= last; n++ {
		if k := r.doc.Kind(n); k == mdspan.Blank && n == l.line+1 {
			continue
		} else if k != mdspan.Prose {
			break
		}
		at, _ := r.content(n)
		w := listMarker(at.Of(r.src))
		indent := at.Start - r.doc.Index.Line(n).Start
		if w == 0 && item.Empty() || w > 0 && l.bullet && indent <= l.indent {
			if w > 0 || !l.text.Empty() || !item.Empty() {
				break
			}
			item = at
			continue
		}
		if w == 0 {
			if sub, ok := r.label(n); ok && sub.indent <= l.indent {
				break
			}
			item.End = at.End
			continue
		}
		out = r.part(out, item)
		item = mdspan.Span{}
		if sub, ok := r.label(n); ok && contextLabel(sub.name) {
			continue
		}
		item = mdspan.Span{Start: at.Start + w, End: at.End}
	}
	return r.part(out, item)
}

func contextLabel(name string) bool {
	switch name {
	case "findings", "baseline evidence", "phase goal", "dependencies", "initiative":
		return true
	}
	return false
}

func (r *reader) part(out []Text, s mdspan.Span) []Text {
	s = trim(r.src, s)
	if s.Empty() {
		return out
	}
	return append(out, Text{string(s.Of(r.src)), s})
}

// commandsHeading reports the heading of a Command Reference, or of test selectors: "Test Selectors (authoritative)".
func commandsHeading(name string) bool {
	if strings.Contains(name, "command reference") || strings.Contains(name, "commands reference") {
		return true
	}
	name, _, _ = strings.Cut(name, " (")
	return name == "selectors" || name == "targeted selectors" || name == "pytest selectors" || strings.HasSuffix(name, "test selectors")
}

// commands reads the entries of every Command Reference section.
func (r *reader) commands() {
	read := 0 // the last line of the section before: one inside another is read once
	for i, h := range r.heads {
		name := words(h.Text.Of(r.src))
		if h.Line <= read || !commandsHeading(name) {
			continue
		}
		last := r.doc.Index.Lines()
		for _, next := range r.heads[i+1:] {
			if next.Level <= h.Level {
				last = next.Line - 1
				break
			}
		}
		r.entries(h.Line+1, last)
		read = last
	}
	for i := range r.p.Commands {
		c := &r.p.Commands[i]
		c.Text = strings.TrimSpace(string(c.Span.Of(r.src)))
	}
}

// entries reads `- LABEL: text` lines, with the lines and fenced blocks that
// belong to them.
func (r *reader) entries(first, last int) {
	open := -1 // index of the entry that lines are added to
	fence := 0
	for n := first; n <= last; n++ {
		switch r.doc.Kind(n) {
		case mdspan.Fenced:
			for fence < len(r.doc.Fences) && r.doc.Fences[fence].Last < n {
				fence++
			}
			if fence == len(r.doc.Fences) {
				return
			}
			f := r.doc.Fences[fence]
			if open >= 0 && f.Open == n {
				e := &r.p.Commands[open]
				e.Codes = append(e.Codes, Text{dedent(f.Content.Of(r.src)), f.Content})
				e.Span.End = max(e.Span.End, r.doc.Index.Line(f.Last).End)
			}
			n = f.Last
		case mdspan.Title:
			open = -1
		case mdspan.Prose:
			if l, ok := r.label(n); ok && (l.bullet || open < 0 || l.indent <= r.column(open)) {
				r.p.Commands = append(r.p.Commands, Reference{
					Label: labelText(r.src, l, r), Line: n, Span: l.text,
					Codes: r.codes(l.text),
				})
				open = len(r.p.Commands) - 1
				continue
			}
			at, _ := r.content(n)
			if open < 0 || listMarker(at.Of(r.src)) > 0 && at.Start-r.doc.Index.Line(n).Start <= r.column(open) {
				open = -1
				continue
			}
			e := &r.p.Commands[open]
			if e.Span.Empty() {
				e.Span = at
			}
			e.Span.End = at.End
			e.Codes = append(e.Codes, r.codes(at)...)
		}
	}
}

// column is the indentation of an entry's line, in bytes.
func (r *reader) column(entry int) int {
	n := r.p.Commands[entry].Line
	at, _ := r.content(n)
	return at.Start - r.doc.Index.Line(n).Start
}

// labelText is the label as written, without emphasis.
func labelText(src []byte, l label, r *reader) string {
	at, _ := r.content(l.line)
	if w := listMarker(at.Of(src)); w > 0 {
		at.Start += w
	}
	b, _, _ := bytes.Cut(at.Of(src), []byte(":"))
	return strings.Trim(string(b), " \t*_")
}

// codes are the code spans in s, without their back-ticks.
func (r *reader) codes(s mdspan.Span) []Text {
	var out []Text
	for _, c := range codeSpans(r.src, s) {
		b := c.Of(r.src)
		n := len(b) - len(bytes.TrimLeft(b, "`"))
		in := mdspan.Span{Start: c.Start + n, End: c.End - n}
		out = append(out, Text{strings.TrimSpace(string(in.Of(r.src))), trim(r.src, in)})
	}
	return out
}

// dedent takes the indentation of the first line off every line.
func dedent(b []byte) string {
	indent := len(b) - len(bytes.TrimLeft(b, " \t"))
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(string(b), "\r\n", "\n"), " \t\n"), "\n")
	for i, l := range lines {
		lines[i] = l[min(indent, len(l)-len(strings.TrimLeft(l, " \t"))):]
	}
	return strings.Join(lines, "\n")
}
