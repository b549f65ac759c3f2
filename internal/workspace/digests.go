package workspace

import (
	"context"
	"strings"

	"github.com/planctl/planctl/internal/evidence"
)

// inputs is the digests that the files of the patterns have now.
func (w *Workspace) inputs(ctx context.Context, patterns []string) map[string]string {
	return w.once(ctx, "inputs", patterns, evidence.Digests)
}

// pins is the digests that the pinned files and definitions have now.
func (w *Workspace) pins(ctx context.Context, names []string) map[string]string {
	return w.once(ctx, "pins", names, evidence.Pins)
}

// once hashes each list of names once: tasks of a plan often share their
// inputs, and hashing is the dear part of a status. A name that cannot be read
// has no digest, which differs from any recorded one; that says it. When ctx is
// done what it gives means nothing, and is not kept.
func (w *Workspace) once(ctx context.Context, what string, list []string, hash func(ctx context.Context, root string, list []string) (map[string]string, []evidence.Problem)) map[string]string {
	key := what + "\x00" + strings.Join(list, "\x00")
	w.mu.Lock()
	defer w.mu.Unlock()
	now, ok := w.hashed[key]
	if !ok {
		now, _ = hash(ctx, w.Root, list)
		if ctx.Err() == nil {
			w.hashed[key] = now
		}
	}
	return now
}
