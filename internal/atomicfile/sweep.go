package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Sweep removes the temporary files that a killed process left beside path. The caller sees to it that
// no other process is writing path at the moment: its temporary file would be taken for a leftover. A
// path or a directory that is not there has none.
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
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
