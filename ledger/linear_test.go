package ledger

import (
	"fmt"
	"strings"
	"testing"
)

// big is a ledger of about n bytes in the dialects of real ones.
func big(n int) []byte {
	var b strings.Builder
	b.WriteString("# Fix Plan Ledger\n\n## Index\n| ID | Title | Priority | Status |\n| --- | --- | --- | --- |\n")
	for i := 1; i <= n/9000+1; i++ {
		fmt.Fprintf(&b, "| [WORK-%04d](#work) | Some work | High | in_progress |\n", i)
	}
	for i := 1; b.Len() < n; i++ {
		fmt.Fprintf(&b, "\n---\n\n## [WORK-%04d] Some work\n- Spec/AT: `docs/spec.md` §%d\n- Status: in_progress (phase %d)\n- Plan Reference: `plans/active/work-%04d.md`\n- Attempts History:\n", i, i, i, i)
		for k := 1; k <= 12; k++ {
			fmt.Fprintf(&b, "  * [2025-10-%02d] Attempt #%d (loop i=%d) — Result: **SUCCESS** (Phase C%d complete). %s\n    Metrics: 98 passed, 7 skipped\n    Artifacts: `reports/2025-10/%d/log.txt`\n    Observations/Hypotheses:\n      - **Attempt #%d was wrong:** it measured C2.D before A1–A3\n      - nothing else\n    ```\n    $ pytest -vv\n    ```\n",
				k, k, i, k, strings.Repeat("Looked at the numbers again. ", 8), k, k)
		}
		b.WriteString("- Risks/Assumptions: none\n- Exit Criteria: all pass\n")
	}
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	src := big(1 << 20)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		Parse("fix_plan.md", src)
	}
}

func BenchmarkAppend(b *testing.B) {
	src := big(1 << 20)
	l := Parse("fix_plan.md", src)
	s := l.Sections[len(l.Sections)/2]
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := l.Append(s, sample(), Block); err != nil {
			b.Fatal(err)
		}
	}
}

// shapes are hostile documents of about n bytes.
func shapes() map[string]func(n int) []byte {
	rep := func(s string) func(int) []byte {
		return func(n int) []byte { return []byte(strings.Repeat(s, n/len(s)+1)) }
	}
	return map[string]func(int) []byte{
		"ledger":         big,
		"sections":       rep("## [A-1] x\n"),
		"keys":           rep("- Attempts History:\n"),
		"heads":          rep("* [2025-01-01] Attempt #1 — Result: ok\n"),
		"deep":           rep("- - - - "),
		"one head":       func(n int) []byte { return []byte("* [2025-01-01] Attempt #1 — " + strings.Repeat("C1: a (", n/7)) },
		"brackets":       rep("[[[[(((("),
		"blank lines":    rep("\n"),
		"blank in fence": rep("```\n\n\n```\n\n"),
		"ticks":          rep("` `` "),
		"index":          func(n int) []byte { return append([]byte("## Index\n| ID |\n|--|\n"), rep("| A-1 | b |\n")(n)...) },
		"comments":       rep("<!-- a -->\n* [2025-01-01] Attempt #1 — x\n"),
		"binary":         rep("\xff\xfe\x80"),
		"headings":       rep("### Attempt #3 (2025-01-01)\n"),
		"families": func(n int) []byte {
			return append([]byte("## [A-1] x\n"), rep("### [A-1] Update\n- Attempts History:\n")(n)...)
		},
	}
}

// TestHostileShapes reads a megabyte of every shape. Nothing is asserted of the time, which BenchmarkShapes
// shows; a quadratic shape would take minutes here.
func TestHostileShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, shape := range shapes() {
		t.Run(name, func(t *testing.T) {
			src := shape(1 << 20)
			l := Parse("fix_plan.md", src)
			l.SectionsCiting("plans/active/work-0001.md")
			for _, a := range l.Attempts() {
				if a.Line < 1 || a.EndLine < a.Line || a.Span.End > len(src) {
					t.Fatalf("attempt %+v of a document of %d bytes", a, len(src))
				}
			}
		})
	}
}

// BenchmarkShapes shows that time goes with length: MB/s of a shape is the same at every size.
func BenchmarkShapes(b *testing.B) {
	for name, shape := range shapes() {
		for _, size := range []int{1 << 19, 1 << 20, 2 << 20} {
			src := shape(size)
			b.Run(fmt.Sprintf("%s/%dkB", name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				for b.Loop() {
					Parse("fix_plan.md", src).SectionsCiting("plans/active/work-0001.md")
				}
			})
		}
	}
}
