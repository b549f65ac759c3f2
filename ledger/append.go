package ledger

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Insertion is a change of a document: src[:At] + Text + src[At:].
type Insertion struct {
	At   int
	Text []byte
}

// Insert makes the changes. Their offsets are those of src; at one offset, the
// one that is named first comes first.
func Insert(src []byte, ins ...Insertion) []byte {
	ins = slices.Clone(ins)
	sort.SliceStable(ins, func(i, j int) bool { return ins[i].At < ins[j].At })
	n := len(src)
	for _, in := range ins {
		n += len(in.Text)
	}
	out := make([]byte, 0, n)
	last := 0
	for _, in := range ins {
		out = append(append(out, src[last:in.At]...), in.Text...)
		last = in.At
	}
	return append(out, src[last:]...)
}

// place is where an entry goes and what it looks like there.
type place struct {
	after   int    // line
	before  string // text before the entry: blank lines, an Attempts History line; "\n" ends each
	lead    string // indentation and bullet, or "### "
	body    string // before each further line
	heading bool
}

// Append is the insertion that adds an entry at the end of the section's
// Attempts History list, in that list's bullet, indentation, line ends and
// blank lines. A section without such a line gets one at the end of its own
// lines; one whose attempts are headings gets one more. Of two lists in a
// section, the last that has entries of planctl's counts, else the last that
// has numbered ones, else the last.
//
// A doubt is an error, a finding that says where: two sections of the ID, two
// lists that belong to different items, a fence that is never closed. Before it
// returns, Append reads the result again: it has exactly one more attempt, with
// the entry's number, date, result, run and task, and the others are what they
// were.
func (l *Ledger) Append(s *Section, e Entry, style Style) (Insertion, error) {
	if l.unread {
		return Insertion{}, l.Findings[0]
	}
	if s.parent != nil {
		s = s.parent
	}
	if e.Number == 0 {
		e.Number = s.NextNumber()
	}
	if err := e.check(l.File); err != nil {
		return Insertion{}, err
	}
	var kept []*Section
	for _, o := range l.sided(s.ID) {
		if o != s && o.kept() {
			kept = append(kept, o)
		}
	}
	if len(kept) > 0 {
		return Insertion{}, l.ambiguous(s.ID, inOrder(append(kept, s)))
	}
	p, err := l.place(s)
	if err != nil {
		return Insertion{}, err
	}
	text := p.before
	if p.heading {
		text += e.headingText(style, p.lead)
	} else {
		text += e.text(style, p.lead, p.body, "\n")
	}
	ins := l.insertAfter(p.after, text)
	if err := l.proveAppend(s, &e, ins); err != nil {
		return Insertion{}, err
	}
	return ins, nil
}

func inOrder(all []*Section) []*Section {
	sort.Slice(all, func(i, j int) bool { return all[i].Line < all[j].Line })
	return all
}

// place finds where the next entry of a section goes.
func (l *Ledger) place(s *Section) (place, error) {
	lists := slices.Clone(s.lists)
	for _, p := range s.Parts {
		lists = append(lists, p.lists...)
	}
	entries := s.Entries()
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].Line < entries[j].Line })
	h, err := l.choose(s, lists)
	if err != nil {
		return place{}, err
	}
	var last *Attempt
	if len(entries) > 0 {
		last = entries[len(entries)-1]
	}
	switch {
	case h != nil && h.sample.n > 0:
		lead := l.lead(h.sample)
		return place{after: h.last, before: strings.Repeat("\n", min(h.blanks, 2)), lead: lead, body: hang(lead)}, nil
	case last != nil && last.shape == shapeHeading:
		return place{after: last.EndLine, before: "\n", lead: headingLead(last), heading: true}, nil
	case h != nil:
		lead := l.firstLead(h)
		return place{after: h.last, lead: lead, body: hang(lead)}, nil
	case last != nil && last.shape == shapeItem:
		lead := l.lead(readLine(l.Source, last.Line, l.Index.Line(last.Line)))
		return place{after: last.EndLine, lead: lead, body: hang(lead)}, nil
	}
	return l.newList(s), nil
}

// choose picks the list that goes on; nil where the section has none.
func (l *Ledger) choose(s *Section, lists []*history) (*history, error) {
	if len(lists) == 0 {
		return nil, nil
	}
	if len(lists) > 1 {
		for _, h := range lists {
			if h.nested {
				a, b := lists[0].key.n, lists[len(lists)-1].key.n
				return nil, at(CodeDoubtfulAppend, l.File, b, 1,
					fmt.Sprintf("the section at line %d has attempts lists of several items, at lines %d and %d", s.Line, a, b),
					"give each item a section with its own ID")
			}
		}
	}
	pick := lists[len(lists)-1]
	for _, better := range []func(*history) bool{
		func(h *history) bool { return h.sample.n > 0 },
		func(h *history) bool { return h.number },
		func(h *history) bool { return h.runs },
	} {
		for _, h := range lists {
			if better(h) {
				pick = h
			}
		}
	}
	return pick, nil
}

// lead is the indentation and bullet of a line's list, for the next item.
func (l *Ledger) lead(ln line) string {
	s := string(l.Source[ln.span.Start : ln.span.Start+ln.lead])
	marks := strings.Fields(s)
	if len(marks) > 1 { // "-  - text": the outer bullet is not repeated
		return ordinal(strings.Repeat(" ", ln.inner) + marks[len(marks)-1] + " ")
	}
	return ordinal(s)
}

// firstLead is the bullet of a list that has no item yet: as in the nearest
// list above whose key is like this one, else below, else a star.
func (l *Ledger) firstLead(h *history) string {
	var like *history
	for _, s := range l.Sections {
		for _, o := range s.lists {
			if o.sample.n == 0 || o.kind != h.kind || o.indent != h.indent || o.sample.inner > o.indent+4 {
				continue
			}
			if o.key.n < h.key.n || like == nil {
				like = o
			}
		}
	}
	switch {
	case like != nil && len(bytes.TrimLeft(like.sample.text, " ")) > 0 && bullet([]byte(strings.TrimLeft(l.lead(like.sample), " \t"))) <= 1:
		return l.lead(like.sample)
	case h.kind == shapeItem:
		return hang(string(l.Source[h.key.span.Start:h.key.span.Start+h.key.lead])) + "* "
	}
	return "- "
}

// hang is the indentation of lines that belong to an item: white space as wide
// as its bullet.
func hang(lead string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, lead)
}

// headingLead is the # marks, and the ID where the last attempt repeats it.
func headingLead(a *Attempt) string {
	lead := strings.Repeat("#", a.level) + " "
	if id, _, _, ok := bracketID([]byte(a.Text)); ok {
		lead += "[" + string(id) + "] "
	}
	return lead
}

// headingText is an entry whose head is a heading; its lines are a list.
func (e *Entry) headingText(style Style, lead string) string {
	if style == Line {
		return lead + e.head() + e.sameLine() + "\n"
	}
	var b strings.Builder
	b.WriteString(lead + e.head() + "\n")
	for i, x := range e.lines() {
		if i == 0 {
			b.WriteByte('\n')
		}
		b.WriteString("- " + x + "\n")
	}
	return b.String()
}

// newList is an Attempts History line with the entry below it, at the end of
// the section's own lines: above blank lines, a rule, and any heading inside.
func (l *Ledger) newList(s *Section) place {
	first, _ := l.Index.Pos(s.head.Start)
	n := l.lastText(max(first, s.last), s.head.End)
	key, before := s.keys.lead, ""
	if key == "" || key[0] != '-' && key[0] != '*' && key[0] != '+' {
		key = "- "
		if ln := readLine(l.Source, n, l.Index.Line(n)); n > max(s.Line, s.last) && !ln.bullet && ln.indent == 0 {
			before = "\n" // after a paragraph
		}
	}
	name := "Attempts History:"
	if s.keys.bold {
		name = "**Attempts History:**"
	}
	lead := hang(key) + "* "
	return place{after: n, before: before + key + name + "\n", lead: lead, body: hang(lead)}
}

// lastText is the last line from first on, before offset end, that is neither
// blank nor a rule.
func (l *Ledger) lastText(first, end int) int {
	n := l.Index.Lines()
	if end < len(l.Source) {
		n, _ = l.Index.Pos(end)
		n--
	}
	for ; n > first; n-- {
		b := bytes.TrimSpace(l.Index.Line(n).Of(l.Source))
		if len(b) > 0 && (!rule(b) || l.doc.Quoted(n)) {
			break
		}
	}
	return n
}

// insertAfter puts whole lines after line n, 0 for the very start. "\n" in text
// becomes the line end in use; a document that ends without one still does.
func (l *Ledger) insertAfter(n int, text string) Insertion {
	pos, eol := 0, l.lineEnd(n)
	last := l.Index.Lines()
	switch {
	case n >= last:
		pos = len(l.Source)
	case n > 0:
		pos = l.Index.Line(n + 1).Start
	}
	if eol != "\n" {
		text = strings.ReplaceAll(text, "\n", eol)
	}
	if pos == len(l.Source) && pos > 0 && l.Source[pos-1] != '\n' {
		first := eol
		if l.Source[pos-1] == '\r' {
			first = "\n" // half of a CRLF is there
		}
		text = first + strings.TrimSuffix(text, eol)
	}
	return Insertion{At: pos, Text: []byte(text)}
}

// lineEnd is the end of line n, else of the document's first line.
func (l *Ledger) lineEnd(n int) string {
	for _, k := range []int{n, n - 1, 1} {
		if k < 1 {
			continue
		}
		end := l.Index.Line(k).End
		rest := l.Source[end:]
		if bytes.HasPrefix(rest, []byte("\r\n")) {
			return "\r\n"
		}
		if len(rest) > 0 && rest[0] == '\n' {
			return "\n"
		}
	}
	return "\n"
}
