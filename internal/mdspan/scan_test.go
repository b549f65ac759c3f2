package mdspan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kindsOf is a letter for each line: what it belongs to.
func kindsOf(d *Doc) string {
	var b strings.Builder
	for n := 1; n <= d.Index.Lines(); n++ {
		b.WriteByte("?.ptficm"[d.Kind(n)])
	}
	return b.String()
}

func TestKinds(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"atx", "# a\ntext\n###### b #\n####### c\n#d\n", "tptpp"},
		{"setext", "a\nb\n===\n\nc\n-\n- d\n---\n", "ttt.ttpp"},
		{"table is no setext", "| a | b |\n| - | - |\n---\n", "ppp"},
		{"front matter", "---\na: b\n---\n# c\n", "mmmt"},
		{"thematic break at the top", "---\n\na: b\n---\n", "p.tt"},
		{"indented", "a\n    b\n\n    c\n\td\ne\n", "pp.iip"},
		{"indented in a list", "- a\n\n  b\n\n      c\n", "p.p.i"},
		{"fence", "```go\n# a\n```\n# b\n", "ffft"},
		{"longer fence", "````\n```\n````\n# b\n", "ffft"},
		{"tilde fence", "~~~ a`b\n```\n~~~\n# b\n", "ffft"},
		{"code span is no fence", "``` a ` b\n# c\n", "pt"},
		{"fence in a list", "- a\n\n  ```\n  x\n  ```\n\nb\n", "p.fff.p"},
		{"fence on a list item's line", "- ```\n  x\n  ```\n# b\n", "ffft"},
		{"fence ends with its list item", "- ```\n  x\n\ny\n", "fffp"},
		{"fence ends with its quote", "> ```\n> x\ny\n", "ffp"},
		{"nested", "```md\n```sh\nx\n```\ny\n```\n# b\n", "fffffft"},
		{"nested, left open", "```sh\n```sh\nx\n```\n# b\n", "fffft"},
		{"a fence that was not closed before another", "```sh\n```py\nx\n```\n# b\n\n```\ny\n```\n# c\n", "fffft.ffft"},
		{"nested rightly, then one not closed", "```md\n```sh\nx\n```\n```\n# a\n```sh\n```py\nx\n```\n# b\n\n```\ny\n```\n# c\n", "ffffftfffft.ffft"},
		{"never closed", "# a\n```\n# b\n", "tff"},
		{"comment", "<!-- a\n\n# b -->\n# c\n", "c" + "cct"},
		{"html until a blank line", "<div>\n# a\n\n# b\n", "cc.t"},
		{"inline html is prose", "a <b>c</b>\n<span> x\n", "pp"},
		{"quote", "> # a\n> b\n", "tp"},
		{"bom", "\uFEFF# a\n", "t"},
		{"loose", "#\u00a0a\n##b\n", "tt"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := kindsOf(Scan([]byte(c.src))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestHeadings(t *testing.T) {
	src := "\uFEFF## One ##\r\n\r\nTwo *x*\r\nthree\r\n---\r\n> ###\tFour #5\r\n#\u202fFive\r\n# \r\n#### a\\#\r\n"
	var got []string
	d := Scan([]byte(src))
	for _, h := range d.Headings {
		got = append(got, fmt.Sprintf("%d %d %q %d %v", h.Line, h.Level, h.Text.Of([]byte(src)), h.Quote, h.Loose))
	}
	want := []string{`1 2 "One" 0 false`, `3 2 "Two *x*\r\nthree" 0 false`, `6 3 "Four #5" 1 false`, `7 1 "Five" 0 true`, `8 1 "" 0 false`, `9 4 "a\\#" 0 false`}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if s := d.Headings[1].Span.Of([]byte(src)); string(s) != "Two *x*\r\nthree\r\n---" {
		t.Errorf("span of the setext heading is %q", s)
	}
}

func TestFences(t *testing.T) {
	src := []byte("```markdown\n```sh x\nmake\n```\n```\n\n> ~~~ yaml planctl\n> a: 1\n> ~~~\n\n~~~\nopen\n")
	var got []string
	for _, f := range Scan(src).Fences {
		got = append(got, fmt.Sprintf("%d-%d/%d %q %q outer %d quote %d", f.Open, f.Close, f.Last, f.Info, f.Content.Of(src), f.Outer, f.Quote))
	}
	want := []string{
		`1-5/5 "markdown" "` + "```sh x\\nmake\\n```" + `\n" outer -1 quote 0`,
		`2-4/4 "sh x" "make\n" outer 0 quote 0`,
		`7-9/9 "yaml planctl" "> a: 1\n" outer -1 quote 1`,
		`11-0/12 "" "open\n" outer -1 quote 0`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestMarkdownQuoted(t *testing.T) {
	d := Scan([]byte("```md\n```sh\nx\n```\ny\n```\n| a |\n"))
	for n, want := range map[int][2]bool{3: {true, true}, 5: {true, false}, 7: {false, true}} {
		if got := [2]bool{d.Quoted(n), d.MarkdownQuoted(n)}; got != want {
			t.Errorf("line %d: quoted %v for a person and for Markdown, want %v", n, got, want)
		}
	}
	if d.Quoted(0) || d.Quoted(99) || d.MarkdownQuoted(99) {
		t.Errorf("lines outside the document are quoted")
	}
}

func TestIndex(t *testing.T) {
	for _, c := range []struct {
		src            string
		off, line, col int
		lines          int
		lineNo         int
		lineText       string
	}{
		{src: "a\nbé\r\nc", off: 5, line: 2, col: 3, lines: 3, lineNo: 2, lineText: "bé"},
		{src: "\uFEFFab\n", off: 4, line: 1, col: 2, lines: 1, lineNo: 1, lineText: "\uFEFFab"},
		{src: "a\rb\r", off: 2, line: 2, col: 1, lines: 2, lineNo: 2, lineText: "b"},
		{src: "a\rb\n", off: 2, line: 1, col: 3, lines: 1, lineNo: 1, lineText: "a\rb"},
		{src: "", off: 0, line: 1, col: 1, lines: 0, lineNo: 1, lineText: ""},
	} {
		x := NewIndex([]byte(c.src))
		line, col := x.Pos(c.off)
		if line != c.line || col != c.col || x.Lines() != c.lines || string(x.Line(c.lineNo).Of([]byte(c.src))) != c.lineText {
			t.Errorf("%q: offset %d is %d:%d; %d lines; line %d is %q", c.src, c.off, line, col, x.Lines(), c.lineNo, x.Line(c.lineNo).Of([]byte(c.src)))
		}
	}
}

// FuzzScan checks that no document makes the scan panic, and that what it
// returns lies in the document and in order.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"# a\n```md\n```sh\n```\n```\n", "> - 1. # a\n>   ```\n", "<!--\n", "a\n---\n", "---\na: b\n...\n", "\uFEFF#\u00a0x\r\r\n", "- - - - x\n\t\t```\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d := Scan(src)
		last := 0
		for _, h := range d.Headings {
			if h.Line < last || h.Level < 1 || h.Level > 6 || h.Text.Start < h.Span.Start || h.Text.End > h.Span.End || d.Kind(h.Line) != Title {
				t.Fatalf("heading %+v after line %d", h, last)
			}
			last = h.Line
		}
		for i, x := range d.Fences {
			if x.Last < x.Open || x.Content.Start > x.Content.End || x.Content.End > len(src) || x.Outer >= i || !d.Quoted(x.Open) {
				t.Fatalf("fence %+v", x)
			}
		}
		for n := 1; n <= d.Index.Lines(); n++ {
			if d.Kind(n) == NoLine {
				t.Fatalf("line %d has no kind", n)
			}
		}
	})
}
