package evidence

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/regular"
)

// binaryLook is how many bytes git looks at to tell text from other files.
const binaryLook = 8000

// LineEnds says, with the fix, which files git would give back with other line ends than they have, so that no clone
// could show the recorded bytes. The names are relative to root, which lies at prefix in the repository. A file that git
// ignores is nobody's to give back, and one that cannot be read is spoken of where it is hashed. When ctx is done its error is
// returned.
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
		other, err := otherEnds(ctx, filepath.Join(root, filepath.FromSlash(n)), eol == "crlf", text == "auto")
		if ctx.Err() != nil {
			return warnings, ctx.Err()
		}
		if err == nil && other {
			warnings = append(warnings, fmt.Sprintf("git would give %s back with other line ends, so that a clone could not show what was recorded; put the line `%s -text` into .gitattributes", n, quotedPattern(n)))
		}
	}
	return warnings, nil
}

// otherEnds reports whether a file has a line end that git would not give back: any but CRLF where those are wanted, else a
// CRLF. auto: a file that git takes for binary has none. An artifact can have gigabytes; it is read until one is found.
func otherEnds(ctx context.Context, name string, crlf, auto bool) (other bool, err error) {
	f, _, err := openRegular(name)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := bufio.NewReaderSize(regular.Until(ctx, f), bufferSize)
	if head, err := r.Peek(binaryLook); err != nil && err != io.EOF {
		return false, err
	} else if auto && bytes.IndexByte(head, 0) >= 0 {
		return false, nil
	}
	last := byte(0) // before what is read next
	for {
		b, err := r.ReadSlice('\n')
		if len(b) > 0 && b[len(b)-1] == '\n' {
			if len(b) > 1 {
				last = b[len(b)-2]
			}
			if (last == '\r') != crlf {
				return true, nil
			}
		}
		if len(b) > 0 {
			last = b[len(b)-1]
		}
		switch err {
		case nil, bufio.ErrBufferFull:
		case io.EOF:
			return false, nil
		default:
			return false, err
		}
	}
}

// quotedPattern is a path as a line of .gitattributes begins with it.
func quotedPattern(name string) string {
	if strings.ContainsAny(name, " \t\"\\") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name
}
