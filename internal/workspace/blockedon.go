package workspace

import (
	"regexp"
	"slices"
	"strings"

	"github.com/planctl/planctl/plan"
)

// Stated is what a row says in its own words that it waits for.
type Stated struct {
	Text   string // as written: "Blocked on B2"
	Items  []*Item
	Phases []PhaseRef
}

var (
	// A sentence that begins with Blocked. What stands before the word in the same sentence may deny it, or tell of the past
	// ("no longer blocked on", "was blocked until", "if blocked by"), so that only words that leave it standing may.
	saysBlocked = regexp.MustCompile(`(?i)(?:^|[.;!?]\s|<br ?/?>|[\n(—–]|\s-\s|\b(?:status|state|note)[\s*_]*:)[^\p{L}\p{N}` + "`" + `"'“.;]*` +
		`((?:(?:currently|still|remains?|is|now|this|task|row|step)\s+)*blocked[*_]*(?:\s*[:—–-][\s*_]*|\s+(?:on|by|until|pending|awaiting|behind|waiting\s+(?:on|for))[\s*_:]+))`)
	// A sentence that takes it back.
	saysFreed = regexp.MustCompile(`(?i)(?:^|[.;!?]\s|<br ?/?>|[\n(—–:])[^\p{L}\p{N}` + "`" + `"'“.;]*(?:(?:now|is|this|task|row|step)\s+)*(?:unblocked|no longer blocked|not blocked any|block(?:er)?s?\s+(?:is\s+|was\s+|now\s+)*(?:lifted|resolved|cleared|removed|gone))\b`)
	freedHere = regexp.MustCompile(`(?i)^[\s*_,(—–:` + "`" + `-]*(?:now\s+|since\s+)*(?:resolved|cleared|lifted|unblocked|no longer)\b`)
	struck    = regexp.MustCompile(`~~[^~]+~~`)

	// What may stand between "Blocked on" and the ID: "the completion of row".
	blockedLead = regexp.MustCompile(`(?i)^(?:(?:the|completion|results?|outcome|output|closure|of|both|tasks?|rows?|steps?|items?)\s+|[*_` + "`" + `]+)*`)
	rowWord     = regexp.MustCompile(`(?i)\b(?:tasks?|rows?|steps?|items?)\s+[*_` + "`" + `]*$`)
	blockedID   = regexp.MustCompile(`^(?:([Pp]hases?)\s+)?[*_` + "`" + `]*([\p{L}\p{N}][\p{L}\p{N}._-]*)[*_` + "`" + `]*`)
	blockedTo   = regexp.MustCompile(`^\s?(?:–|—|‑|\.\.|…)\s?[*_` + "`" + `]*([\p{L}\p{N}][\p{L}\p{N}._]*)[*_` + "`" + `]*`)
	blockedNext = regexp.MustCompile(`^(?:\s*,\s*(?:and\s+|or\s+)?|\s*[/&+]\s*|\s+and\s+|\s+or\s+)`)
	blockedEnd  = regexp.MustCompile(`;|\.[*_)]*(?:\s|$)|\r|\n|<br`)
)

// maxStated bounds the sentences of a cell that are looked at: its text may be of any size.
const maxStated = 20

// BlockedOn is what the row says that it is blocked on ("Blocked on B2.", "**Blocked:** C2 incomplete", "Blocked by Phase
// A", or A1 in a Depends on column), as far as the plan has rows or phases of these names, or the initiative's other plans phases. How they stand is not
// looked at. What is struck through, denied, past or quoted says nothing, and a row is never blocked on itself or its own phase.
func (it *Item) BlockedOn(w *Workspace) []Stated {
	var out []Stated
	if s, _ := it.WaitsColumn(w); len(s.Items)+len(s.Phases) > 0 {
		out = append(out, s)
	}
	for _, cell := range []string{it.Task.Description, it.Task.Guidance} {
		if !strings.Contains(cell, "locked") && !strings.Contains(cell, "LOCKED") {
			continue
		}
		out = append(out, it.blockedOn(w, spaces.Replace(struck.ReplaceAllString(cell, "")))...)
	}
	return out
}

func (it *Item) blockedOn(w *Workspace, text string) []Stated {
	var out []Stated
	freed := -1 // where the last sentence begins that takes it back
	if all := saysFreed.FindAllStringIndex(text, -1); len(all) > 0 {
		freed = all[len(all)-1][0]
	}
	for off, n := 0, 0; off < len(text) && n < maxStated; n++ {
		m := saysBlocked.FindStringSubmatchIndex(text[off:])
		if m == nil {
			break
		}
		start, end := off+m[2], off+m[3]
		off = end
		if strings.Count(text[:start], "`")%2 == 1 {
			continue // quoted in a code span
		}
		clause := text[end:]
		if at := blockedEnd.FindStringIndex(clause); at != nil {
			clause = clause[:at[0]]
		}
		s, rest := it.statedIn(w, clause)
		if len(s.Items)+len(s.Phases) == 0 || freedHere.MatchString(rest) || freed >= end {
			continue
		}
		s.Text = plainWords(text[start:end] + strings.TrimSuffix(clause, rest) + partOf(rest))
		out = append(out, s)
	}
	return out
}

// plainWords is what a person reads of it: without emphasis and back-ticks, on one line.
func plainWords(s string) string {
	const most = 80
	out := []rune(strings.Join(strings.Fields(strings.NewReplacer("**", "", "__", "", "`", "").Replace(s)), " "))
	if len(out) > most {
		out = append(out[:most], '…')
	}
	if s := string(out); strings.Contains(s, "(") {
		return s
	}
	return strings.TrimRight(string(out), ")")
}

// statedIn reads the list of IDs that a clause begins with; rest is what follows it.
func (it *Item) statedIn(w *Workspace, clause string) (s Stated, rest string) {
	p := it.Plan
	if w.elsewhere(p, partOf(clause)) {
		return s, clause
	}
	lead := blockedLead.FindString(clause)
	rest = clause[len(lead):]
	called := rowWord.MatchString(lead) // "row 2" is an ID where "2" is a number
	phases := false
	for range maxRange {
		m := blockedID.FindStringSubmatchIndex(rest)
		if m == nil {
			return s, rest
		}
		phases = phases || m[2] >= 0
		id, after := strings.TrimRight(rest[m[4]:m[5]], "._-"), rest[m[1]:]
		to := ""
		if r := blockedTo.FindStringSubmatchIndex(after); r != nil {
			to, after = strings.TrimRight(after[r[2]:r[3]], "._"), after[r[1]:]
		}
		if !it.stated(w, &s, id, to, phases, called) {
			return s, rest
		}
		rest = after
		next := blockedNext.FindString(rest)
		if next == "" {
			return s, rest
		}
		more := rest[len(next):]
		more = more[len(blockedLead.FindString(more)):]
		if m := blockedID.FindStringSubmatch(more); m == nil || !it.stated(w, &Stated{}, strings.TrimRight(m[2], "._-"), "", phases || m[1] != "", called) {
			return s, rest
		}
		rest = more
	}
	return s, rest
}

// partOf is the clause up to where another part of the sentence begins.
func partOf(clause string) string {
	if b := partEnd.FindStringIndex(clause); b != nil {
		return clause[:b[0]]
	}
	return clause
}

// stated adds what an ID, or a range of them, names; it reports whether there was any such.
func (it *Item) stated(w *Workspace, s *Stated, id, to string, phase, called bool) bool {
	p := it.Plan
	from, last := it.row(id, phase, called), it.row(to, phase, true)
	switch {
	case from >= 0 && last >= from+maxRange: // its ends, as of a range of phases
		s.add(it, p.Items[from])
		s.add(it, p.Items[last])
		return true
	case from >= 0 && last >= from:
		for _, other := range p.Items[from : last+1] {
			s.add(it, other)
		}
		return true
	case from >= 0:
		s.add(it, p.Items[from])
		return true
	case !phase && (!looksLikePhase(id) || !strings.ContainsAny(id, ".0123456789") || !strings.ContainsFunc(id, isLetter)):
		return false
	}
	found := false
	for _, name := range w.expand(p, mention{items: []item{{id, to}}}) {
		for _, r := range w.phasesNamed(p, name) {
			found = true
			if r.Phase != it.Phase && !slices.Contains(s.Phases, r) {
				s.Phases = append(s.Phases, r)
			}
		}
	}
	return found
}

func (s *Stated) add(it, other *Item) {
	if other != it && !slices.Contains(s.Items, other) {
		s.Items = append(s.Items, other)
	}
}

// row is the index of the plan's row with that ID, -1 without one. A bare number or word is the name of a row only where
// something calls it one.
func (it *Item) row(id string, phase, called bool) int {
	if id == "" || phase || !called && !(strings.ContainsFunc(id, isLetter) && strings.ContainsAny(id, "0123456789.-") || strings.Contains(id, ".")) {
		return -1
	}
	if o := it.Plan.byID[id]; o != nil {
		return o.at
	}
	return -1
}

func isLetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' || r >= 0x80 }

// WordBlocked reports an open row whose State cell says blocked in a word, and another thing by its token.
func (it *Item) WordBlocked() bool {
	t := it.Task
	return t.StateWord == plan.Blocked && (t.State == plan.Todo || t.State == plan.Active)
}
