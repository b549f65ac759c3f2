package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden holds what is shown to testdata/NAME.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update rewrites it); got:\n%s\nwant:\n%s", path, got, want)
	}
}

// shown gives what is written to somebody who watches a terminal of 80 columns, and to a pipe.
func shown(show func(p *Printer)) (tty, pipe string) {
	var a, b bytes.Buffer
	show(&Printer{W: &a, TTY: true, Width: 80})
	show(&Printer{W: &b})
	return a.String(), b.String()
}

func statusView() StatusView {
	return StatusView{Schema: "planctl/status/v1", Plans: []PlanStatus{
		{Path: "plans/active/TORCH-001/plan.md", Initiative: "TORCH-001", Title: "Integration", Next: []string{"C2.D", "C3.A"},
			Tally: Tally{Total: 9, Done: 4, Skipped: 1, Active: 1, Blocked: 1, Todo: 1, Unknown: 1, Refuted: 1, Stale: 1},
			Drift: "4 rows are open, and docs/fix_plan.md says done of TORCH-001",
			Phases: []PhaseStatus{
				{ID: "C1", Title: "RED: Pytest Skeleton", Tally: Tally{Total: 3, Done: 3, Stale: 1}, Rows: []RowStatus{
					{ID: "C1.A", State: "done", Token: "[x]", Title: "Write the test"},
					{ID: "C1.B", State: "done", Token: "[✅]", Title: "Look at 日本語", Stale: []string{"a.py", "b.py", "c.py", "d.py"}},
					{ID: "C1.D", State: "done", Token: "[x]", Title: "Capture RED", Owed: "a red that waits for its green"}}},
				{ID: "C10", Title: "GREEN, with a title that is much longer than what fits into one line of a terminal", Waits: "phase C1 (1 of 3 rows open: C1.D)",
					Tally: Tally{Total: 6, Done: 1, Skipped: 1, Active: 1, Blocked: 1, Todo: 1, Unknown: 1, Refuted: 1}, Rows: []RowStatus{
						{ID: "C2.A", State: "done", Token: "[D]", Title: "Ran", Refuted: true, Changed: []string{"run"}},
						{ID: "C2.B", State: "skipped", Token: "[-]", Title: "Not needed"},
						{ID: "C2.C", State: "active", Token: "[P]", Title: "Begun"},
						{ID: "C2.D", State: "blocked", Token: "[B]", Title: "Waits for \x1b[31mhardware\x1b[0m"},
						{ID: "C2.E", State: "todo", Token: "[ ]", Title: "Capture GREEN"},
						{ID: "C2.F", State: "unknown", Token: "[?]", Title: "Odd"}}}}},
		{Path: "plans/b.md", Initiative: "b", Tally: Tally{Total: 1, Done: 1}, Doubt: "no section of the ledger is b's", Next: []string{},
			Phases: []PhaseStatus{{ID: "only", Tally: Tally{Total: 1, Done: 1}, Rows: []RowStatus{{ID: "1", State: "done", Token: "[x]", Title: "One"}}}}},
	}, Open: []string{"C2.D"}, Left: []Left{{Task: "C2.D", Why: "a run did not finish", Help: "planctl recover records it"}}, Errors: 1, Warnings: 2}
}

func TestStatus(t *testing.T) {
	tty, pipe := shown(func(p *Printer) { Status(p, statusView(), false) })
	golden(t, "status_tty.txt", tty)
	golden(t, "status_pipe.txt", pipe)
	tty, _ = shown(func(p *Printer) { Status(p, statusView(), true) })
	golden(t, "status_rows_tty.txt", tty)
	for l := range strings.Lines(tty) {
		if strings.TrimRight(l, " \n") != strings.TrimRight(l, "\n") {
			t.Errorf("blanks at the end of %q", l)
		}
	}
	_, md := shown(func(p *Printer) { StatusMarkdown(p, statusView()) })
	golden(t, "status.md", md)
}

// TestStatusBars: the bars and titles of one plan stand below each other.
func TestStatusBars(t *testing.T) {
	tty, _ := shown(func(p *Printer) { Status(p, statusView(), false) })
	at := map[int]bool{}
	for l := range strings.Lines(tty) {
		if before, _, ok := strings.Cut(l, "RED: "); ok {
			at[Columns(before)] = true
		}
		if before, _, ok := strings.Cut(l, "GREEN, with"); ok {
			at[Columns(before)] = true
		}
		if Columns(strings.TrimRight(l, "\n")) > 110 {
			t.Errorf("%d columns: %s", Columns(l), l)
		}
	}
	if len(at) != 1 {
		t.Errorf("titles begin at columns %v:\n%s", at, tty)
	}
}

func ranTask(status engine.Status) *engine.Task {
	t := &engine.Task{Plan: "plans/p.md", ID: "C2.D", Name: "C2.D", Title: "Capture GREEN run", Phase: "C2", Kind: spec.Green, Status: status,
		Command: "pytest -vv\necho done", Where: "plans/p.md:41", Dir: "plans/reports/S/phase_C2", Log: "plans/reports/S/phase_C2/green.log",
		Predicate: &manifest.Predicate{Attempt: 8, Result: manifest.Pass, Argv: []string{"bash"}, Exit: 0, Seconds: 35.864,
			Tests:    &manifest.Tests{Total: 3, Passed: 2, Skipped: 1},
			Criteria: []manifest.Criterion{{Expr: "tests.passed >= 1", Pass: true}},
			Phases:   []manifest.PhaseVerdict{{Plan: "plans/p.md", ID: "C2", Pass: true}}},
		Warnings: []string{"reports is ignored by git"}}
	if status == engine.Failed {
		t.Predicate.Result, t.Predicate.Exit = manifest.Fail, 1
		t.Predicate.Criteria[0].Pass = false
		t.Predicate.Phases = nil
		t.Reason, t.Help = "exit 1", "look at the log"
	}
	return t
}

// TestTask shows a pass, a failure, and what never started; without a terminal each line says whose it is.
func TestTask(t *testing.T) {
	refused := &engine.Task{Name: "C3.A", Title: "Later", Status: engine.Refused, Reason: "waits for C2.D", Help: "planctl run C2.D"}
	show := func(p *Printer) {
		RunEvent(p, engine.Event{Kind: engine.Started, Task: ranTask(engine.Passed)})
		RunEvent(p, engine.Event{Kind: engine.Finished, Task: ranTask(engine.Passed)})
		RunEvent(p, engine.Event{Kind: engine.Finished, Task: ranTask(engine.Failed)})
		RunEvent(p, engine.Event{Kind: engine.Finished, Task: refused})
		RunEvent(p, engine.Event{Kind: engine.Warned, Text: "the disk is \x1b[5mnearly\x1b[0m full"})
	}
	tty, pipe := shown(show)
	golden(t, "run_tty.txt", tty)
	golden(t, "run_pipe.txt", pipe)
	for l := range strings.Lines(pipe) {
		if !strings.HasPrefix(l, "C2.D: ") && !strings.HasPrefix(l, "C3.A: ") && !strings.HasPrefix(l, "warning: ") {
			t.Errorf("the line does not say whose it is: %s", l)
		}
	}
}

// TestJudging: who watches is told why nothing moves, where it takes its time; nobody else is.
func TestJudging(t *testing.T) {
	for _, c := range []struct {
		criteria int
		log      int64
		want     string
	}{
		{2, 1_234_567_890, "  judging 2 criteria of A1 on 1.2 GB …\n"},
		{1, 75 << 20, "  judging 1 criterion of A1 on 79 MB …\n"},
		{0, 999 << 20, "  reading 1.0 GB of A1 …\n"},
		{0, 4 << 20, ""},
		{2, 4 << 20, ""},
		{30, 4 << 20, "  judging 30 criteria of A1 on 4 MB …\n"},
	} {
		tty, pipe := shown(func(p *Printer) {
			RunEvent(p, engine.Event{Kind: engine.Judging, Task: &engine.Task{Name: "A1"}, Criteria: c.criteria, Log: c.log})
		})
		if tty != c.want || pipe != "" {
			t.Errorf("%d criteria, %d bytes: %q, and to a pipe %q", c.criteria, c.log, tty, pipe)
		}
	}
}

// TestJSONSchemas: every value begins with its schema, and says the same twice.
func TestJSONSchemas(t *testing.T) {
	preview := &engine.Preview{Task: &engine.Task{Name: "A1", Command: "make"}, Argv: []string{"bash", "-c", "make"},
		Changes: []engine.FileChange{{Path: "plan.md", Before: []byte("| [ ] |\n"), After: []byte("| [x] |\n")}}}
	judgement := &engine.Judgement{Task: ranTask(engine.Passed), Pass: true, Record: &workspace.Record{Path: "r.run.json", Doc: &manifest.Statement{}}}
	for schema, v := range map[string]any{
		"planctl/run/v1":     RunEventJSON(engine.Event{Kind: engine.Finished, Task: ranTask(engine.Failed)}),
		"planctl/task/v1":    TaskJSON(ranTask(engine.Passed)),
		"planctl/preview/v1": PreviewJSON(preview),
		"planctl/check/v1":   JudgementJSON(judgement),
		"planctl/status/v1":  statusView(),
	} {
		a, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(v)
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: two encodings differ: %v", schema, err)
		}
		if !bytes.HasPrefix(a, []byte(`{"schema":"`+schema+`"`)) {
			t.Errorf("%s begins with %.60s", schema, a)
		}
	}
	b, err := json.Marshal(PreviewJSON(preview))
	if err != nil || !strings.Contains(string(b), `"diff":"--- a/plan.md\n+++ b/plan.md\n@@ -1 +1 @@\n-| [ ] |\n+| [x] |\n"`) || !strings.Contains(string(b), `"status":"would run"`) {
		t.Errorf("%v: %s", err, b)
	}
}

// TestFindings points at the character, also behind wide ones, tabs and a line that does not fit.
func TestFindings(t *testing.T) {
	long := strings.Repeat("x", 300) + "!" + strings.Repeat("y", 300)
	list := finding.List{
		{Code: "plan-x", Severity: finding.Error, File: "p.md", Line: 7, Col: 13, Source: "| A1 | 日本 | [?] |", Message: "odd", Help: "mend it"},
		{Code: "plan-x", Severity: finding.Warning, File: "p.md", Line: 8, Col: 3, Source: "\t\tx\r", Message: "behind tabs"},
		{Code: "plan-x", Severity: finding.Note, File: "p.md", Line: 9, Col: 301, Source: long, Message: "far to the right"},
		{Code: "plan-x", Severity: finding.Error, File: "p.md", Message: "the whole file"},
		{Code: "plan-x", Severity: finding.Error, File: "p.md", Line: 11, Col: 2, Source: "\x1b[31m|\xff", Message: "\x1b[31mred"},
	}
	tty, pipe := shown(func(p *Printer) { Findings(p, list) })
	golden(t, "findings_tty.txt", tty)
	golden(t, "findings_pipe.txt", pipe)
	if strings.Contains(tty+pipe, "\x1b") {
		t.Error("an escape of a document reached the terminal")
	}
	if got := Count(nil); got != "no findings" {
		t.Errorf("Count(nil) = %q", got)
	}
}

func TestMarkdownText(t *testing.T) {
	for in, want := range map[string][3]string{ // md, mdCell, mdCode
		"a | b":           {"a | b", `a \| b`, "`a \\| b`"},
		`a \| b`:          {"a | b", `a \| b`, "`a \\\\| b`"},
		"<script>":        {"&lt;script>", "&lt;script>", "`<script>`"},
		"with `code`":     {"with `code`", "with `code`", "`` with `code` ``"},
		"esc\x1b[0m\ttab": {"esc tab", "esc tab", "`esc tab`"},
	} {
		if got := [3]string{md(in), mdCell(in), mdCode(in)}; got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestDiff(t *testing.T) {
	_, got := shown(func(p *Printer) {
		Diff(p, "  ", "plan.md", []byte("a\n| A1 | [ ] |\nb\n"), []byte("a\n| A1 | [x] |\nb"))
	})
	if want := "  plan.md\n  -| A1 | [ ] |\n  -b\n  +| A1 | [x] |\n  +b\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
