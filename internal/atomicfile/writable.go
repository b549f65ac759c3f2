package atomicfile

import (
	"os"
	"path/filepath"
)

// Writable reports, as a *ReadOnlyError, that Replace would refuse path now. It is for those who do
// something long before they write; a nil promises nothing. A path that is not there is an error.
func Writable(path string) error {
	target, err := resolve(path)
	if err != nil {
		return err
	}
	if _, err := stat(target); err != nil {
		return err
	}
	dir := filepath.Dir(target)
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o222 == 0 {
		return &ReadOnlyError{Path: dir, Dir: true}
	}
	return nil
}
