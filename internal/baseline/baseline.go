// Package baseline holds the two ways in which people accept a finding: the
// baseline, a reviewed file of what an old repository already has wrong, and
// comments in plans, ledgers and YAML that allow a rule at one place.
//
// It takes bytes and findings and gives bytes and findings. It may not read or
// write a file, look at a workspace, or judge whether a finding is right.
//
// A baseline is YAML. Each entry is one finding, or count of them that look alike:
//
//	version: 1
//	findings:
//	  - rule: plan-missing-path
//	    file: plans/c.md
//	    task: C1.D
//	    message: Dependencies cites docs/old.md, which is not there
//	    count: 2
//	    reason: the file went with the old build
//
// A finding is known by its rule, file, task and message, and not by its line,
// so that an entry holds while other lines come and go. A comment is
//
//	<!-- planctl: allow CODE… [ID…] — reason -->
//	# planctl: allow CODE… [ID…] — reason
//
// The zero Baseline is empty, and a nil one may be applied.
package baseline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
)

// Name is the baseline's file, in the workspace's root.
const Name = ".planctl-baseline.yaml"

const updateHelp = "planctl verify --update-baseline"

// Baseline is the findings that a repository has accepted.
type Baseline struct {
	File    string // as findings name it
	Entries []Entry
}

// Entry is one finding, or Count of them that look alike.
type Entry struct {
	Rule    finding.Code
	File    string // "" for a finding that has none
	Task    string // the row's ID, "" without one
	Message string // as Key makes it of the finding's message
	Count   int    // 1 or more
	Reason  string // what a person wrote about it, "" without

	Line, Col int // of the entry in the baseline's file, from 1; 0 before it was read from one
}

// identity is what makes two findings the same.
type identity struct {
	rule                finding.Code
	file, task, message string
}

func (e Entry) identity() identity { return identity{e.Rule, e.File, e.Task, e.Message} }

func identityOf(f finding.Finding) identity {
	return identity{f.Code, valid(f.File), valid(f.Task), finding.Key(f.Message)}
}

// valid is s with bytes that are no text replaced: a baseline is UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// Scope is what a command looked for. lint has fewer rules than verify, and
// may be given some files only: what was not looked for cannot be missed.
type Scope struct {
	Known  map[finding.Code]bool                     // every rule that there is
	Looked func(file string, code finding.Code) bool // whether the rule was looked for in the file; nil: all of them in all
}

func (s Scope) looked(file string, code finding.Code) bool {
	return s.Looked == nil || s.Looked(file, code)
}

// Apply takes the accepted findings out of the list. Notes stay: they never
// fail. Of findings that look alike as many go as the entry counts, the first
// ones of the list, and the help of the others says so.
//
// What is wrong with the baseline itself comes back beside the rest, each at
// its entry: an entry that holds no finding, or fewer than it counts, an
// unknown rule, and a rule that no baseline can hold (see Protected). Such an
// entry takes nothing out.
func (b *Baseline) Apply(list finding.List, s Scope) (rest, unused finding.List) {
	if b == nil {
		return list, nil
	}
	counted := map[identity]int{}
	for i, e := range b.Entries {
		switch {
		case Protected(e.Rule):
			unused = append(unused, b.at(i, CodeProtected, fmt.Sprintf("no baseline can hold a finding of %s", e.Rule),
				"mend what it says, or set a severity under `rules` in .planctl.yaml; then "+updateHelp))
		case !s.Known[e.Rule]:
			unused = append(unused, b.at(i, CodeUnknown, fmt.Sprintf("there is no rule %s", e.Rule), "planctl lint --rules prints them; "+updateHelp))
		default:
			counted[e.identity()] = max(counted[e.identity()], e.Count)
		}
	}
	found := map[identity]int{}
	for _, f := range list {
		id := identityOf(f)
		if f.Severity == finding.Note || counted[id] == 0 {
			rest = append(rest, f)
			continue
		}
		if found[id]++; found[id] > counted[id] {
			f.Help = strings.TrimPrefix(f.Help+fmt.Sprintf(" (the baseline holds %d that look like this one; any of them may be the new one)", counted[id]), " ")
			rest = append(rest, f)
		}
	}
	for i, e := range b.Entries {
		n, all := found[e.identity()], counted[e.identity()]
		if all == 0 || n >= e.Count || !s.looked(e.File, e.Rule) {
			continue
		}
		said := fmt.Sprintf("%s is gone: %s", e.place(), e.Message)
		if n > 0 {
			said = fmt.Sprintf("%s: of %d findings that this entry holds %s left: %s", e.place(), e.Count, are(n), e.Message)
		}
		unused = append(unused, b.at(i, CodeUnused, said, updateHelp))
	}
	unused.Sort()
	return rest, unused
}

func (b *Baseline) at(i int, code finding.Code, message, help string) finding.Finding {
	e := b.Entries[i]
	return finding.Finding{Code: code, Severity: severity(code), File: b.File, Line: e.Line, Col: e.Col, Message: message, Help: help}
}

// place is an entry's rule, and where it holds.
func (e Entry) place() string {
	s := string(e.Rule)
	if e.File != "" {
		s += " in " + e.File
	}
	if e.Task != "" {
		s += " of " + e.Task
	}
	return s
}

func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}

// String is an entry on one line, for people.
func (e Entry) String() string {
	s := fmt.Sprintf("%s: %s", e.Rule, e.Message)
	if e.File != "" {
		s = e.File + ": " + s
	}
	if e.Count > 1 {
		s += fmt.Sprintf(" (%d of them)", e.Count)
	}
	return s
}

// Findings is how many findings the entries hold; a nil baseline holds none.
func (b *Baseline) Findings() (n int) {
	if b != nil {
		for _, e := range b.Entries {
			n += max(e.Count, 1)
		}
	}
	return n
}

// Difference is what next holds and b does not, and what b holds and next does
// not, each in the order of the file. b may be nil.
func (b *Baseline) Difference(next *Baseline) (came, went []Entry) {
	count := map[identity]int{}
	if b != nil {
		for _, e := range b.Entries {
			count[e.identity()] -= max(e.Count, 1)
		}
	}
	for _, e := range next.Entries {
		count[e.identity()] += max(e.Count, 1)
	}
	pick := func(from *Baseline, sign int) (out []Entry) {
		if from == nil {
			return nil
		}
		for _, e := range joined(from.Entries) {
			if n := sign * count[e.identity()]; n > 0 {
				e.Count = n
				out = append(out, e)
			}
		}
		return out
	}
	return pick(next, 1), pick(b, -1)
}

// Update is the baseline that holds the list's errors and warnings and nothing
// else, with the reasons that old has for them. What Protected names is left
// out. The list is what a full verify found, suppressed findings taken out and
// the baseline not yet applied; old may be nil. What s did not look for stays as
// old has it.
func Update(old *Baseline, list finding.List, s Scope) *Baseline {
	b := &Baseline{File: Name}
	reasons := map[identity]string{}
	if old != nil {
		b.File = old.File
		for _, e := range old.Entries {
			if reasons[e.identity()] == "" {
				reasons[e.identity()] = e.Reason
			}
			if s.Known[e.Rule] && !Protected(e.Rule) && !s.looked(e.File, e.Rule) {
				b.Entries = append(b.Entries, e)
			}
		}
	}
	for _, f := range list {
		if f.Code == "" || Protected(f.Code) || f.Severity < finding.Warning {
			continue
		}
		id := identityOf(f)
		b.Entries = append(b.Entries, Entry{Rule: id.rule, File: id.file, Task: id.task, Message: id.message, Count: 1, Reason: reasons[id]})
	}
	b.Entries = joined(b.Entries)
	return b
}

// joined is the entries in the order of the file, those that look alike made one.
func joined(entries []Entry) []Entry {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Rule, b.Rule), natural(a.Task, b.Task), natural(a.Message, b.Message))
	})
	var out []Entry
	for _, e := range entries {
		e.Count = max(e.Count, 1)
		if n := len(out); n > 0 && out[n-1].identity() == e.identity() {
			out[n-1].Count += e.Count
			out[n-1].Reason = cmp.Or(out[n-1].Reason, e.Reason)
			continue
		}
		out = append(out, e)
	}
	return out
}

// natural compares as people count: attempt #2 stands before attempt #10.
func natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		n, m := number(x), number(y)
		if n == 0 || m == 0 {
			if x[0] != y[0] {
				return cmp.Compare(x[0], y[0])
			}
			x, y = x[1:], y[1:]
			continue
		}
		p, q := strings.TrimLeft(x[:n], "0"), strings.TrimLeft(y[:m], "0")
		if c := cmp.Or(cmp.Compare(len(p), len(q)), cmp.Compare(p, q)); c != 0 {
			return c
		}
		x, y = x[n:], y[m:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// number is how many digits a text begins with.
func number(s string) (n int) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
