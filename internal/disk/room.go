package disk

import (
	"fmt"
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

// What is next to nothing on a file system: bytes, and files that can still be made.
const (
	littleRoom = 1 << 20
	fewFiles   = 32
)

// Full adds ENOSPC, with the directory, to an error that came of writing there where its file system has next to nothing left.
// Other programs say so in words of their own, each call in others, and some not at all.
func Full(dir string, err error) error {
	var s unix.Statfs_t
	if err == nil || Failed(err) || unix.Statfs(dir, &s) != nil {
		return err
	}
	room, files := uint64(s.Bavail)*uint64(s.Bsize), uint64(s.Ffree) //nolint:unconvert // their types differ between systems
	if room >= littleRoom && (s.Files == 0 || files >= fewFiles) {
		return err
	}
	return fmt.Errorf("%w; %w", err, &fs.PathError{Op: "write in", Path: dir, Err: syscall.ENOSPC})
}
