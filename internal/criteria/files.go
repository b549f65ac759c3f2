package criteria

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/planctl/planctl/internal/glob"
)

// maxDocument bounds json(p), in bytes: its result goes into the manifest.
const maxDocument = 8 << 20

// path resolves a name that a criterion gives. It may not leave the workspace or the run's directory,
// by .. or by a link.
func (j *judging) path(p string) (string, error) {
	if p == "" {
		return "", errors.New("the path is empty")
	}
	abs := p
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(j.facts.Root, filepath.FromSlash(p))
	}
	abs = filepath.Clean(abs)
	real, err := filepath.EvalSymlinks(abs)
	if errors.Is(err, fs.ErrNotExist) {
		real, err = abs, nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", p, err)
	}
	for _, dir := range []string{j.facts.Root, j.facts.RunDir} {
		if dir == "" {
			continue
		}
		inside := func(root string) bool {
			rel, err := filepath.Rel(root, real)
			return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
		}
		if inside(dir) {
			return real, nil
		}
		if resolved, err := filepath.EvalSymlinks(dir); err == nil && inside(resolved) {
			return real, nil
		}
	}
	return "", fmt.Errorf("%s is outside the workspace", p)
}

// open opens a regular file; anything else is named for what it is. It never waits on a FIFO.
func (j *judging) open(p string) (*os.File, fs.FileInfo, error) {
	abs, err := j.path(p)
	if err != nil {
		return nil, nil, err
	}
	return openRegular(abs, p)
}

func openRegular(abs, shown string) (*os.File, fs.FileInfo, error) {
	f, err := os.OpenFile(abs, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("file %s is not there: %w", shown, fs.ErrNotExist)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("file %s: %w", shown, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is %s, not a file", shown, kind(info.Mode()))
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

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
	return "no regular file"
}

// look is file(p): one pass over the bytes for digest and lines.
func (j *judging) look(p string) (v fileView, err error) {
	f, _, err := j.open(p)
	if errors.Is(err, fs.ErrNotExist) {
		return fileView{}, nil
	}
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	buf := make([]byte, 256<<10)
	for {
		n, rerr := f.Read(buf)
		h.Write(buf[:n])
		v.Size += n
		v.Lines += bytes.Count(buf[:n], []byte{'\n'})
		if rerr == io.EOF {
			break
		}
		if rerr != nil {
			return v, fmt.Errorf("file %s: %w", p, rerr)
		}
	}
	v.Exists, v.SHA256 = true, hex.EncodeToString(h.Sum(nil))
	return v, nil
}

func (j *judging) glob(pattern string) ([]string, error) {
	if filepath.IsAbs(pattern) || !fs.ValidPath(strings.TrimSuffix(pattern, "/")) && strings.Contains(pattern, "..") {
		return nil, fmt.Errorf("glob(%q): the pattern must be relative to the workspace", pattern)
	}
	names, err := glob.Files(os.DirFS(j.facts.Root), pattern)
	if err != nil {
		return nil, fmt.Errorf("glob(%q): %w", pattern, err)
	}
	if names == nil {
		names = []string{}
	}
	return names, nil
}

func (j *judging) document(p string) (v any, err error) {
	f, info, err := j.open(p)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info.Size() > maxDocument {
		return nil, fmt.Errorf("%s has %d bytes; json reads %d at most", p, info.Size(), maxDocument)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxDocument))
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", p, err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if err = d.Decode(&v); err == nil && len(bytes.TrimSpace(b[d.InputOffset():])) > 0 {
		err = errors.New("a second value follows the first")
	}
	if err != nil {
		at := d.InputOffset()
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at = syntax.Offset
		}
		before := b[:min(max(int(at), 0), len(b))]
		line := bytes.Count(before, []byte{'\n'}) + 1
		return nil, fmt.Errorf("%s:%d:%d: no JSON: %w", p, line, len(before)-bytes.LastIndexByte(before, '\n'), err)
	}
	return v, nil
}
