package ledger

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/mdspan"
)

// history is one list of attempts: what an Attempts History line stands over.
type history struct {
	key    line
	kind   shape
	indent int  // of the key; attempts are deeper, or flat beside it
	items  int  // indentation of its first item, -1 without
	last   int  // its last non-blank line
	blanks int  // blank lines before its last attempt, where that is not its first item
	sample line // its last attempt, else its last item; n is 0 without
	runs   bool // one of its attempts has a Run line
	number bool // one of its attempts has a number
	open   bool
	nested bool // the key stands inside another item
}

// keyHabit is how a section writes its lines.
type keyHabit struct {
	lead string // "- "
	bold bool   // **Status:** rather than Status:
}

func (r *reader) openHistory(ln line, kind shape) {
	s := r.section()
	h := &history{key: ln, kind: kind, indent: ln.indent, items: -1, last: ln.n, open: true, nested: len(r.items) > 0 && r.items[0] < ln.indent}
	s.lists = append(s.lists, h)
	r.hist = h
}

func (r *reader) line(n int) {
	ln := readLine(r.src, n, r.doc.Index.Line(n))
	if rule(ln.text) && !ln.bullet {
		if r.att != nil && (r.att.shape != shapeItem || ln.indent <= r.att.indent) {
			r.endAttempt()
		}
		if r.hist != nil && (r.hist.kind != shapeItem || ln.indent <= r.hist.indent) {
			r.hist = nil
		}
		r.items = r.items[:0]
		r.extend(n)
		return
	}
	sh := shapeParagraph
	if ln.bullet {
		sh = shapeItem
	}
	if hd, ok := readHead(ln.text, sh); ok && r.believe(ln, hd, sh) {
		r.begin(ln, hd, sh)
		return
	}
	table := r.tableRow(ln)
	r.unreadQuote(ln)
	r.unreadText(ln)
	// An attempt's text often names keys of its own (Status:, Result:); a list
	// of attempts under one would be nested in an entry.
	inBody := r.att != nil && ln.inner > r.att.indent && r.att.shape == shapeItem
	if !inBody && historyKey(ln.text, false) && (ln.bullet || startsBold(ln.text) || r.blanks > 0 || ln.indent == 0) {
		r.endAttempt()
		r.outdent(ln)
		r.openHistory(ln, sh)
		r.push(ln)
		return
	}
	r.close(ln)
	r.outdent(ln)
	r.push(ln)
	r.extend(n)
	if r.hist != nil {
		if ln.bullet && r.att == nil {
			if r.hist.items < 0 {
				r.hist.items = ln.indent
			}
			if r.hist.sample.n == 0 || !r.sampled() {
				r.hist.sample = ln
			}
			if !table {
				r.unreadItem(ln)
			}
		}
		return
	}
	if r.cur == nil || r.att != nil {
		return
	}
	r.sectionLine(ln)
}

// sampled reports whether the list's sample is an attempt.
func (r *reader) sampled() bool { return r.hist.number || r.hist.runs }

// outdent and push keep the indentation of the list items around a line.
func (r *reader) outdent(ln line) {
	for k := len(r.items); k > 0 && (ln.bullet && r.items[k-1] >= ln.indent || !ln.bullet && r.blanks > 0 && r.items[k-1] >= ln.indent); k-- {
		r.items = r.items[:k-1]
	}
}

func (r *reader) push(ln line) {
	if ln.bullet && len(r.items) < 16 {
		r.items = append(r.items, ln.indent)
	}
}

// sectionLine reads the lines that describe the section itself.
func (r *reader) sectionLine(ln line) {
	s := r.cur
	key, text := field(ln.text)
	if key == nil {
		return
	}
	if ln.bullet && s.keys.lead == "" {
		s.keys = keyHabit{lead: string(r.src[ln.span.Start : ln.span.Start+ln.lead]), bold: startsBold(ln.text)}
	}
	if s.Status == "" && bytes.EqualFold(key, []byte("status")) {
		s.Status = word(text)
	}
}

func startsBold(b []byte) bool { return bytes.HasPrefix(b, []byte("**")) }

// believe decides whether a line that reads like an attempt is one here. One
// with a bracketed date is. One that is only a time stamp is where the items of an attempts list stand. An undated one must be a heading's paragraph in
// bold, or an item of an attempts list that is no part of another entry.
func (r *reader) believe(ln line, hd head, sh shape) bool {
	if hd.stamp {
		return r.hist != nil && ln.bullet && r.hist.beside(ln)
	}
	if hd.firm && (sh == shapeItem || r.hist != nil || hd.bold) {
		return true
	}
	if r.att != nil && r.att.shape == shapeItem && ln.inner > r.att.indent+1 {
		return false
	}
	if sh == shapeParagraph {
		return hd.bold && ln.indent < 4 || hd.dated && ln.indent == 0 && r.blanks > 0
	}
	return hd.bold || hd.dated || r.hist != nil
}

// beside reports whether an item stands where the list's items do, or one column on behind the mark of a patch: "-  - text".
func (h *history) beside(ln line) bool {
	return h.items < 0 || ln.inner == h.items || ln.indent == 0 && ln.inner == h.items+1
}

// close ends the attempt and the list that line ln is no part of any more.
func (r *reader) close(ln line) {
	loose := r.blanks > 0 && !ln.bullet
	if a := r.att; a != nil && a.shape == shapeItem {
		if ln.bullet && ln.inner <= a.indent || loose && ln.indent <= a.indent || !ln.bullet && ln.indent == 0 && startsBold(ln.text) && keyLine(ln.text) {
			r.endAttempt()
		}
	}
	h := r.hist
	if h == nil {
		return
	}
	switch h.kind {
	case shapeItem:
		if ln.bullet && ln.inner <= h.indent || loose && ln.indent <= h.indent || !ln.bullet && ln.indent <= h.indent && startsBold(ln.text) && keyLine(ln.text) {
			r.hist = nil
		}
	default:
		// A key that is a paragraph or a heading has its items beside it, so
		// that only what looks like the next key ends the list.
		if ln.bullet && h.items >= 0 && ln.inner <= h.items && keyLine(ln.text) ||
			!ln.bullet && ln.indent <= max(h.items, 0) && (keyLine(ln.text) && (loose || startsBold(ln.text)) || loose && h.kind == shapeParagraph) {
			r.hist = nil
		}
	}
}

// keyLine reports whether text starts with a key: "Risks/Assumptions: …".
func keyLine(text []byte) bool {
	k, _ := field(text)
	if len(k) == 0 {
		return false
	}
	r, _ := utf8.DecodeRune(bytes.TrimLeft(k, "*_"))
	return r >= 'A' && r <= 'Z'
}

func (r *reader) begin(ln line, hd head, sh shape) {
	r.endAttempt()
	s := r.section()
	r.outdent(ln)
	r.push(ln)
	a := &Attempt{
		Number: hd.number, Numbered: hd.numbered, Date: hd.date, Line: ln.n, EndLine: ln.n,
		Span: mdspan.Span{Start: ln.span.Start, End: ln.span.End}, Text: string(ln.text), Section: s,
		shape: sh, indent: ln.indent,
	}
	if sh == shapeItem {
		a.indent = ln.inner
		a.lead = string(r.src[ln.span.Start : ln.span.Start+ln.lead])
	}
	if !hd.dated {
		if sh == shapeHeading {
			a.Date = findDate(ln.text)
		}
		if a.Date == "" {
			a.Date = r.headingDate()
		}
	} else if hd.date == "" {
		r.badDays = append(r.badDays, ln.n)
	}
	s.Attempts = append(s.Attempts, a)
	r.claims(ln.text)
	r.l.attempts = append(r.l.attempts, a)
	r.att = a
	a.list = r.hist
	if h := r.hist; h != nil {
		if sh == shapeItem {
			if h.items < 0 {
				h.items = ln.indent
			} else {
				h.blanks = r.blanks
			}
			h.sample = ln
		}
		h.number = h.number || hd.numbered
		h.last = ln.n
	}
}

// headingDate is the date in the nearest heading.
func (r *reader) headingDate() string {
	if !r.nearSet {
		r.nearDay, r.nearSet = findDate(r.near), true
	}
	return r.nearDay
}

// endAttempt closes the open attempt and reads its lines.
func (r *reader) endAttempt() {
	a := r.att
	if a == nil {
		return
	}
	r.att = nil
	a.Span.End = r.doc.Index.Line(a.EndLine).End
	r.readBody(a)
	if a.Run == "" {
		return
	}
	if a.list != nil {
		a.list.runs = true
	}
	if first := r.l.byRun[a.Run]; first == nil {
		r.l.byRun[a.Run] = a
	} else {
		r.l.Findings = append(r.l.Findings, at(CodeDuplicateRun, r.l.File, a.Line, 1,
			fmt.Sprintf("the run %s has an entry at line %d already", short(a.Run), first.Line),
			"keep one of the two: a merge has doubled it"))
	}
}

// short is a digest that a person can tell from others.
func short(digest string) string {
	if len(digest) > 19 {
		return digest[:19] + "…"
	}
	return digest
}
