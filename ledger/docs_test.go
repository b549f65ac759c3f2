package ledger_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/planctl/planctl/ledger"
)

// example is the content of the fence in docs/ledger.md with an info string.
func example(t *testing.T, info string) string {
	t.Helper()
	b, err := os.ReadFile("../docs/ledger.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(b), "```"+info+"\n")
	text, _, closed := strings.Cut(rest, "```\n")
	if !ok || !closed {
		t.Fatalf("docs/ledger.md has no fence %q", info)
	}
	return text
}

func TestDocsRead(t *testing.T) {
	l := ledger.Parse("f.md", []byte(example(t, "markdown ledger:read")))
	var b strings.Builder
	for _, a := range l.Attempts() {
		number, result := "-", "-"
		if a.Numbered {
			number = fmt.Sprint(a.Number)
		}
		if a.Result != "" {
			result = a.Result
		}
		fmt.Fprintf(&b, "%d #%s %s %s\n", a.Line, number, a.Date, result)
	}
	if got, want := b.String(), example(t, "text ledger:attempts"); got != want {
		t.Errorf("docs/ledger.md is read as\n%s\nand says\n%s", got, want)
	}
	if len(l.Rows) != 1 || len(l.Sections) != 1 || l.Sections[0].Status != "in_progress" {
		t.Errorf("rows %v, sections %v", l.Rows, l.Sections)
	}
	b.Reset()
	for _, f := range l.Findings {
		fmt.Fprintf(&b, "%d %s %s\n", f.Line, f.Severity, f.Code)
	}
	if got, want := b.String(), example(t, "text ledger:findings"); got != want {
		t.Errorf("docs/ledger.md is said to be\n%s\nand says\n%s", got, want)
	}
}

func TestDocsWrite(t *testing.T) {
	const src = "## [A-1] t\n- Attempts History:\n  * [2025-10-18] Attempt #7 — Result: partial\n"
	e := ledger.Entry{
		Date: "2025-10-19", Task: "C2.D", Title: "Capture GREEN run", Result: "pass", Detail: "exit 0, 35.86 s", Command: "pytest -vv",
		Run: "sha256:9f3c2b1a0d4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789abcd",
	}
	block := e
	block.Command = `CUDA_VISIBLE_DEVICES="" pytest tests/torch/test_integration.py::test_cycle -vv`
	block.Criteria = "3/3 — `tests.passed >= 1` (1), `seconds < 120` (35.86), `file(\"outputs/recon_amp.npz\").size > 1 * KB` (48211)"
	block.Artifacts = "plans/active/TEST-PYTORCH-001/reports/2025-10-19T122449Z/phase_c_modernization/{pytest_green.log,C2.D.run.json}"
	l := ledger.Parse("f.md", []byte(src))
	for info, c := range map[string]struct {
		e     ledger.Entry
		style ledger.Style
	}{"markdown ledger:block": {block, ledger.Block}, "markdown ledger:line": {e, ledger.Line}} {
		ins, err := l.Append(l.Sections[0], c.e, c.style)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(ins.Text), example(t, info); got != want {
			t.Errorf("Append writes\n%s\nand docs/ledger.md says\n%s", got, want)
		}
	}
}

func TestDocsCreate(t *testing.T) {
	l := ledger.Parse("f.md", []byte("# Ledger\n"))
	edits, err := l.CreateSection(ledger.Header{ID: "NEW-001", Title: "A new initiative", Status: "in_progress", Owner: "ada", Date: "2025-10-19", Plan: "plans/active/new.md"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(edits[0].Text), "\n"+example(t, "markdown ledger:create"); got != want {
		t.Errorf("CreateSection writes\n%s\nand docs/ledger.md says\n%s", got, want)
	}
}
