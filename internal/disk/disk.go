// Package disk tells an error of the system from one of a file. It may not read or write any file.
//
// A file that may not be read, that is no file or that is not there is a fact, and facts are judged. A disk with errors,
// or a process without a descriptor left, says nothing about the file: nothing may be concluded from it.
package disk

import (
	"errors"
	"slices"
	"syscall"
)

// Failed reports whether an error is the system's own: asked again on a sound machine, the answer would be another one.
func Failed(err error) bool {
	var no syscall.Errno
	return errors.As(err, &no) && slices.Contains([]syscall.Errno{syscall.EIO, syscall.ENOSPC, syscall.EDQUOT, syscall.EMFILE, syscall.ENFILE,
		syscall.ENOMEM, syscall.EROFS, syscall.ESTALE, syscall.ENXIO, syscall.ENODEV}, no)
}
