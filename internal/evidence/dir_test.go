package evidence

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/atomicfile"
)

func put(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func content(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var noon = time.Date(2025, 10, 19, 14, 24, 49, 999, time.FixedZone("there", 7200))

func TestCreateDir(t *testing.T) {
	reports := filepath.Join(t.TempDir(), "not", "yet", "reports")
	for i, want := range []string{"2025-10-19T122449Z/phase_A", "2025-10-19T122450Z/phase_A", "2025-10-19T122449Z/phase_B"} {
		slug := filepath.Base(want)
		d, err := CreateDir(reports, slug, noon)
		if err != nil || d.Path != filepath.Join(reports, want) || d.Stamp != filepath.Dir(want) {
			t.Errorf("%d: %+v, %v; want %s", i, d, err, want)
		}
	}
	// A link under a stamp's name would lead the evidence elsewhere.
	elsewhere := t.TempDir()
	if err := os.Symlink(elsewhere, filepath.Join(reports, "2025-10-19T122451Z")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(reports, "2025-10-19T122452Z"), "a file")
	d, err := CreateDir(reports, "phase_A", noon)
	if err != nil || d.Stamp != "2025-10-19T122453Z" {
		t.Errorf("%+v, %v", d, err)
	}
	for _, slug := range []string{"", ".", "..", "a/b", "../x", "a\x00"} {
		if d, err := CreateDir(reports, slug, noon); err == nil {
			t.Errorf("slug %q: %+v", slug, d)
		}
	}
	put(t, filepath.Join(reports, "file"), "")
	if _, err := CreateDir(filepath.Join(reports, "file"), "s", noon); err == nil {
		t.Error("a directory below a file")
	}
}

func TestCreateDirs(t *testing.T) {
	root := t.TempDir()
	a, b := Want{filepath.Join(root, "a"), "one"}, Want{filepath.Join(root, "b"), "two"}
	if _, err := CreateDir(b.Reports, b.Slug, noon); err != nil {
		t.Fatal(err)
	}
	dirs, err := CreateDirs([]Want{a, b}, noon)
	if err != nil || dirs[a].Stamp != "2025-10-19T122450Z" || dirs[b].Stamp != dirs[a].Stamp {
		t.Errorf("%+v, %v", dirs, err)
	}
	if _, err := os.Lstat(filepath.Join(a.Reports, "2025-10-19T122449Z")); err == nil {
		t.Error("the stamp that was taken elsewhere was left behind")
	}
}

// Many that start in one second get a directory each.
func TestCreateDirRace(t *testing.T) {
	reports := filepath.Join(t.TempDir(), "reports")
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			d, err := CreateDir(reports, "phase_A", noon)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || seen[d.Path] {
				t.Errorf("%+v, %v", d, err)
			}
			seen[d.Path] = true
		})
	}
	wg.Wait()
}

func TestRemoveEmpty(t *testing.T) {
	root := t.TempDir()
	d, err := CreateDir(filepath.Join(root, "reports"), "A", noon)
	if err != nil {
		t.Fatal(err)
	}
	rel := "reports/" + d.Stamp + "/A"
	put(t, filepath.Join(d.Path, "log"), "x")
	if err := RemoveEmpty(root, rel); err != nil || content(t, filepath.Join(d.Path, "log")) != "x" {
		t.Errorf("a directory in use: %v", err)
	}
	if err := os.Remove(filepath.Join(d.Path, "log")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // and once more, where it has gone
		if err := RemoveEmpty(root, rel); err != nil {
			t.Error(err)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(root, "reports")); err != nil || len(entries) != 0 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

func TestWriteSummary(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"# first\n", "# second\n"} {
		if err := WriteSummary(dir, []byte(text), atomicfile.Steps{}); err != nil {
			t.Fatal(err)
		}
		if got := content(t, dir+"/summary.md"); !strings.HasSuffix(got, "\n"+text) {
			t.Errorf("%q", got)
		}
	}
	for _, own := range []string{"the command's own\n", "", "<!-- written"} {
		dir := t.TempDir()
		put(t, dir+"/summary.md", own)
		for range 2 {
			if err := WriteSummary(dir, []byte("ours\n"), atomicfile.Steps{}); err != nil {
				t.Fatal(err)
			}
		}
		if content(t, dir+"/summary.md") != own || !strings.HasSuffix(content(t, dir+"/summary.planctl.md"), "ours\n") {
			t.Errorf("%q was replaced, or no summary beside it", own)
		}
		put(t, dir+"/summary.planctl.md", "taken")
		if err := WriteSummary(dir, nil, atomicfile.Steps{}); err == nil || content(t, dir+"/summary.planctl.md") != "taken" {
			t.Errorf("both taken: %v", err)
		}
	}
}

// A link in the place of a stamp or of a summary leads away, and nothing is written through it, whatever is there.
func TestLinksLeadNothingAway(t *testing.T) {
	reports, elsewhere := t.TempDir(), t.TempDir()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	first, err := CreateDir(reports, "phase_A", at)
	if err != nil {
		t.Fatal(err)
	}
	stamp := filepath.Join(reports, first.Stamp)
	if err := errors.Join(os.RemoveAll(stamp), os.Symlink(elsewhere, stamp)); err != nil {
		t.Fatal(err)
	}
	d, err := CreateDir(reports, "phase_A", at)
	if err != nil || d.Stamp == first.Stamp {
		t.Fatalf("the stamp %s, %v", d.Stamp, err)
	}
	const old = SummaryMark + "of another run\n"
	other := filepath.Join(elsewhere, "summary.md")
	if err := errors.Join(os.WriteFile(other, []byte(old), 0o644), os.Symlink(other, filepath.Join(d.Path, "summary.md"))); err != nil {
		t.Fatal(err)
	}
	if err := WriteSummary(d.Path, []byte("new\n"), atomicfile.Steps{}); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(other); err != nil || string(b) != old {
		t.Errorf("through the link: %q, %v", b, err)
	}
	if b, err := os.ReadFile(filepath.Join(d.Path, "summary.planctl.md")); err != nil || string(b) != SummaryMark+"new\n" {
		t.Errorf("beside it: %q, %v", b, err)
	}
	if names, err := os.ReadDir(elsewhere); err != nil || len(names) != 1 {
		t.Errorf("elsewhere are %v, %v", names, err)
	}
}
