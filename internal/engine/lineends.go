package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/manifest"
)

// lineEnds is what git would do to the artifacts that lie outside of the run's directory, whose own rules keep it from
// that there.
func (x *execution) lineEnds(ctx context.Context) []string {
	prefix, inside := x.w.BelowTop()
	if !inside {
		return nil
	}
	var names []string
	for _, f := range x.p.Files {
		if f.Base == manifest.Workspace {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	warnings, err := evidence.LineEnds(ctx, x.w.Git, x.w.Root, prefix, names)
	var failed *gitrepo.Error
	if errors.As(err, &failed) {
		return []string{fmt.Sprintf("git does not say what it does to the artifacts: %v", err)}
	}
	if err != nil && ctx.Err() == nil {
		return []string{fmt.Sprintf("what git does to the artifacts is not known: %v", err)}
	}
	return warnings
}
