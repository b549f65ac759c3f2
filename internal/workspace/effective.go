package workspace

import (
	"strconv"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/prose"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

// RowDigest is what a manifest records of a row: the SHA-256 of its ID and
// description, so that a tick on a reworded row is seen.
func RowDigest(t *plan.Task) string { return manifest.Digest([]byte(t.RowText())) }

// EffectiveSpec is the spec that a run of the task would have: the written
// one, and where that has no command, the command that a green shares with
// its red, else the one that prose suggests with the kind, log and red that go
// with it. from is where the command (else the spec) stands, FILE:LINE; prose
// says that the command was found in prose and needs a person's word. nil
// means that nothing at all says how to run the task. Whether a suggestion
// can be run as it is, Item.Suggestion says.
func (it *Item) EffectiveSpec() (sp *spec.Spec, from string, prose bool) { return it.effective(0) }

// Found is the suggestion that the effective spec's command comes from: the row's own, or that of the
// red whose command a green shares. nil where the command is written in a spec. What is shown for
// approval is made from this and the effective spec, never from the row's own text alone.
func (it *Item) Found() *prose.Suggestion { return it.found(0) }

func (it *Item) found(depth int) *prose.Suggestion {
	written := it.Spec
	switch {
	case written == nil:
		return it.Suggestion
	case written.Run != "" || written.Kind == spec.Manual || written.IsRollup():
		return nil
	case written.Kind == spec.Green && written.Red != "" && depth < maxRedChain:
		if red := it.named(written.Red); red != nil && red != it {
			if r, _, fromProse := red.effective(depth + 1); r != nil && r.Run != "" {
				if !fromProse {
					return nil
				}
				return red.found(depth + 1)
			}
		}
	}
	return it.Suggestion
}

// maxRedChain bounds a ring of greens that name each other as their red; lint reports it.
const maxRedChain = 8

func (it *Item) effective(depth int) (sp *spec.Spec, from string, prose bool) {
	s := it.Suggestion
	if it.Spec == nil {
		if s == nil {
			return nil, "", false
		}
		sp = spec.FromCommand(it.Task.ID, s.Run, s.Kind)
		sp.File, sp.Line, sp.Col = it.Plan.Path, s.Line, s.Col
		sp.Log = s.Log
		if sp.Kind == spec.Green && depth == 0 {
			if red := it.redBefore(); red != nil {
				sp.Red = red.Task.ID
			}
		}
		return sp, it.Plan.Path + ":" + strconv.Itoa(s.Line), true
	}
	written := *it.Spec
	sp, from = &written, it.Spec.File+":"+strconv.Itoa(it.Spec.Line)
	if sp.Run != "" || sp.Kind == spec.Manual || sp.IsRollup() {
		return sp, from, false
	}
	if sp.Kind == spec.Green && sp.Red != "" && depth < maxRedChain {
		if red := it.named(sp.Red); red != nil && red != it {
			if r, where, fromProse := red.effective(depth + 1); r != nil && r.Run != "" {
				sp.Follow(r)
				return sp, where, fromProse
			}
		}
	}
	if s == nil {
		return sp, from, false
	}
	sp.Run = s.Run
	if !sp.KindSet {
		sp.Kind = s.Kind
	}
	if sp.Log == "" {
		sp.Log = s.Log
	}
	return sp, it.Plan.Path + ":" + strconv.Itoa(s.Line), true
}

// redBefore is the nearest red above the task in its plan that runs the
// command which prose suggests for the task. It is worked out once for a plan:
// everything that asks for a spec asks for this.
func (it *Item) redBefore() *Item {
	p := it.Plan
	p.once.Do(func() {
		p.reds = map[*Item]*Item{}
		last := map[string]*Item{}
		for _, other := range p.Items {
			sp, _, _ := other.effective(1)
			if sp == nil {
				continue
			}
			run := strings.TrimSpace(sp.Run)
			switch {
			case sp.Kind == spec.Red:
				last[run] = other
			case sp.Kind == spec.Green && other.Spec == nil:
				p.reds[other] = last[run]
			}
		}
	})
	return p.reds[it]
}

// RedItem is the red task that this green follows, nil for another kind and where none is named.
func (it *Item) RedItem() *Item {
	sp, _, _ := it.EffectiveSpec()
	if sp == nil || sp.Kind != spec.Green || sp.Red == "" {
		return nil
	}
	return it.named(sp.Red)
}

// named is the task that a spec of this plan names: a row of the same plan
// comes before one of another.
func (it *Item) named(name string) *Item {
	if same := it.Plan.Item(name); same != nil {
		return same
	}
	other, err := it.Plan.ws.Find(name)
	if err != nil {
		return nil // a finding of spec-unknown-task says so
	}
	return other
}
