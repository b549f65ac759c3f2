package adopt

import (
	"bytes"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/workspace"
)

// MergeDriver is the name of planctl's merge driver in .gitattributes and in
// git's configuration.
const MergeDriver = "planctl"

// Attributes is the .gitattributes that sends the config's ledgers and plans to
// the merge driver: the text that is there, with the lines that it lacks at its
// end. lines is those; without any, text is what was there. The file belongs
// into the workspace's root, from where its patterns count.
func Attributes(c workspace.Config, there []byte) (text []byte, lines []string) {
	last := map[string]string{} // what the last line about a pattern says of merging
	for line := range bytes.SplitSeq(there, []byte("\n")) {
		pattern, rest := attributePattern(string(bytes.TrimSuffix(line, []byte("\r"))))
		for _, attr := range strings.Fields(rest) {
			if name, _, _ := strings.Cut(attr, "="); strings.TrimLeft(name, "-!") == "merge" || attr == "binary" {
				last[pattern] = attr
			}
		}
	}
	for _, p := range mergePatterns(c) {
		if last[p] != "merge="+MergeDriver {
			lines = append(lines, quotePattern(p)+" merge="+MergeDriver)
		}
	}
	if len(lines) == 0 {
		return there, nil
	}
	end := "\n"
	if i := bytes.IndexByte(there, '\n'); i > 0 && there[i-1] == '\r' {
		end = "\r\n"
	}
	text = slices.Clone(there)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, end...)
	}
	for _, l := range lines {
		text = append(append(text, l...), end...)
	}
	return text, lines
}

// maxPatterns bounds the patterns that braces expand to.
const maxPatterns = 64

// mergePatterns is the config's ledgers and plans as patterns of git, which
// knows no braces and looks for a name without a slash in every directory.
func mergePatterns(c workspace.Config) []string {
	all := []string{escapePattern(c.Ledger)}
	for _, l := range c.Ledgers {
		all = append(all, escapePattern(l))
	}
	for _, p := range c.Plans {
		// Over the limit the rest is merged as text, which is safe.
		names, _ := glob.Braces(p, maxPatterns)
		all = append(all, names...)
	}
	var out []string
	for _, p := range all {
		p = strings.TrimPrefix(p, "./")
		if !strings.Contains(p, "/") {
			p = "/" + p
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// escapePattern takes their meaning from the characters of a path that are special in a pattern.
func escapePattern(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// quotePattern writes a pattern for .gitattributes, in quotes where it has
// space or starts like something else.
func quotePattern(p string) string {
	if !strings.ContainsAny(p, " \t\"") && !strings.HasPrefix(p, "#") && !strings.HasPrefix(p, "!") {
		return p
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`).Replace(p) + `"`
}

// attributePattern splits a line of .gitattributes. The pattern is "" in a comment.
func attributePattern(line string) (pattern, rest string) {
	line = strings.TrimLeft(line, " \t")
	if line == "" || line[0] == '#' {
		return "", ""
	}
	if line[0] != '"' {
		i := strings.IndexAny(line, " \t")
		if i < 0 {
			return line, ""
		}
		return line[:i], line[i:]
	}
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			return b.String(), line[i+1:]
		case c == '\\' && i+1 < len(line):
			i++
			if line[i] == 't' {
				b.WriteByte('\t')
			} else {
				b.WriteByte(line[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", ""
}
