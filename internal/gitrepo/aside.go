package gitrepo

import (
	"os"

	"github.com/planctl/planctl/internal/tempdir"
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
	dir, err := tempdir.Name(asidePrefix)
	if err != nil {
		return "", err
	}
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
	return tempdir.Remove(dir, asidePrefix, "directory of objects that were set aside")
}
