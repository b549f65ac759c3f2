package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/ledger"
)

// ledgerDeeds is what can be done to the entries of runs with an editor.
func ledgerDeeds() []operator {
	return []operator{
		{name: "entry: result", rules: because("ledger-entry-result"), do: func(w *world) error { return w.sub("second", manifest.Fail, ": fail (", ": pass (") }},
		{name: "entry: exit code", rules: because("ledger-entry-result"), do: func(w *world) error { return w.sub("failing", manifest.Fail, "(exit 3,", "(exit 0,") }},
		{name: "entry: seconds", rules: because("ledger-entry-result"), do: func(w *world) error { return w.sub("build", manifest.Pass, " s).", "9 s).") }},
		{name: "entry: number", rules: because("ledger-entry-number"), do: func(w *world) error { return w.sub("build", manifest.Pass, "Attempt #", "Attempt #9") }},
		{name: "entry: date", rules: because("ledger-entry-date"), do: func(w *world) error {
			return w.entry("build", manifest.Pass, func(b []byte) []byte { return regexp.MustCompile(`\[\d{4}`).ReplaceAll(b, []byte("[2024")) })
		}},
		{name: "entry: command", rules: because("ledger-entry-command"), do: func(w *world) error { return w.sub("build", manifest.Pass, "Command: `mkdir", "Command: `make; mkdir") }},
		{name: "entry: command, and more", rules: because("ledger-entry-command"), do: func(w *world) error {
			return w.entry("build", manifest.Pass, func(b []byte) []byte {
				return regexp.MustCompile("(Command: `[^`]*`)").ReplaceAll(b, []byte("$1 and `make check`"))
			})
		}},
		{name: "entry: note", rules: because("ledger-entry-note"), do: func(w *world) error { return w.sub("byhand", manifest.Pass, "talked it over", "talked it through") }},
		{name: "entry: who decided", rules: because("ledger-entry-note"), do: func(w *world) error {
			return w.entry("byhand", manifest.Pass, func(b []byte) []byte {
				return regexp.MustCompile(`\(by .*\)\.`).ReplaceAll(b, []byte("(by the board)."))
			})
		}},
		{name: "entry: criteria", rules: because("ledger-entry-criteria"), do: func(w *world) error { return w.sub("second", manifest.Fail, "Criteria: 0/1", "Criteria: 1/1") }},
		{name: "entry: criterion text", rules: because("ledger-entry-criteria"), do: func(w *world) error {
			return w.sub("build", manifest.Pass, "out/build.txt\").size > 3", "out/build.txt\").size > 9000")
		}},
		{name: "entry: value", rules: because("ledger-entry-criteria"), do: func(w *world) error { return w.sub("second", manifest.Pass, "(9)", "(99)") }},
		{name: "entry: task", rules: because("ledger-entry-task"), do: func(w *world) error {
			return w.sub("build", manifest.Pass, w.ids["build"]+" ", w.ids["open"]+" ")
		}},
		{name: "entry: title", rules: because("ledger-entry-task"), do: func(w *world) error { return w.sub("build", manifest.Pass, w.title("build"), w.title("open")) }},
		{name: "entry: run digest", rules: because("evidence-manifest-changed", "evidence-manifest-missing"), do: func(w *world) error {
			return w.entry("build", manifest.Pass, func(b []byte) []byte {
				i := bytes.Index(b, []byte("sha256:")) + len("sha256:")
				b[i] = "0123456789abcdef0"[bytes.IndexByte([]byte("0123456789abcdef"), b[i])+1]
				return b
			})
		}},
		{name: "entry: artifacts", rules: because("ledger-entry-artifacts"), do: func(w *world) error {
			return w.sub("build", manifest.Pass, w.ids["build"]+".run.json", w.ids["second"]+".run.json")
		}},
		{name: "entry: run line of another", rules: because("ledger-duplicate-run", "evidence-no-attempt"), do: func(w *world) error {
			r, err := w.record("second", manifest.Pass)
			if err != nil {
				return err
			}
			q, err := w.record("build", manifest.Pass)
			if err != nil {
				return err
			}
			return w.sub("second", manifest.Pass, r.Digest, q.Digest)
		}},
		{name: "entry: deleted", rules: because("evidence-no-attempt"), do: func(w *world) error {
			return w.entry("failing", manifest.Fail, func([]byte) []byte { return nil })
		}},
		{name: "entry: deleted, of a tick", rules: because("tick-unentered"), do: func(w *world) error {
			return w.entry("build", manifest.Pass, func([]byte) []byte { return nil })
		}},
		{name: "entry: truncated", rules: because("evidence-no-attempt"), do: func(w *world) error {
			return w.entry("build", manifest.Pass, func(b []byte) []byte {
				return append(b[:bytes.Index(b, []byte("Artifacts: "))], w.eol()...)
			})
		}},
		{name: "entry: split", rules: because("evidence-no-attempt", "ledger-number-twice"), do: splitEntry},
		{name: "entry: run split off", rules: because("evidence-no-attempt"), do: func(w *world) error {
			return w.entry("build", manifest.Pass, func(b []byte) []byte {
				return regexp.MustCompile(`[ \t\r\n]+Run: sha256`).ReplaceAll(b, []byte(w.eol()+lead(b)+"Run: sha256"))
			})
		}},
		{name: "entry: duplicated", rules: because("ledger-duplicate-run"), do: func(w *world) error {
			return w.entry("again", manifest.Pass, func(b []byte) []byte { return slices.Concat(b, b) })
		}},
		{name: "entry: pasted into another", rules: because("ledger-welded", "evidence-no-attempt"), do: pasteEntry},
		{name: "entry: moved to another section", rules: because("ledger-entry-section"), do: moveEntry},
		{name: "entries: welded as by union", rules: because("ledger-welded", "evidence-no-attempt"), do: weldEntries},
		{name: "entries: renumbered", rules: because("ledger-entry-number"), do: renumber},
		{name: "section: deleted", rules: because("evidence-no-attempt"), do: func(w *world) error {
			return w.edit(w.ledger, func(b []byte) []byte {
				s, err := ledger.Parse(w.ledger, b).Section(w.initiative)
				if err != nil {
					return b
				}
				return slices.Concat(b[:s.Span.Start], b[s.Span.End:])
			})
		}},
		{name: "section: renamed", rules: because("ledger-entry-section"), do: func(w *world) error {
			return w.replace(w.ledger, "# ["+w.initiative+"]", "# ["+w.initiative+"9]")
		}},
		{name: "ledger: deleted", rules: because("evidence-no-attempt"), do: func(w *world) error { return w.edit(w.ledger, func([]byte) []byte { return nil }) }},
	}
}

// splitEntry gives the second half of an entry a head of its own.
func splitEntry(w *world) error {
	return w.entry("build", manifest.Pass, func(b []byte) []byte {
		i := bytes.Index(b, []byte("Criteria: "))
		head := regexp.MustCompile(`^[^\r\n]*? s\)\.`).Find(b)
		return slices.Concat(bytes.TrimRight(b[:i], " \t\r\n"), []byte(w.eol()), head, []byte(w.eol()+indent(b)), b[i:])
	})
}

// indent is the indentation of an entry's further lines.
func indent(entry []byte) string {
	return string(bytes.Repeat([]byte(" "), len(lead(entry))))
}

// pasteEntry takes an entry out and puts it between the first and the last words of another.
func pasteEntry(w *world) error {
	r, err := w.record("second", manifest.Pass)
	if err != nil {
		return err
	}
	lines, from, to, err := w.lines(r.Attempt)
	if err != nil {
		return err
	}
	moved := bytes.Join(lines[from:to], nil)
	if err := w.attempt(r.Attempt, func([]byte) []byte { return nil }); err != nil {
		return err
	}
	return w.entry("build", manifest.Pass, func(b []byte) []byte {
		i := bytes.Index(b, []byte("Criteria: "))
		return slices.Concat(bytes.TrimRight(b[:i], " \t\r\n"), []byte(w.eol()), moved, []byte(indent(b)), b[i:])
	})
}

func moveEntry(w *world) error {
	r, err := w.record("build", manifest.Pass)
	if err != nil {
		return err
	}
	lines, from, to, err := w.lines(r.Attempt)
	if err != nil {
		return err
	}
	moved := bytes.Join(lines[from:to], nil)
	if err := w.attempt(r.Attempt, func([]byte) []byte { return nil }); err != nil {
		return err
	}
	hand, err := w.byHand(w.other)
	if err != nil {
		return err
	}
	return w.attempt(hand[len(hand)-1], func(b []byte) []byte { return append(b, moved...) })
}

// weldEntries makes of two entries what `git merge=union` makes of two that share a line: both heads, the shared line
// once, then what is left of both.
func weldEntries(w *world) error {
	all, err := w.runs()
	if err != nil {
		return err
	}
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		lines, from, to, err := w.lines(a)
		if err != nil {
			return err
		}
		_, from2, to2, err := w.lines(b)
		if err != nil {
			return err
		}
		if from2 != to {
			continue
		}
		one, two := lines[from:to], lines[from2:to2]
		var welded [][]byte
		if len(one) == 1 { // one line each: union puts the second behind the first where the first had no line end
			welded = [][]byte{bytes.TrimRight(one[0], "\r\n"), []byte(" "), bytes.TrimLeft(two[0], " *-+")}
		} else {
			welded = slices.Concat(one[:1], two[:1], one[1:], two[1:])
		}
		return w.edit(w.ledger, func([]byte) []byte {
			return slices.Concat(bytes.Join(lines[:from], nil), bytes.Join(welded, nil), bytes.Join(lines[to2:], nil))
		})
	}
	return fmt.Errorf("no two entries stand together")
}

// renumber counts the entries anew, from one that was numbered already.
func renumber(w *world) error {
	all, err := w.runs()
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := w.attempt(a, func(b []byte) []byte {
			return bytes.Replace(b, fmt.Appendf(nil, "Attempt #%d ", a.Number), fmt.Appendf(nil, "Attempt #%d ", a.Number+1), 1)
		}); err != nil {
			return err
		}
	}
	return nil
}
