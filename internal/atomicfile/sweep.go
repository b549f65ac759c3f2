package atomicfile

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/internal/regular"
)

// Sweep removes the temporary files that a killed process left beside path. The caller sees to it that
// no other process is writing path at the moment: its temporary file would be taken for a leftover. A
// path or a directory that is not there has none.
//
// Where the process died after it had put its own content in the file's place, and what it took out is not
// what it had read, that is somebody's work, saved in between: it gets its name back.
func Sweep(path string) error {
	target, err := resolve(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dir, base := filepath.Split(target)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	prefix := tempPrefix(base)
	var errs []error
	for _, e := range entries {
		if !IsTemp(e.Name()) || !strings.HasPrefix(e.Name(), prefix) || len(e.Name()) != len(prefix)+randomDigits || !e.Type().IsRegular() {
			continue
		}
		if err := sweep(filepath.Join(dir, e.Name()), target, e.Name()[len(prefix):]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func sweep(temp, target, digits string) error {
	b, err := regular.Read(temp)
	if err != nil {
		return err
	}
	has := digitsOf(sha256.Sum256(b))
	if has == digits[:sumDigits] || has == digits[sumDigits:2*sumDigits] {
		return os.Remove(temp) // never put in place, or what had been read
	}
	now, err := regular.Read(target)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil || digitsOf(sha256.Sum256(now)) != digits[:sumDigits] {
		return os.Remove(temp) // cut short while it was written; or the file was saved since
	}
	if err := os.Rename(temp, target); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(target))
}
