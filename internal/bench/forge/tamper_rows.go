package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"

	"github.com/planctl/planctl/internal/engine"
)

// rowDeeds is what can be done to let a row stand on what another row did, or on what was asked of it before.
func rowDeeds() []operator {
	const noAttempt = "tick-no-attempt"
	return []operator{
		{name: "rows: a new plan with the IDs of one that ran", rules: because(noAttempt), do: func(w *world) error {
			return w.write(path.Dir(w.plan)+"/deploy.md", fmt.Appendf(nil, "# Deploy\n\n- Initiative: %s\n\n## Phase Z\n| ID | Task | State |\n| --- | --- | --- |\n| %s | Deploy to production | [x] |\n", w.initiative, w.ids["build"]))
		}},
		{name: "rows: a plan that moved, its row reworded", rules: because(noAttempt, "tick-row"), do: func(w *world) error {
			return all(w.away, func() error {
				return w.replace(moved(w.plan), w.title("build"), "Build all of the reference data")
			})
		}},
		{name: "rows: a plan that moved, its command changed", rules: because(noAttempt, "tick-spec"), do: func(w *world) error {
			return all(w.away, func() error {
				at := moved(w.plan)
				if w.specs != w.plan {
					at = moved(w.specs)
				}
				return w.replace(at, "test $n -gt 5", "test $n -gt 1")
			})
		}},
		{name: "rows: a review of another run", rules: because(noAttempt), do: func(w *world) error {
			return all(func() error { return w.run(w.task("review"), engine.Passed, engine.RunOptions{Force: true}) }, func() error { return w.token(w.plan, w.ids["review"], "[x]") })
		}},
		{name: "rows: a roll-up made a command", rules: because("tick-spec"), do: func(w *world) error {
			return w.edit(w.second, func(b []byte) []byte {
				i, j := bytes.Index(b, []byte("R1:")), bytes.Index(b, []byte("R2:"))
				return bytes.Join([][]byte{b[:i], []byte("R1:" + w.eol() + "  run: ./all.sh" + w.eol()), b[j:]}, nil)
			})
		}},
		{name: "rows: a roll-up of another phase", rules: because("tick-spec"), do: func(w *world) error {
			return w.replace(w.second, fmt.Sprintf("phase: %q", w.phases[0]), fmt.Sprintf("phase: %q", w.phases[1]))
		}},
		{name: "since: a roll-up reworded", rules: because("history-row-reworded"), since: true, do: func(w *world) error {
			return w.replace(w.second, "First phase done", "Everything done, on every machine")
		}},
		{name: "since: a review taken out with the tick", rules: because("history-review-lost"), since: true, do: func(w *world) error {
			return all(func() error { return w.token(w.plan, w.ids["waiting"], "[x]") }, func() error {
				return w.edit(w.specs, func(b []byte) []byte {
					i := bytes.Index(b, []byte("echo waiting written"))
					j := i + bytes.Index(b[i:], []byte("  review: true"))
					return append(b[:j:j], b[j+bytes.IndexByte(b[j:], '\n')+1:]...)
				})
			})
		}},
	}
}

// moved is where away puts a document.
func moved(name string) string { return path.Dir(name) + "/elsewhere/z" + path.Base(name) }

// away gives the plan another name and another place, with its specs.
func (w *world) away() error {
	if err := os.MkdirAll(w.path(path.Dir(moved(w.plan))), 0o755); err != nil {
		return err
	}
	err := os.Rename(w.path(w.plan), w.path(moved(w.plan)))
	if w.specs != w.plan {
		err = errors.Join(err, os.Rename(w.path(w.specs), w.path(moved(w.specs))))
	}
	return errors.Join(err, w.edit(w.second, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(w.plan), []byte(moved(w.plan))) }))
}
