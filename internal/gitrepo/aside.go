package gitrepo

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

// asidePrefix begins the names of the directories for an index and objects of their own.
const asidePrefix = "planctl-aside-"

// Telling is the repository whose directories for objects of their own are told before they are made, so that a process
// that dies leaves none that nobody knows. They are copies of files, which may be anybody's secret. Without a repository there
// is none.
func (r *Repo) Telling(told func(dir string) error) *Repo {
	if r == nil {
		return nil
	}
	c := *r
	c.told = told
	return &c
}

// makeAside makes such a directory, for this user alone.
func (r *Repo) makeAside() (string, error) {
	temp, err := filepath.EvalSymlinks(os.TempDir())
	if err != nil {
		return "", err
	}
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", err
	}
	dir := filepath.Join(temp, asidePrefix+hex.EncodeToString(random[:]))
	if r.told != nil {
		if err := r.told(dir); err != nil {
			return "", err
		}
	}
	return dir, os.Mkdir(dir, 0o700)
}

// RemoveAside takes a directory away that a dead process was told of. What is none of them is an error, and left alone;
// one that is not there is none.
func RemoveAside(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !filepath.IsAbs(dir) || !strings.HasPrefix(filepath.Base(dir), asidePrefix) || !info.IsDir():
		return fmt.Errorf("%s is no directory of objects that were set aside", dir)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Getuid() {
		return fmt.Errorf("%s belongs to somebody else", dir)
	}
	return os.RemoveAll(dir)
}
