package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// tick holds a row's state against its attempts.
func (c *checker) tick(it *workspace.Item) {
	if it.Task.ID == "" || it.Plan.Item(it.Task.ID) != it {
		return // a row without an ID of its own: that is an error of the plan already
	}
	s := it.Standing(c.ctx, c.w)
	if it.Task.State != plan.Done {
		c.untouched(it, s)
		return
	}
	at, name := rowPlace(it), it.Name(c.w)
	switch {
	case s.Refuted && s.Newest == s.Replay:
		c.add(CodeRefuted, at, fmt.Sprintf("%s is ticked, and its proof did not hold when it was replayed: %s", it.Task.ID, s.Newest.Doc.Predicate.Reason),
			"mend what the replay names and planctl replay "+name+", or prove it anew: planctl run "+name+" --force")
	case s.Refuted:
		c.add(CodeRefuted, at, fmt.Sprintf("%s is ticked, and its newest run failed: %s", it.Task.ID, s.Newest.Doc.Predicate.Reason),
			"planctl run "+name+" until it passes, or planctl mark "+name+" todo --note \"…\"")
	case s.Pass == nil:
		c.unearned(it, at, name)
	case s.Pass.Item != it:
		c.rolledUp(it, s.Pass, at, name)
	case !reviewed(it, s.Pass):
		c.add(CodeNoAttemptOfTick, at, fmt.Sprintf("%s waits for a review after its run, and it is ticked without one", it.Task.ID),
			"planctl mark "+name+" done --run "+short(s.Pass.Digest)+" --note \"…\" says who looked at that run")
	}
	for _, key := range s.Changed {
		if key == "row" {
			c.add(CodeRowChanged, at, fmt.Sprintf("the row of %s is not the one that ran: it was %q", it.Task.ID, s.Pass.Doc.Predicate.Task.Description),
				"planctl mark "+name+" done --same accepts a reworded row; else run it again")
			break
		}
	}
	if keys := slices.DeleteFunc(slices.Clone(s.Changed), func(k string) bool { return k == "row" }); len(keys) > 0 {
		where := at
		if it.Spec != nil {
			where = specPlace(it.Spec, keys[0])
		}
		c.add(CodeSpecChanged, where, fmt.Sprintf("the spec of %s is not the one that ran: %s differs", it.Task.ID, strings.Join(keys, ", ")),
			"planctl run "+name+" runs it as it is now; planctl check "+name+" --record is enough where only criteria were added")
	}
	c.order(it, s, at, name)
}

func rowPlace(it *workspace.Item) place {
	_, col := it.Plan.Doc.Index.Pos(it.Task.TokenSpan.Start)
	if it.Task.TokenSpan.Start == it.Task.TokenSpan.End {
		col = 0
	}
	return place{it.Plan.Path, it.Task.Line, col, it.Task.ID}
}

// untouched speaks of a pass whose tick is not there.
func (c *checker) untouched(it *workspace.Item, s workspace.Standing) {
	r := s.Pass
	if r == nil || r != s.Newest && r.Item == it || !c.ticks(it, r) {
		return
	}
	if c.o.Intents[r.Doc.Predicate.Nonce] {
		return // its tick is on its way, or recover writes it
	}
	if it.Spec != nil && it.Spec.Review && it.Task.State == plan.Active {
		return // it waits for its review
	}
	if n := it.Newest(); n != nil && n != r && n.Doc.Predicate.Result == manifest.Decided && n.Doc.Predicate.State == it.Task.State.String() {
		return // a person decided since
	}
	name := it.Name(c.w)
	c.add(CodeNoTick, rowPlace(it), fmt.Sprintf("%s passed (%s) and is %s", it.Task.ID, c.what(r), it.Task.State),
		"planctl mark "+name+" active --note \"…\" says that somebody took the tick back; planctl mark "+name+" done --run "+short(r.Digest)+" ticks it")
}

// ticks reports whether a record was meant to tick the row.
func (c *checker) ticks(it *workspace.Item, r *workspace.Record) bool {
	p := &r.Doc.Predicate
	return r.Item != it || p.Ticked || p.State == plan.Done.String()
}

// order speaks of what a ticked row stands on.
func (c *checker) order(it *workspace.Item, s workspace.Standing, at place, name string) {
	var after []string
	if sp, _, _ := it.EffectiveSpec(); sp != nil {
		after = sp.After
	}
	for _, id := range after {
		dep, err := schedule.Resolve(c.w, it, id)
		if err != nil || dep.Task.State == plan.Done || dep.Task.State == plan.Skipped {
			continue // a name that leads nowhere is an error of the spec already
		}
		if c.reopened(dep) {
			c.suspect(it, dep, at, name)
			continue
		}
		msg := fmt.Sprintf("%s is done, and %s, which it comes after, is %s", it.Task.ID, id, dep.Task.State)
		f := len(c.list)
		c.add(CodeAfter, at, msg, c.closing(dep)+"; then planctl run "+name+" --force")
		if s.Pass == nil || len(s.Pass.Doc.Predicate.Argv) == 0 || s.Pass.Doc.Predicate.Forced {
			c.list[f].Severity = finding.Warning // a person went past it, and the attempt says so
		}
	}
	c.decidedGreen(it, s, at, name)
	if it.Phase == nil {
		return
	}
	for _, g := range it.Plan.Prereqs(c.w, it.Phase).Phases {
		why := schedule.OpenPhase(c.w, g.Plan, g.Phase)
		if why == "" {
			continue
		}
		suspects := len(c.list)
		for _, dep := range g.Plan.Items {
			if dep.Phase == g.Phase && schedule.IsOpen(dep.Task) && c.reopened(dep) {
				c.suspect(it, dep, at, name)
				break
			}
		}
		if len(c.list) == suspects && wentPast(it, s.Pass) {
			id := "phase " + g.Phase.ID
			if g.Plan != it.Plan {
				id = "phase " + g.Plan.Path + "#" + g.Phase.ID
			}
			f := len(c.list)
			c.add(CodeAfter, at, fmt.Sprintf("%s is done, and %s, which the Prereqs of its phase name, is not complete: %s", it.Task.ID, id, why),
				"complete "+id+": planctl next lists what can be done of it; or planctl mark '"+id+"' waived --note \"…\"")
			c.list[f].Severity = finding.Warning // Prereqs are prose, and a row may have been added to the phase since
		}
	}
}

// wentPast reports whether a person ticked a row without asking what it waits for: by a decision about no run, or by a run
// with --force. A run without it asked.
func wentPast(it *workspace.Item, pass *workspace.Record) bool {
	if pass == nil {
		return false // what was ticked before planctl came is judged by its attempt alone
	}
	p := &it.Ran(pass).Doc.Predicate
	return len(p.Argv) == 0 || p.Forced
}

// closing is what a person can do to have an open row done.
func (c *checker) closing(dep *workspace.Item) string {
	name := dep.Name(c.w)
	run := "planctl run " + name
	if sp, _, _ := dep.EffectiveSpec(); sp == nil || sp.Run == "" {
		run = "planctl mark " + name + " done --note \"…\""
	}
	if dep.Task.State == plan.Blocked {
		return "planctl mark " + name + " todo --note \"…\" once it can be done, and " + run
	}
	return run
}

// reopened reports whether a row was done once, by planctl's own record.
func (c *checker) reopened(dep *workspace.Item) bool {
	return slices.ContainsFunc(dep.Runs, func(r *workspace.Record) bool {
		return r.Doc.Predicate.Result == manifest.Reopened || r.Doc.Predicate.Result == manifest.Invalidated
	})
}

func (c *checker) suspect(it, dep *workspace.Item, at place, name string) {
	again := "planctl run " + name + " --force then shows"
	if sp, _, _ := it.EffectiveSpec(); sp == nil || sp.Run == "" {
		again = "planctl mark " + name + " todo, and done again, then says"
	}
	c.add(CodeSuspect, at, fmt.Sprintf("%s stands on %s, which was reopened since", it.Task.ID, dep.Name(c.w)),
		"close "+dep.Name(c.w)+" again; "+again+" that "+it.Task.ID+" still holds")
}

// fresh speaks of what a tick was earned on and what is there now.
func (c *checker) fresh(it *workspace.Item) {
	if it.Task.State != plan.Done || it.Plan.Archived {
		return
	}
	s := it.Standing(c.ctx, c.w)
	if s.Pass == nil || s.Pass.Item != it {
		return
	}
	pins := it.Ran(s.Pass).Doc.Predicate.Pins
	for _, name := range s.Stale {
		code, what := CodeInput, "the input "+name
		if _, ok := pins[name]; ok {
			code, what = CodePin, "the pin "+name
		}
		c.add(code, rowPlace(it), fmt.Sprintf("%s of %s is not as it was when it passed", what, it.Task.ID), "planctl run "+it.Name(c.w)+" runs it again")
	}
}
