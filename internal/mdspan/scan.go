package mdspan

import "bytes"

// Kind is what block a line belongs to. The zero value means not known: a
// line that is not in the document.
type Kind uint8

// The kinds of line that a caller has to tell apart.
const (
	NoLine      Kind = iota
	Blank            // nothing but space and quote marks
	Prose            // paragraphs, lists, tables, thematic breaks
	Title            // a heading, its underline included
	Fenced           // in a fence by a person's reading, the fence lines included
	Indented         // an indented code block (CommonMark 4.4)
	Raw              // an HTML block or comment (CommonMark 4.6)
	FrontMatter      // YAML between two lines of --- at the very top
)

// Doc is the block structure of one document, as far as plans and ledgers
// need it: where its headings and fences are, and which lines are quotation.
type Doc struct {
	Index    *Index
	Headings []Heading
	Fences   []Fence
	HTML     []Region // HTML blocks and comments

	kinds    []Kind // by line, from 1
	markdown []Kind // the same by Markdown's reading; nil where it is the same
}

// Heading is an ATX or setext heading outside fences, code and HTML.
type Heading struct {
	Line  int  // its first line, from 1
	Level int  // 1 to 6
	Text  Span // without the # marks, closing #s and space around it
	Span  Span // the whole line, or lines of a setext heading, without the final line end
	Quote int  // depth of block quotes around it
	Loose bool // written with no space, or a no-break space, after its # marks: Markdown takes it for a paragraph, a person does not
}

// Region is a range of lines.
type Region struct {
	Open, Last int  // first and last line, from 1
	Closed     bool // false where it runs to the end because its end mark is missing
}

// Kind is what line n (from 1) belongs to, by a person's reading.
func (d *Doc) Kind(n int) Kind {
	if n < 1 || n >= len(d.kinds) {
		return NoLine
	}
	return d.kinds[n]
}

// Quoted reports whether line n lies in a fence, in an indented code block, in
// an HTML block or comment, or in front matter: what stands there is quoted,
// it is not said.
func (d *Doc) Quoted(n int) bool { return quoted(d.Kind(n)) }

// MarkdownQuoted is Quoted by Markdown's own reading, which knows no fence
// inside a fence. Where it differs from Quoted, a renderer shows something
// else than the author meant.
func (d *Doc) MarkdownQuoted(n int) bool {
	if d.markdown == nil || n < 1 || n >= len(d.markdown) {
		return d.Quoted(n)
	}
	return quoted(d.markdown[n])
}

func quoted(k Kind) bool { return k == Fenced || k == Indented || k == Raw || k == FrontMatter }

// Scan reads the block structure of src in one pass over its lines. It is a
// line scan and no Markdown parser: it takes time linear in the document's
// length whatever its shape, and reads documents that start with a BOM.
//
// A fence inside a fence is read as people write it: a fence line with an info
// string opens an inner fence, a bare one closes the innermost. Where that
// leaves a fence open at the end although Markdown's reading closes it,
// Markdown's reading stands.
func Scan(src []byte) *Doc {
	x := NewIndex(src)
	s := newScanner(src, x, true)
	s.run()
	if s.open() && len(s.nested) > 0 {
		s = reconsider(s)
	}
	d := &Doc{Index: x, Headings: s.headings, Fences: s.fences, HTML: s.html, kinds: s.kinds}
	if len(s.nested) > 0 {
		m := newScanner(src, x, false)
		m.run()
		d.markdown = m.kinds
	}
	return d
}

// maxReadings bounds how many readings of a document are tried.
const maxReadings = 4

// reconsider looks for a reading that closes every fence, where a person's
// reading of nested fences leaves one open at the end: most likely the author
// forgot to close a fence, and what looked like a fence inside it was none.
// The last such fence is read as Markdown reads it, then the last two, and so
// on; if all of it is of no use, the first reading stands.
func reconsider(first *scanner) *scanner {
	flat := map[int]bool{}
	s := first
	for range maxReadings {
		if len(s.nested) == 0 {
			break
		}
		flat[s.nested[len(s.nested)-1]] = true
		next := newScanner(s.src, s.x, true)
		next.flat = flat
		next.run()
		if !next.open() {
			return next
		}
		s = next
	}
	m := newScanner(first.src, first.x, false)
	m.run()
	if !m.open() {
		return m
	}
	return first
}

// open reports whether a fence runs to the end of the document unclosed.
func (s *scanner) open() bool {
	if len(s.fences) == 0 {
		return false
	}
	f := s.fences[len(s.fences)-1]
	return f.Close == 0 && f.Last == s.x.Lines()
}

// maxItems bounds the list items that are open at once. Deeper ones are read
// as text; without a bound, a line of "- - - -" would cost its square.
const maxItems = 32

// item is an open list item: lines that belong to it are indented by offset
// columns or more after quote quote marks.
type item struct{ quote, offset int }

type scanner struct {
	src      []byte
	x        *Index
	person   bool         // read nested fences as a person does
	nested   []int        // opening lines of fences that end elsewhere than Markdown ends them
	flat     map[int]bool // opening lines of fences to be read as Markdown reads them
	failures int          // person's readings that came to nothing, see fence

	kinds    []Kind
	headings []Heading
	fences   []Fence
	html     []Region

	items []item
	quote int // quote marks of the previous line

	para      bool // the previous line is paragraph text
	paraLine  int  // its first line
	paraStart int  // and that line's first byte of content
	paraItems int
	table     bool // the paragraph is a table: no setext underline ends it
}

func newScanner(src []byte, x *Index, person bool) *scanner {
	return &scanner{src: src, x: x, person: person, kinds: make([]Kind, x.Lines()+1)}
}

func (s *scanner) run() {
	n := s.frontMatter()
	for last := s.x.Lines(); n <= last; {
		n = s.line(n)
	}
}

// at is the span of line n without a BOM.
func (s *scanner) at(n int) Span {
	l := s.x.Line(n)
	if n == 1 && bytes.HasPrefix(s.src, bom) {
		l.Start += len(bom)
	}
	return l
}

var bom = []byte{0xEF, 0xBB, 0xBF}

// frontMatter skips YAML between two --- lines at the top, which Markdown
// would take for a thematic break and a setext heading. It returns the next line.
func (s *scanner) frontMatter() int {
	if string(bytes.TrimRight(s.at(1).Of(s.src), " \t\r")) != "---" || !yamlKey(s.at(2).Of(s.src)) {
		return 1
	}
	for n := 3; n <= s.x.Lines(); n++ {
		t := string(bytes.TrimRight(s.at(n).Of(s.src), " \t\r"))
		if t == "---" || t == "..." {
			for i := 1; i <= n; i++ {
				s.kinds[i] = FrontMatter
			}
			return n + 1
		}
		if t == "" || t[0] == '#' && len(t) > 1 && t[1] == '#' {
			return 1 // a blank line or a heading: this was a thematic break
		}
	}
	return 1
}

func yamlKey(b []byte) bool {
	k, _, ok := bytes.Cut(b, []byte(":"))
	if !ok || len(k) == 0 {
		return false
	}
	for _, c := range k {
		if !letter(c) && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// line reads line n, with the whole block that starts there where it is a
// fence or HTML, and returns the next line.
func (s *scanner) line(n int) int {
	l := s.at(n)
	c := cursor{src: s.src, pos: l.Start, end: l.End}
	if s.containers(n, &c) {
		return n + 1 // blank, or ended by a mark alone
	}
	base := s.base(c.quote)
	rel := c.indent - base
	switch {
	case rel >= 4 && !s.para:
		s.kinds[n] = Indented
		return n + 1
	case rel < 4:
		if f, ok := opener(c.rest(), c.indent); ok {
			s.para = false
			return s.fence(n, f, c)
		}
		if h, ok := atx(c.rest(), c.pos, !s.para || s.table); ok {
			h.Line, h.Quote = n, c.quote
			h.Span = l
			s.headings = append(s.headings, h)
			s.kinds[n], s.para = Title, false
			return n + 1
		}
		if thematic(c.rest()) {
			s.kinds[n], s.para = Prose, false
			return n + 1
		}
		if k := htmlStart(c.rest(), s.para); k != 0 {
			s.para = false
			return s.rawBlock(n, k, base, c)
		}
	}
	s.kinds[n] = Prose
	if !s.para {
		s.para, s.table = true, false
		s.paraLine, s.paraStart, s.paraItems = n, c.pos, len(s.items)
	} else if !s.table {
		s.table = delimiterRow(c.rest())
	}
	return n + 1
}

// containers reads quote marks and list markers at the start of a line. It
// reports true where nothing is left to read.
func (s *scanner) containers(n int, c *cursor) bool {
	fresh := 0 // list items that this line opens
	wasPara, wasQuote := s.para, s.quote
	for {
		c.space()
		if c.pos == c.end { // blank, or an empty item
			s.items = cutItems(s.items, c.quote, -1)
			s.quote = c.quote
			s.kinds[n], s.para = Blank, false
			return true
		}
		if fresh == 0 {
			s.items = cutItems(s.items, c.quote, c.indent)
		}
		base := s.base(c.quote)
		if c.indent-base >= 4 {
			break
		}
		if c.src[c.pos] == '>' {
			c.mark()
			continue
		}
		if wasPara && !s.table && fresh == 0 && c.quote == wasQuote && len(s.items) == s.paraItems {
			if level := underline(c.rest()); level > 0 {
				s.setext(n, level, c)
				return true
			}
		}
		w := marker(c.rest())
		if w == 0 || len(s.items) >= maxItems || thematic(c.rest()) {
			break
		}
		off := c.listItem(w)
		s.items = append(s.items, item{c.quote, off})
		s.para = false
		fresh++
	}
	if c.quote > wasQuote {
		s.para = false // a quote interrupts a paragraph
	}
	// A line with fewer quote marks after paragraph text continues that
	// paragraph lazily; as far as callers can see, it is text either way.
	s.items = cutItems(s.items, c.quote, -1)
	s.quote = c.quote
	return false
}

// cutItems drops the items that a line with so many quote marks and so much
// indentation after them does not belong to; indent -1 keeps those at this depth.
func cutItems(items []item, quote, indent int) []item {
	for i, it := range items {
		if indent >= 0 && it.quote == quote && it.offset > indent || indent < 0 && it.quote > quote {
			return items[:i]
		}
	}
	return items
}

// base is the indentation that lines of the innermost open item have.
func (s *scanner) base(quote int) int {
	if k := len(s.items); k > 0 && s.items[k-1].quote == quote {
		return s.items[k-1].offset
	}
	return 0
}

func (s *scanner) setext(n, level int, c *cursor) {
	first, prev := s.paraLine, s.at(n-1)
	text := trimSpan(s.src, Span{s.paraStart, prev.End})
	s.headings = append(s.headings, Heading{
		Line: first, Level: level, Text: text, Quote: c.quote,
		Span: Span{s.at(first).Start, s.at(n).End},
	})
	for i := first; i <= n; i++ {
		s.kinds[i] = Title
	}
	s.para = false
}

func trimSpan(src []byte, s Span) Span {
	for s.Start < s.End && space(src[s.Start]) {
		s.Start++
	}
	for s.End > s.Start && space(src[s.End-1]) {
		s.End--
	}
	return s
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
