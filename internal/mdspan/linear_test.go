package mdspan

import (
	"bytes"
	"fmt"
	"testing"
)

// shapes are documents that cost some Markdown parsers more than their length.
var shapes = map[string]func(n int) []byte{
	"quote marks":     func(n int) []byte { return bytes.Repeat([]byte(">"), n) },
	"quote lines":     func(n int) []byte { return bytes.Repeat([]byte("> > > > a\n"), n/10) },
	"items":           func(n int) []byte { return bytes.Repeat([]byte("- "), n/2) },
	"items then text": func(n int) []byte { return append(bytes.Repeat([]byte("- "), n/2), 'x') },
	"item lines":      func(n int) []byte { return bytes.Repeat([]byte("- - - - -x\n"), n/11) },
	"brackets":        func(n int) []byte { return bytes.Repeat([]byte("["), n) },
	"back-ticks":      func(n int) []byte { return bytes.Repeat([]byte("`"), n) },
	"tick lines":      func(n int) []byte { return bytes.Repeat([]byte("```a\n"), n/5) },
	"tick pairs":      func(n int) []byte { return bytes.Repeat([]byte("```a\n```b\n```\n"), n/14) },
	"quoted ticks":    func(n int) []byte { return bytes.Repeat([]byte("> ```a\n> ```b\n> ```\n"), n/20) },
	"tilde lines":     func(n int) []byte { return bytes.Repeat([]byte("~~~\n~~~~\n"), n/9) },
	"pipes":           func(n int) []byte { return bytes.Repeat([]byte("|"), n) },
	"one line":        func(n int) []byte { return bytes.Repeat([]byte("a"), n) },
	"blank lines":     func(n int) []byte { return bytes.Repeat([]byte("\n"), n) },
	"setext":          func(n int) []byte { return bytes.Repeat([]byte("a\n-\n"), n/4) },
	"comments":        func(n int) []byte { return bytes.Repeat([]byte("<!--\n"), n/5) },
	"tags":            func(n int) []byte { return bytes.Repeat([]byte("<b "), n/3) },
	"rule":            func(n int) []byte { return append(bytes.Repeat([]byte("* "), n/2), '-') },
	"front matter":    func(n int) []byte { return append([]byte("---\n"), bytes.Repeat([]byte("a: b\n"), n/5)...) },
}

// TestHostileShapes scans two megabytes of every shape. Nothing is asserted of the time, which
// BenchmarkShapes shows; a quadratic shape would take minutes here.
func TestHostileShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			src := shape(2 << 20)
			doc := Scan(src)
			for _, h := range doc.Headings {
				if h.Text.Start < 0 || h.Text.End > len(src) || h.Line < 1 {
					t.Fatalf("heading %+v of a document of %d bytes", h, len(src))
				}
			}
		})
	}
}

// BenchmarkShapes shows that time goes with length: MB/s of a shape is the same at every size.
func BenchmarkShapes(b *testing.B) {
	for name, shape := range shapes {
		for _, size := range []int{1 << 19, 1 << 20, 2 << 20} {
			src := shape(size)
			b.Run(fmt.Sprintf("%s/%dkB", name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				for b.Loop() {
					Scan(src)
				}
			})
		}
	}
}

func BenchmarkScan(b *testing.B) {
	row := []byte("## Phase A\n\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | Draft the `module` | [ ] |\n\n```sh\nmake\n```\n")
	src := bytes.Repeat(row, 1<<20/len(row))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Scan(src)
	}
}
