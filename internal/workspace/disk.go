package workspace

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/planctl/planctl/internal/disk"
)

// DiskError says that the system failed where the workspace was read: a disk with errors, no descriptor left. It is no word
// about the documents. A plan that could not be read at such a moment is not a plan that has gone, and nothing is decided
// from what remains.
type DiskError struct {
	Path string
	Err  error
}

func (e *DiskError) Error() string {
	at := e.Path
	if p := (*fs.PathError)(nil); errors.As(e.Err, &p) && p.Path != "" {
		at = p.Path // nearer to it than what was being read
	}
	return fmt.Sprintf("%s cannot be read at the moment: %s", at, reason(e.Err))
}
func (e *DiskError) Unwrap() error { return e.Err }

// why is the cause of a file error for a finding; where the system failed, it fails the reading of the workspace too.
func (w *Workspace) why(rel string, err error) string {
	if disk.Failed(err) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.failed = append(w.failed, &DiskError{rel, err})
	}
	return reason(err)
}
