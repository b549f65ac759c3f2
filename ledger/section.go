package ledger

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/finding"
)

// foldID is an ID for comparison: non-breaking and other hyphens are people's
// typography, `AT‑PARALLEL‑002` is AT-PARALLEL-002.
func foldID(id string) string {
	if strings.IndexByte(id, 0xE2) < 0 {
		return id
	}
	return hyphens.Replace(id)
}

var hyphens = strings.NewReplacer("\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2212", "-")

// FoldID is an ID as a key: of the spellings that people use of one ID, in other hyphens or in small letters, all have the
// same. SameID compares by it.
func FoldID(id string) string { return strings.ToUpper(foldID(id)) }

// SameID reports whether two spellings are of one ID.
func SameID(a, b string) bool { return a == b || FoldID(a) == FoldID(b) }

// SectionsOf is the sections in which entries of an ID stand, in the document's order: all that have it, however it is
// spelled, parts of others among them, and where there is none the one loose heading that Section would take.
func (l *Ledger) SectionsOf(id string) []*Section {
	var all []*Section
	want := FoldID(id)
	for _, s := range l.Sections {
		if FoldID(s.ID) == want {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		if s := l.named(id); s != nil {
			all = append(all, s)
		}
	}
	return all
}

// Section is the section with an ID, in its own letters where several differ only by these. Sections of the same ID inside it are its
// parts. Where several stand side by side, the only one that has attempts or
// an Attempts History is meant; where none or more than one has, the error is
// a finding of CodeDuplicateSection that names their lines. Without a heading
// [ID], the one loose heading that names the ID, such as "Active Item Detail —
// AT-PARALLEL-012", is taken. Otherwise the error is a finding of
// CodeNoSection with the nearest IDs.
func (l *Ledger) Section(id string) (*Section, error) {
	if l.unread {
		return nil, l.Findings[0]
	}
	all := l.sided(id)
	switch len(all) {
	case 0:
		if s := l.named(id); s != nil {
			return s, nil
		}
		return nil, l.missing(id)
	case 1:
		return all[0], nil
	}
	var kept []*Section
	for _, s := range all {
		if s.kept() {
			kept = append(kept, s)
		}
	}
	if len(kept) == 1 {
		return kept[0], nil
	}
	if len(kept) > 1 {
		all = kept
	}
	return nil, l.ambiguous(id, all)
}

// sided is the sections of an ID that are no parts of another.
func (l *Ledger) sided(id string) []*Section {
	var all []*Section
	want := foldID(id)
	for _, s := range l.Sections {
		if s.parent == nil && foldID(s.ID) == want {
			all = append(all, s)
		}
	}
	if len(all) > 0 {
		return all
	}
	want = FoldID(id)
	for _, s := range l.Sections {
		if s.parent == nil && FoldID(s.ID) == want {
			all = append(all, s)
		}
	}
	return all
}

// kept reports whether attempts are kept in the section.
func (s *Section) kept() bool {
	if len(s.lists) > 0 || len(s.Attempts) > 0 {
		return true
	}
	for _, p := range s.Parts {
		if len(p.lists) > 0 || len(p.Attempts) > 0 {
			return true
		}
	}
	return false
}

// named is the one loose heading that has the ID as a word of its own.
func (l *Ledger) named(id string) *Section {
	var found *Section
	want := foldID(id)
	if len(want) < 2 {
		return nil
	}
	for _, s := range l.Loose {
		if !hasWord(foldID(s.Title), want) {
			continue
		}
		if found != nil {
			return nil
		}
		found = s
	}
	return found
}

func hasWord(text, w string) bool {
	for off := 0; ; {
		i := strings.Index(text[off:], w)
		if i < 0 {
			return false
		}
		start, end := off+i, off+i+len(w)
		if (start == 0 || !idByte(text[start-1])) && (end == len(text) || !idByte(text[end])) {
			return true
		}
		off = end
	}
}

func idByte(c byte) bool { return wordByte(c) || c == '-' || c >= utf8.RuneSelf }

// maxNamed bounds the lines that a message names.
const maxNamed = 8

func (l *Ledger) ambiguous(id string, all []*Section) finding.Finding {
	var lines []string
	for _, s := range all[:min(len(all), maxNamed)] {
		lines = append(lines, fmt.Sprint(s.Line))
	}
	if more := len(all) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("%d more", more))
	}
	what := "lines " + strings.Join(lines[:len(lines)-1], ", ") + " and " + lines[len(lines)-1]
	return at(CodeDuplicateSection, l.File, all[len(all)-1].Line, 1,
		fmt.Sprintf("%d sections have the ID [%s]: %s", len(all), id, what),
		"rename one of them or join them, so that it is plain where attempts go")
}

func (l *Ledger) missing(id string) finding.Finding {
	help := fmt.Sprintf("write a heading `## [%s] title`, or run planctl link PLAN %s --create", id, id)
	if near := l.near(id); len(near) > 0 {
		help = "did you mean " + strings.Join(near, " or ") + "? Or " + help
	}
	return at(CodeNoSection, l.File, 0, 0, fmt.Sprintf("there is no section [%s]", id), help)
}

// maxGuesses bounds the sections that a misspelt ID is compared with.
const maxGuesses = 4096

// near is up to three IDs that look like id, nearest first.
func (l *Ledger) near(id string) []string {
	type guess struct {
		id string
		d  int
	}
	var gs []guess
	want := strings.ToUpper(foldID(id))
	seen := map[string]bool{}
	for _, s := range l.Sections[:min(len(l.Sections), maxGuesses)] {
		if seen[s.ID] {
			continue
		}
		seen[s.ID] = true
		got := strings.ToUpper(foldID(s.ID))
		limit := max(2, len(want)/3)
		if strings.Contains(got, want) || strings.Contains(want, got) {
			gs = append(gs, guess{s.ID, 0})
		} else if d := distance(want, got, limit); d <= limit {
			gs = append(gs, guess{s.ID, d})
		}
	}
	sort.SliceStable(gs, func(i, j int) bool { return gs[i].d < gs[j].d })
	var out []string
	for _, g := range gs[:min(3, len(gs))] {
		out = append(out, g.id)
	}
	return out
}

// distance is the number of edits between two IDs, or limit+1 where it is more.
func distance(a, b string, limit int) int {
	if len(a) > maxID || len(b) > maxID || len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			d := diag
			if a[i-1] != b[j-1] {
				d++
			}
			diag, row[j] = row[j], min(d, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// SectionsCiting is the sections that cite a file by its whole path; a path
// that merely ends or goes on like it does not count. A line such as `Plan
// Reference:` says whose plan it is, any other line of the section's head is a
// mention, and attempts cite the plans of others freely: only the strongest
// kind that there is counts. Entries of runs cite nothing. Parts count for the
// section that they are in.
func (l *Ledger) SectionsCiting(path string) []*Section {
	if path == "" {
		return nil
	}
	var found [3][]*Section
	for off := 0; ; {
		i := bytes.Index(l.Source[off:], []byte(path))
		if i < 0 {
			break
		}
		start, end := off+i, off+i+len(path)
		off = end
		if !wholePath(l.Source, start, end) {
			continue
		}
		if eol := bytes.IndexByte(l.Source[off:], '\n'); eol >= 0 {
			off += eol // once a line will do
		} else {
			off = len(l.Source)
		}
		s := l.sectionAt(start)
		if s == nil || l.inRun(start) {
			continue
		}
		k := l.citation(s, start)
		if s.parent != nil {
			s = s.parent
		}
		if n := len(found[k]); n == 0 || found[k][n-1] != s {
			found[k] = append(found[k], s)
		}
	}
	for _, f := range found {
		if len(f) > 0 {
			return f
		}
	}
	return nil
}

// inRun reports whether a byte is in an entry that planctl wrote: it names the plans of roll-up rows
// and says of no plan whose it is.
func (l *Ledger) inRun(off int) bool {
	i := sort.Search(len(l.attempts), func(i int) bool { return l.attempts[i].Span.Start > off })
	return i > 0 && l.attempts[i-1].Run != "" && off < l.attempts[i-1].Span.End
}

// wholePath reports whether src[start:end] is a path of its own: ./ and ../
// may stand before it, :line, #anchor or a full stop behind it.
func wholePath(src []byte, start, end int) bool {
	for start > 1 && src[start-1] == '/' && src[start-2] == '.' {
		start -= 2
		if start > 0 && src[start-1] == '.' {
			start--
		}
	}
	if start > 0 && pathByte(src[start-1]) {
		return false
	}
	if end == len(src) || !pathByte(src[end]) {
		return true
	}
	return src[end] == '.' && (end+1 == len(src) || !pathByte(src[end+1]))
}

func pathByte(c byte) bool {
	return wordByte(c) || c == '-' || c == '.' || c == '/' || c >= utf8.RuneSelf
}

// sectionAt is the section with an ID around a byte; nil outside of all.
func (l *Ledger) sectionAt(off int) *Section {
	i := sort.Search(len(l.Sections), func(i int) bool { return l.Sections[i].Span.Start > off })
	if i == 0 || l.Sections[i-1].Span.End <= off {
		return nil
	}
	return l.Sections[i-1]
}

// citation is how strongly the line at off binds a plan to section s: 0 names
// its plan, 1 stands in its head, 2 in an attempt.
func (l *Ledger) citation(s *Section, off int) int {
	i := sort.Search(len(s.Attempts), func(i int) bool { return s.Attempts[i].Span.Start > off })
	if i > 0 && off < s.Attempts[i-1].Span.End {
		return 2
	}
	n, _ := l.Index.Pos(off)
	key, _ := field(readLine(l.Source, n, l.Index.Line(n)).text)
	k := strings.ToLower(string(key))
	for _, suffix := range []string{"plan", "plan reference", "plan ref", "plan path", "plan file", "plan doc", "plans"} {
		if k == suffix || strings.HasSuffix(k, " "+suffix) || strings.HasSuffix(k, "/"+suffix) {
			return 0
		}
	}
	return 1
}
