package verify

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/planctl/planctl/internal/glob"
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
	if !strings.Contains(text, "/") || strings.ContainsAny(text, "<>…§*?$=()[]\" ") || strings.Contains(text, "...") || strings.Contains(text, "://") ||
		path.IsAbs(text) || strings.HasPrefix(text, "~") || strings.Contains(text, "::") {
		return
	}
	names, ok := glob.Braces(strings.TrimSuffix(text, "/"), 100)
	if !ok {
		return
	}
	var gone []string
	for _, n := range names {
		n, _, _ = strings.Cut(n, ":") // file.py:120
		if path.Ext(n) == "" && !strings.HasSuffix(text, "/") {
			continue // a branch, a module, a ratio
		}
		if !fs.ValidPath(path.Clean(n)) {
			continue
		}
		_, err := os.Stat(l.w.Abs(path.Clean(n)))
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
	verb := "which is not there"
	if len(gone) > 1 {
		verb = "which are not there"
	}
	l.add(CodePath, place{p.Path, line, col, ""}, fmt.Sprintf("%s cites %s, %s", where, strings.Join(gone, ", "), verb), "mend the path, or take it out")
}
