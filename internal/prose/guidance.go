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
	negated = regexp.MustCompile(`(?i)(?:\b(?:do|does|did|should|must|need|was|were)\s+not|n['’]t|\bnot|\bnever|\bwithout|\binstead of|\bavoid|\bcannot)[\s*_]+(?:\p{L}+[\s*_]+)?$`)
	purpose = regexp.MustCompile(`(?i)\b(?:to|will|would|could|might|may|that|which|who)\b:?[\s*_]*(?:\(?\d+[.)][\s*_]*)?$`)
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
	var meant, named, mentioned []found
	after, last := false, 0 // the span before was meant, and where it ended
	for i, c := range spans {
		before := tail(text[:c.start])
		f := found{shell: shells.read(c.text), at: place(p, t, at, written, c.text, c.inner), span: i}
		if f.shape == noCommand && !plainWord(f.run) {
			after, last = false, c.end
			continue
		}
		ordered, doubt := orders(before, f.shell, len(meant) < maxOrders)
		chained := after && joined.MatchString(text[last:c.start])
		starts := len(before) == c.start && lead.MatchString(before) &&
			(lead.MatchString(written[:c.start]) || strings.Contains(written[:c.start], "`")) // what was struck there was a command, too, and not the order
		f.doubt = doubt
		after, last = ordered || chained, c.end
		switch {
		case f.shape >= plausible && (ordered || chained),
			f.shape >= plausible && starts && (f.environ || f.shape == known || strings.Contains(f.run, " -")),
			f.shape == assignment && (ordered || starts):
			meant = append(meant, f)
			after = true
		case f.shape >= plausible && f.environ:
			plain := false
			if plain, f.doubt = callsFor(before); !plain {
				named = append(named, f)
				continue
			}
			meant = append(meant, f)
			after = true
		case f.shape == known && !capturing(f.run) && !aside.MatchString(before):
			mentioned = append(mentioned, f)
		}
	}
	if len(meant) == 0 {
		meant, named = named, nil // it is shown, and its words say why it is not run
	}
	if len(meant) == 0 {
		return nil
	}
	if first := &meant[0]; first.why == "" {
		id := otherRun(p, t, text)
		switch w := around(text, spans, first.span); {
		case w != "":
			first.why = w
		case id != "":
			first.why = "its row asks for the run of " + id + ", too"
		case first.doubt != "":
			first.why = first.doubt
		default:
			first.why = beside(t, as, spans, meant)
		}
	}
	return append(append(meant, named...), mentioned...)
}

// maxOrders bounds the orders of a cell that are judged by what is said of them: its text may be of any size.
const maxOrders = 20

// beside is why the first of a cell's commands is shown and not run, by what its row says of it.
func beside(t *plan.Task, as passage, spans []code, meant []found) string {
	if len(meant) > maxOrders {
		return "it stands there more often than a person orders it"
	}
	for _, f := range meant {
		if f.doubt != "" {
			return f.doubt
		}
		if w := unsureAfter(behind(as.live, spans, f.span)); w != "" {
			return w
		}
	}
	for _, text := range []string{as.said, standing(t.Description).said} {
		if w := unsure(withoutCode(text)); w != "" {
			return w
		}
	}
	return ""
}

// behind is the text behind a command that says something of it, with a NUL for each code span.
func behind(text string, spans []code, at int) string {
	const most = 240
	from := spans[at].end
	to := min(len(text), from+most)
	var b strings.Builder
	for _, c := range spans[at+1:] {
		if c.start >= to {
			break
		}
		b.WriteString(text[from:c.start])
		b.WriteByte(0)
		from = c.end
	}
	if from < to {
		b.WriteString(text[from:to])
	}
	return b.String()
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

// orders reports whether the text before a code span says to run it, or that it was run, and why that is doubtful.
// With judge unset it looks for no doubt.
func orders(before string, of shell, judge bool) (ordered bool, doubt string) {
	loc := runVerb.FindStringSubmatchIndex(before)
	if loc == nil && of.shape == known && !capturing(of.run) {
		if loc = runOrder.FindStringSubmatchIndex(before); loc == nil {
			loc = doneBy.FindStringSubmatchIndex(before)
		}
	}
	if loc == nil {
		return false, ""
	}
	lead := before[:loc[2]]
	if negated.MatchString(lead) || purpose.MatchString(lead) {
		return false, ""
	}
	if !judge {
		return true, ""
	}
	return true, unsureBefore(lead, before[loc[2]:loc[3]], before[loc[3]:])
}

var (
	// A part of a sentence by itself: what stands before a dash is said of something else ("Attempt #7 — `A=1 x`").
	partBegins = regexp.MustCompile(`[.!?][*_)]*\s|;|<br ?/?>|\r|\n|—|–|\s-\s|✅`)
	// What calls for a command that sets variables for a program, without a word for running it: a label, and a deed that is
	// done by running it.
	labelled  = regexp.MustCompile(`(?i)^[^:]{0,60}(?:\b(?:selectors?|commands?|cmd|invocation)|:)[\s*_]*$|^[\s*_•]*(?:[\p{L}\p{N}-]+\s+){0,2}(?:tests?|suite|regression|smoke|benchmark|checks?)\s*\(?[\s*_]*$`)
	deed      = regexp.MustCompile(`(?i)^[\s*_•]*(?:then\s+|and\s+|also\s+)*(?:(?:captur|reproduc|us|measur|tim|exercis|profil|invok|validat|ensur)(?:e|ed)|(?:collect|benchmark|launch|start|perform|confirm|check)(?:ed)?|try|tried|verify|verified)(?:\s+(?:the|this|that|a|full|command|selector|tests?|suite|with|via|by|using))*[\s:*_]*$`)
	runNear   = regexp.MustCompile(`(?i)(?:^[\s*_•]*|,\s*|\b(?:then|and|also|now)\s+)((?:re-?)?run|(?:re-?)?ran|(?:re-?)?execute[sd]?|invoked?|replay(?:ed)?)(?:\s+[^\s,;:()]+){0,5}\s*\(?[\s*_]*$`)
	writing   = regexp.MustCompile(`(?i)\b(?:add|append|insert|put|write|document|describe|mention|list|note|quote|paste|copy|replace|change|update|edit|set|remove|delete|drop|rename|record|fix|mend|repair|investigate|debug|broken)\b`)
	denying   = regexp.MustCompile(`(?i)\b(?:instead|rather than|not|never|no|without|avoid|forbidden|cannot)\b|n['’]t\b`)
	byRunning = regexp.MustCompile(`(?i)\b(?:via|by running)[\s*_]*$`)
)

// callsFor reports whether the words before a command that sets variables, and that no verb orders, call for it all the same:
// it stands by itself, behind a label, or in a deed that is done by running it. doubt is why that is doubtful.
func callsFor(before string) (plainly bool, doubt string) {
	part := before
	if all := partBegins.FindAllStringIndex(before, -1); len(all) > 0 {
		part = before[all[len(all)-1][1]:]
	}
	if aside.MatchString(before) {
		return false, doubted(quotedEnd(before))
	}
	if lead.MatchString(part) {
		return true, ""
	}
	if !denying.MatchString(part) {
		if loc := runNear.FindStringSubmatchIndex(part); loc != nil {
			return true, unsureBefore(part[:loc[2]], part[loc[2]:loc[3]], "")
		}
		if byRunning.MatchString(part) || !writing.MatchString(part) && (labelled.MatchString(part) || deed.MatchString(part)) {
			return true, unsureBefore(part, "", "")
		}
	}
	return false, "its row says “" + quotedEnd(part) + "” before it, which is no plain order to run it: write its spec"
}

// capturing reports whether the command only keeps what another one gives:
// planctl keeps the log and the exit code itself.
func capturing(run string) bool {
	return strings.HasPrefix(run, "tee ") || strings.HasPrefix(run, "echo $")
}
