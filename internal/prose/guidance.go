package prose

import (
	"regexp"
	"strings"

	"github.com/planctl/planctl/internal/mdspan"
	"github.com/planctl/planctl/plan"
)

var (
	// What stands right before a code span that is to be run: a verb in a
	// form that orders or reports the run, or a label, and nothing after it but
	// a few words that only lead to the command.
	runVerb = regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{N}_-])((?:re-?)?run|(?:re-?)?ran|(?:re-?)?execute[sd]?|invoked?|commands?[ \t]*:|cmd[ \t]*:)` +
		`(?:[\s:*_(—–-]|\d+[.)]|\b(?:the|this|following|commands?|selectors?|tests?|suite|full|existing|new|targeted|same|again|now|then|both)\b)*$`)
	// An order that says what it runs before a colon ("Run new selectors: …"), and a deed that is done by what follows
	// ("Capture the log via …"). So much may stand between only before a command beyond doubt.
	runOrder = regexp.MustCompile(`(?i)(?:^|[.;:>)—–✅-][\s*_]*|\b(?:then|and|also|now)\s+)((?:re-?)?run|(?:re-?)?execute[sd]?|replay(?:ed)?|invoke)\s+(?:[^.;]|\.\S){1,100}:(?:[\s*_]|<br ?/?>|\d+[.)])*$`)
	doneBy   = regexp.MustCompile(`(?i)(?:^|[.;:>)—–✅][\s*_]*|\b(?:then|and|also|now)\s+)(capture|record|collect|confirm|reproduce|verify|validate|exercise|prove)\s(?:[^.;` + "`" + `]|\.\S){0,60}?\b(?:via|with|using)[\s*_]*$`)
	// What stands before a command that is not the row's own: what it asks for beforehand, an example.
	aside = regexp.MustCompile(`(?i)(?:\b(?:requires?|required|needs?|assumes?|presumes?|such as|like|unlike|see|cf\.?|from|e\.g\.,?)|\bi\.e\.,?)[\s*_:]*$`)
	// Another row's run, which this row asks for beside its own.
	rerunOf = regexp.MustCompile(`(?i)\bre-?run(?:s|ning)?\s+(?:(?:the|same|its|targeted)\s+)*(?:selectors?|commands?|tests?)\s+(?:from|of|in)\s+[*_` + "`" + `]*([\p{L}][\p{L}\p{N}._-]*)`)
	// What stands before the verb where the run is not asked for: it is denied,
	// is what a change makes something else do, or hangs on a condition.
	negated  = regexp.MustCompile(`(?i)(?:\b(?:do|does|did|should|must|need|was|were)\s+not|n['’]t|\bnot|\bnever|\bwithout|\binstead of|\bavoid|\bcannot)[\s*_]+(?:\p{L}+[\s*_]+)?$`)
	purpose  = regexp.MustCompile(`(?i)\b(?:to|will|would|could|might|may|that|which|who)\b:?[\s*_]*(?:\(?\d+[.)][\s*_]*)?$`)
	whenever = regexp.MustCompile(`(?i)\b(?:if|unless|in case|on (?:a )?(?:timeout|failure|error|conflict))\b[^.;]*$`)
	// What joins a code span to the command before it.
	joined = regexp.MustCompile(`(?i)^(?:[\s,;&+*_()—–-]|<br ?/?>|\d+[.)]|\b(?:and|or|then|plus|also|followed|by|with|again|finally)\b)*$`)
	// What may stand before the first code span of a cell that begins with a command.
	lead = regexp.MustCompile(`^(?:[\s*_•-]|✅|\d+[.)]|<br ?/?>)*$`)
)

// tail is the end of s that a pattern anchored there needs to see.
func tail(s string) string {
	const most = 120
	if len(s) > most {
		return s[len(s)-most:]
	}
	return s
}

// cell reads prose. A span that is to be run opens the list; once there is
// one, every other span that is a command beyond doubt is in it too: which of
// them is meant is for a person to say.
func cell(p *plan.Plan, t *plan.Task, written string, as passage, at mdspan.Span) []found {
	text := as.live
	spans := codeSpans(text, true)
	if len(spans) == 0 {
		return nil
	}
	shells := newReader()
	var meant, mentioned []found
	after, last := false, 0 // the span before was meant, and where it ended
	for _, c := range spans {
		before := tail(text[:c.start])
		f := found{shells.read(c.text), place(p, t, at, written, c.text, c.inner)}
		if f.shape == noCommand && !plainWord(f.run) {
			after, last = false, c.end
			continue
		}
		ordered, condition := orders(before, f.shell)
		chained := after && joined.MatchString(text[last:c.start])
		starts := len(before) == c.start && lead.MatchString(before) &&
			(lead.MatchString(written[:c.start]) || strings.Contains(written[:c.start], "`")) // what was struck there was a command, too, and not the order
		if f.why == "" && condition {
			f.why = "it is to be run on a condition only"
		}
		after, last = ordered || chained, c.end
		switch {
		case f.shape >= plausible && (ordered || chained || f.environ),
			f.shape >= plausible && starts && (f.shape == known || strings.Contains(f.run, " -")),
			f.shape == assignment && (ordered || starts):
			meant = append(meant, f)
			after = true
		case f.shape == known && !capturing(f.run) && !aside.MatchString(before):
			mentioned = append(mentioned, f)
		}
	}
	if len(meant) == 0 {
		return nil
	}
	if w := around(text, spans, meant); w != "" && meant[0].why == "" {
		meant[0].why = w
	}
	if id := otherRun(p, t, text); id != "" && meant[0].why == "" {
		meant[0].why = "its row asks for the run of " + id + ", too"
	}
	return append(meant, mentioned...)
}

// otherRun is the row of the plan whose run the text asks for, "" without one.
func otherRun(p *plan.Plan, t *plan.Task, text string) string {
	for _, m := range rerunOf.FindAllStringSubmatch(text, 20) {
		if id := strings.TrimRight(m[1], "._-"); id != t.ID && p.Task(id) != nil {
			return id
		}
	}
	return ""
}

// orders reports whether the text before a code span says to run it, or that
// it was run, and whether it does so on a condition.
func orders(before string, of shell) (ordered, condition bool) {
	loc := runVerb.FindStringSubmatchIndex(before)
	if loc == nil && of.shape == known && !capturing(of.run) {
		if loc = runOrder.FindStringSubmatchIndex(before); loc == nil {
			loc = doneBy.FindStringSubmatchIndex(before)
		}
	}
	if loc == nil {
		return false, false
	}
	lead := before[:loc[2]]
	if negated.MatchString(lead) || purpose.MatchString(lead) {
		return false, false
	}
	return true, whenever.MatchString(lead)
}

// capturing reports whether the command only keeps what another one gives:
// planctl keeps the log and the exit code itself.
func capturing(run string) bool {
	return strings.HasPrefix(run, "tee ") || strings.HasPrefix(run, "echo $")
}
