package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
)

// What many lets pass fits into a manifest, and what a warning says of its size is so.
func TestMany(t *testing.T) {
	for _, c := range []struct {
		n, long int
		base    string
		warns   string
		wrong   string
	}{
		{n: manyFiles - 1, long: 20, base: manifest.Workspace},
		{n: manyFiles, long: 20, base: manifest.Workspace, warns: "names 10000 files, 10000 of them by out/**?: the run's manifest lists each, about 4 MB"},
		{n: manyFiles, long: 20, warns: "10000 of them by reports/**"},
		{n: 100_000, long: 60, base: manifest.Workspace, warns: "about 48 MB"},
		{n: 140_000, long: 20, base: manifest.Workspace, wrong: "names 140000 files, 140000 of them by out/**?: more than a manifest can list"},
		{n: 20_000, long: 1500, base: manifest.Workspace, wrong: "more than a manifest can list"},
	} {
		x := &execution{w: &workspace.Workspace{Root: "/w"}, dir: evidence.Dir{Path: "/w/reports/S/phase_A"}, expanded: &spec.Spec{Artifacts: []string{"one", "out/**?", "reports/**"}}}
		files := make([]manifest.File, c.n)
		for i := range files {
			files[i] = manifest.File{Name: "out/" + fmt.Sprintf("%0*d", c.long-4, i), Base: c.base, Role: "artifact", Mode: "0644", SHA256: strings.Repeat("0", 64)}
		}
		kept, warning, wrong := x.many(files)
		if !strings.Contains(warning, c.warns) || (warning == "") != (c.warns == "") || !strings.Contains(wrong, c.wrong) || (wrong == "") != (c.wrong == "") {
			t.Errorf("%d files: warning %q, wrong %q", c.n, warning, wrong)
		}
		if (len(kept) == 0) != (wrong != "") {
			t.Errorf("%d files: %d kept, %q", c.n, len(kept), wrong)
		}
		if warning == "" {
			continue
		}
		b, err := manifest.Encode(manifest.New(manifest.Predicate{Result: manifest.Pass, Files: kept}))
		if err != nil {
			t.Fatal(err)
		}
		if mb := fmt.Sprintf("about %d MB", (len(b)+500_000)/1_000_000); !strings.Contains(warning, mb) {
			t.Errorf("%d files: the manifest has %d bytes: %s", c.n, len(b), warning)
		}
	}
}
