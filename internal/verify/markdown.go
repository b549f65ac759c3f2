package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
	"github.com/planctl/planctl/plan"
)

// secondReading holds planctl's reading of a plan against Markdown's own: a row that Markdown shows
// under a State column with a state in it, and that planctl neither read nor spoke of, is named.
func (l *linter) secondReading(doc *plan.Plan, tokens plan.Tokens) {
	known := map[int]bool{}
	for _, t := range doc.Tasks() {
		first, last := t.Line, t.Line
		if !t.RowSpan.Empty() {
			last, _ = doc.Index.Pos(t.RowSpan.End - 1)
		}
		for n := first; n <= last; n++ {
			known[n] = true
		}
	}
	for _, f := range doc.Findings {
		known[f.Line] = true
	}
	for _, r := range mdspan.MarkdownRows(doc.Source) {
		if known[r.Line] {
			continue
		}
		if id, token, ok := looksLikeTask(r, tokens); ok {
			l.add(CodeSecondReading, place{doc.File, r.Line, 1, ""}, fmt.Sprintf("Markdown shows a row %s with the state %s here, and planctl does not read it as a task", id, token),
				"give its table an ID column and a State column of state tokens, or take the token out")
		}
	}
}

// looksLikeTask finds an ID and a state token in a row whose header has a State or Status column.
func looksLikeTask(r mdspan.MarkdownRow, tokens plan.Tokens) (id, token string, ok bool) {
	state := slices.IndexFunc(r.Header, func(h string) bool {
		h = strings.ToLower(strings.Trim(h, "*_ "))
		return h == "state" || h == "status"
	})
	named := slices.ContainsFunc(r.Header, func(h string) bool {
		h = strings.ToLower(strings.Trim(h, "*_ "))
		return h == "id" || strings.HasSuffix(h, " id") || h == "#"
	})
	if state < 0 || state >= len(r.Cells) || !named || len(r.Cells) == 0 {
		return "", "", false
	}
	token = strings.Trim(r.Cells[state], "` ")
	id = strings.Trim(r.Cells[0], "*_` ~")
	return id, token, id != "" && tokens.State(token) != plan.Unknown
}

// CodeSecondReading is a row that Markdown shows and planctl does not read.
const CodeSecondReading finding.Code = "plan-second-reading"
