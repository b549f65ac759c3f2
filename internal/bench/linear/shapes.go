package main

import (
	"fmt"
	"strings"
)

// kind is what a document is read as.
type kind uint8

const (
	aPlan kind = iota
	aLedger
	aSpec
)

// shape makes a document of about n bytes.
type shape struct {
	kind kind
	name string
	make func(n int) []byte
}

const (
	smallPlan   = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n"
	smallLedger = "# Fix plan\n\n## [T-001] T\n- Status: in_progress\n- Attempts History:\n"
	table       = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n"
)

// lines repeats a line, with its number, below a head.
func lines(head, line string) func(int) []byte {
	return func(n int) []byte {
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len() < n; i++ {
			b.WriteString(strings.ReplaceAll(line, "#N", fmt.Sprint(i)))
		}
		return []byte(b.String())
	}
}

// between puts a text that grows between two that do not.
func between(head, part, tail string) func(int) []byte {
	return func(n int) []byte {
		return []byte(head + strings.Repeat(part, max(1, (n-len(head)-len(tail))/len(part))) + tail)
	}
}

// columns is a table with as many columns as there is room for: half of the bytes are its head, the rest short rows.
func columns(head, delimiter, row string) func(int) []byte {
	return func(n int) []byte {
		k := n / 4 / len("| c ")
		return []byte(head + strings.Repeat(" c |", k) + "\n" + delimiter + strings.Repeat("---|", k) + "\n" + strings.Repeat(row, n/2/len(row)))
	}
}

func shapes() []shape {
	return []shape{
		{aPlan, "rows", lines(table, "| A#N | Do the thing #N | [ ] | Run `make x#N` and look. |\n")},
		{aPlan, "short rows", lines(table, "|A#N||[ ]|\n")},
		{aPlan, "rows of one ID", lines(table, "| A1 | Do it | [ ] | go |\n")},
		{aPlan, "rows of IDs that look alike", lines(table, "| А#N | Do it | [ ] | go |\n| A#N | Do it | [ ] | go |\n")},
		{aPlan, "unknown tokens", lines(table, "| A#N | Do it | [??] | go |\n")},
		{aPlan, "rows without a state", lines(table, "| A#N | Do\n")},
		{aPlan, "bare pipes", lines(table, "| A#N | Do it | [ ] | a | b | c | d |\n")},
		{aPlan, "cells that wrap", lines(table, "| A#N | Do the\nthing | [ ] | go |\n")},
		{aPlan, "blank lines between rows", lines(table, "| A#N | Do it | [ ] | go |\n\n")},
		{aPlan, "group labels", lines(table, "| Group #N |\n| A#N | Do it | [ ] | go |\n")},
		{aPlan, "phases", lines("# T\n- Initiative: T-001\n", "\n## Phase P#N\nPrereqs: Phase P1\n\n| ID | State |\n| - | - |\n| A#N | [ ] |\n")},
		{aPlan, "phases that wait for the last", func(n int) []byte {
			return append(lines("# T\n- Initiative: T-001\n", "\n## Phase P#N\nPrereqs: Phase Z9\n\n| ID | State |\n| - | - |\n| A#N | [ ] |\n")(n), "\n## Phase Z9\n\n| ID | State |\n| - | - |\n| Z9 | [ ] |\n"...)
		}},
		{aPlan, "rows that wait for rows", func(n int) []byte {
			return append(lines(table, "| A#N | Do it | [ ] | go |\n")(n/2), lines("\n## Phase B\nPrereqs: Phase A complete\n\n| ID | Task | State |\n| - | - | - |\n", "| B#N | Do it | [ ] |\n")(n/2)...)
		}},
		{aPlan, "phases of one ID", lines("# T\n- Initiative: T-001\n", "\n## Phase A\n| ID | State |\n| - | - |\n| A#N | [ ] |\n")},
		{aPlan, "tables of one phase", lines("# T\n\n## Phase A\n", "| ID | State |\n|-|-|\n| A#N | [ ] |\n\n")},
		{aPlan, "one long cell", between(table+"| A1 | ", "word ", " | [ ] | go |\n")},
		{aPlan, "one cell of code spans", between(table+"| A1 | One | [ ] | ", "Run `make` ", " |\n")},
		{aPlan, "one row of pipes", between(table+"| A1 | One | [ ] | ", "|", " |\n")},
		{aPlan, "columns", columns("## Phase A\n| ID | Task | State |", "|---|---|---|", "| A1 | One | [ ] |\n")},
		{aPlan, "quoted rows", lines(table, "> | A#N | Do it | [ ] | go |\n")},
		{aPlan, "fences", lines(table, "```\n| A#N | Do it | [ ] | go |\n```\n")},
		{aPlan, "command reference", lines(table+"| A1 | Capture RED run | [ ] | |\n\n## Command Reference\n", "- RED run selector #N: `make x#N`\n")},
		{aPlan, "exit criteria", lines(table+"| A1 | One | [ ] | |\n\nExit Criteria:\n", "- Point #N holds.\n")},

		{aLedger, "attempts", lines(smallLedger, "  * [2025-01-01] Attempt ##N — A#N did it: pass (exit 0).\n    Run: sha256:00000000000000000000000000000000000000000000000000000000#N\n")},
		{aLedger, "sections", lines("# F\n", "\n## [T-#N] T\n- Status: done\n- Attempts History:\n  * [2025-01-01] Attempt #1 — did: pass.\n")},
		{aLedger, "sections of one ID", lines("# F\n", "\n## [T-001] T\n- Status: done\n")},
		{aLedger, "index", lines("# F\n\n## Index\n| ID | Title | Status |\n| --- | --- | --- |\n", "| T-#N | Title | done |\n")},
		{aLedger, "index of many columns", columns("# F\n\n## Index\n|", "|", "| T-001 |\n")},
		{aLedger, "one long attempt", between(smallLedger+"  * [2025-01-01] Attempt #1 — ", "word ", "\n")},
		{aLedger, "one attempt of many lines", lines(smallLedger+"  * [2025-01-01] Attempt #1 — x\n", "    Artifacts: `a/#N`\n")},

		{aSpec, "tasks", lines("", "A#N: {run: make x#N, criteria: [exit == 0]}\n")},
		{aSpec, "tasks that follow a red", lines("", "A#N: {kind: green, red: A1}\n")},
		{aSpec, "one task of many criteria", lines("A1:\n  run: make\n  criteria:\n", "    - seconds < #N\n")},
		{aSpec, "one task of many artifacts", lines("A1:\n  run: make\n  artifacts:\n", "    - out/#N.npz\n")},
		{aSpec, "one command of many lines", lines("A1:\n  run: |\n", "    echo #N\n")},
		{aSpec, "one long line", between("A1:\n  run: ", "word ", "\n")},
		{aSpec, "unknown keys", lines("A1:\n  run: make\n", "  key#N: 1\n")},
		{aSpec, "unknown keys on one line", lines("A1: {run: make", ", key#N: 1")},
		{aSpec, "one key again and again", lines("A1:\n  run: make\n", "  log: a.log\n")},
		{aSpec, "lists in lists", between("A1:\n  run: ", "[", "\n")},
		{aSpec, "aliases", lines("a: &a [x]\n", "b#N: *a\n")},
	}
}
