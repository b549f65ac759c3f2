package ledger

import (
	"bytes"

	"github.com/planctl/planctl/internal/mdspan"
)

// line is one line of the document as a list reader sees it.
type line struct {
	n      int
	span   mdspan.Span // without its end
	indent int         // columns before the bullet, or before the text without one
	inner  int         // columns before the innermost bullet: 3 in "-  - text"
	bullet bool
	lead   int    // bytes of indentation and bullet, up to the text
	text   []byte // behind the bullet
}

// readLine splits a line into indentation, bullet and text. A tab goes to the
// next multiple of four (CommonMark 2.2).
func readLine(src []byte, n int, s mdspan.Span) line {
	if n == 1 && bytes.HasPrefix(s.Of(src), []byte("\xEF\xBB\xBF")) {
		s.Start += 3
	}
	l := line{n: n, span: s}
	b := s.Of(src)
	i, col := 0, 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		col += width(b[i], col)
		i++
	}
	l.indent, l.inner = col, col
	for range 4 { // "-  - text" and no deeper: more is text
		w := bullet(b[i:])
		if w == 0 {
			break
		}
		l.bullet, l.inner = true, col
		for range w {
			col++
			i++
		}
		for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
			col += width(b[i], col)
			i++
		}
	}
	l.lead = i
	l.text = bytes.TrimRight(b[i:], " \t\r")
	return l
}

func width(c byte, col int) int {
	if c == '\t' {
		return 4 - col%4
	}
	return 1
}

// bullet is the length of a list marker that white space or the line's end
// follows: -, *, +, •, 1. or 1). A thematic break such as * * * is none.
func bullet(b []byte) int {
	n := 0
	switch {
	case len(b) == 0:
		return 0
	case b[0] == '-' || b[0] == '*' || b[0] == '+':
		n = 1
	case bytes.HasPrefix(b, []byte("•")):
		n = len("•")
	default:
		for n < len(b) && n < maxDigits && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		if n == 0 || n == len(b) || b[n] != '.' && b[n] != ')' {
			return 0
		}
		n++
	}
	if n < len(b) && b[n] != ' ' && b[n] != '\t' && b[n] != '\r' || rule(b) {
		return 0
	}
	return n
}

// rule reports whether b is a thematic break (CommonMark 4.1).
func rule(b []byte) bool {
	b = bytes.TrimSpace(b)
	if len(b) < 3 || b[0] != '-' && b[0] != '*' && b[0] != '_' {
		return false
	}
	n := 0
	for _, c := range b {
		switch c {
		case b[0]:
			n++
		case ' ', '\t':
		default:
			return false
		}
	}
	return n >= 3
}

// field splits "Key: text" or "**Key:** text" with a short key. The key is "" without one.
func field(b []byte) (key, text []byte) {
	b = bytes.TrimLeft(b, "*_ ")
	i := bytes.IndexByte(b[:min(len(b), maxKey)], ':')
	if i <= 0 || i+1 < len(b) && b[i+1] != ' ' && b[i+1] != '*' && b[i+1] != '_' && b[i+1] != '\t' {
		return nil, nil
	}
	key = bytes.TrimRight(b[:i], "*_ ")
	return key, bytes.TrimLeft(b[i+1:], "*_ \t")
}

// maxKey is the longest key of a section's line, in bytes with its colon.
const maxKey = 60

// historyKey reports whether text is the line over a list of attempts:
// "Attempts History:", "**Attempts History** (loop start):", "Attempt Log".
// A plain "Attempts:" is one only where nothing follows.
func historyKey(text []byte, heading bool) bool {
	b, _ := trimDecoration(text)
	for _, name := range []string{"attempts history", "attempt history", "history of attempts", "attempts log", "attempt log", "attempts"} {
		if len(b) < len(name) || !bytes.EqualFold(b[:len(name)], []byte(name)) {
			continue
		}
		rest := bytes.TrimLeft(b[len(name):], "*_ \t")
		if len(rest) > 0 && rest[0] == '(' {
			close := bytes.IndexByte(rest[:min(len(rest), 2*maxKey)], ')')
			if close < 0 {
				return false
			}
			rest = bytes.TrimLeft(rest[close+1:], "*_ \t")
		}
		if len(rest) == 0 {
			return heading || len(name) > len("attempts")
		}
		if rest[0] != ':' {
			return false
		}
		return len(name) > len("attempts") || len(bytes.Trim(rest[1:], "*_ ")) == 0
	}
	return false
}

// group reports whether a heading without an ID ends a section although it
// stands deeper: it gathers other items. These are the ones that real ledgers have.
func group(text []byte) bool {
	b, _ := trimDecoration(text)
	for _, w := range []string{"archive", "completed", "queued", "backlog", "index", "recently completed", "active items"} {
		if len(b) >= len(w) && bytes.EqualFold(b[:len(w)], []byte(w)) {
			rest := b[len(w):]
			return len(rest) == 0 || rest[0] < 'a' || rest[0] > 'z' || bytes.Equal(rest, []byte("d")) || bytes.HasPrefix(rest, []byte("d "))
		}
	}
	return false
}
