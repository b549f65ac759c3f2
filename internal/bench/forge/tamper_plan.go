package main

import (
	"fmt"
	"slices"

	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// planDeeds is what can be done to the rows of a plan with an editor.
func planDeeds() []operator {
	return append(standingDeeds(), []operator{
		{name: "tick: by hand", rules: because("tick-no-attempt"), do: func(w *world) error { return w.token(w.plan, w.ids["open"], "[x]") }},
		{name: "tick: by hand, with an attempt by hand", rules: because("tick-no-attempt"), do: func(w *world) error {
			return all(func() error { return w.token(w.plan, w.ids["open"], "[x]") }, func() error { return w.claim("open", "pass") })
		}},
		{name: "tick: manual row", rules: because("tick-no-attempt"), do: func(w *world) error { return w.token(w.plan, w.ids["openhand"], "[x]") }},
		{name: "tick: manual row, with an attempt by hand", rules: because("tick-by-hand"), do: func(w *world) error {
			return all(func() error { return w.token(w.plan, w.ids["openhand"], "[x]") }, func() error { return w.claim("openhand", "done") })
		}},
		{name: "tick: another plan's manual row", rules: because("tick-no-attempt"), do: func(w *world) error { return w.token(w.second, "R3", "[x]") }},
		{name: "tick: refuted row", rules: because("tick-refuted"), do: func(w *world) error { return w.token(w.plan, w.ids["failing"], "[x]") }},
		{name: "tick: reopened row", rules: because("tick-superseded"), do: func(w *world) error { return w.token(w.plan, w.ids["reopened"], "[x]") }},
		{name: "tick: past its review", rules: because("tick-no-attempt"), do: func(w *world) error { return w.token(w.plan, w.ids["waiting"], "[x]") }},
		{name: "tick: roll-up of an open phase", rules: because("tick-rollup"), do: func(w *world) error { return w.token(w.second, "R2", "[x]") }},
		{name: "untick: a pass", rules: because("tick-missing"), do: func(w *world) error { return w.token(w.plan, w.ids["second"], "[ ]") }},
		{name: "untick: what a done task comes after", rules: because("tick-after"), do: func(w *world) error { return w.token(w.plan, w.ids["build"], "[ ]") }},
		{name: "untick: a row of a rolled-up phase", rules: because("tick-rollup"), do: func(w *world) error { return w.token(w.plan, w.ids["byhand"], "[ ]") }},
		{name: "row: reworded", rules: because("tick-row"), do: func(w *world) error { return w.replace(w.plan, w.title("build"), "Build all of the reference data") }},
		{name: "row: another ID", rules: because("spec-unknown-task", "tick-row"), do: func(w *world) error {
			return w.replace(w.plan, "| "+w.ids["byhand"]+" |", "| "+w.ids["byhand"]+"x |")
		}},
		{name: "rows: IDs swapped", rules: because("tick-row"), do: func(w *world) error {
			a, b := "| "+w.ids["build"]+" |", "| "+w.ids["second"]+" |"
			return all(func() error { return w.replace(w.plan, a, "| ?? |") }, func() error { return w.replace(w.plan, b, a) }, func() error { return w.replace(w.plan, "| ?? |", b) })
		}},
		{name: "row: in another state's word", rules: because("plan-unknown-token"), do: func(w *world) error { return w.token(w.plan, w.ids["build"], "[done?]") }},
	}...)
}

// token writes a state token into a row and changes nothing else.
func (w *world) token(path, id, token string) error {
	ws, err := w.open()
	if err != nil {
		return err
	}
	p := ws.Plans[slices.IndexFunc(ws.Plans, func(p *workspace.Plan) bool { return p.Path == path })]
	it := p.Item(id)
	if it == nil {
		return fmt.Errorf("%s has no row %s", path, id)
	}
	if was := it.Task.State; (was == plan.Done) == (token == "[x]") {
		return fmt.Errorf("%s is %s already", id, was)
	}
	s := it.Task.TokenSpan
	return w.edit(path, func(b []byte) []byte { return slices.Concat(b[:s.Start], []byte(token), b[s.End:]) })
}

// claim writes an attempt by hand, in planctl's own words, below the last one.
func (w *world) claim(part, result string) error {
	all, err := w.runs()
	if err != nil {
		return err
	}
	last := all[len(all)-1]
	return w.attempt(last, func(b []byte) []byte {
		return fmt.Appendf(b, "%s[2026-01-02] Attempt #%d — %s %s: %s (exit 0, 0.10 s).%s", lead(b), last.Number+1, w.ids[part], w.title(part), result, w.eol())
	})
}

// specDeeds is what can be done to the specs of rows that passed.
func specDeeds() []operator {
	change := func(name, was, now string) operator {
		return operator{name: "spec: " + name, rules: because("tick-spec"), do: func(w *world) error { return w.replace(w.specs, was, now) }}
	}
	return []operator{
		change("criterion weakened", `measured: ([0-9]+)") > 5`, `measured: ([0-9]+)") > 1`),
		change("criterion added", `  - 'seconds < 600'`, "  - 'seconds < 600'\n  - 'exit == 0'"),
		change("criterion removed", "  criteria: [tests.passed >= 2]", "  timeout: 1h"),
		change("command", "test $n -gt 5", "test $n -gt 1"),
		change("artifacts", `artifacts: ["out/build.txt", "out/other.txt"]`, `artifacts: ["out/build.txt"]`),
		change("inputs", `inputs: ["src/*.in"]`, `inputs: ["src/a.in"]`),
		change("environment", `env: {FORGE_LEVEL: "1"}`, `env: {FORGE_LEVEL: "2"}`),
		change("because", "because: NotImplementedError", "because: Error"),
		change("kind", "kind: red", "kind: check"),
		{name: "spec: pins", rules: because("tick-spec"), do: func(w *world) error {
			return w.replace(w.specs, fmt.Sprintf("pins: [%q]", w.suite.file), `pins: ["src/a.in"]`)
		}},
		{name: "spec: pins removed", rules: because("tick-spec"), do: func(w *world) error {
			return w.replace(w.specs, fmt.Sprintf("pins: [%q]", w.suite.file), `timeout: 1h`)
		}},
	}
}
