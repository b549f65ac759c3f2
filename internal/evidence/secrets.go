package evidence

import (
	"context"
	"errors"

	"github.com/planctl/planctl/internal/redact"
	"github.com/planctl/planctl/internal/regular"
)

// ScanSecrets reads a regular file and gives the name of the first variable
// whose value stands in it, in one of the forms that package redact knows; ""
// where none does. What is compressed in the file is not found. With nothing to
// look for the file is not read. When ctx is done its error is returned.
func ScanSecrets(ctx context.Context, path string, m *redact.Masker) (name string, err error) {
	if m == nil {
		return "", nil
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	f, _, err := openRegular(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return m.Scan(regular.Until(ctx, f))
}
