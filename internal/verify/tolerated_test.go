package verify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
)

// found is the codes that Verify gives of a workspace, each once.
func found(t *testing.T, root string, o Options) []finding.Code {
	t.Helper()
	w, err := workspace.Open(context.Background(), workspace.Options{Dir: root})
	if err != nil {
		t.Fatal(err)
	}
	res, err := Verify(context.Background(), w, o)
	if err != nil {
		t.Fatal(err)
	}
	var out []finding.Code
	for _, f := range res.Findings {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// manifests is the files of the workspace with a manifest's name, in order.
func manifests(t *testing.T, root string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(root, "plans", "active", "*", "reports", "*", "*", "*"+manifest.Suffix))
	if err != nil || len(list) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	return list
}

// TestOpenIntent: a manifest that stands already while its entry is on its way accuses nobody; without its intent it does.
func TestOpenIntent(t *testing.T) {
	root := large(t, 1, 1, 1)
	book := filepath.Join(root, "docs", "fix_plan.md")
	b, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(b), "  * [")
	if !ok {
		t.Fatal("the ledger has no entry")
	}
	if err := os.WriteFile(book, []byte(head), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, want := found(t, root, Options{}), []finding.Code{CodeNoAttempt, CodeUnentered}; !slices.Equal(got, want) {
		t.Errorf("without an intent: %v, want %v", got, want)
	}
	if got := found(t, root, Options{Intents: map[string]bool{"0-0-0": true}}); len(got) > 0 {
		t.Errorf("with its intent: %v", got)
	}
	if got := found(t, root, Options{Intents: map[string]bool{"0-0-1": true}}); len(got) == 0 {
		t.Error("with the intent of another run: nothing")
	}
}

// TestAlteredCopy: a manifest that was changed is spoken of where its entry cites it, and not a second time because its
// new bytes lie elsewhere too.
func TestAlteredCopy(t *testing.T) {
	root := large(t, 1, 1, 1)
	at := manifests(t, root)[0]
	b, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	now := strings.Replace(string(b), `"seconds": 0.01`, `"seconds": 0.02`, 1)
	if now == string(b) {
		t.Fatal("nothing was changed")
	}
	run := filepath.Dir(at)
	elsewhere := filepath.Join(filepath.Dir(run), "a_copy")
	if err := os.CopyFS(elsewhere, os.DirFS(run)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{run, elsewhere} {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(at)), []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := found(t, root, Options{}), []finding.Code{CodeManifestChanged}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestInterrupted: what was not read to its end is no finding of missing or changed evidence.
func TestInterrupted(t *testing.T) {
	w, err := workspace.Open(t.Context(), workspace.Options{Dir: large(t, 1, 1, 1)})
	if err != nil {
		t.Fatal(err)
	}
	w.Git = nil // which would hear of the interrupt first
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if res, err := Verify(ctx, w, Options{}); !errors.Is(err, context.Canceled) || len(res.Findings) > 0 {
		t.Errorf("%d findings, %v", len(res.Findings), err)
	}
}
