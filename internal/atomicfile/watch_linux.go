package atomicfile

import (
	"errors"

	"golang.org/x/sys/unix"
)

// lease asks for a read lease (fcntl(2), F_SETLEASE): the kernel gives it only while nobody has the file open for
// writing, and holds up an open for writing, or a truncation, until it is given back. It is given back by closing. Some
// file systems have none, and only a file's owner or a privileged process may have one.
func (w *watched) lease() error {
	_, err := unix.FcntlInt(w.f.Fd(), unix.F_SETLEASE, unix.F_RDLCK)
	switch {
	case errors.Is(err, unix.EAGAIN):
		return errBusy
	case err != nil:
		return nil // not here, or not for us: then nothing is known of others
	}
	w.leased = true
	return nil
}

// alone reports whether nobody has opened the file for writing, or is about to, since it is watched.
func (w *watched) alone() bool {
	if !w.leased {
		return true
	}
	kind, err := unix.FcntlInt(w.f.Fd(), unix.F_GETLEASE, 0)
	return err == nil && kind == unix.F_RDLCK
}

func exchange(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	for _, e := range []error{unix.EINVAL, unix.ENOSYS, unix.ENOTSUP} {
		if errors.Is(err, e) {
			return errNoExchange
		}
	}
	return err
}
