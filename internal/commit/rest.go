package commit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
)

// rested is what is known of a dead process's run once nothing of it is alive: what would take too long while all other
// runs wait for the workspace's lock.
type rested struct {
	killed int            // processes that were still alive
	hashed bool           // log is known
	log    *manifest.File // nil where there is none
}

// rest ends what survives of a command, and then hashes its log, which may be of any size. The caller holds the task's
// lock, which is enough: it keeps every other planctl from this run. kept says why the intent is left as it is.
func (s *Store) rest(ctx context.Context, w Writing, o *Open) (at rested, kept []Recovered, err error) {
	o, err = s.read(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		return at, nil, nil // another recovery has finished it
	}
	if err != nil || o.Intent.Key == "" {
		return at, nil, err
	}
	if kept, err := s.keep(ctx, w, o); kept != nil || err != nil {
		return at, kept, err
	}
	if at.killed, err = o.end(ctx); err != nil {
		return at, nil, err
	}
	reached, err := s.reached(o)
	if err != nil || reached || o.Ended != nil || o.Intent.Log == "" {
		return at, nil, err // its manifest has the log already
	}
	at.log, err = s.logFile(ctx, o)
	at.hashed = err == nil
	return at, nil, err
}

// logFile describes the log that a crash left; nil where there is none.
func (s *Store) logFile(ctx context.Context, o *Open) (*manifest.File, error) {
	path := s.abs(o.Intent.Log)
	sum := evidence.HashAll(ctx, []string{path})[0]
	if errors.Is(sum.Err, fs.ErrNotExist) {
		return nil, nil
	}
	if sum.Err != nil {
		return nil, fmt.Errorf("hash the log: %w", sum.Err)
	}
	return &manifest.File{Name: filepath.Base(path), Role: "log", Size: sum.Size, SHA256: sum.SHA256}, nil
}
