package workspace

import (
	"strings"

	"github.com/planctl/planctl/internal/evidence"
)

// inputs is the digests that the files of the patterns have now.
func (w *Workspace) inputs(patterns []string) map[string]string {
	return w.once("inputs", patterns, evidence.Digests)
}

// pins is the digests that the pinned files and definitions have now.
func (w *Workspace) pins(names []string) map[string]string {
	return w.once("pins", names, evidence.Pins)
}

// once hashes each list of names once: tasks of a plan often share their
// inputs, and hashing is the dear part of a status. A name that cannot be read
// has no digest, which differs from any recorded one; that says it.
func (w *Workspace) once(what string, list []string, hash func(root string, list []string) (map[string]string, []evidence.Problem)) map[string]string {
	key := what + "\x00" + strings.Join(list, "\x00")
	w.mu.Lock()
	defer w.mu.Unlock()
	now, ok := w.hashed[key]
	if !ok {
		now, _ = hash(w.Root, list)
		w.hashed[key] = now
	}
	return now
}
