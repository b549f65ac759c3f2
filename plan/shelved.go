package plan

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// A heading may say that nobody should work on what stands below it: struck through, "(cancelled)", "— BLOCKED".

// Shelf is what says that nobody should work on a phase for now. The zero value is nothing.
type Shelf struct {
	State State  // Skipped where the phase was given up, Blocked where it waits
	Text  string // the line that says so, as written
	Line  int
}

const (
	givenUp  = `cancell?ed|superseded|obsolete|abandoned|dropped|withdrawn|descoped|de-scoped|(?:not in|out of) scope|won['’]?t do|archived`
	putOff   = `blocked|deferred|on hold|postponed|paused`
	shelfEnd = `(?:$|[)\]:;.!]|\s*[(\[—–:;]|\s+-\s|\s+(?:by|to|until|till|pending|on|for|in fav\w+|due|per|as of|since|because)\s)`
)

var (
	// At the start of a title, or behind a bracket or a dash in it. "Cancelled orders" is what a phase is about.
	shelfTitle  = regexp.MustCompile(`(?:^|[(\[—–|]|\s-\s)[\s(\[]*(?:(` + givenUp + `)|(` + putOff + `))` + shelfEnd)
	archiveOf   = regexp.MustCompile(`^archived?\s*(?:$|[(\[—–:])`)
	shelfStatus = regexp.MustCompile(`^[\s(\[]*(?:(` + givenUp + `)|(` + putOff + `))(?:,|` + shelfEnd + `)`)
	struckOver  = regexp.MustCompile(`~~[^~]+~~`)
)

// maxShelf bounds what is looked at of a heading.
const maxShelf = 300

// shelved is what a title says; whole is the heading that it is of.
func shelved(title, whole string) State {
	title, whole = title[:min(len(title), maxShelf)], whole[:min(len(whole), maxShelf)]
	plain := plainTitle(title)
	m := shelfTitle.FindStringSubmatch(plain)
	if m == nil && title != whole { // "[CANCELLED] Phase E"
		m = shelfTitle.FindStringSubmatch(plainTitle(whole))
	}
	switch {
	case m != nil && m[1] != "", archiveOf.MatchString(plain):
		return Skipped
	case m != nil:
		return Blocked
	case allStruck(title), allStruck(whole):
		return Skipped
	}
	return Unknown
}

// allStruck reports a text of which a person has struck through all words.
func allStruck(s string) bool {
	rest := struckOver.ReplaceAllString(s, "")
	return rest != s && !strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// plainTitle is a text in lower case, without emphasis, signs and what is struck through.
func plainTitle(s string) string {
	s = strings.Map(func(r rune) rune {
		if sign(r) || r == '*' || r == '_' || r == '`' || r == '~' {
			return -1
		}
		return unicode.ToLower(r)
	}, struckOver.ReplaceAllString(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// shelve sets what heading k of a phase, one that it stands under, or its Status line says.
func (r *reader) shelve(ph *Phase, k int, parents []int) {
	for j := k; j >= 0 && ph.Shelf.State == Unknown; j = parents[j] {
		h := r.heads[j]
		whole := string(h.Text.Of(r.src))
		title := whole
		if h.id != "" {
			title = h.title
		}
		if st := shelved(title, whole); st != Unknown {
			ph.Shelf = Shelf{st, whole, h.Line}
		}
	}
	if ph.Shelf.State == Unknown {
		r.shelfLine(ph, k)
	}
}

// shelves names each line that shelves phases of which rows are open.
func (r *reader) shelves() {
	for i, first := range r.p.Phases {
		on := first.Shelf
		if on.State == Unknown || i > 0 && r.p.Phases[i-1].Shelf == on {
			continue
		}
		var ids []string
		open := 0
		for _, ph := range r.p.Phases[i:] {
			if ph.Shelf != on {
				break
			}
			n := 0
			for _, t := range ph.Tasks {
				if t.State == Todo || t.State == Active || t.State == Blocked && on.State == Skipped {
					n++
				}
			}
			if n > 0 {
				ids, open = append(ids, ph.ID), open+n
			}
		}
		if open == 0 {
			continue
		}
		f := r.find(CodeShelved, r.doc.Index.Line(on.Line).Start, "write "+r.tokens.Of(on.State)[0]+" into their State cells if that is so, or take the words away",
			"%s said to be %s, and %s to be done: %.80s", shelfPhases(ids), shelfWord(on.State), stillOpen(open), on.Text)
		if on.State == Blocked {
			f.Severity = finding.Note // its rows may well be to be done, later
		}
	}
}

func shelfPhases(ids []string) string {
	if len(ids) == 1 {
		return "phase " + ids[0] + " is"
	}
	return fmt.Sprintf("phases %s to %s are", ids[0], ids[len(ids)-1])
}

func shelfWord(s State) string {
	if s == Skipped {
		return "given up"
	}
	return "on hold"
}

func stillOpen(n int) string {
	if n == 1 {
		return "1 row is still"
	}
	return fmt.Sprintf("%d rows are still", n)
}

// shelfLine reads a Status line above the phase's first heading or table.
func (r *reader) shelfLine(ph *Phase, k int) {
	for n := r.heads[k].Line + 1; n <= r.lastLine(k+1); n++ {
		if r.doc.Kind(n) != mdspan.Prose {
			continue
		}
		at, _ := r.content(n)
		if r.has(at, '|') && r.src[at.Start] == '|' {
			return
		}
		l, ok := r.label(n)
		if !ok || l.name != "status" && l.name != "state" && l.name != "phase status" {
			continue
		}
		if m := shelfStatus.FindStringSubmatch(plainTitle(string(firstOf(l.text.Of(r.src), maxShelf)))); m != nil {
			ph.Shelf = Shelf{Blocked, string(at.Of(r.src)), n}
			if m[1] != "" {
				ph.Shelf.State = Skipped
			}
		}
		return
	}
}

func firstOf(b []byte, n int) []byte { return b[:min(n, len(b))] }
