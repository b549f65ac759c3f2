package main

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/planctl/planctl/internal/engine"
)

// standingDeeds is what is done to what a tick stands on: by a person who may, or by one who says too little.
func standingDeeds() []operator {
	return []operator{
		{name: "reopened: what a done task comes after", rules: because("tick-suspect"), do: func(w *world) error {
			return w.mark(w.task("build"), "todo", engine.MarkOptions{Note: "the numbers moved"})
		}},
		{name: "invalidated: what a done task comes after", rules: because("tick-suspect"), do: func(w *world) error {
			return w.mark(w.task("build"), "invalidated", engine.MarkOptions{Note: "the fixture was wrong"})
		}},
		{name: "reopened: a row of a phase that others wait for", rules: because("tick-suspect"), do: func(w *world) error {
			return all(w.waits, w.unaccused, func() error {
				return w.mark(w.task("byhand"), "todo", engine.MarkOptions{Note: "Ana thinks otherwise now"})
			})
		}},
		{name: "tick: past a review that was taken back", rules: because("tick-no-attempt"), do: func(w *world) error {
			return all(func() error {
				return w.mark(w.task("review"), "todo", engine.MarkOptions{Note: "it lacks a part"})
			}, w.passes("review"), w.unaccused, func() error { return w.token(w.plan, w.ids["review"], "[x]") })
		}},
		{name: "tick: manual row, with an attempt in another section", rules: because("tick-no-attempt"), do: func(w *world) error {
			return all(func() error { return w.token(w.plan, w.ids["openhand"], "[x]") }, func() error { return w.claimElsewhere("openhand") })
		}},
		// The tick's own rule says all that the base adds; who allows the one has not allowed the other.
		{name: "since: row ticked, and allowed", rules: because("history-tick-unnamed"), since: true, do: func(w *world) error {
			return all(func() error { return w.token(w.plan, w.ids["openhand"], "[x]") }, func() error { return w.allow("tick-no-attempt", "openhand") })
		}},
		{name: "since: row ticked, allowed, and named in another section", rules: because("history-tick-unnamed"), since: true, do: func(w *world) error {
			return all(func() error { return w.token(w.plan, w.ids["openhand"], "[x]") }, func() error { return w.claimElsewhere("openhand") },
				func() error { return w.allow("tick-no-attempt", "openhand") })
		}},
	}
}

// waits makes the second phase wait for the first, where it does not yet.
func (w *world) waits() error {
	b, err := w.read(w.plan)
	if err != nil || bytes.Contains(b, []byte("Prereqs: ")) {
		return err
	}
	return w.edit(w.plan, func(b []byte) []byte {
		i := bytes.Index(b, []byte("### Phase "+w.phases[1]))
		i += bytes.Index(b[i:], []byte("Goal: "))
		return slices.Concat(b[:i], w.ends(fmt.Sprintf("Prereqs: Phase %s complete\n", w.phases[0])), b[i:])
	})
}

// claimElsewhere writes an attempt by hand that names a row, in the section of another initiative.
func (w *world) claimElsewhere(part string) error {
	list, err := w.byHand(w.other)
	if err != nil {
		return err
	}
	return w.attempt(list[len(list)-1], func(b []byte) []byte {
		return fmt.Appendf(b, "%s[2026-01-02] Attempt #%d — %s %s: done.%s", lead(b), len(list)+1, w.ids[part], w.title(part), w.eol())
	})
}

// allow writes the comment that accepts a finding of a row.
func (w *world) allow(code, part string) error {
	return w.append(w.plan, string(w.ends(fmt.Sprintf("\n<!-- planctl: allow %s %s — as agreed -->\n", code, w.ids[part]))))
}
