// Package tempdir names and removes directories that are thrown away, so that one can be told of before it is made, and a
// process that dies leaves none that nobody knows. It may not make one, nor know what lies in it.
package tempdir

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Name is an absolute path without links, of prefix and 16 drawn digits, where the system keeps temporary files. Nothing
// has it yet.
func Name(prefix string) (string, error) {
	temp, err := filepath.Abs(os.TempDir())
	if err != nil {
		return "", err
	}
	if temp, err = filepath.EvalSymlinks(temp); err != nil {
		return "", err
	}
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", err
	}
	return filepath.Join(temp, prefix+hex.EncodeToString(random[:])), nil
}

// Remove takes such a directory away, also where a command left directories in it that cannot be written. One that is not
// there is no error; what is no directory of that prefix and of this user is one, which says that it is no what, and is
// left alone.
func Remove(dir, prefix, what string) error {
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !filepath.IsAbs(dir) || !strings.HasPrefix(filepath.Base(dir), prefix) || !info.IsDir():
		return fmt.Errorf("%s is no %s", dir, what)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Getuid() {
		return fmt.Errorf("%s belongs to somebody else", dir)
	}
	if err := os.RemoveAll(dir); err == nil {
		return nil
	}
	// A module cache, for one, is read-only. The first error is of no interest: the second try says what is left.
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(p, 0o700)
		}
		return nil
	})
	return errors.Join(err, os.RemoveAll(dir))
}
