package ledger

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/planctl/planctl/internal/finding"
)

// Style is how Append writes an entry. The zero value means not known and is
// written as Block.
type Style uint8

// The styles: a line for each key, or all of them on one.
const (
	StyleUnknown Style = iota
	Block
	Line
)

func (s Style) String() string {
	switch s {
	case Block:
		return "block"
	case Line:
		return "line"
	}
	return ""
}

// MarshalText writes the style as its word, "" where it is not known.
func (s Style) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts the words that MarshalText writes.
func (s *Style) UnmarshalText(b []byte) error {
	for _, v := range []Style{StyleUnknown, Block, Line} {
		if v.String() == string(b) {
			*s = v
			return nil
		}
	}
	return fmt.Errorf("unknown style %q: want block or line", b)
}

// Entry is what Append writes. Command is the command itself; Title and Detail
// are text, Criteria, Artifacts, Note and Extra may hold Markdown of their own.
// Whatever they hold, they stay on their line and inside the entry.
type Entry struct {
	Date      string // 2006-01-02
	Number    int    // 0: the next free one of the section, counted over archives too by the caller
	Task      string // "C2.D", or PLAN#ID; "" for what is about no task
	Title     string // the row's description
	Result    string // pass, fail, interrupted, done, reopened, …: lower-case letters and "-"
	Detail    string // "exit 0, 35.86 s"
	Command   string // "" leaves the line out; so for the next ones
	Criteria  string
	Artifacts string // a path that no back-tick marks yet becomes a code span
	Note      string
	Extra     []string // further "Key: text" lines
	Run       string   // sha256:…
}

var (
	resultShape = regexp.MustCompile(`^[a-z]+(?:-[a-z]+)*$`)
	extraKey    = regexp.MustCompile(`^[A-Z][A-Za-z0-9 _/-]{0,40}: `)
	// ownKey is what Extra may not imitate.
	ownKey = regexp.MustCompile(`^(?:Run|Result|Status|Attempts?|Attempts? History|Attempts? Log): `)
)

// check says what is wrong with an entry, as findings of CodeEntry.
func (e *Entry) check(file string) error {
	var l finding.List
	bad := func(format string, args ...any) {
		l = append(l, at(CodeEntry, file, 0, 0, fmt.Sprintf(format, args...), ""))
	}
	if len(e.Date) != 10 || leadingDate([]byte(e.Date)) != e.Date {
		bad("an entry's date is written 2006-01-02, not %q", e.Date)
	}
	if e.Number < 0 || e.Number > 999999999 {
		bad("an entry's number is between 1 and 999999999, not %d", e.Number)
	}
	if !resultShape.MatchString(e.Result) {
		bad("an entry's result is lower-case letters and hyphens, not %q", e.Result)
	}
	if e.Run != "" && !ValidDigest(e.Run) {
		bad("an entry's run is sha256: and 64 hex digits, not %q", e.Run)
	}
	if !ValidTask(e.Task) {
		bad("a task's name has no back-ticks, control characters or space around it: %q", e.Task)
	}
	if len(l) == 0 {
		return nil
	}
	return l
}

// ValidTask reports whether an entry can carry a task's name: back-ticks, control characters, characters that turn the
// direction of text, and space around it have no place in its head.
func ValidTask(name string) bool {
	return !strings.Contains(name, "`") && visible(name, newline) == name && strings.TrimSpace(name) == name
}

// head is the text of the first line, after the bullet.
func (e *Entry) head() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s] Attempt #%d — %s", e.Date, e.Number, e.said())
	return b.String()
}

// said is the head after the number: "TASK title: result (detail)."
func (e *Entry) said() string {
	var b strings.Builder
	title := guard(inline(e.Title))
	switch {
	case e.Task == "":
		// A title that starts like a task's name must not be read as one.
		if leadingTask([]byte(title+" ")) != "" {
			title = "*" + strings.ReplaceAll(strings.ReplaceAll(title, `\*`, "*"), "*", `\*`) + "*"
		}
	case plainTask(e.Task):
		b.WriteString(e.Task)
	default:
		b.WriteString("`" + e.Task + "`")
	}
	if b.Len() > 0 && title != "" {
		b.WriteByte(' ')
	}
	b.WriteString(title)
	if b.Len() == 0 {
		b.WriteString("*no task*")
	}
	b.WriteString(": " + e.Result)
	if d := inline(e.Detail); d != "" {
		b.WriteString(" (" + d + ")")
	}
	b.WriteByte('.')
	return b.String()
}

// guard escapes the colons of a title that could be taken for the one before
// the result. In Markdown \: is a colon.
func guard(s string) string {
	if !strings.Contains(s, ":") {
		if strings.HasSuffix(s, `\`) {
			s += " " // it must not escape the colon that follows
		}
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == ':' && (labelEnds(s[:i]) || strings.HasPrefix(s[i:], ": ") && resultAt([]byte(s[i+2:])) > 0) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	out := b.String()
	if strings.HasSuffix(out, `\`) {
		out += " "
	}
	return out
}

// labelEnds reports whether a label that says a result or run ends s.
func labelEnds(s string) bool {
	s = strings.TrimSuffix(s, "**")
	return strings.HasSuffix(s, "Result") || strings.HasSuffix(s, "Status") || strings.HasSuffix(s, "Run")
}

// lines is the keys below the head, Run last.
func (e *Entry) lines() []string {
	var out []string
	add := func(key, text string) {
		if text != "" {
			out = append(out, key+": "+text)
		}
	}
	if e.Command != "" {
		add("Command", Code(e.Command))
	}
	add("Criteria", inline(e.Criteria))
	if a := strings.TrimSpace(e.Artifacts); a != "" {
		if !strings.Contains(a, "`") {
			a = Code(a)
		}
		add("Artifacts", inline(a))
	}
	add("Note", inline(e.Note))
	for _, x := range e.Extra {
		out = append(out, Extra(x))
	}
	add("Run", e.Run)
	return out
}

// Extra is a further line of an entry as Append writes it: one that could be taken for a key of planctl's own, or has
// none, is a note.
func Extra(s string) string {
	s = inline(s)
	if !extraKey.MatchString(s) || ownKey.MatchString(s) || historyKey([]byte(s), false) {
		return "Note: " + s
	}
	return s
}

// text is the whole entry: lead stands before its head, body before each line
// below, and eol ends every line.
func (e *Entry) text(style Style, lead, body, eol string) string {
	var b strings.Builder
	b.WriteString(lead + e.head())
	if style == Line {
		b.WriteString(e.sameLine())
		b.WriteString(eol)
		return b.String()
	}
	b.WriteString(eol)
	for _, l := range e.lines() {
		b.WriteString(body + l + eol)
	}
	return b.String()
}

// sameLine is the keys of an entry on one line. Run is the very end of it, so
// that nothing in a note can pass for it.
func (e *Entry) sameLine() string {
	var b strings.Builder
	for _, l := range e.lines() {
		b.WriteByte(' ')
		b.WriteString(l)
		if !strings.HasPrefix(l, "Run: ") && !strings.HasSuffix(l, ".") {
			b.WriteByte('.')
		}
	}
	if e.Run == "" && runAtEnd([]byte(b.String())) != "" {
		b.WriteString(" (end)")
	}
	return b.String()
}

// ordinal is the bullet after a numbered one: "3." after "2.".
func ordinal(lead string) string {
	i := strings.IndexAny(lead, "0123456789")
	if i < 0 {
		return lead
	}
	j := i
	for j < len(lead) && lead[j] >= '0' && lead[j] <= '9' {
		j++
	}
	n, err := strconv.Atoi(lead[i:j])
	if err != nil {
		return lead
	}
	return lead[:i] + strconv.Itoa(n+1) + lead[j:]
}
