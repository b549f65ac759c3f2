package evidence

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"

	"github.com/planctl/planctl/internal/manifest"
)

// Before is what artifacts were like before a run. The zero value is none:
// Collect then goes by the run's start alone.
type Before struct {
	taken time.Time // zero: not taken
	files map[string]baseline
}

type baseline struct {
	state
	sum string // hex SHA-256, "" where the file was too big to be read for it
}

// state is what the system says of a file. A write changes modified, unless it
// is put back, and always changed, which nothing but the clock can put back.
type state struct {
	size              int64
	modified, changed time.Time
	device, inode     uint64
}

func stateOf(info fs.FileInfo) state {
	s := state{size: info.Size(), modified: info.ModTime(), changed: info.ModTime()}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		s.changed = changeTime(sys)
		s.device, s.inode = uint64(sys.Dev), sys.Ino //nolint:unconvert // its type differs between systems
	}
	return s
}

// What is hashed before a run, in bytes: a file, and all of them. Hashes are
// needed only to see through a time stamp that was put back.
const (
	maxBaselineFile = 64 << 20
	maxBaseline     = 512 << 20
)

// Baseline records what the artifacts' patterns match below root before a run.
// Patterns that are wrong are Collect's to report. An error is ctx's.
func Baseline(ctx context.Context, root string, patterns []string) (Before, error) {
	b := Before{files: map[string]baseline{}}
	f, err := newFinder(root)
	if err != nil {
		b.taken = time.Now()
		return b, ctx.Err()
	}
	for _, p := range patterns {
		f.add(p)
	}
	var small []string
	var newest state
	room := int64(maxBaseline)
	for _, name := range f.files() {
		info, err := f.root.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		s := stateOf(info)
		b.files[name] = baseline{state: s}
		if s.changed.After(newest.changed) {
			newest = s
		}
		if s.size <= maxBaselineFile && s.size <= room {
			small = append(small, name)
			room -= s.size
		}
	}
	for name, h := range f.hash(ctx, small) {
		b.files[name] = baseline{state: h.state, sum: h.SHA256}
	}
	f.close() // its problems are Collect's to report
	if err := ctx.Err(); err != nil {
		return Before{}, err
	}
	settle(newest)
	b.taken = time.Now()
	return b, nil
}

// settle waits until the file system's clock has ticked since the last write, so
// that another write gets another time. Only files written just now make it
// wait: 10 ms is the longest tick of Linux; a time without a fraction comes from
// a file system that keeps whole seconds, or two (FAT).
func settle(newest state) {
	tick := 10 * time.Millisecond
	if newest.changed.Nanosecond() == 0 && newest.modified.Nanosecond() == 0 {
		tick = 2 * time.Second
	}
	if age := time.Since(newest.changed); age >= 0 && age < tick {
		time.Sleep(tick - age)
	}
}

// slack is what the clocks of this machine and of its file servers may differ by.
const slack = 2 * time.Second

// written reports whether a file was written since the baseline. link says that
// its name is a link, which may have been turned to another file.
//
// New bytes are proof, and so is a new time of modification. Neither is none:
// the file is what it was, or its time and its bytes were put back.
func (b Before) written(name string, h hashed, link bool, started time.Time) bool {
	if b.taken.IsZero() {
		return !h.state.changed.Before(started.Add(-slack))
	}
	if link && h.state.changed.Before(b.taken.Add(-time.Minute)) {
		return false // an old file under a new name; a minute, as another machine may have written it
	}
	old, was := b.files[name]
	switch {
	case !was, !old.modified.Equal(h.state.modified), old.size != h.state.size:
		return true
	case old.changed.Equal(h.state.changed) && old.inode == h.state.inode && old.device == h.state.device:
		return false
	}
	// Something was done to it and the time is as before: the bytes decide.
	return old.sum != "" && old.sum != h.SHA256
}

// Collect hashes the artifacts that the patterns name below root, after a run.
// runDir, absolute, is the directory of its manifest. started is used where
// before is the zero value.
//
// A problem is: a named path that is missing, a glob that matches nothing
// (unless they end in ?), a path that leaves the workspace, and a file that was
// not written since before. A file with a problem of its own is in the list all
// the same, where it could be hashed.
//
// The record of an interrupted run has its artifacts, too: when ctx is done 256
// MB of them are hashed all the same. What is not is left out of the list, and
// ctx's error is a problem, see Unread.
func Collect(ctx context.Context, root, runDir string, patterns []string, before Before, started time.Time) ([]manifest.File, []Problem) {
	return collect(ctx, root, runDir, patterns, newRoom(), func(f *finder, name string, h hashed) {
		info, err := f.root.Lstat(name)
		link := err == nil && info.Mode()&fs.ModeSymlink != 0
		if !before.written(name, h, link, started) {
			f.problem(name, fmt.Sprintf("stale artifact: the run did not write it (last modified %s)", h.state.modified.UTC().Format("2006-01-02 15:04:05 UTC")),
				"remove it before the run, or take it out of `artifacts`")
		}
	})
}

// Present hashes the artifacts as Collect does, whenever they were written. Their
// names are relative to root. When ctx is done no more are hashed.
func Present(ctx context.Context, root string, patterns []string) ([]manifest.File, []Problem) {
	return collect(ctx, root, "", patterns, nil, func(*finder, string, hashed) {})
}

func collect(ctx context.Context, root, runDir string, patterns []string, late *room, check func(*finder, string, hashed)) ([]manifest.File, []Problem) {
	if len(patterns) == 0 {
		return nil, nil
	}
	f, err := newFinder(root)
	if err != nil {
		return nil, []Problem{failure(root, err)}
	}
	for _, p := range patterns {
		f.add(p)
	}
	names := f.files()
	sums := f.keep(ctx, names, late)
	var files []manifest.File
	for _, name := range names {
		h, ok := sums[name]
		if !ok {
			continue
		}
		file := manifest.File{Name: name, Role: "artifact", Base: manifest.Workspace, Size: h.Size, SHA256: h.SHA256, Mode: fmt.Sprintf("%04o", h.mode.Perm())}
		if rel, err := filepath.Rel(runDir, filepath.Join(root, filepath.FromSlash(name))); runDir != "" && err == nil && local(rel) {
			file.Name, file.Base = filepath.ToSlash(rel), ""
		}
		files = append(files, file)
		check(f, name, h)
	}
	return files, f.close()
}
