package ledger

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// written is a ledger in a random dialect, and what a person reads in it.
type written struct {
	src      []byte
	attempts []string // "section number date"
	ids      []string
}

func drawLedger(t *rapid.T) written {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	maybe := func(label string) bool { return rapid.Bool().Draw(t, label) }
	var w written
	var b strings.Builder
	b.WriteString("# Ledger\n\n")
	if maybe("index") {
		b.WriteString("## Index\n| ID | Title | Status |\n|---|---|---|\n| [A-1](#a-1) | x | done |\n\n")
	}
	hashes := pick("level", "##", "###")
	for i := range rapid.IntRange(1, 4).Draw(t, "sections") {
		id := fmt.Sprintf("WORK-%03d", i)
		w.ids = append(w.ids, id)
		fmt.Fprintf(&b, "%s [%s] Title%s\n- Status: in_progress\n", hashes, id, pick("heading date", "", " (2024-02-29)"))
		kind := pick("kind", "list", "list", "list", "flat", "heading", "none")
		indent, mark := pick("indent", "  ", "    ", "\t", "   "), pick("mark", "*", "-", "+")
		switch kind {
		case "list":
			b.WriteString(pick("key", "- Attempts History:\n", "- **Attempts History:**\n", "* Attempt Log:\n"))
		case "flat":
			b.WriteString("\n**Attempts History:**\n")
			indent = ""
		case "heading":
			indent = ""
		}
		n := 0
		if kind != "none" {
			n = rapid.IntRange(0, 4).Draw(t, "attempts")
		}
		for range n {
			num, day := rapid.IntRange(0, 300).Draw(t, "number"), rapid.IntRange(1, 28).Draw(t, "day")
			date := fmt.Sprintf("2025-10-%02d", day)
			head := fmt.Sprintf(pick("head", "[%s] Attempt #%d — Result: success. Text", "[%s 10:00 UTC] Attempt #%d — Status: partial (x)", "[%s] **Attempt #%d** (loop) — Result: **FAILED** — x", "[%sT052920Z] Attempt #%d: y"), date, num)
			if kind == "heading" {
				fmt.Fprintf(&b, "\n%s# Attempt #%d - done (%s)\n\n- Result: ok\n- see Attempt #3\n", hashes, num, date)
			} else {
				fmt.Fprintf(&b, "%s%s %s\n", indent, mark, head)
				for range rapid.IntRange(0, 3).Draw(t, "body") {
					b.WriteString(indent + pick("line", "  Metrics: 1/2\n", "  - see Attempt #7\n", "    - **Attempt #8 was wrong:** x\n", "  ```\n"+indent+"  ## [Z-9] quoted\n"+indent+"  ```\n", "\n"+indent+"  more\n", "  Status: done\n"))
				}
			}
			w.attempts = append(w.attempts, fmt.Sprintf("%s %d %s", id, num, date))
		}
		b.WriteString(pick("tail", "", "\n", "- Risks/Assumptions: see Attempt #4\n- Exit Criteria:\n  * all pass\n", "\n---\n\n", "\n\n"))
	}
	s := b.String()
	if maybe("no last newline") {
		s = strings.TrimRight(s, "\n")
	}
	if maybe("CRLF") {
		s = strings.ReplaceAll(s, "\n", "\r\n")
	}
	w.src = []byte(s)
	return w
}

func read3(l *Ledger) []string {
	var out []string
	for _, a := range l.Attempts() {
		out = append(out, fmt.Sprintf("%s %d %s", a.Section.ID, a.Number, a.Date))
	}
	return out
}

func drawText(t *rapid.T, label string) string {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringMatching("[A-Za-z:.()` |*\\\\-]{0,30}"),
		rapid.SampledFrom([]string{"RED: pytest (unit).", "a: pass (x).", "b\n  * [2025-01-01] Attempt #9 — Result: x", "Run: " + digest, "<!--", "```", "## [Z-9] z", "\x1b[2J\u202e", "Result: success. Status: x", "x\\"}),
	).Draw(t, label)
}

// TestPropertyAppend reads a drawn ledger and appends a drawn entry to each section.
func TestPropertyAppend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawLedger(t)
		l := Parse("f.md", w.src)
		if got := read3(l); !slices.Equal(got, w.attempts) {
			t.Fatalf("%s\nread %q, want %q", w.src, got, w.attempts)
		}
		e := Entry{
			Date: "2026-01-02", Number: rapid.IntRange(0, 1000).Draw(t, "number"),
			Task:  rapid.SampledFrom([]string{"", "C2.D", "plans/x.md#A1", "A", "a 1", "0.A", "é"}).Draw(t, "task"),
			Title: drawText(t, "title"), Detail: drawText(t, "detail"), Command: drawText(t, "command"),
			Result:   rapid.SampledFrom([]string{"pass", "fail", "interrupted", "not-known"}).Draw(t, "result"),
			Criteria: drawText(t, "criteria"), Artifacts: drawText(t, "artifacts"), Note: drawText(t, "note"),
			Extra: []string{drawText(t, "extra"), "Supersedes: " + drawText(t, "superseded")},
			Run:   rapid.SampledFrom([]string{"", digest}).Draw(t, "run"),
		}
		style := rapid.SampledFrom([]Style{Block, Line}).Draw(t, "style")
		for _, id := range w.ids {
			s, err := l.Section(id)
			if err != nil {
				t.Fatal(err)
			}
			ins, err := l.Append(s, e, style)
			if err != nil {
				t.Fatalf("%s\n%+v", err, e)
			}
			out := Insert(w.src, ins)
			if string(out[:ins.At])+string(out[ins.At+len(ins.Text):]) != string(w.src) {
				t.Fatal("another byte changed")
			}
			n := Parse("f.md", out)
			var mine *Attempt
			for _, a := range n.Attempts() {
				if a.Date == "2026-01-02" {
					mine = a
				}
			}
			number := e.Number
			if number == 0 {
				number = s.NextNumber()
			}
			var tasks []string
			if e.Task != "" {
				tasks = []string{e.Task}
			}
			if len(n.Attempts()) != len(w.attempts)+1 || mine == nil || mine.Number != number || mine.Result != e.Result || mine.Run != e.Run ||
				mine.Section.ID != id || (e.Run != "" || e.Task != "") && !slices.Equal(mine.Tasks, tasks) {
				t.Fatalf("%s\nread back %+v", out, mine)
			}
			if e.Run != "" && n.ByRun(e.Run) != mine {
				t.Fatal("not found by its run")
			}
			for _, r := range string(ins.Text) {
				if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == '\u202e' {
					t.Fatalf("%q reached the ledger: %q", r, ins.Text)
				}
			}
		}
	})
}

// TestPropertyChain appends again and again: entries come in order and keep their place.
func TestPropertyChain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawLedger(t)
		src := w.src
		id := rapid.SampledFrom(w.ids).Draw(t, "section")
		next := 0
		for i := range 3 {
			l := Parse("f.md", src)
			s, err := l.Section(id)
			if err != nil {
				t.Fatal(err)
			}
			e := sample()
			e.Run = strings.Replace(digest, "9f3c", fmt.Sprintf("%04d", i), 1)
			ins, err := l.Append(s, e, Block)
			if err != nil {
				t.Fatal(err)
			}
			src = Insert(src, ins)
			a := Parse("f.md", src).ByRun(e.Run)
			if i > 0 && a.Number != next+1 {
				t.Fatalf("number %d after %d", a.Number, next)
			}
			next = a.Number
		}
		l := Parse("f.md", src)
		first, last := l.ByRun(strings.Replace(digest, "9f3c", "0000", 1)), l.ByRun(strings.Replace(digest, "9f3c", "0002", 1))
		if first.Line >= last.Line || first.lead != last.lead || first.shape != last.shape {
			t.Fatalf("line %d %q, then line %d %q:\n%s", first.Line, first.lead, last.Line, last.lead, src)
		}
	})
}

// TestCorpusRoundTrip writes hostile entries into real ledgers.
func TestCorpusRoundTrip(t *testing.T) {
	for _, name := range ledgers(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		l := Parse("f.md", src)
		e := sample()
		e.Title, e.Note = "RED: a: pass (x).\n* [2025-01-01] Attempt #1 — Result: y", "```\n## [Z-9] z"
		appended(t, l, e, Block)
	}
}
