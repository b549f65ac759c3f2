package prose

import (
	"cmp"
	"regexp"
	"slices"
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
	sameAbove   = regexp.MustCompile(`(?i)(?:^[\s*_]*same|\bsame\s+(?:\p{L}+\s+)?(?:command|selector|invocation)s?)\s+as\s+(above)\b`)
	sameChanged = regexp.MustCompile("(?i)^[`*_,\\s]*(?:but|with|plus|except|without|under|using|on|minus)\\b")
)

// SameAs is what a task's text says of the command of another row: `Same command as A2`, `rerun the selector from A2`, or
// `same as above` of the row above it in its phase. nil where it says nothing, or names no row of the plan.
func SameAs(p *plan.Plan, t *plan.Task) *Same {
	_, written, at := prose(t)
	text := standing(written).live
	var locs [][]int
	for _, pattern := range []*regexp.Regexp{sameCommand, rerunOf, sameAbove} {
		locs = append(locs, pattern.FindAllStringSubmatchIndex(text, 20)...)
	}
	for _, loc := range locs {
		name := strings.TrimRight(text[loc[2]:loc[3]], "._-")
		id := name
		if strings.EqualFold(name, "above") {
			id = above(t)
		}
		lead := tail(text[:loc[0]])
		if id == t.ID || p.Task(id) == nil || denied.MatchString(lead[strings.LastIndexAny(lead, ".;(")+1:]) {
			continue
		}
		s := &Same{ID: id, Kind: titleKind(t)}
		s.Line, s.Col = place(p, t, at, written, text[loc[0]:loc[1]], loc[0])()
		if rest := text[loc[2]+len(name):]; sameChanged.MatchString(head(rest)) || changes(rest) {
			s.Why = "its text says the same command as " + id + ", with a change"
		}
		return s
	}
	return nil
}

// above is the ID of the row above a task in its phase, "" for the first.
func above(t *plan.Task) string {
	if t.Phase == nil {
		return ""
	}
	rows := t.Phase.Tasks // in the document's order
	i, _ := slices.BinarySearchFunc(rows, t.Line, func(r *plan.Task, line int) int { return cmp.Compare(r.Line, line) })
	if i == 0 {
		return ""
	}
	return rows[i-1].ID
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
	title := standing(t.Description).live
	if k := kindWord(title); (k == spec.Red || k == spec.Green) && aboutRun(title) {
		return k
	}
	return spec.Unknown
}
