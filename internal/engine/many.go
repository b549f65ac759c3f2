package engine

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/manifest"
)

const (
	// manyFiles is from how many artifacts on a run warns: its manifest has megabytes then, which every later command reads.
	manyFiles = 10_000
	// fileBytes is what a manifest has for an artifact besides its name, which stands there twice.
	fileBytes = 360
	// mostBytes is what a manifest has room for, with what else it holds.
	mostBytes = manifest.MaxSize / 4 * 3
)

// many warns of a run whose artifacts are so many that its manifest slows all that comes after it. Of more than a manifest
// can list none is kept, and the run fails: it would be lost where its manifest is written.
func (x *execution) many(files []manifest.File) (kept []manifest.File, warning, wrong string) {
	if len(files) < manyFiles {
		return files, "", ""
	}
	size, most := 0, 0
	hits := make([]int, len(x.expanded.Artifacts))
	for _, f := range files {
		size += fileBytes + 2*len(f.Name)
		name, err := filepath.Rel(x.w.Root, x.abs(f))
		if err != nil {
			continue // it is counted all the same
		}
		for i, p := range x.expanded.Artifacts {
			if glob.Match(strings.TrimSuffix(p, "?"), filepath.ToSlash(name)) {
				hits[i]++
			}
		}
	}
	for i, n := range hits {
		if n > hits[most] {
			most = i
		}
	}
	what := fmt.Sprintf("`artifacts` names %d files, %d of them by %s: ", len(files), hits[most], x.expanded.Artifacts[most])
	const help = "name fewer, or let the command pack them into one file"
	if size > mostBytes {
		return nil, "", what + "more than a manifest can list; " + help
	}
	return files, what + fmt.Sprintf("the run's manifest lists each, about %d MB that every later command reads; ", (size+500_000)/1_000_000) + help, ""
}
