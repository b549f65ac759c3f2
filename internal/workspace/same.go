package workspace

import (
	"github.com/planctl/planctl/internal/prose"
	"github.com/planctl/planctl/internal/spec"
)

// Same is what the row's text says of the command of another row of its plan, `Same command as A2`, where it has no spec
// and no command of its own; nil without.
func (it *Item) Same() *prose.Same {
	if it.Spec != nil || it.Suggestion != nil {
		return nil
	}
	return prose.SameAs(it.Plan.Doc, it.Task)
}

// Asks is Red or Green for a row that asks for such a run by its own words and has neither spec nor command.
func (it *Item) Asks() spec.Kind {
	if it.Spec != nil || it.Suggestion != nil {
		return spec.Unknown
	}
	return prose.Asks(it.Task)
}

// SameSpec is the spec that such a row means, or why it has none: a green follows the red that the other row is or
// follows itself, and a check runs what another check runs.
func (it *Item) SameSpec(s *prose.Same) (sp *spec.Spec, why string) {
	if s.Why != "" {
		return nil, s.Why
	}
	other := it.Plan.Item(s.ID)
	if other == nil {
		return nil, "its plan has no " + s.ID
	}
	of, _, _ := other.EffectiveSpec()
	switch {
	case of == nil || of.Run == "":
		return nil, s.ID + ", whose command it shares, has none"
	case s.Kind == spec.Green && of.Kind == spec.Red:
		return &spec.Spec{ID: it.Task.ID, Kind: spec.Green, KindSet: true, Red: s.ID}, ""
	case s.Kind == spec.Green && of.Kind == spec.Green && of.Red != "":
		return &spec.Spec{ID: it.Task.ID, Kind: spec.Green, KindSet: true, Red: of.Red}, ""
	case s.Kind == spec.Check && of.Kind == spec.Check:
		sp := &spec.Spec{ID: it.Task.ID, Kind: spec.Check, KindSet: true}
		sp.Follow(of)
		return sp, ""
	}
	return nil, "its text asks for a " + s.Kind.String() + " with the command of " + s.ID + ", which is a " + of.Kind.String()
}
