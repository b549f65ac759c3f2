package verify

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/workspace"
)

// TestRecordsTogether: however many processors judge, what is found is the same, in the same order. Every third log is
// edited, and every fifth manifest says another command.
func TestRecordsTogether(t *testing.T) {
	root := large(t, 2, 15, 5)
	n := 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(path, "reports") {
			return err
		}
		n++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		now := string(b)
		switch {
		case strings.HasSuffix(path, ".log") && n%3 == 0:
			now = strings.Replace(now, "loss = ", "loss = 1", 1)
		case strings.HasSuffix(path, ".json") && n%5 == 0:
			now = strings.Replace(now, `"echo loss`, `"echo  loss`, 1)
		}
		return os.WriteFile(path, []byte(now), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	found := func(processors int) finding.List {
		t.Helper()
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		w, err := workspace.Open(context.Background(), workspace.Options{Dir: root})
		if err != nil {
			t.Fatal(err)
		}
		res, err := Verify(context.Background(), w, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return res.Findings
	}
	alone := found(1)
	codes := map[finding.Code]int{}
	for _, f := range alone {
		codes[f.Code]++
	}
	if codes[CodeFileChanged] < 30 || codes[CodeInconsistent] < 10 {
		t.Fatalf("too little is wrong to show anything: %v", codes)
	}
	for _, processors := range []int{2, 3, 7} {
		if got := found(processors); !slices.Equal(got, alone) {
			t.Errorf("%d processors: %d findings, and one alone has %d", processors, len(got), len(alone))
		}
	}
}
