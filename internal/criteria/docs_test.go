package criteria

import (
	"archive/zip"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/testreport"
)

// The blocks of the page by what is said behind their fences, and the block that follows each.
var docBlock = regexp.MustCompile("(?s)```([a-z ]+)\n(.*?)```\n(?:\n```text\n(.*?)```\n)?")

// docFacts is the run that the page describes.
func docFacts(t *testing.T, log string) Facts {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "reports", "2026-01-02T150405Z", "phase_c2")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.Mkdir(filepath.Join(root, "outputs"), 0o755)); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(root, "outputs", "recon.npz"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, b := range map[string][]byte{
		"amp.npy":   npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (16, 24, 24), }", make([]byte, 4*16*24*24)),
		"phase.npy": npyFile("{'descr': '<f8', 'fortran_order': False, 'shape': (16,), }", make([]byte, 8*16)),
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = w.Write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		"outputs/metrics.json":                         `{"loss": 0.038, "history": [0.71, 0.038], "best epoch": 2}`,
		"outputs/table.csv":                            "epoch,loss,ok\n1,0.71,no \n2,0.038,yes\n",
		"outputs/errors.log":                           "",
		"reports/2026-01-02T150405Z/phase_c2/C2.D.log": log,
	} {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(path)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests, err := testreport.ReadLog(t.Context(), filepath.Join(dir, "C2.D.log"))
	if err != nil {
		t.Fatal(err)
	}
	return Facts{Seconds: 35.86, LogPath: filepath.Join(dir, "C2.D.log"), Tests: tests, Root: root, RunDir: dir,
		Env: func(name string) (string, bool) {
			v, ok := map[string]string{"PLANCTL_DIR": dir, "CUDA_VISIBLE_DEVICES": ""}[name]
			return v, ok
		},
		Done: func(id string) (bool, error) { return id == "C1.D", nil }}
}

// TestDocumentation judges every expression of the page on the run that it describes, and reads every report.
func TestDocumentation(t *testing.T) {
	src, err := os.ReadFile("../../docs/criteria.md")
	if err != nil {
		t.Fatal(err)
	}
	var f Facts
	ran := map[string]int{}
	for _, m := range docBlock.FindAllStringSubmatch(string(src), -1) {
		info, text, answer := m[1], m[2], m[3]
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		ran[info] += len(lines)
		switch info {
		case "text log":
			f = docFacts(t, text)
		case "expr":
			for _, l := range lines {
				if got := judge(t, f, l); !got.Pass {
					t.Errorf("does not hold: %s", Explain(got))
				}
			}
		case "expr fails":
			var got strings.Builder
			for _, l := range lines {
				c := judge(t, f, l)
				if c.Pass {
					t.Errorf("holds: %s", l)
				}
				fmt.Fprintln(&got, Explain(c))
			}
			compare(t, answer, got.String())
		case "expr wrong":
			for _, l := range lines {
				expr, help, _ := strings.Cut(l, " # ")
				var ce *CompileError
				if _, err := Compile(strings.TrimSpace(expr)); !errors.As(err, &ce) || !strings.Contains(ce.Help, help) {
					t.Errorf("%s: %v", l, err)
				}
			}
		case "text report":
			compare(t, answer, reads(t, text))
		}
	}
	for info, least := range map[string]int{"text log": 1, "expr": 40, "expr fails": 8, "expr wrong": 8, "text report": 10} {
		if ran[info] < least {
			t.Errorf("%d lines of %s were found", ran[info], info)
		}
	}
}

// reads is what the page shows of a report.
func reads(t *testing.T, report string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "report")
	if err := os.WriteFile(p, []byte(report), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := testreport.ReadFiles(t.Context(), []string{p})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: total %d, passed %d, failed %d, skipped %d, errors %d\n", r.Reader, r.Total, r.Passed, r.Failed, r.Skipped, r.Errors)
	for _, n := range slices.Sorted(maps.Keys(r.Names)) {
		fmt.Fprintf(&b, "%s %s\n", r.Names[n], n)
	}
	for _, f := range r.Failures {
		if f.Text != "" {
			fmt.Fprintf(&b, "%s says: %s\n", f.Name, f.Text)
		}
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "%s: %s\n", p.Problem, p.Text)
	}
	return b.String()
}

func compare(t *testing.T, want, got string) {
	t.Helper()
	if got != want {
		t.Errorf("the page says\n%s\nbut it is\n%s", want, got)
	}
}
