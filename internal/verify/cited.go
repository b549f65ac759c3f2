package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
)

// artifactsKey is where an entry written by hand begins to cite, and nextKey where it goes on to something else.
var (
	artifactsKey = regexp.MustCompile(`(?i)\b(?:artifacts?|evidence|reports?|logs?)\b[^:\n` + "`" + `]{0,40}:`)
	nextKey      = regexp.MustCompile(`^[\s>]*(?:[-*+]\s+)?(?:\*\*|__)?[A-Z][A-Za-z/& -]{2,30}(?:\*\*|__)?:`)
)

// Words by which people say that what they name is not there, as ledgers have them. Such a path is a plan or a regret, and
// no citation.
var (
	// nothingYet begins what stands under the key: nothing that follows it is cited.
	nothingYet = regexp.MustCompile(`(?i)^[\s*_(\[>+-]*(?:(?:none|nothing|n/a|n\.a\.?|not (?:yet|captured|archived|committed|kept|saved|applicable|available)|pending|deferred|tb[acd]|to (?:be|capture|come|follow)|no (?:artifacts?|files|evidence|logs))(?:[^\w/]|$)|[—–]?[\s*_]*$)`)
	// awaited stands a few words before a path.
	awaited = regexp.MustCompile(`(?i)\b(?:(?:pending|tb[ad]|to be \w+|to (?:capture|come|follow)|not yet|yet to|will|planned|formali[sz]e)\b[^;,` + "`" + `]{0,40}|(?:missing|deleted|removed|lost)[\s:*_]*)$`)
	// owed stands in the brackets, or after the dash, behind a path.
	owed = regexp.MustCompile(`(?i)^[\s*_)]*[(\[—–:-]+[\s*_]*(?:pending|tb[ad]|to (?:be|capture|come|follow)|not (?:yet|captured|archived|committed|kept|saved)|planned)\b|^[\s*_)]*[(\[—–:-]+[\s*_]*(?:missing|deleted|removed|lost|absent|gone)(?:\s*$|\s*[\])*_.,;]|\s+(?:in|by|since|after|later|when)\b)`)
	// andAlso joins a path to the one before it.
	andAlso = regexp.MustCompile(`^[\s,&+]*(?:and|or)?\s*$`)
)

// citedArtifacts looks for the paths that an entry written by hand cites as its artifacts. What is not plainly a path
// is passed over, and what the entry itself says is not there.
func (c *checker) citedArtifacts(l *workspace.Ledger, a *ledger.Attempt) {
	text := a.Span.Of(l.Doc.Source)
	var gone []string
	var at *places
	seen := map[string]bool{}
	for _, n := range citations(text) {
		if seen[n] {
			continue
		}
		seen[n] = true
		if at == nil {
			at = c.placesOf(l, a, text)
		}
		if n = at.missing(n); n != "" {
			gone = append(gone, n)
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

// citations is the paths under the keys of an entry that cite, in their order.
func citations(text []byte) []string {
	var out []string
	citing := false
	for line := range bytes.Lines(text) {
		from := line
		if loc := artifactsKey.FindIndex(line); loc != nil {
			from = bytes.TrimSpace(line[loc[1]:])
			citing = true
			if bare := bytes.Trim(from, "*_"); len(bare) > 0 && nothingYet.Match(from) {
				citing = false
			}
		} else if item := bytes.TrimSpace(line); citing && len(item) > 0 && nothingYet.Match(item) {
			continue // what stands under the same key goes on
		} else if citing && nextKey.Match(line) {
			citing = false
		}
		if citing {
			out = append(out, citedIn(from)...)
		}
	}
	return out
}

// citedIn is the paths in the code spans of a line, but for those that it says are not there.
func citedIn(line []byte) []string {
	var out []string
	end, not := 0, false
	for _, m := range codeSpan.FindAllSubmatchIndex(line, -1) {
		before := line[end:m[0]]
		not = awaited.Match(before) || not && andAlso.Match(before)
		if !not && !owed.Match(line[m[1]:]) {
			out = append(out, plainPaths(string(line[m[2]:m[3]]))...)
		}
		end = m[1]
	}
	return out
}

// places is where a path that an entry cites may start: people write it from the workspace, from the ledger's folder, from
// their plan's, from its reports, or from a directory that the entry names.
type places struct {
	c    *checker
	dirs []string
}

func (c *checker) placesOf(l *workspace.Ledger, a *ledger.Attempt, text []byte) *places {
	p := &places{c, []string{"."}}
	add := func(dir string) {
		if dir = path.Clean(dir); fs.ValidPath(dir) && !slices.Contains(p.dirs, dir) {
			p.dirs = append(p.dirs, dir)
		}
	}
	add(path.Dir(l.Path))
	if a.Section != nil {
		for _, pl := range c.w.Initiative(a.Section.ID) {
			add(path.Dir(pl.Path))
			for _, ph := range pl.Doc.Phases {
				reports, _ := c.w.Reports(pl, ph)
				add(reports)
			}
		}
	}
	for _, m := range codeSpan.FindAllSubmatch(text, 100) {
		name := path.Clean(strings.TrimSpace(string(m[1])))
		for _, dir := range slices.Clone(p.dirs) {
			if n := path.Join(dir, name); len(p.dirs) < 20 && strings.Contains(name, "/") && fs.ValidPath(n) {
				if info, err := os.Stat(c.w.Abs(n)); err == nil && info.IsDir() {
					add(n)
				}
			}
		}
	}
	return p
}

// missing is what to say of a path that is at none of the places: where it would be from the workspace or, where that leads
// out of it, from the ledger's folder. "" for one that is there, or out of the workspace from both.
func (p *places) missing(n string) string {
	said := ""
	for i, dir := range p.dirs {
		at := path.Join(dir, n)
		if !fs.ValidPath(at) {
			continue
		}
		if _, err := os.Stat(p.c.w.Abs(at)); !errors.Is(err, fs.ErrNotExist) {
			return "" // what is there and cannot be looked at is no missing path
		}
		if said == "" && i < 2 {
			said = at
		}
	}
	return said
}

// some is the first of a list, and how many more there are.
func some(list []string) string {
	if len(list) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:3], ", "), len(list)-3)
	}
	return strings.Join(list, ", ")
}

// plainPaths is the paths, relative and perhaps leading up (`../x.log`), that a code span plainly names, braces expanded; none where it may
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
		if n = path.Clean(n); utf8.ValidString(n) {
			out = append(out, n)
		}
	}
	return out
}
