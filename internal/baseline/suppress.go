package baseline

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
	"github.com/planctl/planctl/internal/yamlstrict"
)

// Suppression is one comment that allows findings.
type Suppression struct {
	File      string
	Line, Col int      // of the comment, from 1
	Target    int      // the line whose findings it allows: its own, or the next; 0 where it names tasks, or nothing follows
	Codes     []string // rule codes, and globs of them as path.Match knows them
	Tasks     []string // the IDs whose findings it allows, wherever in the file; empty: the target's
	Reason    string
}

// comment is a comment of planctl's as it stands in a file.
type comment struct {
	offset int    // of its first byte
	line   int    // of that byte, from 1
	text   string // what follows `planctl: allow`
	target int    // 0: nothing follows it
}

// Suppressions finds the comments that allow findings: HTML comments in
// Markdown, fences and code spans aside; YAML comments in spec blocks and in
// files named .yaml or .yml. known is every rule that there is. A comment that
// gives no reason allows nothing, nor does the part of one that names no rule
// or a guarded one (Protected): each is a finding.
//
// It takes time linear in the length of src.
func Suppressions(file string, src []byte, known map[finding.Code]bool) ([]Suppression, finding.List) {
	if !bytes.Contains(src, []byte("planctl:")) {
		return nil, nil // most files say nothing to planctl, and need no second reading
	}
	text := string(src)
	index, comments := commentsOf(file, text, src)
	var out []Suppression
	var list finding.List
	v := vocabulary{known: known, names: codes(known), guesses: maxGuesses}
	at := column{}
	for _, c := range comments {
		line, col := c.line, at.of(text, index, c)
		s := Suppression{File: file, Line: line, Col: col, Target: c.target}
		report := func(code finding.Code, message, help string) {
			list = append(list, finding.Finding{Code: code, Severity: severity(code), File: file, Line: line, Col: col, Message: message, Help: help, Source: shown(text, index.Line(line))})
		}
		head, reason := cutReason(c.text)
		words := wordsOf(head)
		if reason == "" {
			report(CodeNoReason, "the comment does not say why", "write `planctl: allow CODE — reason`; without a reason it allows nothing")
			continue
		}
		if len(words) == 0 {
			report(CodeAllowUnknown, "the comment names no rule", "write `planctl: allow CODE — reason`")
			continue
		}
		s.Reason = reason
		for i, w := range words {
			switch kind, meant := v.kindOf(w, i == 0); kind {
			case taskID:
				s.Tasks = append(s.Tasks, w.text)
			case rule:
				s.Codes = append(s.Codes, w.text)
			case guarded:
				report(CodeAllowGuarded, "no comment can allow "+short(w.text), "mend what it says, or set a severity under `rules` in .planctl.yaml")
			case unknownRule:
				help := "planctl lint --rules prints them"
				if meant != "" {
					help = "did you mean " + meant + "?"
				}
				report(CodeAllowUnknown, "there is no rule "+short(w.text), help)
			}
		}
		if len(s.Codes) == 0 {
			continue
		}
		if len(s.Tasks) > 0 {
			s.Target = 0
		}
		out = append(out, s)
	}
	list.Sort()
	return out, list
}

// allow reads the start of a comment's text: planctl: allow.
func allow(text string) (string, bool) {
	text, ok := strings.CutPrefix(strings.TrimSpace(text), "planctl:")
	if !ok {
		return "", false
	}
	text = strings.TrimSpace(text)
	rest, ok := strings.CutPrefix(text, "allow")
	if !ok || rest != "" && !strings.ContainsAny(rest[:1], " \t\r\n:") && !strings.HasPrefix(rest, "—") {
		return "", false
	}
	return rest, true
}

// cutReason cuts at the first em dash, or at a hyphen, an en dash or a colon
// that stands alone; a colon may follow the word before it.
func cutReason(text string) (head, reason string) {
	for i := 0; i < len(text); {
		start := i + len(text[i:]) - len(strings.TrimLeft(text[i:], " \t\r\n"))
		end := len(text)
		if n := strings.IndexAny(text[start:], " \t\r\n"); n >= 0 {
			end = start + n
		}
		word := text[start:end]
		if at := strings.Index(word, "—"); at >= 0 {
			return text[:start+at], trimmed(text[start+at+len("—"):])
		}
		switch word {
		case "-", "--", "–", ":":
			return text[:start], trimmed(text[end:])
		}
		if strings.HasSuffix(word, ":") {
			return text[:end-1], trimmed(text[end:])
		}
		i = end
		if word == "" {
			break
		}
	}
	return text, ""
}

// readable reports whether a character can be read: fillers are letters to Unicode, and nobody sees them.
func readable(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// trimmed is a reason on one line, "" where it holds no letter or digit.
func trimmed(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if !strings.ContainsFunc(s, readable) {
		return ""
	}
	return s
}

// word is a part of the comment before its reason.
type word struct {
	text   string
	quoted bool // in back-ticks or quotes: an ID with a space in it
}

func wordsOf(head string) []word {
	var out []word
	for {
		head = strings.TrimLeft(head, " \t\r\n,")
		if head == "" {
			return out
		}
		if q := head[0]; q == '`' || q == '"' {
			if end := strings.IndexByte(head[1:], q); end > 0 {
				out = append(out, word{strings.TrimSpace(head[1 : 1+end]), true})
				head = head[end+2:]
				continue
			}
		}
		end := strings.IndexAny(head, " \t\r\n,")
		if end < 0 {
			end = len(head)
		}
		out = append(out, word{head[:end], false})
		head = head[end:]
	}
}

// wordKind is what a word of a comment names. The zero value means not known.
type wordKind uint8

const (
	_ wordKind = iota
	rule
	unknownRule
	guarded
	taskID
)

// maxGuesses bounds the words of one file that are compared with every rule's
// name for a misspelling: each costs far more than reading it.
const maxGuesses = 64

// vocabulary tells rules from task IDs.
type vocabulary struct {
	known   map[finding.Code]bool
	names   []string // of the rules that a comment may allow
	guesses int      // left
}

// kindOf is what a word names, and the rule that was most likely meant where
// it is unknown. The first word is a rule, and so is one that has a rule's
// family before its first hyphen, a glob, or a word that is nearly a rule. Any
// other is an ID, which may look like anything.
func (v *vocabulary) kindOf(w word, first bool) (kind wordKind, meant string) {
	code := finding.Code(w.text)
	switch {
	case w.quoted && !first:
		return taskID, ""
	case Protected(code):
		return guarded, ""
	case v.known[code]:
		return rule, ""
	case strings.ContainsAny(w.text, "*?["):
		if slices.ContainsFunc(v.names, func(n string) bool { return covers(w.text, finding.Code(n)) }) {
			return rule, ""
		}
		return unknownRule, ""
	}
	meant = v.near(w.text)
	family, _, ok := strings.Cut(w.text, "-")
	if first || meant != "" || ok && slices.ContainsFunc(v.names, func(n string) bool { return strings.HasPrefix(n, family+"-") }) {
		return unknownRule, meant
	}
	return taskID, ""
}

// near is the rule that a word is a misspelling of. A rule has a hyphen, lower
// case and some length; a short ID is not taken for one.
func (v *vocabulary) near(w string) string {
	if len(w) < 6 || len(w) > 64 || !strings.Contains(w, "-") || strings.ToLower(w) != w || v.guesses == 0 {
		return ""
	}
	v.guesses--
	return yamlstrict.Nearest(w, v.names)
}

// column finds the columns of offsets that only grow, each character counted
// once: a line may hold a great many comments.
type column struct{ offset, line, col int }

func (c *column) of(text string, index *mdspan.Index, next comment) int {
	if next.line == c.line {
		c.col += utf8.RuneCountInString(text[c.offset:next.offset])
	} else {
		_, c.col = index.Pos(next.offset)
	}
	c.offset, c.line = next.offset, next.line
	return c.col
}

// shown is a line as findings show it, "" for one that no terminal could.
func shown(text string, line mdspan.Span) string {
	if line.Len() > 2000 {
		return ""
	}
	return text[line.Start:line.End]
}

// short is a word that fits a message.
func short(w string) string {
	if r := []rune(w[:min(len(w), 400)]); len(w) > 80 {
		return string(r[:min(len(r), 79)]) + "…"
	}
	return w
}

// codes are the rules that a comment may allow, sorted.
func codes(known map[finding.Code]bool) []string {
	var out []string
	for c := range known {
		if known[c] && !Protected(c) {
			out = append(out, string(c))
		}
	}
	slices.Sort(out)
	return out
}

// commentsOf are the comments of a file in their order.
func commentsOf(file, text string, src []byte) (*mdspan.Index, []comment) {
	if ext := strings.ToLower(path.Ext(file)); ext == ".yaml" || ext == ".yml" {
		index := mdspan.NewIndex(src)
		return index, yamlComments(text, index, 1, index.Lines())
	}
	doc := mdspan.Scan(src)
	out := markdownComments(text, doc)
	for _, f := range doc.Fences {
		if words := strings.Fields(strings.ToLower(f.Info)); f.Outer >= 0 || f.Quote > 0 || len(words) != 2 || words[0] != "yaml" || words[1] != "planctl" {
			continue // as plan reads spec blocks
		}
		last := f.Last
		if f.Close > 0 {
			last--
		}
		out = append(out, yamlComments(text, doc.Index, f.Open+1, last)...)
	}
	slices.SortFunc(out, func(a, b comment) int { return a.offset - b.offset })
	return doc.Index, out
}
