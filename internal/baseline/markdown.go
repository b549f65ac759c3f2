package baseline

import (
	"strings"

	"github.com/planctl/planctl/internal/mdspan"
)

const (
	opening = "<!--"
	closing = "-->"
	marks   = " \t\r>-*+" // of quotes and list items, which may stand before a comment on its own line
)

// markdownComments finds the HTML comments of a document that speak to
// planctl. A comment that is the only thing on its lines is for the next line
// that says something; any other is for its own line. What stands in a fence,
// in indented code, in front matter, in a code span or in a longer comment is
// quoted.
func markdownComments(text string, doc *mdspan.Doc) []comment {
	var out []comment
	lines := doc.Index.Lines()
	silent := make([]bool, lines+1) // lines that hold nothing but such comments
	var alone []standing
	regions := doc.HTML
	for n := 1; n <= lines; n++ {
		for len(regions) > 0 && regions[0].Last < n {
			regions = regions[1:]
		}
		kind, last := doc.Kind(n), n
		var found []comment
		only := false
		switch {
		case kind == mdspan.Fenced || kind == mdspan.Indented || kind == mdspan.FrontMatter:
			continue
		case kind == mdspan.Raw && len(regions) > 0 && regions[0].Open <= n && regions[0].Open < regions[0].Last && longComment(text, doc, regions[0]):
			if n > regions[0].Open || !regions[0].Closed {
				continue
			}
			last = regions[0].Last
			found, only = inline(text, mdspan.Span{Start: doc.Index.Line(n).Start, End: doc.Index.Line(last).End}, n)
		default:
			found, only = inline(text, doc.Index.Line(n), n)
		}
		if only {
			for i := range found {
				alone = append(alone, standing{len(out) + i, last})
			}
			for i := n; len(found) > 0 && i <= last; i++ {
				silent[i] = true
			}
		}
		out = append(out, found...)
	}
	next := 0 // the first line after n that says something
	for n := lines; n >= 1; n-- {
		for ; len(alone) > 0 && alone[len(alone)-1].last == n; alone = alone[:len(alone)-1] {
			out[alone[len(alone)-1].index].target = next
		}
		if !silent[n] && doc.Kind(n) != mdspan.Blank && strings.TrimSpace(lineOf(text, doc, n)) != "" {
			next = n
		}
	}
	return out
}

// standing is a comment that stands alone: which it is, and its last line.
type standing struct{ index, last int }

func lineOf(text string, doc *mdspan.Doc, n int) string {
	l := doc.Index.Line(n)
	return text[l.Start:l.End]
}

// longComment reports whether an HTML block is a comment of several lines.
func longComment(text string, doc *mdspan.Doc, r mdspan.Region) bool {
	before, _, ok := strings.Cut(lineOf(text, doc, r.Open), opening)
	return ok && strings.Trim(strings.TrimPrefix(before, "\uFEFF"), marks+"0123456789.)") == ""
}

// inline finds the comments of a line, or of the lines of one comment, code
// spans aside; only says that nothing else stands there.
func inline(text string, at mdspan.Span, n int) (found []comment, only bool) {
	s := text[at.Start:at.End]
	if !strings.Contains(s, opening) {
		return nil, false
	}
	var closers map[int]int // made when it is needed
	only = true
	for i := 0; i < len(s); {
		switch {
		case s[i] == '`':
			if closers == nil {
				closers = codeClosers(s)
			}
			only = false
			end, ok := closers[i]
			if !ok { // no code span: the whole run is text
				for end = i; end < len(s) && s[end] == '`'; end++ {
				}
			}
			i = end
		case strings.HasPrefix(s[i:], opening):
			end := strings.Index(s[i+len(opening):], closing)
			if end < 0 {
				return found, false // it goes on below, and is no comment of this line
			}
			end += i + len(opening)
			if rest, ok := allow(s[i+len(opening) : end]); ok {
				found = append(found, comment{offset: at.Start + i, line: n, text: rest, target: n})
			}
			i = end + len(closing)
		default:
			only = only && (strings.IndexByte(marks, s[i]) >= 0 || strings.IndexByte("\uFEFF", s[i]) >= 0)
			i++
		}
	}
	return found, only
}

// codeClosers is, for the offset of each run of back-ticks that opens a code
// span if nothing before it does, where that span ends (CommonMark 6.1).
func codeClosers(s string) map[int]int {
	later, out := map[int]int{}, map[int]int{} // later: by length, where the next such run ends
	for i := len(s) - 1; i >= 0; {
		if s[i] != '`' {
			i--
			continue
		}
		end := i + 1
		for i >= 0 && s[i] == '`' {
			i--
		}
		if at, ok := later[end-i-1]; ok {
			out[i+1] = at
		}
		later[end-i-1] = end
	}
	return out
}
