package testreport

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// What the readers make of real tools' output. testdata/README.md says which tools; read a change of
// the golden file as you would read the output itself.
func TestCaptured(t *testing.T) {
	paths, err := filepath.Glob("testdata/captured/*")
	if err != nil || len(paths) < 50 {
		t.Fatalf("%d captures, %v", len(paths), err)
	}
	written, err := filepath.Glob("testdata/written/*")
	if err != nil || len(written) == 0 {
		t.Fatalf("%d files that were written by hand, %v", len(written), err)
	}
	paths = append(paths, written...)
	var b strings.Builder
	for _, p := range paths {
		var res Results
		if strings.HasSuffix(p, ".xml") {
			res, err = ReadFiles(t.Context(), []string{p})
		} else {
			res, err = ReadLog(t.Context(), p)
		}
		if err != nil {
			t.Errorf("%s: %v", p, err)
		}
		if n := res.Passed + res.Failed + res.Skipped + res.Errors; n != res.Total {
			t.Errorf("%s: %d tests by verdict, %d in all", p, n, res.Total)
		}
		show(&b, strings.TrimPrefix(strings.TrimPrefix(p, "testdata/"), "captured/"), res)
	}
	golden := "testdata/captured.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, string(want), b.String())
}

// show writes results for people: a failure by the lines of its text that say most.
func show(b *strings.Builder, title string, r Results) {
	fmt.Fprintf(b, "== %s: %s total %d passed %d failed %d skipped %d errors %d\n", title, firstOf(r.Reader, "(no reader)"), r.Total, r.Passed, r.Failed, r.Skipped, r.Errors)
	for _, n := range slices.Sorted(maps.Keys(r.Names)) {
		fmt.Fprintf(b, "   %-7s %s\n", r.Names[n], n)
	}
	for _, f := range r.Failures {
		lines := strings.Split(f.Text, "\n")
		fmt.Fprintf(b, "   FAILURE %s at %d, %d lines: %s ⋯ %s\n", f.Name, f.Line, len(lines), lines[0], lines[len(lines)-1])
	}
	for _, p := range r.Problems {
		lines := strings.Split(p.Text, "\n")
		fmt.Fprintf(b, "   PROBLEM %s at %d: %s ⋯ %s\n", p.Problem, p.Line, lines[0], lines[len(lines)-1])
	}
}

// diff shows the first lines that differ.
func diff(t *testing.T, want, got string) {
	t.Helper()
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	shown := 0
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			t.Errorf("line %d\nwant %s\ngot  %s", i+1, a, b)
			if shown++; shown == 5 {
				return
			}
		}
	}
}
