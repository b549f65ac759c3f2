package plan

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// Parse reads a plan. file is for positions only; the zero value of tokens is
// [DefaultTokens]. It never fails: what is wrong is in Findings. Time is linear
// in the document's length.
func Parse(file string, src []byte, tokens Tokens) *Plan {
	r := &reader{src: src, tokens: tokens.orDefault()}
	r.p = &Plan{File: file, Source: src, tokens: r.tokens, byID: map[string]*Task{}, phase: map[string]*Phase{}}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		r.p.Index = mdspan.NewIndex(src)
		r.binary(i)
		return r.p
	}
	r.doc = mdspan.Scan(src)
	r.p.Index = r.doc.Index
	r.encoding()
	r.headings()
	r.tables()
	r.hidden()
	r.phases()
	r.identities()
	r.prose()
	r.specs()
	r.p.Findings.Sort()
	return r.p
}

// reader is what Parse knows while it reads.
type reader struct {
	p      *Plan
	src    []byte
	doc    *mdspan.Doc
	tokens Tokens
	heads  []head
	up     []int        // see parents; nil until somebody asks
	bold   map[int]bool // lines that stand in for headings
	list   []checklist
	buf    cells
	hides  map[int]int // by the first line of an unclosed region: the rows in it
	rules  map[finding.Code]finding.Severity
	help   string // the tokens that a person may write
}

// checklist is a table that was read.
type checklist struct {
	line  int // of its header
	quote int // depth of block quotes around it
	tasks []*Task
	end   int // offset after its last line, line end included
}

// find reports a finding at a byte offset with its rule's own severity.
func (r *reader) find(c finding.Code, at int, help, format string, args ...any) *finding.Finding {
	line, col := r.p.Index.Pos(at)
	f := finding.Finding{Code: c, File: r.p.File, Line: line, Col: col, Help: help, Message: fmt.Sprintf(format, args...), Source: r.shown(line)}
	if r.rules == nil {
		r.rules = map[finding.Code]finding.Severity{}
		for _, known := range Rules() {
			r.rules[known.Code] = known.Severity
		}
	}
	f.Severity = r.rules[c]
	r.p.Findings = append(r.p.Findings, f)
	return &r.p.Findings[len(r.p.Findings)-1]
}

// maxShown is the longest line that a finding carries for display, in bytes.
const maxShown = 4096

func (r *reader) shown(line int) string {
	b := r.p.Index.Line(line).Of(r.src)
	if len(b) > maxShown {
		return ""
	}
	return string(b)
}

func (r *reader) binary(at int) {
	f := r.find(CodeBinary, at, "save the plan as text in UTF-8", "a NUL byte: this is no text")
	f.Source = ""
	if bytes.HasPrefix(r.src, []byte{0xFF, 0xFE}) || bytes.HasPrefix(r.src, []byte{0xFE, 0xFF}) {
		f.Message = "this is UTF-16: planctl reads UTF-8"
	}
}

// encoding reports what is wrong with the document as text.
func (r *reader) encoding() {
	if len(bytes.TrimSpace(bytes.TrimPrefix(r.src, []byte("\uFEFF")))) == 0 {
		r.find(CodeEmpty, 0, "write the plan, or take the file out of the plans", "the document is empty")
	}
	if bytes.IndexByte(r.src, '\n') < 0 && bytes.IndexByte(r.src, '\r') >= 0 {
		r.find(CodeLineEnds, bytes.IndexByte(r.src, '\r'), "save the document with LF or CRLF line ends", "lines end with CR alone")
	}
	if utf8.Valid(r.src) {
		return
	}
	for i := 0; i < len(r.src); {
		c, n := utf8.DecodeRune(r.src[i:])
		if c == utf8.RuneError && n == 1 {
			r.find(CodeEncoding, i, "save the plan as UTF-8", "byte 0x%02X is not valid UTF-8", r.src[i]).Source = ""
			return
		}
		i += n
	}
}

// content is line n without quote marks, space and, where a table starts in a
// list item, the item's marker; and how many quote marks it has.
func (r *reader) content(n int) (mdspan.Span, int) {
	s, depth := r.p.Index.Line(n), 0
	if n == 1 && bytes.HasPrefix(r.src, []byte("\uFEFF")) {
		s.Start += 3
	}
	for s.Start < s.End {
		switch c := r.src[s.Start]; {
		case c == '>':
			depth++
		case c != ' ' && c != '\t':
			if w := listMarker(s.Of(r.src)); w > 0 {
				if t := trim(r.src, mdspan.Span{Start: s.Start + w, End: s.End}); !t.Empty() && r.src[t.Start] == '|' {
					return t, depth
				}
			}
			return trim(r.src, s), depth
		}
		s.Start++
	}
	return s, depth
}

// listMarker is the length of a list marker at the start of b, the space after it included; 0 without one.
func listMarker(b []byte) int {
	i := 0
	for i < len(b) && i < 9 && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	switch {
	case len(b) < 2:
		return 0
	case i == 0 && (b[0] == '-' || b[0] == '*' || b[0] == '+'):
		i = 1
	case i > 0 && i < len(b) && (b[i] == '.' || b[i] == ')'):
		i++
	default:
		return 0
	}
	if i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		return i + 1
	}
	return 0
}

func (r *reader) has(s mdspan.Span, c byte) bool { return bytes.IndexByte(s.Of(r.src), c) >= 0 }
