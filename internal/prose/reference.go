package prose

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/planctl/planctl/internal/mdspan"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

// references is the Command Reference of a plan, ready to be asked.
type references struct {
	byID   map[string][]*entry // entries whose label names a task
	byKey  map[string][]*entry // by the words of the label that say something
	byKind map[spec.Kind][]*entry
}

// entry is one line of the Command Reference.
type entry struct {
	label    string
	commands []found
	why      string // why it is shown and not run, beyond what its command says
}

var (
	sameAs      = regexp.MustCompile(`(?i)\bsame\b(?:[^.;]*?\b(?:as|command|selector)\b)?|\bas above\b|\bditto\b|\bidentical to\b`)
	parentheses = regexp.MustCompile(`\([^()]*\)|\[[^\[\]]*\]`)
	labelID     = regexp.MustCompile(`^[A-Za-z]{0,4}[0-9]+[A-Za-z]?(?:[.-][A-Za-z0-9]+)*$|^[A-Za-z][0-9]*(?:\.[A-Za-z0-9]+)+$`)
)

func readReferences(p *plan.Plan) *references {
	r := &references{byID: map[string][]*entry{}, byKey: map[string][]*entry{}, byKind: map[spec.Kind][]*entry{}}
	if len(p.Commands) == 0 {
		return r
	}
	shells := newReader()
	var prev *entry
	byLabel := map[string]*entry{}
	for _, ref := range p.Commands {
		e := &entry{label: strings.Trim(ref.Label, "`*_ ")}
		words := entryWords(p, ref)
		for _, c := range ref.Codes {
			if words.gone(c.Span) {
				continue
			}
			if sh := shells.read(c.Text); sh.shape > noCommand {
				e.commands = append(e.commands, found{shell: sh, at: func() (int, int) { return p.Index.Pos(c.Span.Start) }})
			}
		}
		if len(e.commands) == 0 {
			r.same(p, ref, e, prev, byLabel)
		}
		if len(e.commands) == 0 {
			continue // a note, not a command
		}
		if e.why == "" {
			e.why = words.unsure()
		}
		prev = e
		byLabel[key(e.label)] = e
		for _, w := range strings.FieldsFunc(e.label, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(",;/()—–`*", c) }) {
			if labelID.MatchString(w) {
				r.byID[w] = append(r.byID[w], e)
			}
		}
		r.byKey[key(e.label)] = append(r.byKey[key(e.label)], e)
		if k := kindWord(strings.ToUpper(e.label)); k == spec.Red || k == spec.Green {
			r.byKind[k] = append(r.byKind[k], e)
		}
	}
	return r
}

// entryText is the words of an entry, its label too, from their place in the document on.
type entryText struct {
	text string
	passage
	from int
}

func entryWords(p *plan.Plan, ref plan.Reference) entryText {
	from := p.Index.Line(ref.Line).Start
	text := string(p.Source[from:max(from, ref.Span.End)])
	return entryText{text, standing(text), from}
}

// gone reports whether a part of the document is struck through there, or stands in a comment.
func (e entryText) gone(s mdspan.Span) bool {
	a, b := s.Start-e.from, s.End-e.from
	return a >= 0 && b <= len(e.text) && a < b && e.live[a:b] != e.text[a:b]
}

// unsure is why the entry's commands are doubtful by what is said of them.
func (e entryText) unsure() string {
	if w := unsure(withoutCode(e.said)); w != "" {
		return w
	}
	for i, spans := 0, codeSpans(e.live, false); i < len(spans); i++ {
		if w := plainly(e.live, spans, i); w != "" {
			return "its entry says to run it " + w + ": write its spec"
		}
		if w := unsureAfter(behind(e.live, spans, i)); w != "" {
			return w
		}
	}
	return ""
}

// same reads `same as above`, and `same as LABEL` where there is such a label.
func (r *references) same(p *plan.Plan, ref plan.Reference, e, prev *entry, byLabel map[string]*entry) {
	loc := sameAs.FindStringIndex(ref.Text)
	if loc == nil || loc[0] > 40 {
		return
	}
	of := prev
	rest := strings.TrimSpace(parentheses.ReplaceAllString(ref.Text[loc[1]:], " "))
	rest, _, _ = strings.Cut(rest, ".")
	if named := byLabel[key(rest)]; named != nil && key(rest) != "" {
		of = named
	}
	if of == nil {
		return
	}
	for _, f := range of.commands {
		f.at = func() (int, int) { return p.Index.Pos(ref.Span.Start) }
		e.commands = append(e.commands, f)
	}
	e.why = of.why
	if len(ref.Codes) > 0 {
		e.why = "it is `same as` another entry, with a change"
	}
}

// of is the entry that is about the task, nil without one. The task's ID in a
// label is plainest; then a label with the words of the description; then the
// kind of the run, for a task whose description says that something is run.
func (r *references) of(t *plan.Task, kind spec.Kind) *entry {
	if e := one(r.byID[t.ID]); e != nil {
		return e
	}
	title := standing(t.Description).live
	if !aboutRun(title) {
		return nil
	}
	if k := key(title); k != "" {
		if e := one(r.byKey[k]); e != nil {
			return e
		}
	}
	if kind == spec.Red || kind == spec.Green {
		return one(r.byKind[kind])
	}
	return nil
}

// one is the entry, or all of several in one that a person must choose from.
func one(es []*entry) *entry {
	switch len(es) {
	case 0:
		return nil
	case 1:
		return es[0]
	}
	labels := make([]string, 0, 4)
	all := &entry{}
	for _, e := range es[:min(len(es), 20)] {
		if len(labels) < 4 && !slices.Contains(labels, e.label) {
			labels = append(labels, e.label)
		}
		all.commands = append(all.commands, e.commands...)
		if e.why != "" {
			all.why = e.why
		}
	}
	all.label = strings.Join(labels, ", ")
	return all
}

// key is the words of a label or a description that tell it from others, sorted.
func key(s string) string {
	words := strings.FieldsFunc(strings.ToLower(parentheses.ReplaceAllString(s, " ")), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_'
	})
	words = slices.DeleteFunc(words, func(w string) bool { return runWord(w) || noise(w) })
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}

// runWord reports whether the word says that something is run.
func runWord(w string) bool {
	switch w {
	case "run", "runs", "rerun", "re", "execute", "executed", "exec", "capture", "captures", "record", "collect", "perform", "launch", "invoke", "verify", "confirm", "check":
		return true
	}
	return false
}

func noise(w string) bool {
	switch w {
	case "selector", "selectors", "command", "commands", "cmd", "the", "a", "an", "of", "for", "to", "with", "and", "log", "logs", "output", "pytest", "test", "tests", "suite", "optional":
		return true
	}
	return false
}

// aboutRun reports whether the description begins with a run, or names what a
// run is of: "Capture RED run", "Full regression". One that begins with what a
// person writes or changes ("Document RED run results") is not about a run.
func aboutRun(description string) bool {
	words := strings.FieldsFunc(strings.ToLower(description), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	if len(words) == 0 {
		return false
	}
	switch words[0] {
	case "run", "runs", "rerun", "re", "execute", "capture", "record", "collect", "perform", "launch", "invoke", "verify", "confirm", "check", "validate":
		return slices.ContainsFunc(words, runObject)
	case "red", "green", "full", "targeted", "baseline", "regression", "smoke", "final":
		return slices.ContainsFunc(words, runObject)
	}
	return false
}

// runObject reports whether the word names a run or what is left of one.
func runObject(w string) bool {
	switch w {
	case "run", "runs", "rerun", "log", "logs", "test", "tests", "suite", "selector", "failure", "failing", "regression", "regressions", "pass", "passing", "red", "green", "pytest":
		return true
	}
	return false
}
