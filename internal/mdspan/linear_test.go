package mdspan

import (
	"bytes"
	"testing"
	"time"
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

// TestLinear holds time to the document's length: eight times the bytes may
// take three times as long again as eight times the time, which quadratic
// shapes miss by far while a busy machine does not.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const small, factor = 1 << 18, 8
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			for try := 1; ; try++ {
				a, b := fastest(shape(small)), fastest(shape(small*factor))
				if b <= 3*factor*max(a, 5*time.Millisecond) {
					return
				}
				if try == 4 { // a busy machine is slow now and then; a quadratic shape always is
					t.Fatalf("%d kB took %v, %d kB took %v", small>>10, a, small*factor>>10, b)
				}
			}
		})
	}
}

func fastest(src []byte) time.Duration {
	best := time.Hour
	for range 3 {
		start := time.Now()
		Scan(src)
		best = min(best, time.Since(start))
	}
	return best
}

func BenchmarkScan(b *testing.B) {
	row := []byte("## Phase A\n\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | Draft the `module` | [ ] |\n\n```sh\nmake\n```\n")
	src := bytes.Repeat(row, 1<<20/len(row))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Scan(src)
	}
}
