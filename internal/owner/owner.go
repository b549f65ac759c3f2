// Package owner gives what root makes in somebody's directory to that somebody: after one `sudo planctl run` the owner of a
// workspace could otherwise not take its locks any more, or write beside its evidence. It changes the owner of nothing that this
// process has not just made, and may not write or decide what is made.
package owner

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Mkdir is os.Mkdir, after which the directory belongs to whom the one belongs that it is made in.
func Mkdir(path string, mode fs.FileMode) error {
	if err := os.Mkdir(path, mode); err != nil || os.Geteuid() != 0 {
		return err
	}
	d, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // whoever took it away meanwhile owns the place
	}
	if err != nil {
		return err
	}
	return errors.Join(Give(d), d.Close())
}

// Give gives a file that root has just made to the owner of its directory. It goes by the open file, so that nothing that somebody
// puts in its place meanwhile is given away.
func Give(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	dir, err := os.Stat(filepath.Dir(f.Name()))
	if err != nil {
		return err
	}
	made, err := f.Stat()
	if err != nil {
		return err
	}
	to, ok := dir.Sys().(*syscall.Stat_t)
	now, fine := made.Sys().(*syscall.Stat_t)
	if !ok || !fine || to.Uid == 0 || now.Uid != 0 || made.Mode().IsRegular() && now.Nlink > 1 {
		return nil
	}
	err = f.Chown(int(to.Uid), int(to.Gid))
	for _, cannot := range []error{syscall.EPERM, syscall.EINVAL, syscall.ENOTSUP, syscall.ENOSYS} {
		if errors.Is(err, cannot) {
			return nil // a file system without owners, or a user that this system does not have
		}
	}
	return err
}
