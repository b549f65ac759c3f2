package mdspan

import (
	"slices"
	"testing"
)

func TestMarkdownRows(t *testing.T) {
	src := "\xEF\xBB\xBF# T\r\n\r\n| ID | State |\r\n| --- | --- |\r\n| A1 | [ ] |\r\n|  | [x] |\r\n\r\n```\r\n| ID | State |\r\n| --- | --- |\r\n| Z9 | [ ] |\r\n```\r\n"
	rows := MarkdownRows([]byte(src))
	if len(rows) != 2 || rows[0].Line != 5 || rows[1].Line != 6 || !slices.Equal(rows[0].Cells, []string{"A1", "[ ]"}) || !slices.Equal(rows[0].Header, []string{"ID", "State"}) {
		t.Errorf("%+v", rows)
	}
	if got := MarkdownRows(make([]byte, MaxMarkdown+1)); got != nil {
		t.Errorf("a document over the bound gave %d rows", len(got))
	}
}
