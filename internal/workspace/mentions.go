package workspace

import (
	"iter"
	"regexp"
	"strings"
)

// mention is one "Phase …" of a Prereqs line, or an ID that begins one of its sentences.
type mention struct {
	text   string // as written: "Phases A–C"
	items  []item // its IDs, in order
	beside string // the part of the sentence that it stands in
	bare   bool   // without the word Phase
	done   bool   // what follows a bare ID says that it is done, or nothing does: "T005 and T006 done", "A1–A3"
	free   bool   // by the words beside it, nothing that is waited for: "can run in parallel with Phase 3"
}

// spaces makes plain spaces of those that editors put in for typography: Phase\u00a0A.
var spaces = strings.NewReplacer("\u00a0", " ", "\u2007", " ", "\u2009", " ", "\u202f", " ")

// item is one ID, or a range of them.
type item struct{ from, to string }

const phaseWord = `[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*`

var (
	// A list goes on over "and", commas, slashes, ampersands and pluses, as long as IDs follow.
	phaseList = regexp.MustCompile(`(?i:\bphases?)\s+\(?(` + phaseWord + `)`)
	rangeSign = regexp.MustCompile(`^\s?(?:–|—|-|‑|\.\.|…)\s?(` + phaseWord + `)|^\s+(?:to|through|thru)\s+(` + phaseWord + `)`)
	listSign  = regexp.MustCompile(`^(?:\s*,\s*(?:and\s+|or\s+)?|\s*[/&+]\s*|\s+and\s+|\s+or\s+)(?:(?i:phases?)\s+)?(` + phaseWord + `)`)
	again     = regexp.MustCompile(`^(?:\s*,\s*(?:and\s+)?|\s*[/&+]\s*|\s+and\s+|\s+or\s+)(?i:phases?)\s`)

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
	for clause := range clauses(text) {
		out = append(out, inClause(clause)...)
	}
	return out
}

// clauses is the parts of a text between the ends of its sentences, with plain spaces.
func clauses(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for rest := spaces.Replace(text); rest != ""; {
			clause, after := rest, ""
			if at := clauseEnd.FindStringIndex(rest); at != nil {
				clause, after = rest[:at[0]], rest[at[1]:]
			}
			if !yield(clause) {
				return
			}
			rest = after
		}
	}
}

func inClause(clause string) []mention {
	var out []mention
	start := 0 // of the part that the next mention stands in
	none := saysNone(clause)
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
		if strings.Contains(clause[begin:end], "(") && strings.HasPrefix(clause[end:], ")") {
			end++ // Phases (4–9)
		}
		// What stands beside: from the last break before the mention to the first one after it.
		if breaks := partEnd.FindAllStringIndex(clause[start:begin], -1); len(breaks) > 0 {
			start += breaks[len(breaks)-1][1]
		}
		stop := len(clause)
		if b := partEnd.FindStringIndex(clause[end:]); b != nil {
			stop = end + b[0]
		}
		one := len(items) == 1 && items[0].to == ""
		free := none || freeBefore(clause[at:begin]) || freeAfter(clause[end:], one)
		out = append(out, mention{text: clause[begin:end], items: items, beside: clause[start:stop], bare: bare, free: free, done: bare && saysDone.MatchString(clause[end:])})
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

var (
	// A clause that says that nothing comes first. What it goes on to name is why ("None (independent of Phases 1–3)"),
	// unless it makes an exception.
	saysNothing = regexp.MustCompile(`(?i)^[\s*_>+–—:-]*(?:none|nothing|n/a|no (?:prerequisites?|prereqs?|dependenc(?:y|ies)|blockers?))\b`)
	butFor      = regexp.MustCompile(`(?i)\b(?:beyond|except|other than|besides|but|apart from|aside from|unless|until|once|after|save for)\b`)

	// "T005 and T006 done": the rows themselves, and not something of them, come first.
	saysDone = regexp.MustCompile(`(?i)^[\s*_:,(–—-]*(?:(?:(?:is|are|both|all|be|must|to|have|has|been|marked)\s+)*(?:done|completed?|finished|closed|merged|ticked|green|passed|landed|\[x\])\b|[\s.)*_]*$)`)

	// All that stands above in the document, or the phase just above.
	above    = regexp.MustCompile(`(?i)\b(?:(?:all|every|each)\s+(?:of\s+)?(?:the\s+)?(?:other\s+)?(?:previous|prior|preceding|earlier|above|other)?\s*phases?|(?:previous|prior|preceding|earlier)\s+phases)\b`)
	allOnly  = regexp.MustCompile(`(?i)^[\s*_]*(?:above|are\b|is\b|complete|done|finished|closed|green|have\b|must\b|up to here|before\b|\(|[.,;]|$)`)
	justOver = regexp.MustCompile(`(?i)\b(?:previous|prior|preceding)\s+phase\b`)

	// What says before a phase that nobody waits for it. "Do not start before Phase A" does not.
	freeing = regexp.MustCompile(`(?i)(?:` +
		`\b(?:parallel|concurrent(?:ly)?|simultaneous(?:ly)?|independent(?:ly)?)(?:\s+(?:with|to|of|from)|:)|\b(?:run|runs|running|done|proceeds?|goes)\s+(?:alongside|beside)` +
		`|\b(?:not|never|no longer)\s+(?:be\s+)?(?:(?:strictly|directly|actually|really)\s+)?(?:need|requir|depend|wait|block|rely|gated|gating)\w*(?:\s+(?:for|up ?on|on|by|behind))?` +
		`|n[’']t\s+(?:strictly\s+|directly\s+)?(?:need|require|depend|wait|block|rely|gate)(?:\s+(?:for|up ?on|on))?` +
		`|\bno\s+(?:need|dependenc(?:y|ies)|requirement)\s+(?:for|on|of)|\bwithout\s+(?:waiting\s+for|needing|requiring)` +
		`|\b(?:un)?block(?:s|ing)|\bunlock(?:s|ing)|\benabl(?:es|ing)|\bprecedes|\bfeeds(?:\s+into)?` +
		`)[\s*_(]+(?:the\s+|both\s+|all\s+(?:of\s+)?|start\s+of\s+|work\s+on\s+)*[*_]*$`)
	ahead  = regexp.MustCompile(`(?i)\b(?:before|prior\s+to|ahead\s+of)[\s*_]+(?:the\s+|start\s+of\s+|work\s+on\s+|both\s+)*[*_]*$`)
	denied = regexp.MustCompile(`(?i)\b(?:not|never|no|nothing|cannot|only|nor)\b|n[’']t\b`)

	// What says so behind one phase, and behind any number of them.
	freedAlone = regexp.MustCompile(`(?i)^[\s*_]+(?:(?:may|can|could)\s+(?:also\s+|be\s+)*(?:run|proceed|go|happen|continue|start|begin|done|worked\s+on)\s+(?:on\s+)?|(?:runs|proceeds)\s+)(?:in\s+parallel|concurrently|independently|simultaneously|at\s+the\s+same\s+time)\b`)
	freedAll   = regexp.MustCompile(`(?i)^[\s*_]+(?:(?:is|are|was|were)\s+(?:not\s+|no\s+)|(?:isn|aren|wasn|weren)[’']t\s+)(?:strictly\s+|a\s+|any\s+)*(?:required|needed|necessary|prerequisites?|dependenc(?:y|ies)|blocking|blockers?)\b|^[\s*_]+(?:is|are)\s+optional\b`)
)

// maxBeside bounds what is looked at on either side of a mention: a clause may be of any size.
const maxBeside = 160

func saysNone(clause string) bool {
	return saysNothing.MatchString(clause) && !butFor.MatchString(clause)
}

func freeBefore(s string) bool {
	s = s[max(0, len(s)-maxBeside):]
	return freeing.MatchString(s) || ahead.MatchString(s) && !denied.MatchString(s)
}

// freeAfter reports the words behind a mention. That several phases can run in parallel says nothing of the phase that waits for
// them all.
func freeAfter(s string, one bool) bool {
	s = s[:min(len(s), maxBeside)]
	return freedAll.MatchString(s) || one && freedAlone.MatchString(s)
}

// aboveIn is what a text says of the phases above: all of them, the one just above, or neither.
func aboveIn(text string) (all, one bool) {
	for clause := range clauses(text) {
		if saysNone(clause) {
			continue
		}
		if at := above.FindStringIndex(clause); at != nil && allOnly.MatchString(clause[at[1]:]) && !freeBefore(clause[:at[0]]) {
			all = true
		} else if at := justOver.FindStringIndex(clause); at != nil && !freeBefore(clause[:at[0]]) {
			one = true
		}
	}
	return all, one
}
