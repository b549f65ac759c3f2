package baseline

import (
	"strings"

	"github.com/planctl/planctl/internal/mdspan"
)

// yamlComments finds the comments of the lines from first to last that speak
// to planctl. A comment alone on its line is for the next line that has a
// value; any other is for its own line. A # in quotes or in a block scalar is
// text. This is a scan of lines and no YAML parser: it need only be right
// where the YAML is.
func yamlComments(text string, index *mdspan.Index, first, last int) []comment {
	var out []comment
	var alone []int // by line from first: 1 + index in out of a comment alone on its line, 0 without, -1 for a line that says nothing
	s := yamlScan{}
	for n := first; n <= last; n++ {
		line := index.Line(n)
		b := text[line.Start:line.End]
		hash, scalar := s.line(b)
		says := 0
		if !scalar && (hash >= 0 && len(strings.TrimSpace(b[:hash])) == 0 || len(strings.TrimSpace(b)) == 0) {
			says = -1
		}
		if hash >= 0 {
			if rest, ok := allow(b[hash+1:]); ok {
				out = append(out, comment{offset: line.Start + hash, line: n, text: rest, target: n})
				if says < 0 {
					says = len(out)
				}
			}
		}
		alone = append(alone, says)
	}
	next := 0
	for i := len(alone) - 1; i >= 0; i-- {
		switch {
		case alone[i] == 0:
			next = first + i
		case alone[i] > 0:
			out[alone[i]-1].target = next
		}
	}
	return out
}

// yamlScan is what one line of YAML leaves for the next.
type yamlScan struct {
	quote  byte // of a quoted text that goes on
	block  bool // in a block scalar
	indent int  // of the key or dash that the block scalar belongs to
}

// line finds where the comment of a line starts, -1 without one; scalar says
// that the whole line is part of a block scalar.
func (s *yamlScan) line(b string) (hash int, scalar bool) {
	indent := len(b) - len(strings.TrimLeft(b, " "))
	if s.block {
		if indent > s.indent || len(strings.TrimSpace(b)) == 0 {
			return -1, true
		}
		s.block = false
	}
	start := true // a quote here opens a quoted text
	hash = -1
	for i := 0; i < len(b) && hash < 0; i++ {
		c := b[i]
		switch {
		case s.quote != 0:
			if s.quote == '"' && c == '\\' || c == '\'' && s.quote == c && strings.HasPrefix(b[i+1:], "'") {
				i++ // an escape
			} else if c == s.quote {
				s.quote, start = 0, false
			}
		case c == '#' && (i == 0 || b[i-1] == ' ' || b[i-1] == '\t'):
			hash = i
		case (c == '"' || c == '\'') && start:
			s.quote = c
		case c == ' ' || c == '\t':
		default:
			start = strings.IndexByte("[{,", c) >= 0 || (c == ':' || c == '-' || c == '?') && (i+1 == len(b) || b[i+1] == ' ')
		}
	}
	if s.quote == 0 {
		code := b
		if hash >= 0 {
			code = b[:hash]
		}
		s.header(code, indent)
	}
	return hash, false
}

// header notes that a block scalar starts below this line.
func (s *yamlScan) header(code string, indent int) {
	code = strings.TrimRight(code, " \t\r")
	at := strings.LastIndexByte(code, ' ') + 1
	mark := code[at:]
	if len(mark) == 0 || mark[0] != '|' && mark[0] != '>' || len(strings.Trim(mark[1:], "+-123456789")) > 0 {
		return
	}
	before := strings.TrimRight(code[:at], " ")
	if len(before) > 0 && before[len(before)-1] != ':' && before[len(before)-1] != '-' {
		return // the end of a plain text
	}
	// In `- - key: |` the block belongs to the key, in `- |` to the dash.
	for indent+1 < len(before) && before[indent] == '-' && before[indent+1] == ' ' {
		rest := before[indent+1:]
		indent += 1 + len(rest) - len(strings.TrimLeft(rest, " "))
	}
	s.block, s.indent = true, indent
}
