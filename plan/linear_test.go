package plan

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// repeat makes a document of about n bytes that starts with head.
func repeat(head, unit string) func(n int) []byte {
	return func(n int) []byte {
		return append([]byte(head), bytes.Repeat([]byte(unit), n/len(unit)+1)...)
	}
}

var shapes = map[string]func(n int) []byte{
	"rows":               func(n int) []byte { return realistic(n) },
	"quote marks":        repeat("", ">"),
	"items":              repeat("", "- "),
	"brackets":           repeat("", "["),
	"back-ticks":         repeat("", "`"),
	"pipes":              repeat("", "|"),
	"tildes":             repeat("", "~~~\n"),
	"one row":            repeat("# p\n"+h3, "| a "),
	"one row of ticks":   repeat("# p\n"+h3+"| a | b | ", "` ``` `` | "),
	"one wrapped row":    repeat("# p\n"+h3+"| a | b", "\nx"),
	"one wrapped row |":  repeat("# p\n"+h3+"| a | b", "\nx | y"),
	"tokens in a cell":   repeat("# p\n"+h3+"| a | b | ", "[x]"),
	"headers":            repeat("", "| ID | State |\n"),
	"headers apart":      repeat("", "| ID | State |\n\n"),
	"headers, delimited": repeat("", "| ID | State |\n| - | - |\n"),
	"delimiters":         repeat("", "| - | - |\n"),
	"metrics":            repeat("", "| # | Status |\n| - | - |\n| 1 | PASS |\n\n"),
	"broken rows":        repeat("# p\n"+h3, "| a1 | b | [ ] |\n\n"),
	"same ID":            repeat("# p\n"+h3, "| a1 | b | [ ] |\n"),
	"bad tokens":         repeat("# p\n"+h3+"| a1 | b | [ ] |\n", "| a | b | [??] |\n"),
	"headings":           repeat("", "## Phase A\n"),
	"phases":             repeat("", "## Phase A\n| ID | State |\n| - | - |\n| 1 | [ ] |\n"),
	"bold phases":        repeat("", "**Phase A: x**\n\n"),
	"labels":             repeat("# p\n", "- Dependencies:\n"),
	"nested labels":      repeat("# p\n- Dependencies:\n", "  - x\n"),
	"goals":              repeat("# Phase A\n"+h3+"| 1 | b | [ ] |\n\n", "Goal:\n"),
	"commands":           repeat("# Command Reference\n", "- a: `b`\n"),
	"command text":       repeat("# Command Reference\n- a: b\n", "  more `c`\n"),
	"references":         repeat("", "# Command Reference\n"),
	"fences":             repeat("", "```a\n```b\n```\n"),
	"open fence":         repeat("```\n", "| a1 | b | [ ] |\n"),
	"code":               repeat("\n", "    | a1 | b | [ ] |\n"),
	"brackets in title":  repeat("# ", "[A-1"),
	"phases in title":    repeat("# ", "Phase "),
	"long words":         repeat("Initiative: ", "A-"),
}

// realistic is a plan of about n bytes.
func realistic(n int) []byte {
	var b strings.Builder
	b.WriteString("# Plan [X-1]\n\n- Initiative: X-1\n")
	for ph := 0; b.Len() < n; ph++ {
		fmt.Fprintf(&b, "\n### Phase P%d — work\nGoal: it works.\nExit Criteria:\n- a\n- b\n\n%s", ph, h4)
		for row := range 12 {
			fmt.Fprintf(&b, "| P%d.%d | Do the `thing` | [ ] | Run `go test ./x -run Test%d` and store the log under `reports/<TS>/x.log`. |\n", ph, row, row)
		}
	}
	return []byte(b.String())
}

// TestHostileShapes reads a megabyte of every shape. Nothing is asserted of the time, which BenchmarkShapes
// shows; a quadratic shape would take minutes here.
func TestHostileShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			src := shape(1 << 20)
			if p := Parse("f.md", src, Tokens{}); !bytes.Equal(p.Source, src) {
				t.Error("the source is not what was given")
			}
		})
	}
}

// BenchmarkShapes shows that time goes with length: MB/s of a shape is the same at every size.
func BenchmarkShapes(b *testing.B) {
	for name, shape := range shapes {
		for _, size := range []int{1 << 18, 1 << 19, 1 << 20} {
			src := shape(size)
			b.Run(fmt.Sprintf("%s/%dkB", name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				for b.Loop() {
					Parse("f.md", src, Tokens{})
				}
			})
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, size := range []int{100e3, 1e6, 10e6} {
		src := realistic(size)
		b.Run(fmt.Sprintf("%dkB", size/1000), func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				Parse("f.md", src, Tokens{})
			}
		})
	}
}
