package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/report"
)

func (a *app) bindCommand() *cobra.Command {
	var write, asJSON bool
	c := &cobra.Command{
		Use:     "bind [ID…]",
		Short:   "Propose spec blocks for commands found in prose; --write puts them into the plan",
		GroupID: "keep",
		Long: "Bind shows, for the tasks named or for all, the commands that planctl found in the plan's text, as the spec\n" +
			"that would run them. --write inserts the blocks after their phases' tables, or into NAME.planctl.yaml where\n" +
			"the plan has such a sidecar. A tick that was earned from prose stays good.",
		Example:           "  planctl bind\n  planctl bind C1.D C2.D --write",
		ValidArgsFunction: a.completeTasks,
		RunE: func(c *cobra.Command, ids []string) error {
			return a.bind(c.Context(), ids, write, asJSON)
		},
	}
	c.Flags().BoolVar(&write, "write", false, "insert the blocks")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per task")
	return c
}

func (a *app) bind(ctx context.Context, ids []string, write, asJSON bool) error {
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	bindings, rest, err := bindings(w, ids)
	if err != nil {
		return err
	}
	p := a.out()
	for _, b := range bindings {
		if asJSON {
			if err := a.emitJSON(report.BindingJSON(b.report())); err != nil {
				return err
			}
			continue
		}
		report.Binding(p, b.report())
	}
	if !asJSON {
		unbound(p, w, rest, len(ids) > 0)
		if len(bindings) == 0 {
			p.Printf("nothing to bind: no row has a command in prose that is no spec yet\n")
		}
	}
	if !write {
		return p.Err()
	}
	for _, pl := range w.Plans {
		if err := a.writeBindings(ctx, pl, bindings, p, asJSON); err != nil {
			return err
		}
	}
	return p.Err()
}

// binding is what a row's text says of its command, turned into a spec.
type binding struct {
	item *workspace.Item
	spec *spec.Spec // nil where there is none that can be run
	view report.BindingView
}

func (b binding) report() report.BindingView {
	if b.spec != nil {
		b.view.YAML = string(spec.Marshal(b.spec))
	}
	return b.view
}

// unbound says of the other tasks why there is nothing to bind: of those that were named, and of open ones in which no
// command was found, which are work by hand until somebody writes one.
func unbound(p *report.Printer, w *workspace.Workspace, rest []*workspace.Item, named bool) {
	var bound, bare []string
	for _, it := range rest {
		switch {
		case it.Spec != nil:
			bound = append(bound, it.Name(w))
		case named || it.Task.State != plan.Done:
			bare = append(bare, it.Name(w))
		}
	}
	if named && len(bound) > 0 {
		p.Printf("# has a spec: %s\n", report.Clean(listed(bound)))
	}
	if len(bare) > 0 {
		p.Printf("# no command found: %s; by hand (planctl mark), or write the spec\n", report.Clean(listed(bare)))
	}
}

// listed names a dozen; who wants the others names them.
func listed(names []string) string {
	const most = 12
	if more := len(names) - most; more > 0 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

// bindings is what can be bound, and the tasks of which there is nothing to show.
func bindings(w *workspace.Workspace, ids []string) (out []binding, rest []*workspace.Item, err error) {
	var items []*workspace.Item
	for _, id := range ids {
		it, err := w.Find(id)
		if err != nil {
			return nil, nil, err
		}
		items = append(items, it)
	}
	if len(ids) == 0 {
		for _, pl := range w.Plans {
			if !pl.Archived {
				items = append(items, pl.Items...)
			}
		}
	}
	for _, it := range items {
		if b := bindingOf(it); b != nil {
			b.item, b.view.Task, b.view.Plan = it, it.Name(w), it.Plan.Path
			out = append(out, *b)
		} else {
			rest = append(rest, it)
		}
	}
	return out, rest, nil
}

// bindingOf is the row's own command, else that of the row whose command it says that it shares. A row that asks for a
// red or green run and has neither is shown, so that nobody takes it for bound. nil for any other.
func bindingOf(it *workspace.Item) *binding {
	sp, _, prosaic := it.EffectiveSpec()
	if s := it.Found(); s != nil {
		b := &binding{view: report.BindingView{Line: s.Line, Col: s.Col, Source: s.Source, Why: s.Why}}
		if sp != nil && prosaic && s.Runnable {
			copied := *sp
			if copied.Kind == spec.Green && copied.Red == "" {
				copied.Red = redOf(it, copied.Run)
			}
			b.spec = &copied
		}
		return b
	}
	if s := it.Same(); s != nil {
		b := &binding{view: report.BindingView{Line: s.Line, Col: s.Col, Source: "same command as " + s.ID}}
		b.spec, b.view.Why = it.SameSpec(s)
		return b
	}
	if kind := it.Asks(); kind != spec.Unknown {
		return &binding{view: report.BindingView{Line: it.Task.Line, Col: 1, Source: "no command",
			Why: "its text asks for a " + kind.String() + " run, and no command was found: write its spec"}}
	}
	return nil
}

// redOf is the red task of the same plan that runs the same command.
func redOf(green *workspace.Item, run string) string {
	for _, it := range green.Plan.Items {
		if sp, _, _ := it.EffectiveSpec(); sp != nil && sp.Kind == spec.Red && sp.Run == run {
			return it.Task.ID
		}
	}
	return ""
}

// writeBindings inserts a plan's bindings: one block for each phase, or all into the sidecar.
func (a *app) writeBindings(ctx context.Context, pl *workspace.Plan, all []binding, p *report.Printer, quiet bool) error {
	var mine []binding
	for _, b := range all {
		if b.item.Plan == pl && b.spec != nil {
			mine = append(mine, b)
		}
	}
	if len(mine) == 0 {
		return nil
	}
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	path := pl.Path
	change := func(src []byte) ([]byte, error) { return insertBlocks(w, pl.Path, src, mine) }
	if pl.Sidecar != "" {
		path = pl.Sidecar
		change = func(src []byte) ([]byte, error) {
			out := slices.Clone(src)
			if len(out) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
				out = append(out, '\n')
			}
			for _, b := range mine {
				out = append(out, spec.Marshal(b.spec)...)
			}
			return out, nil
		}
	}
	if err := a.store(w).Edit(ctx, path, "bind "+pl.Path, change); err != nil {
		return err
	}
	if !quiet {
		p.Printf("wrote %d of them into %s\n", len(mine), report.Clean(path))
	}
	return nil
}

func insertBlocks(w *workspace.Workspace, path string, src []byte, mine []binding) ([]byte, error) {
	doc := plan.Parse(path, src, w.Config.PlanTokens())
	var edits []plan.Edit
	for _, ph := range doc.Phases {
		var text []byte
		for _, b := range mine {
			if b.item.Phase.ID == ph.ID {
				text = append(text, spec.Marshal(b.spec)...)
			}
		}
		if len(text) > 0 {
			edits = append(edits, doc.InsertBlock(ph, text))
		}
	}
	return plan.Apply(src, edits...)
}
