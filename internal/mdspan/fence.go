package mdspan

import "bytes"

// Fence is a fenced code block.
type Fence struct {
	Open    int    // line of the opening fence, from 1
	Close   int    // line of the closing fence; 0: never closed
	Last    int    // its last line: Close, or where its quote, list item or document ends
	Info    string // the info string, without space around it
	Content Span   // the lines between the fences, final line end included
	Outer   int    // index of the fence around it by a person's reading, -1
	Quote   int    // depth of block quotes around it
}

// fenceMark is a line of back-ticks or tildes.
type fenceMark struct {
	char   byte
	len    int
	indent int
	info   string
}

// maxFences bounds fences inside fences. A deeper one is content.
const maxFences = 16

// maxFailures bounds how often a person's reading of nested fences may run to
// the end of the document and come to nothing, so that time stays linear;
// after that, Markdown's reading is used at once.
const maxFailures = 16

// opener reads an opening fence (CommonMark 4.5) at the start of b. A bare one
// has no info string.
func opener(b []byte, indent int) (fenceMark, bool) {
	if len(b) < 3 || b[0] != '`' && b[0] != '~' {
		return fenceMark{}, false
	}
	n := 0
	for n < len(b) && b[n] == b[0] {
		n++
	}
	if n < 3 {
		return fenceMark{}, false
	}
	info := bytes.TrimSpace(b[n:])
	if b[0] == '`' && bytes.IndexByte(info, '`') >= 0 {
		return fenceMark{}, false // a code span
	}
	return fenceMark{b[0], n, indent, string(info)}, true
}

// fence reads the fence that opens at line n and returns the line after it.
func (s *scanner) fence(n int, f fenceMark, c cursor) int {
	base := s.base(c.quote)
	first := len(s.fences)
	next := 0
	if s.person && s.failures < maxFailures && !s.flat[n] {
		next = s.personFence(n, f, c.quote)
		if next == 0 {
			s.fences = s.fences[:first]
			s.failures++
		}
	}
	if next == 0 {
		next = s.markdownFence(n, f, c.quote, base, -1)
	}
	for i := n; i < next; i++ {
		s.kinds[i] = Fenced
	}
	return next
}

// inFence reads line n inside a fence under quote quote marks. It reports
// false where the line has fewer marks: the quote is over, and the fence too.
func (s *scanner) inFence(n, quote int) (cursor, bool) {
	l := s.at(n)
	c := cursor{src: s.src, pos: l.Start, end: l.End}
	for c.quote < quote {
		c.space()
		if c.pos == c.end || c.src[c.pos] != '>' {
			return c, false
		}
		c.mark()
	}
	c.space()
	return c, true
}

// markdownFence adds the fence as Markdown reads it: no fence inside a fence,
// and the end of the list item ends it.
func (s *scanner) markdownFence(n int, f fenceMark, quote, base, outer int) int {
	i, last, closed := n+1, s.x.Lines(), 0
	for ; i <= last; i++ {
		c, ok := s.inFence(i, quote)
		if !ok {
			break
		}
		if c.pos == c.end {
			continue
		}
		if c.indent < base {
			break
		}
		if m, ok := opener(c.rest(), c.indent); ok && m.info == "" && m.char == f.char && m.len >= f.len && c.indent-base < 4 {
			closed = i
			break
		}
	}
	fc := Fence{Open: n, Close: closed, Last: closed, Info: f.info, Outer: outer, Quote: quote}
	end := i
	if closed != 0 {
		i++
	} else {
		fc.Last = i - 1
	}
	fc.Content = s.lines(n+1, end)
	s.fences = append(s.fences, fc)
	return i
}

// lines is the span of the lines from a up to and without b.
func (s *scanner) lines(a, b int) Span {
	end := len(s.src)
	if b <= s.x.Lines() {
		end = s.x.Line(b).Start
	}
	start := len(s.src)
	if a <= s.x.Lines() {
		start = s.x.Line(a).Start
	}
	return Span{start, max(start, end)}
}

// personFence adds the fence as a person reads it, with the fences inside it,
// and returns the line after it; 0 where it never closes.
func (s *scanner) personFence(n int, f fenceMark, quote int) int {
	type open struct {
		mark  fenceMark
		index int
	}
	outer := len(s.fences)
	s.fences = append(s.fences, Fence{Open: n, Info: f.info, Outer: -1, Quote: quote})
	stack := []open{{f, outer}}
	flat := 0 // the line at which Markdown would close the outer fence
	for i := n + 1; i <= s.x.Lines(); i++ {
		c, ok := s.inFence(i, quote)
		if !ok {
			return 0
		}
		top := stack[len(stack)-1]
		m, ok := opener(c.rest(), c.indent)
		if !ok || m.char != f.char || m.len < top.mark.len || m.indent >= top.mark.indent+4 {
			continue
		}
		if m.info != "" {
			// Only a mark that is as long as the one around it can be a fence
			// that the author forgot to lengthen; shorter ones Markdown reads rightly.
			if len(stack) < maxFences {
				stack = append(stack, open{m, len(s.fences)})
				s.fences = append(s.fences, Fence{Open: i, Info: m.info, Outer: top.index, Quote: quote})
			}
			continue
		}
		if flat == 0 && m.len >= f.len {
			flat = i
		}
		k := len(stack) - 1
		for j := k; j >= 0; j-- {
			if stack[j].mark.len == m.len {
				k = j
				break
			}
		}
		for j := k; j < len(stack); j++ {
			s.close(stack[j].index, i)
		}
		stack = stack[:k]
		if k == 0 {
			if flat != i {
				s.nested = append(s.nested, n)
			}
			return i + 1
		}
	}
	return 0
}

// close ends the fence with that index at line n.
func (s *scanner) close(index, n int) {
	f := &s.fences[index]
	f.Close, f.Last = n, n
	f.Content = s.lines(f.Open+1, n)
}
