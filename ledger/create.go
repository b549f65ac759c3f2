package ledger

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// Header is what a new section starts with. Empty parts are left out.
type Header struct {
	ID       string // "TEST-PYTORCH-001"
	Title    string
	Spec     string // text after "Spec/AT:"
	Plan     string // the plan's path, from the workspace
	Priority string
	Status   string // "in_progress"
	Owner    string
	Date     string // 2006-01-02
	Fields   []Field
}

// Field is one more line of a header.
type Field struct{ Key, Text string }

// minimal is a ledger in which nothing stands yet.
const minimal = "# Fix Plan Ledger\n\n## Index\n| ID | Title | Priority | Status |\n| --- | --- | --- | --- |\n"

// CreateSection is the insertions that add a section without attempts: after
// the last section, before those that are gathered under Archive, Completed and
// the like; and, where the ledger has an Index, its row in that table's or
// list's own form. An empty document becomes a whole ledger. A section that is
// there already is an error, a finding that names its line.
func (l *Ledger) CreateSection(h Header) ([]Insertion, error) {
	if l.unread {
		return nil, l.Findings[0]
	}
	if err := h.check(l); err != nil {
		return nil, err
	}
	if len(strings.TrimSpace(strings.TrimPrefix(string(firstBytes(l.Source, 1<<10)), "\uFEFF"))) == 0 && len(l.Source) < 1<<10 {
		whole := Parse(l.File, []byte(minimal))
		edits, err := whole.CreateSection(h)
		if err != nil {
			return nil, err
		}
		text := string(Insert(whole.Source, edits...))
		if eol := l.lineEnd(1); eol != "\n" {
			text = strings.ReplaceAll(text, "\n", eol)
		}
		return []Insertion{{At: len(l.Source), Text: []byte(text)}}, nil
	}
	var edits []Insertion
	if l.index.after.n > 0 { // named before the section: both may go to the document's end
		edits = append(edits, l.insertAfter(l.index.after.n, l.indexRow(h)+"\n"))
	}
	edits = append(edits, l.newSection(h))
	if err := l.proveCreate(h, edits); err != nil {
		return nil, err
	}
	return edits, nil
}

func (h *Header) check(l *Ledger) error {
	if !validID([]byte(h.ID)) || visible(h.ID, newline) != h.ID {
		return at(CodeEntry, l.File, 0, 0, fmt.Sprintf("%q cannot be a section's ID: it has at least two characters, a letter, and neither space nor brackets", h.ID), "")
	}
	if h.Date != "" && leadingDate([]byte(h.Date)) != h.Date {
		return at(CodeEntry, l.File, 0, 0, fmt.Sprintf("a section's date is written 2006-01-02, not %q", h.Date), "")
	}
	if all := l.sided(h.ID); len(all) > 0 {
		return at(CodeDuplicateSection, l.File, all[0].Line, 1, fmt.Sprintf("there is a section [%s] already", h.ID), "link the plan to it without --create")
	}
	return nil
}

// newSection is the section itself.
func (l *Ledger) newSection(h Header) Insertion {
	level, ruled := 2, false
	var n int
	if target := l.lastOpen(); target != nil {
		level = target.Level
		first, _ := l.Index.Pos(target.Span.Start)
		n = l.lastText(max(first, target.last), target.Span.End)
		ruled = l.ruled()
	} else {
		n = l.lastText(1, len(l.Source))
	}
	text := "\n"
	if ruled {
		text += "---\n\n"
	}
	return l.insertAfter(n, text+h.text(level))
}

// lastOpen is the last section above those that are gathered at the end.
func (l *Ledger) lastOpen() *Section {
	var last *Section
	for _, s := range l.Sections {
		if s.parent == nil && (l.closing < 0 || s.Span.Start < l.closing) {
			last = s
		} else if s.parent == last && last != nil {
			// A section ends where its last part does.
			last = &Section{Level: last.Level, Span: mdspan.Span{Start: last.Span.Start, End: s.Span.End}, Parts: last.Parts}
		}
	}
	return last
}

// ruled reports whether sections are parted by a rule: the first that another
// follows decides.
func (l *Ledger) ruled() bool {
	if len(l.Sections) < 2 {
		return false
	}
	s := l.Sections[0]
	n, _ := l.Index.Pos(s.Span.End)
	for n--; n > max(s.Line, s.last); n-- {
		b := strings.TrimSpace(string(l.Index.Line(n).Of(l.Source)))
		if b != "" {
			return rule([]byte(b))
		}
	}
	return false
}

// text is the section's heading and lines.
func (h *Header) text(level int) string {
	var b strings.Builder
	b.WriteString(strings.Repeat("#", level) + " " + h.heading() + "\n")
	add := func(key, text string) {
		if text = inline(text); text != "" {
			b.WriteString("- " + key + ": " + text + "\n")
		}
	}
	add("Spec/AT", h.Spec)
	add("Priority", h.Priority)
	add("Status", h.Status)
	add("Owner/Date", strings.Join(nonEmpty(h.Owner, h.Date), "/"))
	if h.Plan != "" {
		add("Plan Reference", Code(h.Plan))
	}
	for _, f := range h.Fields {
		if k := inline(f.Key); extraKey.MatchString(k+": ") && !ownKey.MatchString(k+": ") && !historyKey([]byte(k+":"), false) {
			add(k, f.Text)
		} else {
			add("Note", f.Key+": "+f.Text)
		}
	}
	b.WriteString("- Attempts History:\n")
	return b.String()
}

func nonEmpty(all ...string) []string {
	var out []string
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (h *Header) heading() string {
	return strings.TrimSpace("[" + h.ID + "] " + strings.TrimRight(inline(h.Title), "# "))
}

// indexRow is the new row, in the form of the rows that are there.
func (l *Ledger) indexRow(h Header) string {
	p := l.index
	if p.list {
		var facts []string
		if h.Priority != "" {
			facts = append(facts, "Priority: "+inline(h.Priority))
		}
		if h.Status != "" {
			facts = append(facts, "Status: "+inline(h.Status))
		}
		text := ordinal(string(l.Source[p.after.span.Start:p.after.span.Start+p.after.lead])) + h.heading()
		if len(facts) > 0 {
			text += " — " + strings.Join(facts, ", ")
		}
		return text
	}
	row := make([]string, len(p.columns))
	set := func(name, text string) bool {
		i := column(p.columns, name)
		if i >= 0 {
			row[i] = cell(text)
		}
		return i >= 0
	}
	id := "[" + h.ID + "](#" + slug(h.heading()) + ")"
	if cs := cells(p.after.text); !p.ruler && len(cs) > 0 {
		old := cs[max(0, min(column(p.columns, "id"), len(cs)-1))]
		switch {
		case strings.Contains(string(old), "]("):
		case strings.HasPrefix(string(old), "["):
			id = "[" + h.ID + "]"
		case strings.HasPrefix(string(old), "`"):
			id = Code(h.ID)
		default:
			id = h.ID
		}
	}
	if !set("id", id) && len(row) > 0 {
		row[0] = cell(id)
	}
	set("title", h.Title)
	set("status", h.Status)
	set("priority", h.Priority)
	set("owner", h.Owner)
	set("date", h.Date)
	if h.Plan != "" {
		set("plan", Code(h.Plan))
	}
	return "| " + strings.Join(row, " | ") + " |"
}

// cell is text in a table, where a bar ends the cell even inside a code span
// (GFM 4.10).
func cell(s string) string {
	s = inline(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			b.WriteByte(s[i])
			i++
		} else if s[i] == '|' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	out := b.String()
	if strings.HasSuffix(out, `\`) && !strings.HasSuffix(out, `\\`) {
		out += " "
	}
	return out
}

// slug is the anchor that GitHub gives a heading.
func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// proveCreate reads the result: one more section and row, and the attempts are
// what they were.
func (l *Ledger) proveCreate(h Header, edits []Insertion) error {
	n := Parse(l.File, Insert(l.Source, edits...))
	rows := len(l.Rows) + len(edits) - 1
	s, err := n.Section(h.ID)
	if err == nil && len(n.Sections) == len(l.Sections)+1 && len(n.Rows) == rows && len(n.attempts) == len(l.attempts) &&
		len(s.Attempts) == 0 && len(s.lists) == 1 {
		return nil
	}
	line, _ := l.Index.Pos(edits[0].At)
	return finding.Finding{Code: CodeDoubtfulAppend, Severity: DefaultSeverity(CodeDoubtfulAppend), File: l.File, Line: line, Col: 1,
		Message: fmt.Sprintf("a section [%s] written here would not be read back", h.ID),
		Help:    "write the section by hand, or close the fence or comment above"}
}
