package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
)

// proof holds a green that passed against its red: that it came first, with the same command, tests and pins.
func (c *checker) proof(r *workspace.Record) {
	p := &r.Doc.Predicate
	if p.Kind != spec.Green.String() || p.Result != manifest.Pass || len(p.Argv) == 0 || c.superseded(r) || c.elsewhere[r] {
		return
	}
	again := "planctl run the red again, then " + c.name(r)
	red := c.w.Evidence.ByDigest(p.Red)
	switch {
	case p.Red == "" && ranAgain(r):
		return // the tick rests on a later pass, which is held to its own proof
	case p.Red == "" && p.Spec.Prose:
		f := len(c.list)
		c.at(CodeNoRed, r, "no red run stands behind this green, whose command was found in prose", c.redless(r, again))
		c.list[f].Severity = finding.Warning
		return
	case p.Red == "":
		c.at(CodeNoRed, r, "no red run stands behind this green: nothing shows that the test could fail", c.redless(r, again))
		return
	case red == nil:
		return // known has said that it is not there
	}
	if red.Item != nil {
		red = red.Item.Ran(red) // a reworded row, or criteria judged again: the run behind that decision is the red
	}
	q := &red.Doc.Predicate
	if q.Kind != spec.Red.String() || q.Result != manifest.Pass || len(q.Argv) == 0 {
		c.at(CodeBadRed, r, fmt.Sprintf("%s, which it names as its red, is no red run that counted (kind %s, %s)", red.Path, q.Kind, q.Result), again)
		return
	}
	t := proof.Of(ranAs(p))
	t.Red, t.Pins, t.Tests, t.Spec = q, p.Pins, proof.Recorded(p.Tests), p.Spec.Value
	if why := proof.Command(t); why != "" {
		c.at(CodeProofCommand, r, why, again)
	}
	if p.Tests != nil {
		if why := proof.Tests(t); why != "" {
			c.at(CodeProofTests, r, why, again)
		}
	}
	if changed := proof.Pins(t); len(changed) > 0 {
		if len(p.Accepted) > 0 {
			c.at(CodeAcceptedPins, r, "pins were accepted although they differ from the red run: "+strings.Join(changed, ", "), "planctl run the red again with the pins as they are, then "+c.name(r)+", and the warning goes")
		} else {
			c.at(CodeProofPins, r, "the pins are not as they were in the red run: "+strings.Join(changed, ", "), again)
		}
	}
	if a, b := p.Source.Commit, q.Source.Commit; c.w.Git != nil && a != b && objectName(a) && objectName(b) {
		c.pairs = append(c.pairs, pair{r, red})
	}
}

// ranAgain reports whether a later run of the same task passed.
func ranAgain(r *workspace.Record) bool {
	if r.Item == nil {
		return false
	}
	last := r.Item.LastPass()
	return last != nil && last != r && len(last.Doc.Predicate.Argv) > 0
}

// redless is what to do about a green that has no red run. Where it names no red, as prose never does, only a spec can say
// which task shows the failure, or that none is to be shown.
func (c *checker) redless(r *workspace.Record, again string) string {
	if r.Item == nil {
		return again
	}
	if red := r.Item.RedItem(); red != nil {
		return "planctl run " + red.Name(c.w) + " on the sources without the change, then planctl run " + c.name(r) + " --force"
	}
	write := "write in its spec"
	if r.Item.Spec == nil {
		write = "planctl bind " + c.name(r) + " --write, then write there"
	}
	return write + " `kind: check`, or `red: ID` of the task that shows the failure; then planctl run " + c.name(r) + " --force"
}

// decidedGreen speaks of a green that is done by a person's word: of a red that it went past, and of pins that were accepted for
// the run before, which a decision does not make unsaid.
func (c *checker) decidedGreen(it *workspace.Item, s workspace.Standing, at place, name string) {
	sp, _, _ := it.EffectiveSpec()
	if sp == nil || sp.Kind != spec.Green || s.Pass == nil || len(it.Ran(s.Pass).Doc.Predicate.Argv) > 0 {
		return
	}
	for _, g := range schedule.Gates(c.w, it) {
		if g.Kind == schedule.RedFirst {
			f := len(c.list)
			c.add(CodeAfter, at, fmt.Sprintf("%s is done by a person's word, and %s, its red, is not shown to fail: %s", it.Task.ID, g.Name, g.Why),
				"planctl run "+g.Item.Name(c.w)+" --force, then planctl run "+name+" --force")
			c.list[f].Severity = finding.Warning
		}
	}
	for _, r := range slices.Backward(it.Runs) {
		if p := &r.Doc.Predicate; p.Kind == spec.Green.String() && p.Result == manifest.Pass && len(p.Argv) > 0 && r.Attempt != nil {
			if len(p.Accepted) > 0 {
				c.at(CodeAcceptedPins, r, "pins were accepted although they differ from the red run: "+strings.Join(p.Accepted, ", ")+"; since then a person ticked "+it.Task.ID,
					"planctl run the red again with the pins as they are, then planctl run "+name+" --force, and the warning goes")
			}
			return
		}
	}
}

// pair is a green and its red that ran on different commits.
type pair struct{ green, red *workspace.Record }

// fewPairs is up to how many pairs git is asked one by one; beyond, the whole graph is read once.
const fewPairs = 64

// ancestry holds the commits of greens and reds against each other: the green's should not be the older one. That the red
// came first its digest in the green shows, so that this is a warning: the code of the red was newer. Commits that HEAD does
// not come from are not asked, for another clone may lack them; clocks are not asked either.
func (c *checker) ancestry() error {
	var parents map[string][]string
	if len(c.pairs) > fewPairs {
		head, _, err := c.w.Git.Head(c.ctx)
		if err != nil || head == "" {
			return err
		}
		if parents, err = c.w.Git.Graph(c.ctx, []string{head}); err != nil {
			return err
		}
	}
	for _, q := range c.pairs {
		green, red := q.green.Doc.Predicate.Source.Commit, q.red.Doc.Predicate.Source.Commit
		older := false
		if parents != nil {
			older = reaches(parents, red, green)
		} else {
			older = c.isAncestor(green, red) && c.isAncestor(red, "HEAD")
		}
		if older {
			c.at(CodeProofOrder, q.green, fmt.Sprintf("the green ran on %s, which is older than %s, where its red ran", short(green), short(red)), "planctl run the red, then "+c.name(q.green))
		}
	}
	return nil
}

// isAncestor reports whether this clone has both commits and the one comes from the other; one that it lacks is a note of
// its own.
func (c *checker) isAncestor(a, b string) bool {
	is, err := c.w.Git.IsAncestor(c.ctx, a, b)
	return err == nil && is
}

// reaches reports whether a commit is among the ancestors of another.
func reaches(parents map[string][]string, from, to string) bool {
	seen := map[string]bool{}
	for todo := []string{from}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range parents[at] {
			if p == to {
				return true
			}
			if !seen[p] {
				seen[p] = true
				todo = append(todo, p)
			}
		}
	}
	return false
}

func (c *checker) superseded(r *workspace.Record) bool {
	return r.Item != nil && r.Item.Superseded()[r.Digest]
}
