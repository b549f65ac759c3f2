package ledger

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/mdspan"
)

// Naming is which rows an attempt speaks of.
type Naming struct {
	IDs    map[string]bool // by their IDs, or within a range of IDs
	phases []phases
}

// Names is which of the rows with these IDs an attempt names. An entry of planctl's names its task, and every row that its
// text has. One written by hand names the rows whose IDs it says, those between the ends of a range, B1-B3 or A1–A3, and,
// by Naming.Phase, those of a phase that it speaks of. What it says is still to be done, below Next Actions, Next or
// Plan, names nothing, and neither does an entry whose result is that the work failed, is blocked or is only planned: a
// tick that stood on it would stand on its contrary.
func (l *Ledger) Names(a *Attempt, ids map[string]bool) Naming {
	if a.Run != "" {
		n := Naming{IDs: Mentioned(a.Span.Of(l.Source), ids)}
		for _, s := range a.Tasks {
			n.IDs[s[strings.LastIndexByte(s, '#')+1:]], n.IDs[s] = true, true
		}
		return n
	}
	n := Naming{IDs: map[string]bool{}}
	if a.undone() {
		return n
	}
	for _, sp := range l.says(a) {
		text := sp.Of(l.Source)
		for id := range Mentioned(text, ids) {
			n.IDs[id] = true
		}
		for _, id := range inRanges(text) {
			if ids[id] {
				n.IDs[id] = true
			}
		}
		n.phases = append(n.phases, phasesOf(text)...)
	}
	return n
}

// says is the attempt's text without what is still to be done.
func (l *Ledger) says(a *Attempt) []mdspan.Span {
	var out []mdspan.Span
	at := a.Span.Start
	skip := func(from, to int) {
		if from > at {
			out = append(out, mdspan.Span{Start: at, End: from})
		}
		at = to
	}
	var next ahead
	for n := a.Line; n <= a.EndLine; n++ {
		sp := l.Index.Line(n)
		if n > a.Line && next.line(readLine(l.Source, n, sp)) {
			skip(sp.Start, sp.End)
		} else if m := nextInline.FindIndex(sp.Of(l.Source)); m != nil {
			skip(sp.Start+m[0], sp.End)
		}
	}
	skip(a.Span.End, a.Span.End)
	return out
}

// undone reports whether an entry written by hand says of itself that the work is not done. A test that failed as it was
// expected to is work that is done.
func (a *Attempt) undone() bool {
	switch strings.ToLower(word([]byte(a.Result))) {
	case "failed", "fail", "fails", "failure", "blocked", "regression", "planned":
		head := bytes.ToLower([]byte(a.Text))
		return !Mentions(head, "expected") && !Mentions([]byte(a.Text), "RED")
	}
	return false
}

// ahead reads which lines of an attempt say what is still to be done: from a Next Actions, Next or Plan line on, with
// what hangs on it.
type ahead struct {
	open   bool
	indent int  // of the key
	bare   bool // the key's own line says nothing: its items may stand beside it
}

// line reports whether a line is part of what is still to be done.
func (h *ahead) line(ln line) bool {
	key, text := field(ln.text)
	switch strings.ToLower(string(bytes.Trim(key, "*_ "))) {
	case "next", "next action", "next actions", "next step", "next steps", "plan":
		h.open, h.indent, h.bare = true, ln.indent, len(text) == 0 && !ln.bullet
		return true
	}
	switch {
	case !h.open, len(ln.text) == 0:
	case ln.indent > h.indent, ln.indent == h.indent && (ln.bullet && h.bare || !ln.bullet && key == nil):
	default:
		h.open = false
	}
	return h.open
}

// nextInline is where a line goes on to what is still to be done: "Did A1. Next Actions: A2."
var nextInline = regexp.MustCompile(`[.;] \**Next(?: (?:Actions?|Steps?))?\**:`)

// maxRange is the most rows that a range names.
const maxRange = 64

// inRanges is the IDs that ranges in a text name, their ends among them: B1-B3, A1–A3, A1 – A3, A1–3, C1.B–D, A1 to A3.
// It is linear in the text's length.
func inRanges(text []byte) []string {
	var out []string
	for i := 0; i < len(text); {
		if !idStart(text[i]) || !startsWord(text[:i]) {
			i++
			continue
		}
		end := i
		for end < len(text) && (idStart(text[end]) || text[end] == '.' || text[end] == '-' || text[end] == '_') {
			end++
		}
		token := string(bytes.TrimRight(text[i:min(end, i+maxID)], "._-"))
		for k := range len(token) {
			if token[k] == '-' {
				out = append(out, rangeOf(token[:k], token[k+1:], false)...)
			}
		}
		if to, tight := rangeEnd(text[i+len(token):]); to != "" {
			out = append(out, rangeOf(token, to, tight)...)
		}
		i = max(end, i+1)
	}
	return out
}

func idStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || digit(c)
}

// rangeEnd reads " – A3" behind the first end of a range; "" where there is none. tight says that there is no space.
func rangeEnd(b []byte) (to string, tight bool) {
	trim := func(b []byte) []byte { return bytes.TrimLeft(b[:min(len(b), maxID)], " `*_") }
	rest := trim(b)
	size := 0
	switch r, k := utf8.DecodeRune(rest); {
	case r == '–' || r == '—' || r == '\u2010' || r == '\u2011':
		size = k
	case bytes.HasPrefix(rest, []byte("to ")), bytes.HasPrefix(rest, []byte("through ")):
		size = bytes.IndexByte(rest, ' ')
	default:
		return "", false
	}
	tight = len(rest) == min(len(b), maxID) && len(rest) > size && rest[size] != ' '
	rest = trim(rest[size:])
	n := 0
	for n < len(rest) && (idStart(rest[n]) || rest[n] == '.' || rest[n] == '-' || rest[n] == '_') {
		n++
	}
	return strings.TrimRight(string(rest[:n]), "._-"), tight
}

// rangeOf is the IDs from one to another that differ in their last number, or in the letter behind it. short allows the
// second to be that number or letter alone.
func rangeOf(from, to string, short bool) []string {
	if p, a := cutNumber(from); a >= 0 && strings.ContainsFunc(p, func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }) {
		q, b := cutNumber(to)
		if b < 0 || q != p && !(short && q == "") || b <= a || b-a >= maxRange {
			return nil
		}
		var out []string
		for n := a; n <= b; n++ {
			out = append(out, fmt.Sprintf("%s%0*d", p, len(from)-len(p), n))
			if s := p + strconv.Itoa(n); s != out[len(out)-1] {
				out = append(out, s)
			}
		}
		return out
	}
	if len(from) < 2 || to == "" {
		return nil
	}
	p, a, b := from[:len(from)-1], from[len(from)-1], to[len(to)-1]
	if to[:len(to)-1] != p && !(short && len(to) == 1) || b <= a || !strings.ContainsAny(p, "0123456789") || !letter(a) || !letter(b) || a&0x20 != b&0x20 {
		return nil
	}
	var out []string
	for c := a; c <= b; c++ {
		out = append(out, p+string(rune(c)))
	}
	return out
}

// PhaseNaming is how an attempt speaks of a phase as a whole.
type PhaseNaming uint8

// The ways, each saying more than the one before.
const (
	PhaseUnnamed   PhaseNaming = iota
	PhaseMentioned             // the phase is spoken of
	PhaseOver                  // it is said to be complete, done or the like, and so its rows are
)

// Phase is how a person speaks of a phase as a whole.
func (n Naming) Phase(id string) PhaseNaming {
	most := PhaseUnnamed
	for _, p := range n.phases {
		if strings.EqualFold(p.from, id) || strings.EqualFold(p.to, id) ||
			len(p.from) == 1 && len(p.to) == 1 && len(id) == 1 && p.from <= id && id <= p.to {
			most = max(most, p.how)
		}
	}
	return most
}

// phases is a phase, or a range of them, that a text speaks of.
type phases struct {
	from, to string // to is "" for one
	how      PhaseNaming
}

var phaseWord = regexp.MustCompile(`(?i)\bphases? ([A-Za-z0-9.]+)(?:\s*[-–—]\s*([A-Za-z0-9.]+))?`)

// phasesOf is the phases that a text speaks of: Phase C1, Phases A–C.
func phasesOf(text []byte) []phases {
	var out []phases
	for _, m := range phaseWord.FindAllSubmatchIndex(text, -1) {
		p := phases{from: strings.TrimRight(string(text[m[2]:m[3]]), "."), how: PhaseMentioned}
		end := m[2] + len(p.from)
		if m[4] >= 0 && (m[5]-m[4] == 1 || bytes.ContainsAny(text[m[4]:m[5]], "0123456789")) { // else a title: Phase B — all is well
			p.to = strings.TrimRight(string(text[m[4]:m[5]]), ".")
			end = m[4] + len(p.to)
		}
		if over(text[:m[0]], text[end:]) {
			p.how = PhaseOver
		}
		out = append(out, p)
	}
	return out
}

// maxClause is how far from a phase's name a word stands that says of it that it is over, in bytes.
const maxClause = 48

// over reports whether the words around a phase's name say that it is complete: "Phase A complete", "closed out Phase B".
// Words that put it off, "once Phase A is complete", say that it is not.
func over(before, after []byte) bool {
	before = before[max(0, len(before)-maxClause):]
	if i := bytes.LastIndexAny(before, ".;:,\n|"); i >= 0 {
		before = before[i+1:]
	}
	after = after[:min(len(after), maxClause)]
	if i := bytes.IndexAny(after, ".;,\n|"); i >= 0 {
		after = after[:i]
	}
	if i := bytes.Index(bytes.ToLower(after), []byte("phase")); i >= 0 {
		after = after[:i]
	}
	if w := bytes.Fields(after); len(w) > 0 && rowWord(w[0]) {
		return false // "completed Phase B tasks B4 and B5": these, not the phase
	}
	said := false
	clause := func(b []byte, all bool) bool {
		words := bytes.FieldsFunc(bytes.ToLower(b), func(r rune) bool { return !wordRune(r) && r != '✅' })
		if !all {
			words = words[max(0, len(words)-3):]
		}
		for _, w := range words {
			switch string(w) {
			case "complete", "completed", "completes", "completing", "completion", "done", "finished", "finishes", "closed", "closes", "closing", "closeout",
				"executed", "delivered", "landed", "implemented", "shipped", "✅":
				said = true
			case "not", "no", "incomplete", "until", "before", "once", "after", "when", "if", "to", "will", "must", "should", "remain", "remains", "pending",
				"nearly", "partially", "partly", "unless", "except", "cannot", "next":
				return false
			}
		}
		return true
	}
	return clause(before, false) && clause(after, true) && said
}

func rowWord(w []byte) bool {
	switch string(bytes.ToLower(bytes.Trim(w, "*_:()"))) {
	case "task", "tasks", "step", "steps", "row", "rows", "item", "items":
		return true
	}
	return false
}
