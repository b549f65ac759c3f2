package main

import (
	"slices"
	"strings"
	"testing"
)

// TestOrderOfWriting holds a run to the order that docs/architecture.md gives: what comes later stands on what comes before, and
// that is on the disk by then. No kill shows a flush that is missing, since what a process wrote outlives it; a machine that
// loses its power does.
func TestOrderOfWriting(t *testing.T) {
	b := newBench(t)
	base, err := b.base(named(t, "run"))
	if err != nil {
		t.Fatal(err)
	}
	const intent, dir = ".git/planctl/intents/KEY.jsonl", "reports/STAMP/plan_phase_A"
	want := []string{
		"fsync .git/planctl/intents/KEY.PID.making", "renameat " + intent, "fsync .git/planctl/intents",
		"openat " + dir + "/A1.log", // the command starts
		"fsync " + intent,           // what was started
		"fsync made.txt", "fsync .", // what the command made
		"fsync " + intent, // what is going to be written
		"fsync " + dir + "/.A1.run.json.planctl-RANDOM", "linkat " + dir + "/A1.run.json", "unlinkat " + dir + "/.A1.run.json.planctl-RANDOM", "fsync " + dir,
		"fsync " + intent,
		"fsync docs/.fix_plan.md.planctl-RANDOM", "renameat2 docs/fix_plan.md", "fsync docs", "unlinkat docs/.fix_plan.md.planctl-RANDOM",
		"fsync " + intent,
		"fsync .plan.md.planctl-RANDOM", "renameat2 plan.md", "fsync .", "unlinkat .plan.md.planctl-RANDOM",
		"fsync " + intent,
		"unlinkat " + intent, "fsync .git/planctl/intents",
	}
	var got []string
	flushed, announced := -1, -1
	for i, p := range base.points {
		switch {
		case p.String() == "fsync "+dir+"/A1.log":
			flushed = i // by the executor, for which the line of what was started does not wait
		case p.call == "write" && p.path == intent && p.nth == 2:
			announced = i
		case len(got) == 0 && p.String() != want[0], len(got) == len(want): // what is made before the intent, and after it
		case p.nth == 1 && p.String() == want[3], slices.Contains([]string{"fsync", "fdatasync", "linkat", "renameat", "renameat2", "unlinkat"}, p.call):
			got = append(got, p.String())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("in this order:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if flushed < 0 || announced < flushed {
		t.Errorf("the log is flushed at point %d, and what is going to be written is told at %d", flushed, announced)
	}
}
