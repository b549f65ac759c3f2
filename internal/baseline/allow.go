package baseline

import (
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
)

// place is what a suppression is for: a line of a file, or a task in it.
type place struct {
	file string
	line int
	task string
}

// share is a suppression that is for a place, with the index of the task that
// makes it so; -1 for a line.
type share struct{ suppression, task int }

// part is a code or a task of a suppression, by their indexes; the other is -1.
type part struct{ suppression, code, task int }

// ApplySuppressions takes the findings that comments allow out of the list,
// notes too, and reports what the comments allow and is not there. Apply it
// before a baseline, and before findings are chosen by rule or severity: a
// finding that was left out would make its comment look needless.
func ApplySuppressions(list finding.List, sups []Suppression, s Scope) (rest, unused finding.List) {
	a := allowance{sups: sups, at: map[place][]share{}, covered: map[inSuppression]bool{}, asked: map[atPlace]bool{}, used: map[part]bool{}}
	for i, sup := range sups {
		for t, id := range sup.Tasks {
			p := place{file: sup.File, task: id}
			a.at[p] = append(a.at[p], share{i, t})
		}
		if len(sup.Tasks) == 0 && sup.Target > 0 {
			p := place{file: sup.File, line: sup.Target}
			a.at[p] = append(a.at[p], share{i, -1})
		}
	}
	for _, f := range list {
		byLine := f.Line > 0 && a.allows(place{file: f.File, line: f.Line}, f.Code)
		byTask := f.Task != "" && a.allows(place{file: f.File, task: f.Task}, f.Code)
		if !byLine && !byTask {
			rest = append(rest, f)
		}
	}
	for i, sup := range sups {
		if f, ok := needless(sup, i, a.used, s); ok {
			unused = append(unused, f)
		}
	}
	unused.Sort()
	return rest, unused
}

// allowance knows what each comment allows. A place may have a great many
// comments and findings, but the rules are few: each question of a place or a
// comment and a rule is asked once.
type allowance struct {
	sups    []Suppression
	at      map[place][]share
	covered map[inSuppression]bool
	asked   map[atPlace]bool
	used    map[part]bool
}

type inSuppression struct {
	index int
	code  finding.Code
}

type atPlace struct {
	place place
	code  finding.Code
}

func (a *allowance) allows(p place, code finding.Code) bool {
	q := atPlace{p, code}
	yes, ok := a.asked[q]
	if ok {
		return yes
	}
	for _, s := range a.at[p] {
		if a.covers(s.suppression, code) {
			yes = true
			a.used[part{s.suppression, -1, s.task}] = true
		}
	}
	a.asked[q] = yes
	return yes
}

// covers reports whether the suppression names the rule. It is asked for a
// finding that stands where the suppression is for.
func (a *allowance) covers(i int, code finding.Code) bool {
	q := inSuppression{i, code}
	yes, ok := a.covered[q]
	if ok {
		return yes
	}
	for c, pattern := range a.sups[i].Codes {
		if covers(pattern, code) {
			yes = true
			a.used[part{i, c, -1}] = true
		}
	}
	a.covered[q] = yes
	return yes
}

// covers reports whether a code or glob of a comment allows the rule.
func covers(pattern string, code finding.Code) bool {
	if Protected(code) {
		return false
	}
	ok, err := path.Match(pattern, string(code))
	return err == nil && ok
}

// needless names the codes and tasks of a suppression that no finding met.
func needless(sup Suppression, i int, used map[part]bool, s Scope) (finding.Finding, bool) {
	var gone []string
	all := true
	for c, code := range sup.Codes {
		if !wholly(sup.File, code, s) {
			all = false
		} else if !used[part{i, c, -1}] {
			gone = append(gone, code)
		}
	}
	if len(gone) < len(sup.Codes) && all {
		for t, id := range sup.Tasks {
			if !used[part{i, -1, t}] {
				gone = append(gone, id)
			}
		}
	}
	if len(gone) == 0 {
		return finding.Finding{}, false
	}
	what := "on the line that it is for"
	if len(sup.Tasks) > 0 {
		what = "of " + some(sup.Tasks)
	} else if sup.Target == 0 {
		what = "after it"
	}
	return finding.Finding{Code: CodeAllowNeedless, Severity: severity(CodeAllowNeedless), File: sup.File, Line: sup.Line, Col: sup.Col,
		Message: "the comment allows " + some(gone) + ", and no such finding is " + what, Help: "take that out of the comment, or all of it"}, true
}

// wholly reports whether every rule that the pattern names was looked for in the file.
func wholly(file, pattern string, s Scope) bool {
	if s.Looked == nil {
		return true
	}
	if !strings.ContainsAny(pattern, "*?[\\") {
		return s.Looked(file, finding.Code(pattern))
	}
	for _, c := range codes(s.Known) {
		if covers(pattern, finding.Code(c)) && !s.Looked(file, finding.Code(c)) {
			return false
		}
	}
	return true
}

// some is a list as words, of which a hostile file cannot make a page.
func some(list []string) string {
	if len(list) > 5 {
		list = append(slices.Clone(list[:4]), "…")
	}
	return strings.Join(list, ", ")
}
