package mdspan

import (
	"bytes"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// MaxMarkdown is the largest document that MarkdownRows looks at, in bytes. goldmark's tables take more
// than linear time on some shapes; what people write stays far below.
const MaxMarkdown = 256 << 10

// MarkdownRow is a row of a table as Markdown itself reads it (GFM 4.10).
type MarkdownRow struct {
	Line   int      // from 1
	Header []string // cells of the table's header, as written
	Cells  []string
}

// MarkdownRows is every table row that goldmark finds, headers left out: a reading of its own to hold
// ours against. A document over MaxMarkdown gives none.
func MarkdownRows(src []byte) []MarkdownRow {
	if len(src) > MaxMarkdown {
		return nil
	}
	body := bytes.TrimPrefix(src, []byte("\xEF\xBB\xBF"))
	skip := len(src) - len(body)
	x := NewIndex(src)
	doc := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(body))
	var out []MarkdownRow
	// The walk's only errors are its function's own, and this one has none.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		table, ok := n.(*east.Table)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		var header []string
		for r := table.FirstChild(); r != nil; r = r.NextSibling() {
			cells, start := cellsOf(r, body)
			if r.Kind() == east.KindTableHeader {
				header = cells
				continue
			}
			if start >= 0 {
				line, _ := x.Pos(start + skip)
				out = append(out, MarkdownRow{Line: line, Header: header, Cells: cells})
			}
		}
		return ast.WalkSkipChildren, nil
	})
	return out
}

// cellsOf is a row's cells and the offset of its first one that is not empty, -1 without. Rows have
// no place of their own in goldmark; a cell's first line is its exact trimmed range.
func cellsOf(row ast.Node, src []byte) (cells []string, start int) {
	start = -1
	for c := row.FirstChild(); c != nil; c = c.NextSibling() {
		s := ""
		if lines := c.Lines(); lines != nil && lines.Len() > 0 {
			seg := lines.At(0)
			s = string(seg.Value(src))
			if start < 0 {
				start = seg.Start
			}
		}
		cells = append(cells, s)
	}
	return cells, start
}
