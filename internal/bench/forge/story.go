package main

import (
	"fmt"

	"github.com/planctl/planctl/internal/engine"
)

// world is a repository in which everything happened that an operator may want to lie about.
type world struct {
	*place
	*drawn
	first, middle, last string // commits: with the documents, half way, and at the end
}

// newWorld draws a repository and lets its people work until every part has had its fate. All is committed.
func newWorld(dir string, seed uint64) (*world, error) {
	p, err := newPlace(dir, seed)
	if err != nil {
		return nil, err
	}
	w := &world{place: p, drawn: draw(p.rng)}
	steps := []func() error{w.documents, w.groundwork, w.proof, w.rest}
	for i, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("seed %d: %w", seed, err)
		}
		switch i {
		case 0:
			w.first, err = w.head()
		case 1:
			w.middle, err = w.head()
		}
		if err != nil {
			return nil, err
		}
	}
	w.last, err = w.head()
	return w, err
}

func (w *world) documents() error {
	r := w.rng
	files := map[string][]byte{
		".planctl.yaml":     []byte(w.config(r)),
		w.plan:              w.ends(w.planText(r)),
		w.second:            w.ends(w.secondText()),
		w.ledger:            w.ends(w.ledgerText(r)),
		"src/a.in":          []byte(fmt.Sprintf("input %d\n", r.IntN(100))),
		"src/b.in":          []byte("another\n"),
		"src/threshold.txt": []byte("2\n"),
		"src/impl.txt":      []byte("todo\n"),
		w.suite.file:        []byte(w.suite.script),
	}
	if w.specs != w.plan {
		files[w.specs] = []byte(w.specText(r))
	}
	for _, name := range sortedNames(files) {
		if err := w.write(name, files[name]); err != nil {
			return err
		}
	}
	return w.commit("plans and a ledger")
}

// task is the name by which the command line knows a part of the plan.
func (w *world) task(part string) string { return w.ids[part] }

// maybe commits in about half of the cases: people commit when they think of it.
func (w *world) maybe(message string) error {
	if chance(w.rng, 2) {
		return nil
	}
	return w.commit(message)
}

// prose is what people write between runs, where nobody's evidence is.
func (w *world) prose() error {
	switch w.rng.IntN(4) {
	case 0:
		return w.append("NOTES.md", fmt.Sprintf("thought %d\n", w.rng.IntN(1000)))
	case 1:
		return w.append(w.ledger, string(w.ends("\nAnother thought at the end.\n")))
	}
	return nil
}

func all(steps ...func() error) error {
	for _, s := range steps {
		if err := s(); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) passes(part string) func() error {
	return func() error { return w.run(w.task(part), engine.Passed, engine.RunOptions{}) }
}

func (w *world) fails(part string) func() error {
	return func() error { return w.run(w.task(part), engine.Failed, engine.RunOptions{}) }
}

func (w *world) decided(part, state, note string) func() error {
	return func() error { return w.mark(w.task(part), state, engine.MarkOptions{Note: note}) }
}

// groundwork closes the first phase.
func (w *world) groundwork() error {
	err := all(w.passes("build"), func() error { return w.maybe("built") }, w.fails("second"), w.prose,
		func() error { return w.write("src/threshold.txt", []byte("9\n")) }, w.passes("second"), func() error { return w.maybe("measured") })
	if err != nil {
		return err
	}
	rest := append([]string{"byhand"}, w.extra...)
	w.rng.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	for _, part := range rest {
		do := w.passes(part)
		if part == "byhand" {
			do = w.decided(part, "done", "talked it over")
		}
		if err := do(); err != nil {
			return err
		}
	}
	return w.commit("the first phase")
}

// proof closes the second phase: a red that ran on changed sources, its green, the proof shown again, and what a person had to look at.
func (w *world) proof() error {
	return all(
		func() error { return w.write("src/wip.txt", []byte(fmt.Sprintf("unfinished %d\n", w.rng.IntN(1000)))) },
		w.passes("red"), func() error { return w.commit("the test fails") },
		func() error { return w.write("src/impl.txt", []byte("ready\n")) },
		func() error { return w.maybe("the cycle") },
		w.passes("green"), func() error { return w.showAgain(w.task("green")) }, w.prose, w.passes("review"),
		func() error { return w.mark(w.task("review"), "done", engine.MarkOptions{Run: w.lastRun("review")}) },
		func() error { return w.maybe("proved") },
		w.passes("again"), w.decided("again", "todo", "the numbers moved"), func() error { return w.maybe("reopened") }, w.passes("again"),
		func() error { return w.commit("the second phase") })
}

// rest leaves every row of the last phase open for a reason of its own.
func (w *world) rest() error {
	return all(
		func() error { return w.run(w.task("notick"), engine.Passed, engine.RunOptions{NoTick: true}) },
		w.fails("failing"), func() error { return w.maybe("compared") },
		w.passes("reopened"), w.decided("reopened", "todo", "not clean yet"), w.passes("waiting"), w.prose,
		func() error { return w.commit("where we stand") })
}

// lastRun is the digest of a part's newest record.
func (w *world) lastRun(part string) string {
	ws, err := w.open()
	if err != nil {
		return ""
	}
	it, err := ws.Find(w.task(part))
	if err != nil || it.Newest() == nil {
		return ""
	}
	return it.Newest().Digest
}
