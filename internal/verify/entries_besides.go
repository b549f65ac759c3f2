package verify

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
)

var (
	// besideKey begins a line that only planctl writes: what a run completed, and which records a decision is about.
	besideKey = regexp.MustCompile("^(?:Note: )?(?:Completes: `|Supersedes: `|Judged: sha256:|Phase [^:]+: (?:complete$|not complete: ))")
	// phaseClaim is what such a line says of a phase, in an entry of one line.
	phaseClaim = regexp.MustCompile(`Phase [^\s:]+: (?:not )?complete\b`)
)

// besides holds the further lines of an entry to its manifest: why it is no pass, what it completed, what it is about.
func (c *checker) besides(l *workspace.Ledger, a *ledger.Attempt, p *manifest.Predicate, text []byte) {
	if p.Result == manifest.Interrupted {
		return
	}
	help := "planctl's entries are not edited: bring the line back, and write a new attempt where something has to be corrected"
	var want []string
	for _, s := range criteria.EntryLines(p, ledger.Code) {
		w := ledger.Extra(s)
		want = append(want, w)
		switch reason, isReason := strings.CutPrefix(w, "Reason: "); {
		case isReason && !says(text, "Reason: ", reason):
			c.entry(CodeEntryNote, l, a, fmt.Sprintf("%s says reason %s, and its manifest says %s", label(a), keyOf(text, "Reason: "), reason), help)
		case !isReason && !has(text, w):
			c.entry(CodeEntryResult, l, a, fmt.Sprintf("%s does not say %s, as its manifest does", label(a), cut(w)), help)
		}
	}
	if p.Forced && len(p.Argv) > 0 && !bytes.Contains(text, []byte("Forced: ")) {
		c.entry(CodeEntryResult, l, a, label(a)+" does not say that its run was forced, as its manifest does", help)
	}
	whole := strings.Join(append(slices.Clone(want), p.Task.Description, p.Note, p.Reason, strings.Join(p.Argv, " ")), "\n")
	for i, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		s := string(bytes.TrimSpace(bytes.TrimLeft(line, " \t>*+-•")))
		claim := ""
		switch {
		case i == 0: // other texts of the record stand in that line, and may say anything
			for _, m := range phaseClaim.FindAllString(s, -1) {
				if !strings.Contains(whole, m) {
					claim = m
				}
			}
		case besideKey.MatchString(s) && !slices.Contains(want, s) && s != "Note: "+ledger.Inline(p.Note):
			claim = s
		}
		if claim != "" {
			c.entry(CodeEntryResult, l, a, fmt.Sprintf("%s says %s, and its manifest does not", label(a), cut(claim)), help)
		}
	}
}

// has reports whether an entry has a text as a line of its own, or, where it is one line, as a part of it.
func has(text []byte, want string) bool {
	for line := range bytes.Lines(text) {
		if string(bytes.TrimSpace(bytes.TrimLeft(line, " \t>*+-•"))) == want {
			return true
		}
	}
	return bytes.Contains(text, []byte(" "+strings.TrimSuffix(want, ".")+"."))
}

// cut is a line for a message.
func cut(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
