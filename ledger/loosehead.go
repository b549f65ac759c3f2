package ledger

import (
	"bytes"

	"github.com/planctl/planctl/internal/mdspan"
)

// Sections are opened by headings with # marks. People also underline a heading, write it in HTML, put it in bold, or leave
// the mark of a patch before it. Each of these opens a section too where it says an ID, stands at the margin and does not run on from a line before it: an
// attempt below it that went to the section above would be evidence for another initiative.

// underlined reports whether an underlined heading opens a section. Under an entry, a line of dashes separates: it does
// not make the entry a heading.
func (r *reader) underlined(h mdspan.Heading) bool {
	b := h.Text.Of(r.src)
	if h.Quote > 0 || bytes.IndexByte(b, '\n') >= 0 || !r.margin(h.Line, h.Text.Start) {
		return false
	}
	return r.opensSection(b)
}

// margin reports whether what starts at off stands at the margin of line n, after a blank line or nothing.
func (r *reader) margin(n, off int) bool {
	start := r.doc.Index.Line(n).Start
	if n == 1 {
		return off == start || bytes.Equal(r.src[start:off], []byte("\xEF\xBB\xBF"))
	}
	return r.blanks > 0 && off == start
}

// opensSection reports whether a heading's text says the ID of a section that the reader is not in already.
func (r *reader) opensSection(text []byte) bool {
	id, _, _, ok := bracketID(text)
	if !ok || r.cur != nil && !r.loose && foldID(r.cur.ID) == foldID(string(id)) {
		return false
	}
	_, attempt := readHead(text, shapeHeading)
	return !attempt
}

// tagged reads line n as <h2>[ID] title</h2>.
func (r *reader) tagged(n int) (mdspan.Heading, bool) {
	sp := r.doc.Index.Line(n)
	b := bytes.TrimRight(sp.Of(r.src), " \t\r")
	const open, end = "<h2", "</h2>"
	if len(b) < len(open)+len(end) || b[0] != '<' || b[1]|0x20 != 'h' || b[2] < '1' || b[2] > '6' {
		return mdspan.Heading{}, false
	}
	tag := bytes.IndexByte(b, '>')
	tail := b[len(b)-len(end):]
	if tag < 0 || b[3] != '>' && b[3] != ' ' || tag > len(b)-len(end) || !bytes.EqualFold(tail, []byte{'<', '/', 'h', b[2], '>'}) {
		return mdspan.Heading{}, false
	}
	text := mdspan.Span{Start: sp.Start + tag + 1, End: sp.Start + len(b) - len(end)}
	h := mdspan.Heading{Line: n, Level: int(b[2] - '0'), Text: text, Span: sp}
	if !r.opensSection(text.Of(r.src)) {
		return h, false
	}
	r.looseHeading(h, "a heading in HTML")
	return h, true
}

// bold reads line n as **[ID] title**: a line that is bold from end to end. The ID must be one that nobody takes for a
// label such as [TODO] or [P1], and no heading of its own may have it, for then the line only speaks of that section.
func (r *reader) bold(n int) (mdspan.Heading, bool) {
	sp := r.doc.Index.Line(n)
	b := bytes.TrimRight(sp.Of(r.src), " \t\r")
	lead := len(b) - len(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")))
	b = bytes.TrimSuffix(b[lead:], []byte(":"))
	if len(b) < len("**[A-1]**") || !bytes.HasPrefix(b, []byte("**[")) && !bytes.HasPrefix(b, []byte("__[")) || !bytes.HasSuffix(b, b[:2]) {
		return mdspan.Heading{}, false
	}
	text := mdspan.Span{Start: sp.Start + lead + 2, End: sp.Start + lead + len(b) - 2}
	in := text.Of(r.src)
	id, _, _, ok := bracketID(in)
	if !ok || !joined(id) || bytes.Contains(in, b[:2]) || !r.margin(n, sp.Start+lead) || !r.opensSection(in) || r.hasHeading(string(id)) {
		return mdspan.Heading{}, false
	}
	h := mdspan.Heading{Line: n, Level: 2, Text: text, Span: sp}
	switch {
	case r.cur != nil && r.loose:
		h.Level = min(r.cur.Level+1, 6)
	case r.cur != nil:
		h.Level = r.cur.Level
	}
	r.looseHeading(h, "a line in bold")
	return h, true
}

// patched reads line n as -### [ID] title: a heading behind the + or - of a patch that was pasted in with its marks.
func (r *reader) patched(n int) (mdspan.Heading, bool) {
	sp := r.doc.Index.Line(n)
	b := bytes.TrimRight(sp.Of(r.src), " \t\r")
	if len(b) < len("-# [A]") || b[0] != '-' && b[0] != '+' || b[1] != '#' {
		return mdspan.Heading{}, false
	}
	text := bytes.TrimLeft(b[1:], "#")
	level := len(b) - 1 - len(text)
	if level > 6 || len(text) == 0 || text[0] != ' ' || !r.margin(n, sp.Start) {
		return mdspan.Heading{}, false
	}
	h := mdspan.Heading{Line: n, Level: level, Text: mdspan.Span{Start: sp.Start + 1 + level + 1, End: sp.Start + len(b)}, Span: sp}
	if !r.opensSection(h.Text.Of(r.src)) {
		return h, false
	}
	r.looseHeading(h, "a heading behind a "+string(b[:1]))
	return h, true
}

// joined reports whether an ID has a digit, and a hyphen or underscore inside: CACHE-001.
func joined(id []byte) bool {
	s := foldID(string(id))
	digit, joint := false, false
	for i := range len(s) {
		digit = digit || s[i] >= '0' && s[i] <= '9'
		joint = joint || (s[i] == '-' || s[i] == '_') && i > 0 && i+1 < len(s)
	}
	return digit && joint
}

// hasHeading reports whether a heading of the document, with # marks or underlined, has the ID.
func (r *reader) hasHeading(id string) bool {
	if r.headed == nil {
		r.headed = map[string]bool{}
		for _, h := range r.doc.Headings {
			if id, _, _, ok := bracketID(h.Text.Of(r.src)); ok {
				r.headed[foldID(string(id))] = true
			}
		}
	}
	return r.headed[foldID(id)]
}

func (r *reader) looseHeading(h mdspan.Heading, what string) {
	text := h.Text.Of(r.src)
	id, title, _, _ := bracketID(text)
	line := string(bytes.Repeat([]byte{'#'}, h.Level)) + " [" + string(id) + "]"
	if len(title) > 0 && len(title) <= maxKey {
		line += " " + string(title)
	}
	r.l.Findings = append(r.l.Findings, at(CodeLooseHeading, r.l.File, h.Line, 1,
		what+" opens the section ["+string(id)+"]: what follows belongs to it",
		"write "+line+", or take the square brackets off where no section begins"))
}
