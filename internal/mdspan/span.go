// Package mdspan has byte spans of a Markdown source and the one converter
// from byte offsets to lines and columns. It reads bytes and returns places;
// it may not know what a plan or a ledger is, and it touches no file.
package mdspan

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// Span is a half-open range of byte offsets.
type Span struct{ Start, End int }

// Of is the bytes of src that the span covers.
func (s Span) Of(src []byte) []byte { return src[s.Start:s.End] }

// Len is the number of bytes.
func (s Span) Len() int { return s.End - s.Start }

// Empty reports whether the span covers nothing.
func (s Span) Empty() bool { return s.End <= s.Start }

// Index finds the line and column of a byte offset.
type Index struct {
	src   []byte
	lines []int // offset of each line's first byte
}

// NewIndex reads src once. A line ends with LF; the CR of CRLF belongs to the
// line that it ends. In a document without any LF, CR ends a line; elsewhere a
// lone CR is space, so that line numbers are those of grep, git and editors.
func NewIndex(src []byte) *Index {
	end := byte('\n')
	if bytes.IndexByte(src, '\n') < 0 {
		end = '\r'
	}
	x := &Index{src: src, lines: make([]int, 1, bytes.Count(src, []byte{end})+1)}
	for at := 0; ; {
		i := bytes.IndexByte(src[at:], end)
		if i < 0 {
			return x
		}
		at += i + 1
		x.lines = append(x.lines, at)
	}
}

// Lines is the number of lines; a final newline starts no new line.
func (x *Index) Lines() int {
	n := len(x.lines)
	if n > 0 && x.lines[n-1] == len(x.src) {
		n--
	}
	return n
}

// Line is the span of line n (from 1), without its LF or CRLF.
func (x *Index) Line(n int) Span {
	if n < 1 || n > len(x.lines) {
		return Span{}
	}
	start, end := x.lines[n-1], len(x.src)
	if n < len(x.lines) {
		end = x.lines[n] - 1
	}
	if end > start && x.src[end-1] == '\r' {
		end--
	}
	return Span{start, end}
}

// Pos is the line and column of a byte offset, both from 1; columns count
// characters (Unicode code points), as compilers and yaml.v3 do. A leading BOM has no column.
func (x *Index) Pos(off int) (line, col int) {
	off = min(max(off, 0), len(x.src))
	line = sort.Search(len(x.lines), func(i int) bool { return x.lines[i] > off })
	start := x.lines[line-1]
	if start == 0 && len(x.src) >= 3 && x.src[0] == 0xEF && x.src[1] == 0xBB && x.src[2] == 0xBF {
		start = min(3, off)
	}
	return line, utf8.RuneCount(x.src[start:off]) + 1
}
