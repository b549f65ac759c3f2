package evidence

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/internal/gitrepo"
)

// binaryLook is how many bytes git looks at to tell text from other files.
const binaryLook = 8000

// LineEnds says, with the fix, which files git would give back with other line ends than they have, so that no clone
// could show the recorded bytes. The names are relative to root, which lies at prefix in the repository. A file that git
// ignores is nobody's to give back, and one that cannot be read is spoken of where it is hashed.
func LineEnds(ctx context.Context, repo *gitrepo.Repo, root, prefix string, names []string) (warnings []string, err error) {
	asked := make([]string, len(names))
	for i, n := range names {
		asked[i] = path.Join(prefix, n)
	}
	attrs, err := repo.Attributes(ctx, asked, "text", "eol")
	if err != nil {
		return nil, err
	}
	ignored, err := repo.Ignored(ctx, asked)
	if err != nil {
		return nil, err
	}
	for i, n := range names {
		text, eol := attrs[asked[i]]["text"], attrs[asked[i]]["eol"]
		if ignored[asked[i]] || text == "unset" || text == "unspecified" && eol == "unspecified" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(n)))
		if err != nil || text == "auto" && bytes.IndexByte(b[:min(len(b), binaryLook)], 0) >= 0 {
			continue
		}
		crlf := bytes.Count(b, []byte("\r\n"))
		if lf := bytes.Count(b, []byte("\n")) - crlf; eol == "crlf" && lf > 0 || eol != "crlf" && crlf > 0 {
			warnings = append(warnings, fmt.Sprintf("git would give %s back with other line ends, so that a clone could not show what was recorded; put the line `%s -text` into .gitattributes", n, quotedPattern(n)))
		}
	}
	return warnings, nil
}

// quotedPattern is a path as a line of .gitattributes begins with it.
func quotedPattern(name string) string {
	if strings.ContainsAny(name, " \t\"\\") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name
}
