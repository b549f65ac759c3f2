package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/owner"
)

// StampLayout is a stamp as package time formats it, in UTC.
const StampLayout = "2006-01-02T150405Z"

// Dir is the directory of one or more runs.
type Dir struct {
	Stamp string
	Path  string // absolute where REPORTS was
}

// Want is a directory to be made: SLUG below REPORTS/STAMP.
type Want struct{ Reports, Slug string }

// maxAhead bounds the search for a free stamp, in seconds from now: twelve days.
// A hundred thousand runs that start in one second need the first of them.
const maxAhead = 1 << 20

// CreateDir makes REPORTS/STAMP/SLUG, which was not there before, with the
// stamp of now, or of the next second in which that directory is free.
func CreateDir(reports, slug string, now time.Time) (Dir, error) {
	want := Want{reports, slug}
	dirs, err := CreateDirs([]Want{want}, now)
	return dirs[want], err
}

// CreateDirs makes several directories with one stamp, all of them exclusively.
// Where one is taken, all move on to the next second.
func CreateDirs(wanted []Want, now time.Time) (map[Want]Dir, error) {
	for _, w := range wanted {
		if w.Slug == "" || w.Slug == "." || w.Slug == ".." || strings.ContainsAny(w.Slug, "/\x00") {
			return nil, fmt.Errorf("%q cannot be the name of a run's directory", w.Slug)
		}
		if err := makeDirs(w.Reports); err != nil {
			return nil, err
		}
	}
	stamp := func(ahead int) string { return now.UTC().Add(time.Duration(ahead) * time.Second).Format(StampLayout) }
	for ahead := 0; ahead <= maxAhead; {
		dirs, free, err := createAll(wanted, stamp(ahead))
		if err != nil || free {
			return dirs, err
		}
		// Another process may be faster than the look ahead: then it is looked again from there.
		if ahead, err = nextFree(ahead, func(n int) (bool, error) { return anyTaken(wanted, stamp(n)) }); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s: no free stamp within %d seconds from %s", wanted[0].Reports, maxAhead, now.UTC().Format(StampLayout))
}

// nextFree is the first number after from, which is taken, where the taken ones
// have no gap; with gaps, one that is free. It asks a logarithm of their number,
// so that the runs of one second do not each walk past all the others.
func nextFree(from int, taken func(int) (bool, error)) (int, error) {
	low, step := from, 1
	for ; low+step <= maxAhead; step *= 2 {
		t, err := taken(low + step)
		if err != nil {
			return 0, err
		}
		if !t {
			break
		}
		low += step
	}
	for high := low + step; high-low > 1; {
		middle := low + (high-low)/2
		t, err := taken(middle)
		if err != nil {
			return 0, err
		}
		if t {
			low = middle
		} else {
			high = middle
		}
	}
	return low + 1, nil
}

// anyTaken reports whether createAll would find a place taken.
func anyTaken(wanted []Want, stamp string) (bool, error) {
	for _, w := range wanted {
		parent := filepath.Join(w.Reports, stamp)
		info, err := os.Lstat(parent)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return false, err
		}
		if !info.IsDir() {
			return true, nil
		}
		if _, err := os.Lstat(filepath.Join(parent, w.Slug)); err == nil {
			return true, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	return false, nil
}

// createAll makes all of them, or none and says that one is taken.
func createAll(wanted []Want, stamp string) (dirs map[Want]Dir, free bool, err error) {
	dirs = make(map[Want]Dir, len(wanted))
	for _, w := range wanted {
		path := filepath.Join(w.Reports, stamp, w.Slug)
		if err = createLeaf(w.Reports, stamp, path); err != nil {
			break
		}
		dirs[w] = Dir{Stamp: stamp, Path: path}
	}
	if err == nil {
		return dirs, true, nil
	}
	for w := range dirs {
		if rm := RemoveEmpty(w.Reports, stamp+"/"+w.Slug); rm != nil {
			return nil, false, errors.Join(err, rm)
		}
	}
	if errors.Is(err, errTaken) {
		err = nil
	}
	return nil, false, err
}

var errTaken = errors.New("taken")

func createLeaf(reports, stamp, path string) error {
	for {
		err := createBoth(reports, stamp, path)
		// Another call, or a recovery, may have found the stamp's directory empty and taken it away between the two.
		if _, gone := os.Lstat(reports); !errors.Is(err, fs.ErrNotExist) || gone != nil {
			return err
		}
	}
}

func createBoth(reports, stamp, path string) error {
	parent := filepath.Join(reports, stamp)
	err := owner.Mkdir(parent, 0o777)
	if err == nil {
		err = atomicfile.SyncDir(reports)
	} else if errors.Is(err, fs.ErrExist) {
		// Another slug's, or something else: a link would lead the evidence away.
		info, lerr := os.Lstat(parent)
		if lerr != nil {
			return lerr
		}
		if err = nil; !info.IsDir() {
			return errTaken
		}
	}
	if err != nil {
		return err
	}
	switch err := owner.Mkdir(path, 0o777); {
	case errors.Is(err, fs.ErrExist):
		return errTaken
	case err != nil:
		return err
	}
	return atomicfile.SyncDir(parent)
}

// makeDirs makes a directory and those above it, and makes them durable: a
// manifest is no proof while a power cut can take its directory away.
func makeDirs(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeDirs(parent); err != nil {
			return err
		}
	}
	if err := owner.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return atomicfile.SyncDir(parent)
}

// RemoveEmpty removes a run's directory, and the stamp's above it, where there
// is nothing in them. rel is relative to root: REPORTS/STAMP/SLUG.
func RemoveEmpty(root, rel string) error {
	dir := filepath.Join(root, filepath.FromSlash(rel))
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Remove(d); errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, fs.ErrExist) {
			return nil
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// SummaryMark is the first line of each summary, so that it can be told from a
// command's own.
const SummaryMark = "<!-- written by planctl -->\n"

// WriteSummary writes summary.md into a run's directory; summary.planctl.md
// where a command wrote a summary.md of its own, which is never replaced.
// steps are told of the file that is written.
func WriteSummary(dir string, text []byte, steps atomicfile.Steps) error {
	text = append([]byte(SummaryMark), text...)
	for _, name := range []string{"summary.md", "summary.planctl.md"} {
		path := filepath.Join(dir, name)
		err := steps.Create(path, text, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		ours, err := startsWith(path, SummaryMark)
		if err != nil {
			return err
		}
		if ours {
			return steps.Replace(path, text, nil)
		}
	}
	return fmt.Errorf("%s: summary.md and summary.planctl.md were both written by a command; no summary was written", dir)
}

// startsWith reads no further than it must. What is no regular file is a command's.
func startsWith(path, prefix string) (is bool, err error) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false, err
	}
	f, _, err := openRegular(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b := make([]byte, len(prefix))
	n, err := f.ReadAt(b, 0)
	if n < len(b) {
		return false, nil //nolint:nilerr // shorter, or not to be read: not ours
	}
	return bytes.Equal(b, []byte(prefix)), nil
}
