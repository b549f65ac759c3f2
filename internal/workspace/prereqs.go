package workspace

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/planctl/planctl/plan"
)

// PhaseRef is a phase with the plan that it is in.
type PhaseRef struct {
	Plan  *Plan
	Phase *plan.Phase
}

// PrereqPhases reads a phase's Prereqs line: gates are the phases that must be
// complete first, shown the names that gate nothing.
//
// A name is what follows the word Phase or Phases, with lists and ranges
// ("Phases A–C", "Phases B and D", "Phase M1 + M2"). It gates unless the same
// part of the sentence has another plan's path or ID, or an initiative's ID in
// brackets, beside it ("`[DETECTOR-CONFIG-001]` Phase C1 complete"). A phase
// of this plan comes before those of the initiative's other plans; a name that
// none of them has is shown and gates nothing. The phase itself is passed over.
//
// The ID of a phase of this plan that begins the sentence is a name, too ("D2
// documentation updated"), where no row has it.
func (p *Plan) PrereqPhases(w *Workspace, ph *plan.Phase) (gates []PhaseRef, shown []string) {
	if ph == nil {
		return nil, nil
	}
	show := func(s string) {
		if !slices.Contains(shown, s) {
			shown = append(shown, s)
		}
	}
	for _, m := range mentions(ph.Prereqs.Text) {
		if m.bare && !p.hasPhases(m) {
			continue
		}
		if w.elsewhere(p, m.beside) {
			show(m.text)
			continue
		}
		for _, id := range w.expand(p, m) {
			refs := w.phasesNamed(p, id)
			if len(refs) == 0 && looksLikePhase(id) {
				show("Phase " + id)
			}
			for _, r := range refs {
				if r.Phase != ph && !slices.Contains(gates, r) {
					gates = append(gates, r)
				}
			}
		}
	}
	return gates, shown
}

// hasPhases reports whether each ID of a mention is that of a phase of the plan, and of no row.
func (p *Plan) hasPhases(m mention) bool {
	has := func(id string) bool { return id == "" || p.Doc.Phase(id) != nil && p.Doc.Task(id) == nil }
	return !slices.ContainsFunc(m.items, func(it item) bool { return !has(it.from) || !has(p.rangeEnd(it)) })
}

// rangeEnd is the end of a range, with what it leaves out of its beginning: B2.A–C ends at B2.C.
func (p *Plan) rangeEnd(it item) string {
	if dot := strings.LastIndexByte(it.from, '.'); dot >= 0 && it.to != "" && phaseNamed(p, it.to) == nil {
		if whole := it.from[:dot+1] + it.to; phaseNamed(p, whole) != nil {
			return whole
		}
	}
	return it.to
}

// phasesNamed is the phase of this plan, else those of the initiative's other
// plans; archived plans answer where no other does.
func (w *Workspace) phasesNamed(p *Plan, id string) []PhaseRef {
	if ph := phaseNamed(p, id); ph != nil {
		return []PhaseRef{{p, ph}}
	}
	var live, archived []PhaseRef
	for _, q := range w.Initiative(p.Link.ID) {
		if q == p {
			continue
		}
		if ph := phaseNamed(q, id); ph != nil {
			if q.Archived {
				archived = append(archived, PhaseRef{q, ph})
			} else {
				live = append(live, PhaseRef{q, ph})
			}
		}
	}
	if len(live) > 0 {
		return live
	}
	return archived
}

func phaseNamed(p *Plan, id string) *plan.Phase {
	if ph := p.Doc.Phase(id); ph != nil {
		return ph
	}
	if !looksLikePhase(id) {
		return nil // "phase a complete" may be an article
	}
	return p.fold[strings.ToLower(id)]
}

// mention is one "Phase …" of a Prereqs line, or an ID that begins one of its sentences.
type mention struct {
	text   string // as written: "Phases A–C"
	items  []item // its IDs, in order
	beside string // the part of the sentence that it stands in
	bare   bool   // without the word Phase
}

// spaces makes plain spaces of those that editors put in for typography: Phase\u00a0A.
var spaces = strings.NewReplacer("\u00a0", " ", "\u2007", " ", "\u2009", " ", "\u202f", " ")

// item is one ID, or a range of them.
type item struct{ from, to string }

const phaseWord = `[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*`

var (
	// A list goes on over "and", commas, slashes, ampersands and pluses, as long as IDs follow.
	phaseList = regexp.MustCompile(`\b[Pp]hases?\s+(` + phaseWord + `)`)
	rangeSign = regexp.MustCompile(`^\s?(?:–|—|-|‑|\.\.|…)\s?(` + phaseWord + `)|^\s+(?:to|through|thru)\s+(` + phaseWord + `)`)
	listSign  = regexp.MustCompile(`^(?:\s*,\s*(?:and\s+|or\s+)?|\s*[/&+]\s*|\s+and\s+|\s+or\s+)(?:[Pp]hases?\s+)?(` + phaseWord + `)`)
	again     = regexp.MustCompile(`^(?:\s*,\s*(?:and\s+)?|\s*[/&+]\s*|\s+and\s+|\s+or\s+)[Pp]hases?\s`)

	// What begins a sentence and is no word: C1, M2g, EB2.A. What goes on after it (C1-era, C1/x.md) is another name.
	bareStart = regexp.MustCompile(`^[\s*_+>-]*([A-Z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*)(?:[\s*_,:(&+–—]|/[A-Z][A-Za-z0-9]{0,4}(?:\s|$)|$)`)

	clauseEnd = regexp.MustCompile(`;|\.\s|\.$|\r|\n`)
	partEnd   = regexp.MustCompile(`,\s|\sand\s|\swith\s|\s—\s|\s–\s`)

	bracketID = regexp.MustCompile(`\[([A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)+)\]`)
	bareID    = regexp.MustCompile(`\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\b`)
	docPath   = regexp.MustCompile("[^\\s`'\"()\\[\\]{},;]+\\.md\\b")
)

// looksLikePhase tells an ID from a word: A, C1, M2g, L3k.3c, 0, 12.
func looksLikePhase(s string) bool { return idShape.MatchString(s) }

var idShape = regexp.MustCompile(`^(?:[A-Z]{1,2}|[A-Za-z]{0,2}\d+[A-Za-z]{0,2}\d{0,2})(?:\.[A-Za-z0-9]{1,4})*$`)

// mentions finds every "Phase …" and the words beside it. The text is a
// person's and may be of any size; each clause is looked at once.
func mentions(text string) []mention {
	var out []mention
	text = spaces.Replace(text)
	for len(text) > 0 {
		clause := text
		if at := clauseEnd.FindStringIndex(text); at != nil {
			clause, text = text[:at[0]], text[at[1]:]
		} else {
			text = ""
		}
		out = append(out, inClause(clause)...)
	}
	return out
}

func inClause(clause string) []mention {
	var out []mention
	start := 0 // of the part that the next mention stands in
	for at := 0; at < len(clause); {
		bare := false
		m := phaseList.FindStringSubmatchIndex(clause[at:])
		if b := bareStart.FindStringSubmatchIndex(clause); at == 0 && b != nil && looksLikePhase(clause[b[2]:b[3]]) && strings.ContainsAny(clause[b[2]:b[3]], ".0123456789") {
			m, bare = []int{b[2], b[3], b[2], b[3]}, true
		}
		if m == nil {
			break
		}
		begin, end := at+m[0], at+m[1]
		it := item{from: clause[at+m[2] : at+m[3]]}
		var items []item
		for {
			rest := clause[end:]
			if r := rangeSign.FindStringSubmatchIndex(rest); r != nil && it.to == "" {
				if to := group(rest, r); looksLikePhase(to) {
					it.to = to
					end += r[1]
					continue
				}
			}
			items = append(items, it)
			l := listSign.FindStringSubmatchIndex(rest)
			if l == nil {
				break
			}
			next := group(rest, l)
			if !looksLikePhase(next) && !again.MatchString(rest) {
				break
			}
			it = item{from: next}
			end += l[1]
		}
		// What stands beside: from the last break before the mention to the first one after it.
		if breaks := partEnd.FindAllStringIndex(clause[start:begin], -1); len(breaks) > 0 {
			start += breaks[len(breaks)-1][1]
		}
		stop := len(clause)
		if b := partEnd.FindStringIndex(clause[end:]); b != nil {
			stop = end + b[0]
		}
		out = append(out, mention{text: clause[begin:end], items: items, beside: clause[start:stop], bare: bare})
		at = end
		start = max(start, end)
	}
	return out
}

// group is the first group that took part in the match.
func group(s string, m []int) string {
	for i := 2; i+1 < len(m); i += 2 {
		if m[i] >= 0 {
			return s[m[i]:m[i+1]]
		}
	}
	return ""
}

// elsewhere reports whether the words beside a mention name another plan or another initiative.
func (w *Workspace) elsewhere(p *Plan, beside string) bool {
	for _, m := range bracketID.FindAllStringSubmatch(beside, -1) {
		if !strings.EqualFold(m[1], p.Link.ID) {
			return true
		}
	}
	for _, id := range bareID.FindAllString(beside, -1) {
		if id != p.Link.ID && len(w.Initiative(id)) > 0 {
			return true
		}
	}
	for _, name := range docPath.FindAllString(beside, -1) {
		if w.isLedger(name) || hasSuffix(w.Config.Ledger, name, func(a, b string) bool { return a == b }) {
			continue
		}
		hits := named(w.Plans, name, func(a, b string) bool { return a == b })
		own := slices.Contains(hits, p)
		if !own && (len(hits) > 0 || matchesAny(w.Config.Plans, path.Clean(name)) && !strings.Contains(name, "/reports/")) {
			return true
		}
	}
	return false
}

// expand is the IDs of a mention. A range whose ends this plan has is every
// phase from one to the other in the document's order; else the IDs are counted.
func (w *Workspace) expand(p *Plan, m mention) []string {
	var out []string
	for _, it := range m.items {
		if it.to == "" {
			out = append(out, it.from)
			continue
		}
		it.to = p.rangeEnd(it)
		from, to := phaseNamed(p, it.from), phaseNamed(p, it.to)
		i, j := slices.Index(p.Doc.Phases, from), slices.Index(p.Doc.Phases, to)
		if from != nil && to != nil && i <= j {
			for _, ph := range p.Doc.Phases[i : j+1] {
				out = append(out, ph.ID)
			}
			continue
		}
		out = append(out, counted(it.from, it.to)...)
	}
	return out
}

// maxRange bounds a range that is counted: "Phases 1–999999" is no list of phases.
const maxRange = 100

// counted is C1 … C3, A … F or 1 … 4; the two ends where they cannot be counted.
func counted(from, to string) []string {
	ends := []string{from, to}
	prefix := strings.TrimRight(from, "0123456789")
	a, errA := strconv.Atoi(from[len(prefix):])
	last, ok := strings.CutPrefix(to, prefix)
	b, errB := strconv.Atoi(last)
	if !ok { // "C1–3"
		b, errB = strconv.Atoi(to)
	}
	switch {
	case errA == nil && errB == nil && a <= b && b-a < maxRange:
		var out []string
		for n := a; n <= b; n++ {
			out = append(out, prefix+strconv.Itoa(n))
		}
		return out
	case len(from) == 1 && len(to) == 1 && from <= to && to[0]-from[0] < 26:
		var out []string
		for c := from[0]; c <= to[0]; c++ {
			out = append(out, string(c))
		}
		return out
	}
	return ends
}
