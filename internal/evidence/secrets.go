package evidence

import (
	"errors"

	"github.com/planctl/planctl/internal/redact"
)

// ScanSecrets reads a regular file and gives the name of the first variable
// whose value stands in it, in one of the forms that package redact knows; ""
// where none does. What is compressed in the file is not found. With nothing to
// look for the file is not read.
func ScanSecrets(path string, m *redact.Masker) (name string, err error) {
	if m == nil {
		return "", nil
	}
	f, _, err := openRegular(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return m.Scan(f)
}
