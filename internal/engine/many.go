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
)

// many warns of a run whose artifacts are so many that its manifest slows all that comes after it.
func (x *execution) many(files []manifest.File) []string {
	if len(files) < manyFiles {
		return nil
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
	return []string{fmt.Sprintf("`artifacts` names %d files, %d of them by %s: the run's manifest lists each, about %d MB that every later command reads; name fewer, or let the command pack them into one file",
		len(files), hits[most], x.expanded.Artifacts[most], (size+500_000)/1_000_000)}
}
