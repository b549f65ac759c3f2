package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
)

// artifactsKey is where an entry written by hand begins to cite, and nextKey where it goes on to something else.
var (
	artifactsKey = regexp.MustCompile(`(?i)\b(?:artifacts?|evidence|reports?|logs?)\b[^:\n` + "`" + `]{0,40}:`)
	nextKey      = regexp.MustCompile(`^[\s>]*(?:[-*+]\s+)?(?:\*\*|__)?[A-Z][A-Za-z/& -]{2,30}(?:\*\*|__)?:`)
)

// citedArtifacts looks for the paths that an entry written by hand cites as its artifacts. What is not plainly a path
// is passed over.
func (c *checker) citedArtifacts(l *workspace.Ledger, a *ledger.Attempt) {
	text := a.Span.Of(l.Doc.Source)
	var gone []string
	seen := map[string]bool{}
	citing := false
	for line := range bytes.Lines(text) {
		from := line
		if loc := artifactsKey.FindIndex(line); loc != nil {
			citing, from = true, line[loc[1]:]
		} else if citing && nextKey.Match(line) {
			citing = false
		}
		if !citing {
			continue
		}
		for _, m := range codeSpan.FindAllSubmatch(from, -1) {
			for _, n := range plainPaths(string(m[1])) {
				if _, err := os.Stat(c.w.Abs(n)); errors.Is(err, fs.ErrNotExist) && !seen[n] {
					seen[n] = true
					gone = append(gone, n)
				}
			}
		}
	}
	if len(gone) == 0 {
		return
	}
	c.ask(gone, func(ignored map[string]bool) {
		var absent []string
		for _, n := range gone {
			if ignored[n] {
				absent = append(absent, n)
				continue
			}
			// One finding for each: a baseline that holds several in one would call what is left new once one is mended.
			c.entry(CodeCited, l, a, fmt.Sprintf("%s cites %s, which is not there", label(a), n), "commit the artifacts with the attempt that cites them")
		}
		if len(absent) > 0 {
			c.entry(CodeAbsent, l, a, fmt.Sprintf("%s cites %s, absent and ignored by git", label(a), some(absent)), "let them in by .gitignore, or say where they are kept")
		}
	})
}

// some is the first of a list, and how many more there are.
func some(list []string) string {
	if len(list) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:3], ", "), len(list)-3)
	}
	return strings.Join(list, ", ")
}

// plainPaths is the paths, relative to the workspace, that a code span plainly names, braces expanded; none where it may
// be something else: a placeholder, an expression, a command, a bare word, an address.
func plainPaths(text string) []string {
	if !strings.Contains(text, "/") || strings.ContainsAny(text, "<>…§*?$=()[]\" |;&") || strings.Contains(text, "...") || strings.Contains(text, "://") ||
		path.IsAbs(text) || strings.HasPrefix(text, "~") || strings.Contains(text, "::") {
		return nil
	}
	names, ok := glob.Braces(strings.TrimSuffix(text, "/"), 100)
	if !ok {
		return nil
	}
	var out []string
	for _, n := range names {
		n, _, _ = strings.Cut(n, ":") // file.py:120
		if path.Ext(n) == "" && !strings.HasSuffix(text, "/") {
			continue // a branch, a module, a ratio
		}
		if n = path.Clean(n); fs.ValidPath(n) {
			out = append(out, n)
		}
	}
	return out
}
