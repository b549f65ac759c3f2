package plan

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/mdspan"
)

// cells is a row taken apart at its pipes.
type cells struct {
	at     []mdspan.Span // each without the space around it
	pipes  []int         // offset of the pipe that ends each cell, the last one's missing in an open row
	closed bool          // the row ends with a pipe
	led    bool          // the row starts with a pipe
}

// split takes apart the bytes of src in s as GFM does (4.10): at every pipe
// that no backslash escapes, also inside code spans. Where spans is not nil,
// pipes inside those code spans split nothing, which is how a person reads.
func split(src []byte, s mdspan.Span, spans []mdspan.Span, buf cells) cells {
	out := cells{at: buf.at[:0], pipes: buf.pipes[:0]}
	s = trim(src, s)
	start := s.Start
	if start < s.End && src[start] == '|' {
		out.led = true
		start++
	}
	k := 0
	for i := start; i < s.End; i++ {
		switch src[i] {
		case '\\':
			i++
		case '|':
			for k < len(spans) && spans[k].End <= i {
				k++
			}
			if k < len(spans) && spans[k].Start <= i {
				continue
			}
			out.at = append(out.at, trim(src, mdspan.Span{Start: start, End: i}))
			out.pipes = append(out.pipes, i)
			start = i + 1
		}
	}
	if start < s.End {
		out.at = append(out.at, trim(src, mdspan.Span{Start: start, End: s.End}))
	} else if len(out.at) > 0 {
		out.closed = true
	}
	return out
}

// codeSpans are the code spans in s, back-ticks included (CommonMark 6.1).
func codeSpans(src []byte, s mdspan.Span) []mdspan.Span {
	type run struct{ at, n, next int }
	var runs []run
	for i := s.Start; i < s.End; i++ {
		if src[i] == '`' {
			j := i
			for j < s.End && src[j] == '`' {
				j++
			}
			runs = append(runs, run{i, j - i, -1})
			i = j
		}
	}
	later := map[int]int{} // by length, the nearest run to the right
	for i := len(runs) - 1; i >= 0; i-- {
		if n, ok := later[runs[i].n]; ok {
			runs[i].next = n
		}
		later[runs[i].n] = i
	}
	var out []mdspan.Span
	for i := 0; i < len(runs); i++ {
		if c := runs[i].next; c >= 0 {
			out = append(out, mdspan.Span{Start: runs[i].at, End: runs[c].at + runs[c].n})
			i = c
		}
	}
	return out
}

// trim drops Unicode space at both ends: a no-break space is space to a person.
func trim(src []byte, s mdspan.Span) mdspan.Span {
	b := bytes.TrimLeftFunc(s.Of(src), unicode.IsSpace)
	s.Start = s.End - len(b)
	s.End = s.Start + len(bytes.TrimRightFunc(b, unicode.IsSpace))
	return s
}

// unwrap drops emphasis, strike-through and back-ticks that enclose the whole
// span, and takes the text of a link.
func unwrap(src []byte, s mdspan.Span) mdspan.Span {
	for range 8 {
		s = trim(src, s)
		inner := s
		for _, m := range [...]string{"**", "__", "~~", "*", "_", "`"} {
			b := s.Of(src)
			if len(b) > 2*len(m) && string(b[:len(m)]) == m && string(b[len(b)-len(m):]) == m {
				inner = mdspan.Span{Start: s.Start + len(m), End: s.End - len(m)}
				break
			}
		}
		if b := s.Of(src); inner == s && len(b) > 4 && b[0] == '[' && b[len(b)-1] == ')' {
			if i := bytes.Index(b, []byte("](")); i > 1 && bytes.IndexByte(b[1:i], '[') < 0 {
				inner = mdspan.Span{Start: s.Start + 1, End: s.Start + i}
			}
		}
		if inner == s {
			return s
		}
		s = inner
	}
	return s
}

// words is b in lower case with every run of space as one, without emphasis,
// back-ticks, or a colon at its end: how headers and labels are compared.
func words(b []byte) string {
	if len(b) > 512 {
		return "" // no header or label is that long
	}
	out := make([]byte, 0, len(b))
	gap := false
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		b = b[n:]
		switch {
		case unicode.IsSpace(r) || r == '_':
			gap = len(out) > 0
		case r == '*' || r == '`':
		default:
			if gap {
				out = append(out, ' ')
				gap = false
			}
			out = utf8.AppendRune(out, unicode.ToLower(r))
		}
	}
	return string(bytes.TrimRight(out, " :."))
}

// tokensIn are the bracketed texts in a State cell that can be state tokens.
// The text of a link counts only where it is a known token: "[log](x.log)" is
// a link, "[x](x.log)" a tick with one.
func tokensIn(src []byte, s mdspan.Span, known Tokens) []mdspan.Span {
	var out []mdspan.Span
	for i := s.Start; i < s.End; i++ {
		if src[i] != '[' {
			continue
		}
		j := i + 1
		for j < s.End && j-i <= maxToken+1 && src[j] != ']' && src[j] != '[' && src[j] != '\n' {
			j++
		}
		if j == s.End || src[j] != ']' {
			i = j - 1
			continue
		}
		t := mdspan.Span{Start: i, End: j + 1}
		if j+1 == s.End || src[j+1] != '(' && src[j+1] != '[' || known.State(string(t.Of(src))) != Unknown {
			out = append(out, t)
		}
		i = j
	}
	return out
}

// tokenCell is the token of a cell that holds one token and nothing else, but
// for back-ticks, emphasis and strike-through around it.
func tokenCell(src []byte, s mdspan.Span, known Tokens) (mdspan.Span, bool) {
	if s.Len() < 2 || s.Len() > maxToken+24 {
		return mdspan.Span{}, false
	}
	for range 4 {
		s = trim(src, s)
		b := s.Of(src)
		if len(b) < 2 {
			return mdspan.Span{}, false
		}
		switch {
		case b[0] == '[':
			t := tokensIn(src, s, known)
			if len(t) == 1 && t[0] == s {
				return s, true
			}
			return mdspan.Span{}, false
		case b[0] == b[len(b)-1] && (b[0] == '`' || b[0] == '*' || b[0] == '_' || b[0] == '~'):
			s = mdspan.Span{Start: s.Start + 1, End: s.End - 1}
		default:
			return mdspan.Span{}, false
		}
	}
	return mdspan.Span{}, false
}
