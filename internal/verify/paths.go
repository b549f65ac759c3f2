package verify

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

var codeSpan = regexp.MustCompile("`([^`]+)`")

// paths looks for what Dependencies and Baseline Evidence cite.
func (l *linter) paths(p *workspace.Plan) {
	for _, group := range []struct {
		name  string
		texts []plan.Text
	}{{"Dependencies", p.Doc.Context.Dependencies}, {"Baseline Evidence", p.Doc.Context.BaselineEvidence}} {
		for _, t := range group.texts {
			for _, m := range codeSpan.FindAllStringSubmatch(t.Text, -1) {
				l.cited(p, group.name, t, m[1])
			}
		}
	}
}

// cited checks one cited path. What is not plainly the path of a file (a placeholder, a section
// sign, an expression, a bare word) is passed over: a warning about it would teach people to look away.
func (l *linter) cited(p *workspace.Plan, where string, t plan.Text, text string) {
	var gone []string
	for _, n := range plainPaths(text) {
		if !fs.ValidPath(n) {
			continue // it leads out of the workspace
		}
		_, err := os.Stat(l.w.Abs(n))
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			continue // what is there and cannot be looked at is no missing path
		}
		gone = append(gone, n)
	}
	if len(gone) == 0 {
		return
	}
	line, col := p.Doc.Index.Pos(t.Span.Start)
	if at := strings.Index(string(t.Span.Of(p.Doc.Source)), text); at >= 0 {
		line, col = p.Doc.Index.Pos(t.Span.Start + at)
	}
	for _, n := range gone { // one finding for each, so that one that is mended leaves the others what they were
		l.add(CodePath, place{p.Path, line, col, ""}, fmt.Sprintf("%s cites %s, which is not there", where, n), "mend the path, or take it out")
	}
}
