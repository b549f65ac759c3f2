package ledger

import (
	"bytes"

	"github.com/planctl/planctl/internal/mdspan"
)

// Parse reads a ledger. It never fails: what it cannot read is a finding, and
// a document that is no text gives no sections. It takes time linear in the
// document's length.
func Parse(file string, src []byte) *Ledger {
	l := &Ledger{File: file, Source: src, closing: -1, byRun: map[string]*Attempt{}}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		l.Index = mdspan.NewIndex(nil)
		l.doc = mdspan.Scan(nil)
		l.unread = true
		l.Findings = append(l.Findings, at(CodeBinary, file, 1+bytes.Count(src[:i], []byte("\n")), 1,
			"this is no text: it has a NUL byte", "name the ledger with ledger: in .planctl.yaml"))
		return l
	}
	l.doc = mdspan.Scan(src)
	l.Index = l.doc.Index
	r := &reader{l: l, src: src, doc: l.doc}
	r.run()
	l.readIndex()
	l.check(r)
	return l
}

// reader walks over the lines once.
type reader struct {
	l   *Ledger
	src []byte
	doc *mdspan.Doc

	cur     *Section // the section, or the loose heading, that lines belong to
	loose   bool     // cur has no ID
	outer   *Section // the last section that may have parts
	near    []byte   // the text of the nearest heading, for dates
	nearDay string   // the date in it
	nearSet bool
	att     *Attempt
	hist    *history
	blanks  int   // blank lines just before this one
	items   []int // indentation of the items that are open, for nested keys
	badDays []int // lines of attempts whose date is in no calendar
	rows    tableRows
	headed  map[string]bool // IDs of headings, folded; nil until somebody asks
}

func (r *reader) run() {
	heads := r.doc.Headings
	last := r.doc.Index.Lines()
	for n := 1; n <= last; n++ {
		for len(heads) > 0 && heads[0].Line < n {
			heads = heads[1:]
		}
		switch r.doc.Kind(n) {
		case mdspan.Blank:
			r.blanks++
			r.sayRows()
			continue
		case mdspan.Fenced, mdspan.FrontMatter:
			r.quoted(n)
		case mdspan.Raw:
			if r.comment(n) {
				r.quoted(n)
				break
			}
			if h, ok := r.tagged(n); ok {
				r.heading(h)
				break
			}
			r.line(n)
		case mdspan.Title:
			if len(heads) > 0 && heads[0].Line == n && heads[0].Quote == 0 && r.atx(heads[0]) {
				r.heading(heads[0])
				break
			}
			if len(heads) > 0 && heads[0].Line == n && r.underlined(heads[0]) {
				r.heading(heads[0])
				n++ // the line under it is no text
				break
			}
			r.line(n)
		default:
			if h, ok := r.bold(n); ok {
				r.heading(h)
				break
			}
			if h, ok := r.patched(n); ok {
				r.heading(h)
				break
			}
			r.line(n)
		}
		r.blanks = 0
	}
	r.sayRows()
	r.endAttempt()
	r.endSection(len(r.src))
}

// atx tells a heading with # marks from an underlined one.
func (r *reader) atx(h mdspan.Heading) bool {
	b := bytes.TrimPrefix(h.Span.Of(r.src), []byte("\xEF\xBB\xBF"))
	b = bytes.TrimLeft(b, " \t")
	if len(b) == 0 || b[0] != '#' {
		return false
	}
	if !h.Loose {
		return true
	}
	_, _, _, ok := bracketID(h.Text.Of(r.src))
	return ok
}

// comment reports whether line n lies in an HTML comment or in preformatted
// HTML. Text in <details> and the like is said, not quoted.
func (r *reader) comment(n int) bool {
	hs := r.doc.HTML
	lo, hi := 0, len(hs)
	for lo < hi {
		if m := (lo + hi) / 2; hs[m].Last < n {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo == len(hs) || hs[lo].Open > n {
		return false
	}
	b := bytes.ToLower(bytes.TrimLeft(firstBytes(r.doc.Index.Line(hs[lo].Open).Of(r.src), 64), " \t>-*+"))
	for _, p := range []string{"<!--", "<pre", "<script", "<style", "<textarea"} {
		if bytes.HasPrefix(b, []byte(p)) {
			return true
		}
	}
	return false
}

func firstBytes(b []byte, n int) []byte { return b[:min(n, len(b))] }

// quoted reads a line that says nothing: it belongs to the attempt that it
// stands in, and ends one only where it opens at the margin after a blank line.
func (r *reader) quoted(n int) {
	if r.blanks > 0 && !r.inside(n) {
		ln := readLine(r.src, n, r.doc.Index.Line(n))
		if r.att != nil && r.att.shape == shapeItem && ln.indent <= r.att.indent {
			r.endAttempt()
		}
		if r.hist != nil && r.hist.kind == shapeItem && ln.indent <= r.hist.indent {
			r.hist = nil
		}
	}
	r.extend(n)
}

// inside reports whether line n continues the quotation of the line before it,
// blank lines aside.
func (r *reader) inside(n int) bool {
	for i := n - 1; i > 0; i-- {
		switch r.doc.Kind(i) {
		case mdspan.Fenced, mdspan.Raw:
			return r.doc.Kind(i) == r.doc.Kind(n) && !r.opens(n)
		case mdspan.Blank:
			continue
		}
		return false
	}
	return false
}

// opens reports whether line n opens a fence or a block of HTML.
func (r *reader) opens(n int) bool {
	fs := r.doc.Fences
	lo, hi := 0, len(fs)
	for lo < hi {
		if m := (lo + hi) / 2; fs[m].Open < n {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo < len(fs) && fs[lo].Open == n
}

// extend makes line n the last one of what is open.
func (r *reader) extend(n int) {
	if r.att != nil {
		r.att.EndLine = n
	}
	if r.hist != nil {
		r.hist.last = n
	}
}

func (r *reader) heading(h mdspan.Heading) {
	r.sayRows()
	text := h.Text.Of(r.src)
	r.near, r.nearSet = text, false
	last, _ := r.doc.Index.Pos(h.Span.End)
	ln := line{n: last, span: h.Span, text: text}
	id, title, after, hasID := bracketID(text)
	hd, isAttempt := readHead(text, shapeHeading)
	switch {
	case hasID && isAttempt:
		r.endAttempt()
		r.headingAttempt(h, string(id))
	case hasID:
		r.endAttempt()
		r.endSection(h.Span.Start)
		r.cur, r.loose = &Section{ID: string(id), Title: string(title), Line: h.Line, Level: h.Level, last: last,
			Span: mdspan.Span{Start: h.Span.Start, End: len(r.src)}}, false
		r.l.Sections = append(r.l.Sections, r.cur)
		r.join(r.cur)
		if historyKey(after, true) {
			r.openHistory(ln, shapeHeading)
		}
	case isAttempt:
		r.endAttempt()
		r.breakHead(h.Span.Start)
	case historyKey(text, true):
		r.endAttempt()
		r.breakHead(h.Span.Start)
		r.openHistory(ln, shapeHeading)
		return
	case r.cur == nil || r.loose || h.Level <= r.cur.Level || group(text):
		if r.l.closing < 0 && len(r.l.Sections) > 0 && group(text) && h.Level > 1 {
			r.l.closing = h.Span.Start
		}
		if r.outer != nil && h.Level <= r.outer.Level {
			r.outer = nil
		}
		r.endAttempt()
		r.endSection(h.Span.Start)
		r.cur, r.loose = &Section{ID: string(text), Title: string(text), Line: h.Line, Level: h.Level,
			Span: mdspan.Span{Start: h.Span.Start, End: len(r.src)}}, true
		return
	default:
		if r.att != nil && (r.att.shape != shapeHeading || h.Level <= r.att.level) {
			r.endAttempt()
		}
		r.unreadHeading(h, text)
		r.breakHead(h.Span.Start)
		r.hist = nil
		r.extend(h.Line)
		return
	}
	if isAttempt {
		r.hist = nil
		r.begin(ln, hd, shapeHeading)
		r.att.level = h.Level
	}
}

// headingAttempt finds the section of `### [ID] Attempt #4`: the one that it
// stands in, or one apart where that has another ID.
func (r *reader) headingAttempt(h mdspan.Heading, id string) {
	if r.cur != nil && foldID(r.cur.ID) == foldID(id) {
		r.breakHead(h.Span.Start)
		return
	}
	r.endSection(h.Span.Start)
	r.cur, r.loose = &Section{ID: id, Line: h.Line, Level: h.Level, Span: mdspan.Span{Start: h.Span.Start, End: len(r.src)}}, true
}

// join makes a section a part of the one of the same ID that it stands in.
func (r *reader) join(s *Section) {
	if o := r.outer; o != nil && s.Level > o.Level && foldID(s.ID) == foldID(o.ID) {
		o.Parts = append(o.Parts, s)
		s.parent = o
		return
	}
	r.outer = s
}

// breakHead marks the first heading inside a section: what stands above it is
// the section's own list of lines.
func (r *reader) breakHead(at int) {
	if r.cur != nil && r.cur.head.End == 0 {
		r.cur.head = mdspan.Span{Start: r.cur.Span.Start, End: at}
	}
}

func (r *reader) endSection(at int) {
	r.hist, r.items = nil, r.items[:0]
	s := r.cur
	if s == nil {
		return
	}
	s.Span.End = at
	if s.head.End == 0 {
		s.head = s.Span
	}
	if r.loose && (len(s.Attempts) > 0 || len(s.lists) > 0) {
		r.l.Loose = append(r.l.Loose, s)
	}
	r.cur = nil
}

// section is where an attempt goes; a loose one without a heading is made
// where the document starts with attempts.
func (r *reader) section() *Section {
	if r.cur == nil {
		r.cur, r.loose = &Section{Span: mdspan.Span{End: len(r.src)}}, true
	}
	return r.cur
}
