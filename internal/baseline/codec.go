package baseline

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/yamlstrict"
)

const header = `# What was already wrong here when planctl verify began to watch this repository.
# verify and lint do not report these findings again; any other one is new.
#
# planctl verify --update-baseline writes this file. Review its diff: an entry
# that comes is a fault that is accepted, one that goes was mended. A ` + "`reason:`" + `
# that you add to an entry stays; comments do not. In a message N is a number
# that an edit elsewhere would move, such as a line's.
`

// Parse reads a baseline. Everything that is wrong with it is a finding of
// CodeInvalid at its place; the Baseline then holds the entries that could be
// read, so that an update keeps their reasons. It is never nil.
func Parse(file string, src []byte) (*Baseline, finding.List) {
	b := &Baseline{File: file}
	doc := yamlstrict.Parse(yamlstrict.Source{Family: "baseline", File: file, Text: src, Line: 1})
	version := false
	for _, f := range doc.Root.Fields("the baseline", "version", "findings") {
		switch f.Key {
		case "version":
			version = true
			if n, ok := f.Value.Int(); ok && n != 1 {
				f.Value.Report("version", fmt.Sprintf("baseline version %d is not known", n), "this planctl reads version 1; a newer one may read this file")
			}
		case "findings":
			b.entries(f.Value)
		}
	}
	list := doc.Findings()
	if !version && len(list) == 0 {
		list = append(list, finding.Finding{File: file, Line: 1, Col: 1, Message: "the baseline does not say its version", Help: "write `version: 1` as the first line"})
	}
	for i := range list {
		list[i].Code, list[i].Severity = CodeInvalid, severity(CodeInvalid)
	}
	list.Sort()
	return b, list
}

func (b *Baseline) entries(v *yamlstrict.Node) {
	first := map[identity]int{}
	for _, n := range v.List() {
		e, ok := entry(n)
		if !ok {
			continue
		}
		if line := first[e.identity()]; line > 0 {
			n.Report("duplicate", fmt.Sprintf("the entry stands on line %d already", line), "keep one of the two; `count` says how many such findings there are")
			continue
		}
		first[e.identity()] = e.Line
		b.Entries = append(b.Entries, e)
	}
}

func entry(n *yamlstrict.Node) (Entry, bool) {
	e := Entry{Count: 1}
	e.Line, e.Col = n.Pos()
	message, ok := false, true
	text := func(v *yamlstrict.Node) string {
		s, fine := v.String()
		ok = ok && fine
		return s
	}
	if !n.IsMapping() {
		n.Report("type", "an entry is a mapping with rule, file and message", updateHelp)
		return e, false
	}
	for _, f := range n.Fields("an entry", "rule", "file", "task", "message", "count", "reason") {
		switch f.Key {
		case "rule":
			e.Rule = finding.Code(text(f.Value))
		case "file":
			e.File = text(f.Value)
		case "task":
			e.Task = text(f.Value)
		case "message":
			e.Message, message = finding.Key(text(f.Value)), true
		case "count":
			count, fine := f.Value.Int()
			if fine && count < 1 {
				f.Value.Report("count", fmt.Sprintf("the entry counts %d findings", count), "take the entry out where there is none")
				fine = false
			}
			ok = ok && fine
			e.Count = count
		case "reason":
			e.Reason = text(f.Value)
		}
	}
	if e.Rule == "" || !message {
		n.Report("type", "an entry has no rule, or no message", updateHelp)
		ok = false
	}
	return e, ok
}

// Format is the baseline as a file: by file, then rule, task and message.
// Parse gives the same entries back, and the same entries in any order give
// the same bytes.
func (b *Baseline) Format() []byte {
	out := []byte(header + "version: 1\n")
	entries := joined(b.Entries)
	if len(entries) == 0 {
		return append(out, "findings: []\n"...)
	}
	out = append(out, "findings:\n"...)
	for i, e := range entries {
		if i > 0 && e.File != entries[i-1].File {
			out = append(out, '\n')
		}
		lead := "  - "
		field := func(key, value string) {
			out = append(out, lead+key+": "+value+"\n"...)
			lead = "    "
		}
		field("rule", scalar(string(e.Rule)))
		if e.File != "" {
			field("file", scalar(e.File))
		}
		if e.Task != "" {
			field("task", scalar(e.Task))
		}
		field("message", scalar(e.Message))
		if e.Count > 1 {
			field("count", strconv.Itoa(e.Count))
		}
		if e.Reason != "" {
			field("reason", scalar(e.Reason))
		}
	}
	return out
}

// plain is a text that YAML reads as it stands, and a person too: a letter
// first, and nothing that could end or change it.
var plain = regexp.MustCompile(`^[\p{L}./_]`)

// scalar is v in YAML: as it stands where that is safe, in single quotes where
// all of it can be seen, else with escapes. What cannot be seen is always
// escaped, so that a reviewer sees all of it.
func scalar(v string) string {
	for _, r := range v {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return escaped(v)
		}
	}
	nothing := strings.EqualFold(v, "null")
	if plain.MatchString(v) && !nothing && !strings.Contains(v, ": ") && !strings.Contains(v, " #") && !strings.HasSuffix(v, ":") && !strings.HasSuffix(v, " ") {
		return v
	}
	return "'" + strings.ReplaceAll(v, "'", "''") + "'"
}

func escaped(v string) string {
	out := []byte{'"'}
	for _, r := range v {
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r == '\n':
			out = append(out, `\n`...)
		case r == '\t':
			out = append(out, `\t`...)
		case unicode.IsPrint(r) && r != unicode.ReplacementChar:
			out = append(out, string(r)...)
		case r <= 0xFFFF:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = fmt.Appendf(out, `\U%08x`, r)
		}
	}
	return string(append(out, '"'))
}
