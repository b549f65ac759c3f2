package prose

import (
	"regexp"
	"strings"

	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

// Same is a row's word that its command is that of another row of its plan.
type Same struct {
	ID   string // of the other row
	Kind spec.Kind
	Line int
	Col  int
	Why  string // why it cannot be followed as it stands; "" where it can
}

var (
	sameCommand = regexp.MustCompile("(?i)\\bsame\\s+(?:\\p{L}+\\s+)?(?:command|selector|invocation)s?(?:,?[^.;,`\x00]{0,40}?)?\\s+(?:as|of)\\s+(?:(?:in|for|of|the|row|task|step|that)\\s+)*[`*_]*([\\p{L}\\p{N}][\\p{L}\\p{N}._-]*)")
	sameChanged = regexp.MustCompile("(?i)^[`*_,\\s]*(?:but|with|plus|except|without|under|using|on|minus)\\b")
)

// SameAs is what a task's text says of the command of another row: `Same command as A2`. nil where it says nothing, or
// names no row of the plan.
func SameAs(p *plan.Plan, t *plan.Task) *Same {
	text, at := t.Guidance, t.GuidanceSpan
	if at.Empty() && strings.TrimSpace(text) == "" {
		text, at = t.Description, t.DescriptionSpan
	}
	for _, loc := range sameCommand.FindAllStringSubmatchIndex(text, 20) {
		id := strings.TrimRight(text[loc[2]:loc[3]], "._-")
		lead := tail(text[:loc[0]])
		if id == t.ID || p.Task(id) == nil || denied.MatchString(lead[strings.LastIndexAny(lead, ".;(")+1:]) {
			continue
		}
		s := &Same{ID: id, Kind: titleKind(t)}
		s.Line, s.Col = place(p, t, at, text, text[loc[0]:loc[1]], loc[0])()
		if rest := text[loc[2]+len(id):]; sameChanged.MatchString(head(rest)) || changes(rest) {
			s.Why = "its text says the same command as " + id + ", with a change"
		}
		return s
	}
	return nil
}

// changes reports whether a code span names an option or a variable, which the other row's command has not.
func changes(text string) bool {
	for _, c := range codeSpans(text, true) {
		if strings.HasPrefix(c.text, "-") || strings.Contains(c.text, "=") {
			return true
		}
	}
	return false
}

// Asks is Red or Green for a row that is about such a run by its own words ("Capture GREEN run"), and Unknown for any other.
func Asks(t *plan.Task) spec.Kind {
	if k := kindWord(t.Description); (k == spec.Red || k == spec.Green) && aboutRun(t.Description) {
		return k
	}
	return spec.Unknown
}
