package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
)

// Altered says that a command is another than people know: since the task's last run, or where it never ran since the last
// commit. A plan that somebody else changed runs what they wrote; whoever runs it is to see that first.
type Altered struct {
	Since string // "attempt #4", "the last commit"
	Was   []Was
}

// Was is a key of the spec as it was. Text is "" where it was not there.
type Was struct{ Key, Text string }

// commandKeys is what of a spec decides what is executed.
var commandKeys = [...]string{"run", "env", "dir"}

// altered compares the command that a task would run with that of its newest run, else with the committed one. nil: it is
// the same, or there is nothing to compare it with. What git cannot say holds no run up.
func (e *Engine) altered(ctx context.Context, w *workspace.Workspace, it *workspace.Item) *Altered {
	sp, _, _ := it.EffectiveSpec()
	if sp == nil || sp.Run == "" {
		return nil
	}
	m := e.maskerFor(w, sp)
	for _, r := range slices.Backward(it.Runs) {
		p := &r.Doc.Predicate
		if r.Attempt == nil || len(p.Argv) == 0 {
			continue
		}
		return different(fmt.Sprintf("attempt #%d", p.Attempt), p.Spec.Value, sp.Value(), m.String)
	}
	p, err := w.Committed(ctx, it.Plan)
	if err != nil || p == nil {
		return nil
	}
	old := p.Item(it.Task.ID)
	if old == nil {
		return nil
	}
	was, _, _ := old.EffectiveSpec()
	if was == nil || was.Run == "" {
		return nil // a command that is new is no changed one
	}
	return different("the last commit", was.Value(), sp.Value(), m.String)
}

func different(since string, was, now map[string]any, mask func(string) string) *Altered {
	a := &Altered{Since: since}
	for _, key := range commandKeys {
		if x, y := commandText(was[key]), commandText(now[key]); x != y {
			a.Was = append(a.Was, Was{key, mask(x)})
		}
	}
	if len(a.Was) == 0 {
		return nil
	}
	return a
}

// commandText is a value of a spec for comparing and for people: a text without what bash does not see at its ends, and
// anything else as JSON.
func commandText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	}
	b, err := spec.Canonical(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
