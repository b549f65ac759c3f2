package workspace

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/planctl/planctl/ledger"
)

// The sources of an initiative's ID, in the order in which they are asked.
const (
	SourceConfig    = "config"     // a `links` entry
	SourceLine      = "line"       // the ID on the plan's `Initiative:` line
	SourceTitle     = "title"      // `[ID]` in the plan's title
	SourceHeader    = "header"     // an ID on a header line such as `Related fix_plan item:`, where the ledger has its section
	SourceLedger    = "ledger"     // the section whose lines cite the plan's path
	SourceWord      = "title word" // a bare word of the plan's title, where the ledger has its section and nothing above names one, or before the stem
	SourceDirectory = "directory"  // the directory under plans/active/ or plans/archive/
	SourceStem      = "stem"       // the file's name without .md
)

// Link says which initiative a plan belongs to and how that is known.
type Link struct {
	ID         string      // "" only where nothing at all names one
	Source     string      // the Source… that decided
	Candidates []Candidate // every source that names an ID, in the order of asking
	Doubt      string      // why a run must stop before it starts; "" when settled
	NoSection  bool        // the doubt is only that the live ledger has no section of the ID
}

// Candidate is one source's answer.
type Candidate struct{ ID, Source, Where string }

// link finds the plan's initiative. The first source that names an ID
// decides. There is doubt where two of the first five name different ones, a
// `links` entry apart, since a person wrote it to end the doubt; and where
// the ledger has no section of that ID, or more than one, since planctl
// invents none.
func (w *Workspace) link(p *Plan) Link {
	var l Link
	add := func(id, source, where string) {
		if id != "" {
			l.Candidates = append(l.Candidates, Candidate{id, source, where})
		}
	}
	add(w.Config.Links[p.Path], SourceConfig, w.ConfigPath)
	if p.Doc.Line.ID != "" {
		line, _ := p.Doc.Index.Pos(p.Doc.Line.Span.Start)
		add(p.Doc.Line.ID, SourceLine, p.Path+":"+strconv.Itoa(line))
	}
	add(p.Doc.TitleID, SourceTitle, p.Path)
	for _, s := range p.Doc.Sections {
		if w.hasSection(s.Text) {
			line, _ := p.Doc.Index.Pos(s.Span.Start)
			add(s.Text, SourceHeader, p.Path+":"+strconv.Itoa(line))
		}
	}
	for _, s := range w.citing(p.Path) {
		add(s.ID, SourceLedger, w.Ledger.Path+":"+strconv.Itoa(s.Line))
	}
	if len(l.Candidates) == 0 {
		for _, id := range p.Doc.TitleWords() {
			if w.hasSection(id) {
				add(id, SourceWord, p.Path)
			}
		}
	}
	dir := initiativeDir(p.Path)
	if dir != "" {
		add(w.spelled(path.Base(dir)), SourceDirectory, dir)
	}
	// A title that begins with an ID says more than the name of a file in a directory that names nothing.
	if words := p.Doc.TitleWords(); len(l.Candidates) == 0 && !w.hasSection(p.Stem()) && len(words) > 0 && strings.HasPrefix(p.Doc.Title, words[0]) {
		add(words[0], SourceWord, p.Path)
	}
	add(w.spelled(p.Stem()), SourceStem, p.Path)

	if len(l.Candidates) > 0 {
		l.ID, l.Source = l.Candidates[0].ID, l.Candidates[0].Source
	}
	l.Doubt = w.doubt(p, l)
	l.NoSection = l.Doubt != "" && l.ID != "" && !w.hasSection(l.ID) && disagreement(l.Candidates) == ""
	return l
}

func (w *Workspace) hasSection(id string) bool {
	return !w.Ledger.Missing() && len(w.Ledger.Doc.SectionsOf(id)) > 0
}

// Settle is the command that ends the doubt about a plan, where the initiative that is most likely is the right one.
func (w *Workspace) Settle(p *Plan) string {
	switch {
	case p.Link.ID == "":
		return "planctl link " + ShellWord(p.Path) + " ID"
	case !w.hasSection(p.Link.ID):
		return "planctl link " + ShellWord(p.Path) + " " + ShellWord(p.Link.ID) + " --create"
	}
	return "planctl link " + ShellWord(p.Path) + " " + ShellWord(p.Link.ID)
}

// plainWord is what the shell reads as one word that means itself.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./][A-Za-z0-9_./-]*$`)

// ShellWord is a word of the shell that means s, for commands that people copy.
func ShellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	if strings.HasPrefix(s, "-") {
		s = "./" + s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// doubt says why the link is not certain.
func (w *Workspace) doubt(p *Plan, l Link) string {
	switch l.Source {
	case "":
		return "nothing names an initiative"
	case SourceConfig:
	default:
		if d := disagreement(l.Candidates); d != "" {
			return d
		}
		if d := w.otherName(l); d != "" {
			return d
		}
	}
	if w.Ledger.unreadable {
		return fmt.Sprintf("the ledger %s cannot be read", w.Ledger.Path)
	}
	if w.Ledger.Missing() {
		return fmt.Sprintf("the ledger %s is not there, so that the section %s would have to be invented", w.Ledger.Path, l.ID)
	}
	switch n := len(w.Ledger.Doc.SectionsOf(l.ID)); {
	case n == 1:
		return ""
	case n > 1:
		return fmt.Sprintf("%s has %d sections [%s]", w.Ledger.Path, n, l.ID)
	}
	for _, a := range w.Archives {
		if !a.Missing() && len(a.Doc.SectionsOf(l.ID)) > 0 {
			return fmt.Sprintf("the section [%s] is in %s, which is only read; %s has none, so that it would have to be invented", l.ID, a.Path, w.Ledger.Path)
		}
	}
	return fmt.Sprintf("%s has no section [%s], so that it would have to be invented", w.Ledger.Path, l.ID)
}

// otherName compares a word of the title, which says less than a line that is there for it, with the other words, the directory
// and the stem: each of them counts against it where the ledger has its section.
func (w *Workspace) otherName(l Link) string {
	if l.Source != SourceWord {
		return ""
	}
	for _, c := range l.Candidates[1:] {
		if !ledger.SameID(c.ID, l.ID) && w.hasSection(c.ID) {
			return disagree(l.Candidates[0], c)
		}
	}
	return ""
}

func disagree(a, b Candidate) string {
	return fmt.Sprintf("%s (%s, %s) and %s (%s, %s) disagree", a.ID, a.Source, a.Where, b.ID, b.Source, b.Where)
}

// disagreement compares the answers of line, title, header and ledger. Several
// sections may cite a plan: they agree with another source that names one of
// them, and are a doubt by themselves where none does.
func disagreement(cs []Candidate) string {
	var named, cited []Candidate
	for _, c := range cs {
		switch c.Source {
		case SourceLine, SourceTitle, SourceHeader:
			named = append(named, c)
		case SourceLedger:
			cited = append(cited, c)
		}
	}
	for _, c := range named[min(1, len(named)):] {
		if !ledger.SameID(c.ID, named[0].ID) {
			return disagree(named[0], c)
		}
	}
	switch {
	case len(cited) == 0:
		return ""
	case len(named) > 0:
		if slices.ContainsFunc(cited, func(c Candidate) bool { return ledger.SameID(c.ID, named[0].ID) }) {
			return ""
		}
		return disagree(named[0], cited[0])
	case len(cited) > 1:
		return disagree(cited[0], cited[1])
	}
	return ""
}

// planLabel is a ledger line that names a section's plan, as against one that mentions a plan in passing.
var planLabel = regexp.MustCompile(`(?i)^\s*(?:[-*+]\s+)?\**(?:[\w/]+ )?plan(?: (?:reference|path|file|doc))?s?\**:`)

// citing is the live ledger's sections that cite the plan's path. Where some
// of them do so on a line that says Plan:, Plan Reference: or the like, only
// those count: in real ledgers other sections refer to a plan too.
func (w *Workspace) citing(p string) []*ledger.Section {
	if w.Ledger.Missing() || !w.cited.may(p) {
		return nil
	}
	all := w.Ledger.Doc.SectionsCiting(p)
	if len(all) < 2 {
		return all
	}
	var labelled []*ledger.Section
	for _, s := range all {
		for line := range strings.Lines(string(s.Span.Of(w.Ledger.Doc.Source))) {
			if planLabel.MatchString(line) && cites(line, p) {
				labelled = append(labelled, s)
				break
			}
		}
	}
	if len(labelled) > 0 {
		return labelled
	}
	return all
}

// citations is the Markdown paths that a ledger names, by file name. Ledgers
// are large and most plans are cited in few places, so one pass over the
// ledger spares one for each plan.
type citations struct{ byName map[string][]string }

func readCitations(l *Ledger) *citations {
	c := &citations{byName: map[string][]string{}}
	if l.Missing() {
		return c
	}
	src, seen := l.Doc.Source, map[string]bool{}
	for off := 0; ; {
		i := bytes.Index(src[off:], []byte(".md"))
		if i < 0 {
			return c
		}
		end := off + i + len(".md")
		start := end - len(".md")
		for start > off && pathByte(src[start-1]) {
			start--
		}
		off = end
		if token := string(src[start:end]); !seen[token] {
			seen[token] = true
			c.byName[path.Base(token)] = append(c.byName[path.Base(token)], token)
		}
	}
}

// may reports whether the ledger may cite the path; it decides nothing more.
func (c *citations) may(p string) bool {
	if !strings.HasSuffix(p, ".md") || strings.ContainsFunc(p, func(r rune) bool { return r < 0x80 && !pathByte(byte(r)) }) {
		return true // a path that is no single token
	}
	return slices.ContainsFunc(c.byName[path.Base(p)], func(token string) bool { return strings.HasSuffix(token, p) })
}

// cites reports whether the line has the whole path, not as a part of a longer one.
func cites(line, p string) bool {
	for off := 0; ; {
		i := strings.Index(line[off:], p)
		if i < 0 {
			return false
		}
		start, end := off+i, off+i+len(p)
		if (start == 0 || !pathByte(line[start-1])) && (end == len(line) || !pathByte(line[end]) || line[end] == '.' && (end+1 == len(line) || !pathByte(line[end+1]))) {
			return true
		}
		off = start + 1
	}
}

func pathByte(c byte) bool {
	return c == '/' || c == '.' || c == '-' || c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// initiativeDir is the path of the directory just below plans/active/ or plans/archive/
// that the plan lies in, "" for a plan that lies there itself. An archive
// counts, so that a plan keeps its initiative when it moves with its directory.
func initiativeDir(p string) string {
	parts := strings.Split(p, "/")
	for i := 0; i+3 < len(parts); i++ {
		if parts[i] == "plans" && (parts[i+1] == "active" || parts[i+1] == "archive") {
			return strings.Join(parts[:i+3], "/")
		}
	}
	return ""
}

// spelled is the ledger's spelling of an ID that differs from it by case
// only: directories and files are often written small.
func (w *Workspace) spelled(id string) string {
	if w.Ledger.Missing() {
		return id
	}
	near := ""
	for _, s := range w.Ledger.Doc.Sections {
		switch {
		case s.ID == id:
			return id
		case strings.EqualFold(s.ID, id) && near == "":
			near = s.ID
		}
	}
	if near != "" {
		return near
	}
	return id
}

// Stem is the file's name without .md.
func (p *Plan) Stem() string { return strings.TrimSuffix(path.Base(p.Path), path.Ext(p.Path)) }
