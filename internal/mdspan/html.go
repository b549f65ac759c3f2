package mdspan

import (
	"bytes"
	"strings"
)

// htmlKind is the number of the start condition in CommonMark 4.6; 0 is none.
type htmlKind uint8

// blockTags are the tag names of start condition 6.
const blockTags = " address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td tfoot th thead title tr track ul "

// htmlStart is the start condition that the line meets. Condition 7 cannot
// interrupt a paragraph.
func htmlStart(b []byte, para bool) htmlKind {
	if len(b) < 2 || b[0] != '<' {
		return 0
	}
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return 2
	case b[1] == '?':
		return 3
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		return 5
	case b[1] == '!' && len(b) > 2 && letter(b[2]):
		return 4
	}
	name, rest, closing := tagName(b)
	if name == "" {
		return 0
	}
	ends := len(rest) == 0 || space(rest[0]) || rest[0] == '>'
	switch name {
	case "script", "pre", "style", "textarea":
		if !closing && ends {
			return 1
		}
	}
	if strings.Contains(blockTags, " "+name+" ") && (ends || bytes.HasPrefix(rest, []byte("/>"))) {
		return 6
	}
	if !para && wholeTag(rest) {
		return 7
	}
	return 0
}

// tagName is the name of the tag at the start of b, in lower case.
func tagName(b []byte) (name string, rest []byte, closing bool) {
	i := 1
	if b[1] == '/' {
		closing = true
		i = 2
	}
	j := i
	for j < len(b) && j-i < 64 && (letter(b[j]) || j > i && (b[j] >= '0' && b[j] <= '9' || b[j] == '-')) {
		j++
	}
	return strings.ToLower(string(b[i:j])), b[j:], closing
}

// wholeTag reports whether rest, what follows a tag's name, is the rest of one
// tag and then space only. It does not judge the attributes.
func wholeTag(rest []byte) bool {
	if len(rest) == 0 || !space(rest[0]) && rest[0] != '>' && rest[0] != '/' {
		return false
	}
	var q byte
	for i, c := range rest {
		switch {
		case q != 0:
			if c == q {
				q = 0
			}
		case c == '"' || c == '\'':
			q = c
		case c == '<' || c == '`':
			return false
		case c == '>':
			return len(bytes.TrimSpace(rest[i+1:])) == 0
		}
	}
	return false
}

// htmlEnds reports whether the line meets the end condition of k.
func htmlEnds(k htmlKind, b []byte) bool {
	switch k {
	case 1:
		for _, t := range [...]string{"</script>", "</pre>", "</style>", "</textarea>"} {
			if bytes.Contains(bytes.ToLower(b), []byte(t)) {
				return true
			}
		}
		return false
	case 2:
		return bytes.Contains(b, []byte("-->"))
	case 3:
		return bytes.Contains(b, []byte("?>"))
	case 4:
		return bytes.IndexByte(b, '>') >= 0
	case 5:
		return bytes.Contains(b, []byte("]]>"))
	}
	return len(b) == 0
}

// rawBlock reads the HTML block that starts at line n and returns the line after it.
func (s *scanner) rawBlock(n int, k htmlKind, base int, c cursor) int {
	r := Region{Open: n, Closed: k >= 6}
	i, last := n, s.x.Lines()
	for ; i <= last; i++ {
		b := c.rest()
		if i > n {
			in, ok := s.inFence(i, c.quote)
			if !ok || in.pos < in.end && in.indent < base {
				r.Closed = true // its quote or list item is over
				break
			}
			b = in.rest()
			if k >= 6 && len(b) == 0 {
				break
			}
		}
		s.kinds[i] = Raw
		if k < 6 && htmlEnds(k, b) {
			r.Closed = true
			i++
			break
		}
	}
	r.Last = i - 1
	s.html = append(s.html, r)
	return i
}
