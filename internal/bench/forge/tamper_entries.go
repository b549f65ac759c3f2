package main

import (
	"bytes"
	"fmt"

	"github.com/planctl/planctl/internal/manifest"
)

// entryDeeds is what can be done to the lines of an entry that say why it is no pass and what it completed, and to an
// entry by hand whose original goes elsewhere.
func entryDeeds() []operator {
	return []operator{
		{name: "entry: another reason", rules: because("ledger-entry-note"), do: func(w *world) error {
			return w.sub("failing", manifest.Fail, "Reason: exit 3", "Reason: the weather")
		}},
		{name: "entry: a phase more", rules: because("ledger-entry-result"), do: func(w *world) error {
			more := "Phase Q: complete" + w.eol() + "    Artifacts: "
			if w.line {
				more = "Phase Q: complete. Artifacts: "
			}
			return w.sub("build", manifest.Pass, "Artifacts: ", more)
		}},
		{name: "since: an entry by hand changed, its original in an archive", rules: because("history-attempt-rewritten"), since: true, do: func(w *world) error {
			list, err := w.byHand(w.other)
			if err != nil {
				return err
			}
			lines, from, to, err := w.lines(list[0])
			if err != nil {
				return err
			}
			old := fmt.Sprintf("# Old\n\n## [%s] Something else\n- Attempts History:\n%s", w.other, bytes.Join(lines[from:to], nil))
			return all(func() error { return w.write("docs/old.md", []byte(old)) }, func() error { return w.append(".planctl.yaml", "ledgers: [docs/old.md]\n") }, func() error {
				return w.attempt(list[0], func(b []byte) []byte { return bytes.Replace(b, []byte("Asked around"), []byte("Asked everybody"), 1) })
			})
		}},
	}
}
