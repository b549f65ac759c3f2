package prose

import (
	"bytes"
	"strings"

	"github.com/planctl/planctl/internal/mdspan"
	"github.com/planctl/planctl/plan"
)

// code is a code span of a cell.
type code struct {
	text       string // as a person reads it: \| is |, a line end a space
	start, end int    // of the whole span with its back-ticks, in the cell's text
	inner      int    // offset of the content
}

// codeSpans finds the code spans of a text (GFM 6.3): a run of back-ticks up
// to the next run of the same length. In a table `\|` means a bar, also in a
// code span (GFM 4.10).
func codeSpans(s string, cell bool) []code {
	var out []code
	unclosed := map[int]bool{} // lengths that no later run has, so that hostile text stays linear
	for i := 0; i < len(s); {
		switch s[i] {
		case '\\':
			i += 2
			continue
		case '`':
		default:
			i++
			continue
		}
		n := run(s, i)
		end := -1
		if !unclosed[n] {
			end = closing(s, i+n, n)
			unclosed[n] = end < 0
		}
		if end < 0 {
			i += n
			continue
		}
		text, inner := s[i+n:end], i+n
		if len(text) > 2 && text[0] == ' ' && text[len(text)-1] == ' ' && strings.TrimSpace(text) != "" {
			text, inner = text[1:len(text)-1], inner+1
		}
		text = strings.NewReplacer("\r\n", " ", "\n", " ").Replace(text)
		if cell {
			text = strings.ReplaceAll(text, `\|`, "|")
		}
		out = append(out, code{text: text, start: i, end: end + n, inner: inner})
		i = end + n
	}
	return out
}

// run is the number of back-ticks from i on.
func run(s string, i int) int {
	n := 0
	for i+n < len(s) && s[i+n] == '`' {
		n++
	}
	return n
}

// closing is the offset of the next run of n back-ticks, -1 without one.
func closing(s string, from, n int) int {
	for i := from; i < len(s); {
		j := strings.IndexByte(s[i:], '`')
		if j < 0 {
			return -1
		}
		i += j
		if m := run(s, i); m == n {
			return i
		} else {
			i += m
		}
	}
	return -1
}

// place is where an offset of a cell's text stands in the document. A cell
// that was put together from several lines is not found as it is; the snippet
// is looked for in it then.
func place(p *plan.Plan, t *plan.Task, cell mdspan.Span, text, snippet string, offset int) func() (line, col int) {
	return func() (line, col int) {
		if cell.Empty() {
			return t.Line, 1
		}
		src := cell.Of(p.Source)
		if string(src) == text {
			return p.Index.Pos(cell.Start + offset)
		}
		if i := bytes.Index(src, []byte(snippet)); i >= 0 {
			return p.Index.Pos(cell.Start + i)
		}
		return p.Index.Pos(cell.Start)
	}
}
