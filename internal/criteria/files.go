package criteria

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/regular"
)

// path resolves a name that a criterion gives. It may not leave the workspace or the run's directory,
// by .. or by a link. A file that is not there is no error.
func (j *judging) path(p string) (string, error) {
	switch {
	case p == "":
		return "", errors.New("the path is empty")
	case strings.ContainsRune(p, 0):
		return "", fmt.Errorf("the path %q holds a NUL", p)
	case j.facts.Root == "":
		return "", errors.New("there is no workspace to look for files in")
	}
	abs := p
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(j.facts.Root, filepath.FromSlash(p))
	}
	real, err := resolve(filepath.Clean(abs))
	if err != nil {
		return "", fmt.Errorf("%s: %w", p, withoutPath(err))
	}
	if j.inside == nil {
		for _, dir := range []string{j.facts.Root, j.facts.RunDir} {
			if dir == "" {
				continue
			}
			if dir, err = resolve(filepath.Clean(dir)); err != nil {
				return "", fmt.Errorf("the workspace: %w", withoutPath(err))
			}
			j.inside = append(j.inside, dir)
		}
	}
	for _, dir := range j.inside {
		if rel, err := filepath.Rel(dir, real); err == nil && filepath.IsLocal(rel) {
			return real, nil
		}
	}
	return "", fmt.Errorf("%s is outside the workspace", p)
}

// resolve follows the links of a path as far as it exists.
func resolve(abs string) (string, error) {
	rest := ""
	for {
		real, err := filepath.EvalSymlinks(abs)
		if err == nil {
			return filepath.Join(real, rest), nil
		}
		parent := filepath.Dir(abs)
		if !gone(err) || parent == abs {
			return "", err
		}
		abs, rest = parent, filepath.Join(filepath.Base(abs), rest)
	}
}

// gone reports whether there is nothing of that name; a file where a directory was wanted is nothing, too.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// withoutPath takes the machine's path out of an error: it goes into a record that others read.
func withoutPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// open opens a regular file; anything else is named for what it is. It never waits on a FIFO.
func (j *judging) open(p string) (*os.File, fs.FileInfo, error) {
	abs, err := j.path(p)
	if err != nil {
		return nil, nil, err
	}
	return openRegular(abs, "file "+p)
}

func openRegular(abs, shown string) (*os.File, fs.FileInfo, error) {
	// Looked at first, since to open a device can do something; and again, since it may be another by then.
	info, err := os.Stat(abs)
	if gone(err) {
		return nil, nil, fmt.Errorf("%s is not there%w", shown, errGone)
	}
	if err == nil && !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is %s, not a file", shown, kind(info.Mode()))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", shown, withoutPath(err))
	}
	f, err := os.OpenFile(abs, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", shown, withoutPath(err))
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is %s, not a file", shown, kind(info.Mode()))
	}
	if err != nil {
		return nil, nil, errors.Join(withoutPath(err), f.Close())
	}
	return f, info, nil
}

// errGone marks the error of a file that is not there; it says nothing more.
var errGone = silent{}

type silent struct{}

func (silent) Error() string { return "" }

func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}

// look is file(p): one pass over the bytes for digest and lines.
func (j *judging) look(p string) (v fileView, err error) {
	f, _, err := j.open(p)
	if errors.Is(err, errGone) {
		return fileView{}, nil
	}
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r, h := regular.Until(j.ctx, f), sha256.New()
	buf := make([]byte, 256<<10)
	last := byte('\n')
	for {
		n, rerr := r.Read(buf)
		if n > 0 {
			h.Write(buf[:n])
			v.Size += n
			v.Lines += bytes.Count(buf[:n], []byte{'\n'})
			last = buf[n-1]
		}
		if rerr == io.EOF {
			break
		}
		if rerr != nil {
			return v, fmt.Errorf("file %s: %w", p, withoutPath(rerr))
		}
	}
	if last != '\n' {
		v.Lines++
	}
	v.Exists, v.SHA256 = true, hex.EncodeToString(h.Sum(nil))
	return v, nil
}

// glob is glob(pattern): names as the pattern gives them, below the workspace or the run's directory.
func (j *judging) glob(pattern string) (names []string, err error) {
	dir, below := j.facts.Root, filepath.ToSlash(pattern)
	prefix := ""
	if filepath.IsAbs(pattern) {
		dir = ""
		for _, d := range []string{j.facts.RunDir, j.facts.Root} {
			if rest, ok := strings.CutPrefix(below, filepath.ToSlash(d)+"/"); d != "" && ok {
				dir, below, prefix = d, rest, filepath.ToSlash(d)+"/"
				break
			}
		}
	}
	if dir == "" {
		return nil, fmt.Errorf("glob(%q) is outside the workspace", pattern)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("glob(%q): %w", pattern, withoutPath(err))
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	found, err := glob.Files(root.FS(), below)
	if err != nil {
		return nil, fmt.Errorf("glob(%q): %w", pattern, withoutPath(err))
	}
	names = make([]string, 0, len(found))
	for _, n := range found {
		if !utf8.ValidString(n) {
			return nil, fmt.Errorf("glob(%q): the name %q is not UTF-8", pattern, n)
		}
		names = append(names, prefix+n)
	}
	return names, nil
}
