package mdspan

import "bytes"

// cursor walks one line, counting columns: a tab goes to the next multiple of
// four (CommonMark 2.2).
type cursor struct {
	src      []byte
	pos, end int
	col      int // columns before pos
	from     int // column at which the innermost quote's content starts
	indent   int // columns of space between from and pos
	quote    int // quote marks passed
}

func (c *cursor) rest() []byte { return c.src[c.pos:c.end] }

// space passes spaces and tabs.
func (c *cursor) space() {
	for c.pos < c.end {
		switch c.src[c.pos] {
		case ' ':
			c.col++
		case '\t':
			c.col += 4 - c.col%4
		case '\r', '\v', '\f':
		default:
			c.indent = c.col - c.from
			return
		}
		c.pos++
	}
	c.indent = c.col - c.from
}

// mark passes a quote mark and the space after it.
func (c *cursor) mark() {
	c.pos++
	c.col++
	c.quote++
	if c.pos < c.end && c.src[c.pos] == ' ' {
		c.pos++
		c.col++
	}
	c.from, c.indent = c.col, 0
}

// listItem passes a list marker of w bytes with the space after it, and
// returns the column, after the quote marks, at which the item's content starts.
func (c *cursor) listItem(w int) int {
	c.pos += w
	c.col += w
	after := c.col
	c.space()
	if c.pos == c.end || c.col-after > 4 {
		return after + 1 - c.from // an empty item, or one that starts with code
	}
	return c.col - c.from
}

// marker is the length of the list marker at the start of b, 0 without one.
func marker(b []byte) int {
	w := 0
	switch {
	case len(b) == 0:
		return 0
	case b[0] == '-' || b[0] == '+' || b[0] == '*':
		w = 1
	default:
		for w < len(b) && w < 9 && b[w] >= '0' && b[w] <= '9' {
			w++
		}
		if w == 0 || w == len(b) || b[w] != '.' && b[w] != ')' {
			return 0
		}
		w++
	}
	if w < len(b) && !space(b[w]) {
		return 0
	}
	return w
}

// thematic reports a thematic break (CommonMark 4.1).
func thematic(b []byte) bool {
	if len(b) == 0 || b[0] != '-' && b[0] != '*' && b[0] != '_' {
		return false
	}
	n := 0
	for _, c := range b {
		if c == b[0] {
			n++
		} else if !space(c) {
			return false
		}
	}
	return n >= 3
}

// underline is the level that a setext underline gives, 0 for other lines.
func underline(b []byte) int {
	b = bytes.TrimRight(b, " \t\r")
	if len(b) == 0 || b[0] != '=' && b[0] != '-' {
		return 0
	}
	for _, c := range b {
		if c != b[0] {
			return 0
		}
	}
	if b[0] == '=' {
		return 1
	}
	return 2
}

// delimiterRow reports whether b can be the second line of a table (GFM 4.10).
// A row without a pipe is a setext underline and no delimiter row here.
func delimiterRow(b []byte) bool {
	pipe, dash := false, false
	for _, c := range b {
		switch {
		case c == '|':
			pipe = true
		case c == '-':
			dash = true
		case c != ':' && !space(c):
			return false
		}
	}
	return pipe && dash
}

// atx reads an ATX heading (CommonMark 4.2) whose # marks start at offset off.
// Where loose is allowed, it takes "##Phase" and a no-break space after the
// marks too: people mean a heading by them. One mark alone with no space is a
// tag or an issue number.
func atx(b []byte, off int, loose bool) (Heading, bool) {
	level := 0
	for level < len(b) && b[level] == '#' {
		level++
	}
	if level == 0 || level > 6 {
		return Heading{}, false
	}
	h := Heading{Level: level}
	text := Span{level, len(b)}
	if level < len(b) && !space(b[level]) {
		nb := noBreak(b[level:])
		if !loose || nb == 0 && (level == 1 || !letter(b[level]) && b[level] != '[' && b[level] != '*') {
			return Heading{}, false
		}
		h.Loose = true
		text.Start += nb
	}
	text = trimSpan(b, text)
	end := text.End
	for end > text.Start && b[end-1] == '#' {
		end--
	}
	if end == text.Start || end < text.End && space(b[end-1]) {
		text = trimSpan(b, Span{text.Start, end})
	}
	h.Text = Span{off + text.Start, off + text.End}
	return h, true
}

// noBreak is the length of a no-break or narrow no-break space at the start of b.
func noBreak(b []byte) int {
	for _, s := range [...]string{"\u00a0", "\u202f", "\u2007"} {
		if len(b) >= len(s) && string(b[:len(s)]) == s {
			return len(s)
		}
	}
	return 0
}
