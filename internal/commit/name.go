package commit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/planctl/planctl/internal/manifest"
)

// maxNames bounds the search for a free name.
const maxNames = 100

// FreeManifest is the path of a manifest that is not there yet, STEM.run.json or STEM.2.run.json and so on: a command
// may have written a file of that name, and it is not replaced. Both paths are relative to root.
func FreeManifest(root, stem string) (string, error) {
	for i := 1; i <= maxNames; i++ {
		path := stem + manifest.Suffix
		if i > 1 {
			path = stem + "." + strconv.Itoa(i) + manifest.Suffix
		}
		_, err := os.Lstat(filepath.Join(root, filepath.FromSlash(path)))
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%s%s: %d names are taken", stem, manifest.Suffix, maxNames)
}
