package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/report"
)

// verifyOptions are the flags of `verify`.
type verifyOptions struct {
	base   string
	before string
	ledger string
	update bool
	replay bool
	setup  string
	findingsOptions
}

func (a *app) verifyCommand() *cobra.Command {
	var o verifyOptions
	c := &cobra.Command{
		Use:     "verify",
		Short:   "Check that plan, ledger and evidence agree, and that nobody rewrote history",
		GroupID: "see",
		Long: "Verify reads plans, ledgers and every file of the evidence, judges criteria again, and compares all of it with the\n" +
			"commit where this branch left the main branch. It believes no time stamp, and writes nothing but, when asked to by\n" +
			"--update-baseline, the baseline. Exit 1 where it finds an error, with --strict a warning too; exit 3 where a document\n" +
			"cannot be read, or the base has no history in common with what is checked out.",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.verify(c.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.base, "base", "", "compare with the commit where HEAD left `REF`; without it the main branch, or what CI says is the target")
	f.StringVar(&o.before, "before", "", "compare with `COMMIT` itself, which a push to this branch replaced; empty or only zeros: as without it")
	f.StringVar(&o.ledger, "ledger", "strict", "how much of a ledger's form is checked: basic, strict or all")
	f.BoolVar(&o.replay, "replay", false, "run the proof of each green once more, in throwaway checkouts")
	f.StringVar(&o.setup, "setup", "", "with --replay: run this `SCRIPT` with bash in each of them first")
	f.BoolVar(&o.update, "update-baseline", false, "write what is wrong now into "+baseline.Name+", and say no more of it")
	o.flags(c)
	return c
}

func (a *app) verify(ctx context.Context, o verifyOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	var tier verify.Tier
	if err := tier.UnmarshalText([]byte(o.ledger)); err != nil {
		return &usageError{msg: "--ledger: " + err.Error()}
	}
	if o.base != "" && o.before != "" {
		return &usageError{msg: "--base and --before name two commits to compare with", help: "--base is for a change that goes into a branch, --before for a push"}
	}
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	base, err := verify.FindBase(ctx, w, verify.Asked{Ref: o.base, Before: o.before}, a.getenv)
	if err != nil {
		return err
	}
	intents, err := a.store(w).Intents()
	if err != nil {
		return err
	}
	if err := a.sayLost(w); err != nil {
		return err
	}
	open, left := map[string]bool{}, []string(nil)
	for _, i := range intents {
		open[i.Intent.Key] = true
		live, err := i.Live()
		if err != nil {
			return err
		}
		if i.Intent.Name != "" && !live {
			left = append(left, i.Intent.Name)
		}
	}
	replays, err := a.replays(ctx, w, o)
	if err != nil {
		return err
	}
	res, err := verify.Verify(ctx, w, verify.Options{Base: base.Commit, More: base.More, Ledger: tier, Intents: open, Left: left, Replay: replays})
	if err != nil {
		return err
	}
	if o.update {
		return a.updateBaseline(w, res)
	}
	return a.verified(w, base, res, o)
}

// replays is what verify is to replay proofs with; nil where it is not to.
func (a *app) replays(ctx context.Context, w *workspace.Workspace, o verifyOptions) (verify.Replay, error) {
	if !o.replay {
		if o.setup != "" {
			return nil, &usageError{msg: "--setup prepares the checkouts of a replay", help: "add --replay"}
		}
		return nil, nil
	}
	e := a.engine()
	if !a.quiet {
		a.watch(e, a.printer(a.io.Err), false, 1) // the findings alone are on standard output
	}
	return func(it *workspace.Item) (proof.Shown, error) { return e.ShowAgain(ctx, w, it, o.setup) }, nil
}

// updateBaseline writes what is wrong now into the baseline, for people to review.
func (a *app) updateBaseline(w *workspace.Workspace, res verify.Result) error {
	text, next, err := a.writeBaseline(w, res)
	if err != nil {
		return err
	}
	p := a.out()
	p.Printf("%s: %s\n", baseline.Name, text)
	if came, went := res.Baseline.Difference(next); res.Baseline != nil {
		changedEntries(p, "+", came)
		changedEntries(p, "-", went)
	}
	if a.unheld(p, res) > 0 {
		a.code = exitFailed
	}
	if len(next.Entries) > 0 {
		p.Printf("review it and commit it: from now on verify speaks of what is new\n")
	}
	return p.Err()
}

// unheld shows the errors that no baseline can hold, and counts them.
func (a *app) unheld(p *report.Printer, res verify.Result) int {
	n := 0
	for _, f := range a.withSource(res.Found) {
		if f.Severity == finding.Error && baseline.Protected(f.Code) {
			n++
			report.Finding(p, f)
		}
	}
	return n
}

// shownEntries is how many entries that came, or went, are shown: the file's own diff has them all.
const shownEntries = 10

func changedEntries(p *report.Printer, sign string, list []baseline.Entry) {
	for _, e := range list[:min(len(list), shownEntries)] {
		p.Printf("  %s %s\n", sign, report.Clean(e.String()))
	}
	if n := len(list) - shownEntries; n > 0 {
		p.Printf("  %s %d more: git diff shows them\n", sign, n)
	}
}

// writeBaseline brings the baseline up to date, says what became of it, and gives it. A workspace without findings gets none.
func (a *app) writeBaseline(w *workspace.Workspace, res verify.Result) (said string, next *baseline.Baseline, err error) {
	next = baseline.Update(res.Baseline, res.Found, res.Scope)
	path := w.Abs(baseline.Name)
	was, err := regular.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && len(next.Entries) == 0:
		return "not written, there is nothing to hold", next, nil
	case errors.Is(err, fs.ErrNotExist):
		return "written, " + held(next), next, a.store(w).Create(path, next.Format(), 0o644)
	case err != nil:
		return "", nil, err
	case res.Baseline == nil:
		return "", nil, &failure{msg: baseline.Name + " cannot be read, and is not written over", help: "planctl verify says what is wrong with it; mend it, or remove it"}
	}
	text := next.Format()
	if bytes.Equal(was, text) {
		return "as it was, " + held(next), next, nil
	}
	sum := sha256.Sum256(was)
	came, went := res.Baseline.Difference(next)
	said = fmt.Sprintf("written anew, %s; %d came, %d went", held(next), (&baseline.Baseline{Entries: came}).Findings(), (&baseline.Baseline{Entries: went}).Findings())
	return said, next, a.store(w).Replace(path, text, sum)
}

// held is how much a baseline holds.
func held(b *baseline.Baseline) string {
	entries := fmt.Sprintf("%d entries", len(b.Entries))
	if len(b.Entries) == 1 {
		entries = "1 entry"
	}
	return entries + " for " + count(b.Findings(), "finding")
}

func (a *app) verified(w *workspace.Workspace, base verify.Base, res verify.Result, o verifyOptions) error {
	list := o.chosen(res.Findings)
	a.judge(list, o.strict)
	p := a.out()
	if base.Commit == "" && !p.TTY {
		fmt.Fprintf(a.io.Err, "planctl: history was not compared: %s\n", base.Why)
	}
	done, err := a.emitFindings(fromTop(w, w.Root, list), checked(w, base, res), o.findingsOptions, struct {
		Schema    string       `json:"schema"`
		Base      string       `json:"base,omitempty"`
		NoHistory string       `json:"no_history,omitempty"`
		Findings  finding.List `json:"findings"`
	}{"planctl/verify/v1", base.Commit, base.Why, list})
	if done || err != nil {
		return err
	}
	shown, notes := list, 0
	if !a.verbose {
		shown = slices.DeleteFunc(slices.Clone(list), func(f finding.Finding) bool { return f.Severity == finding.Note })
		notes = len(list) - len(shown)
	}
	report.Findings(p, a.withSource(shown))
	if p.TTY || a.verbose || len(shown) > 0 { // a program that asks wants to hear of what is wrong
		if notes > 0 {
			p.Printf("%s: -v shows them\n", count(notes, "note"))
		}
		p.Printf("%s\n", checked(w, base, res))
	}
	return p.Err()
}

// checked says how much was looked at.
func checked(w *workspace.Workspace, base verify.Base, res verify.Result) string {
	s := fmt.Sprintf("checked %s, %s, %s, %s", count(len(w.Plans), "plan"), count(res.Attempts, "attempt"), count(res.Runs, "manifest"), count(res.Files, "file"))
	if base.Commit == "" {
		return s + "; no history (" + base.Why + ")"
	}
	s += "; history since "
	if base.Name != base.Commit {
		return s + base.Name + " (" + base.Commit[:12] + ")"
	}
	s += base.Commit[:12]
	if base.Gone {
		s += ", which HEAD has not got"
	}
	return s
}
