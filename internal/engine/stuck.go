package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/planctl/planctl/internal/atomicfile"
)

// wayOut is what to do about a run that could not be recorded: what stood in the way is mended first, since recover
// meets it, too.
func (x *execution) wayOut(err error) string {
	const then = "planctl recover finishes what was begun"
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return "make room first" + x.bigLog() + "; then " + then
	}
	path := ""
	var readOnly *atomicfile.ReadOnlyError
	var one *fs.PathError
	var two *os.LinkError
	switch {
	case errors.As(err, &readOnly):
		path = readOnly.Path
	case errors.Is(err, fs.ErrPermission) && errors.As(err, &one):
		path = one.Path
	case errors.Is(err, fs.ErrPermission) && errors.As(err, &two):
		path = two.New
	default:
		return then
	}
	if rel, err := filepath.Rel(x.w.Root, path); err == nil && filepath.IsLocal(rel) {
		path = filepath.ToSlash(rel)
	}
	return "let " + quoted(path) + " be written; then " + then
}

// bigLog names the run's own log where room is to be made, and the log is what takes it.
func (x *execution) bigLog() string {
	const big = 1 << 20
	info, err := os.Stat(x.logPath)
	if err != nil || info.Size() < big {
		return "" // a hint, and no more
	}
	return fmt.Sprintf(" (%s, of this run, has %d MB)", x.task.Log, info.Size()/big)
}
