package ledger

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// newline is what a line end in a command becomes in the ledger, where an
// entry's line must stay one line.
const newline = "⏎"

// Code is a code span that survives any content (CommonMark 6.1): it is fenced
// by one back-tick more than the longest run in s. Line ends become ⏎; control
// bytes, bidirectional controls, other invisible characters and bytes that are
// not UTF-8 become escapes such as \x1b and \u202e, so that neither a terminal
// nor a reader can be led astray. An empty s gives "“", which is text.
func Code(s string) string {
	s = visible(s, newline)
	longest, run := 0, 0
	for i := 0; i < len(s); i++ {
		if s[i] == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	ticks := strings.Repeat("`", longest+1)
	if s == "" {
		return "``"
	}
	pad := ""
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != "" {
		pad = " " // a renderer takes one space off each end
	}
	return ticks + pad + s + pad + ticks
}

// visible makes s one line of characters that can be seen.
func visible(s, eol string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\r' && i+1 < len(s) && s[i+1] == '\n':
			n = 2
			b.WriteString(eol)
		case r == '\n', r == '\u2028', r == '\u2029', r == '\u0085':
			b.WriteString(eol)
		case r == '\t' && eol == " ":
			b.WriteByte(' ')
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r >= 0x7f && r < 0xa0:
			fmt.Fprintf(&b, `\x%02x`, r)
		case hidden(r):
			if r > 0xFFFF {
				fmt.Fprintf(&b, `\U%08x`, r)
			} else {
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// hidden reports characters that are there and not seen. The joiners of emoji
// and of several scripts stay.
func hidden(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != 0x200C && r != 0x200D || unicode.Is(unicode.Co, r)
}

// Inline is a text as an entry's line has it: what inline makes of it.
func Inline(s string) string { return inline(s) }

// inline makes text that may hold Markdown safe in one line of an entry: it
// stays one line, its back-ticks pair up, and it opens neither HTML nor a table.
func inline(s string) string {
	s = strings.TrimSpace(visible(s, " "))
	even := paired(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '`' && even:
			end := spanEnd(s, i)
			b.WriteString(s[i:end])
			i = end - 1
			continue
		case c == '\\' && i+1 < len(s) && punctuation(s[i+1]) && even:
			b.WriteByte(c)
			i++
			b.WriteByte(s[i])
			continue
		case c == '`', c == '|', c == '<' && i+1 < len(s) && (letter(s[i+1]) || s[i+1] == '/' || s[i+1] == '!' || s[i+1] == '?'):
			if i == 0 || s[i-1] != '\\' {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func punctuation(c byte) bool {
	return c > ' ' && c < 0x7f && !letter(c) && (c < '0' || c > '9')
}

// spanEnd is the offset after the code span that opens at i, or after its run
// of back-ticks where none closes it.
func spanEnd(s string, i int) int {
	n := run(s, i)
	for j := i + n; j < len(s); {
		k := strings.IndexByte(s[j:], '`')
		if k < 0 {
			break
		}
		j += k
		m := run(s, j)
		if m == n {
			return j + m
		}
		j += m
	}
	return i + n
}

func run(s string, i int) int {
	n := 0
	for i+n < len(s) && s[i+n] == '`' {
		n++
	}
	return n
}

// paired reports whether every run of back-ticks in s opens or closes a code span.
func paired(s string) bool {
	for i := 0; i < len(s); {
		switch {
		case s[i] == '\\' && i+1 < len(s) && punctuation(s[i+1]):
			i += 2
		case s[i] == '`':
			n := run(s, i)
			end := spanEnd(s, i)
			if end == i+n {
				return false
			}
			i = end
		default:
			i++
		}
	}
	return true
}
