package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

// point is one system call on a file of the workspace: which call, of which file, and how many of its like came before.
// Not the how-manieth of all: a goroutine goes from thread to thread, and which of two is first is nobody's decision.
type point struct {
	call    string
	path    string // relative to the workspace, with what is drawn anew for each run made plain
	nth     int
	length  int  // bytes asked for
	writes  bool // it changes something, or opens a file to be changed
	creates bool // it opens a file that may not be there
}

// String names the file and the call, without its turn.
func (p point) String() string { return p.call + " " + p.path }

func (p point) full() string { return fmt.Sprintf("%s %s (%d)", p.call, p.path, p.nth) }

func (p point) same(q point) bool { return p.call == q.call && p.path == q.path && p.nth == q.nth }

// reads reports whether the call only reads: to die there is to die before the next one.
func (p point) reads() bool {
	return slices.Contains([]string{"read", "pread64", "getdents64"}, p.call)
}

// What differs from run to run: stamps, the key of a run, the digits of temporary files, process numbers.
var drawn = []struct {
	is   *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d{6}Z`), "STAMP"},
	{regexp.MustCompile(`\.planctl-[0-9a-f]{16}`), ".planctl-RANDOM"},
	{regexp.MustCompile(`[0-9a-f]{32}`), "KEY"},
	{regexp.MustCompile(`KEY\.\d+\.`), "KEY.PID."},
	{regexp.MustCompile(`notes/\d+-\d+\.jsonl`), "notes/PID-RANDOM.jsonl"},
	{regexp.MustCompile(`planctl-(replay|aside)-[0-9a-f]{16}`), "planctl-$1-RANDOM"},
	{regexp.MustCompile(`objects/[0-9a-f]{2}(/[0-9a-fKEY]+)?`), "objects/OBJECT"},
}

func normal(root, path string) string {
	rel, aside := strings.CutPrefix(path, root+scratch)
	if aside {
		rel = scratch + rel
	} else {
		var err error
		if rel, err = filepath.Rel(root, path); err != nil {
			return path
		}
	}
	for _, d := range drawn {
		rel = d.is.ReplaceAllString(rel, d.name)
	}
	return rel
}

// again reports whether a point is a further listing of a directory that is being taken away: how often it is listed
// until it is empty is the file system's affair, and not the same each time.
func again(p point) bool { return p.nth > 1 && listing(p.String()) }

func listing(point string) bool { return strings.HasPrefix(point, "getdents64 "+scratch+"/") }

// isOf reports whether a path is one of a workspace's, or of the directory beside it for what is thrown away.
func isOf(root, path string) bool {
	return path == root || path == root+scratch || strings.HasPrefix(path, root+"/") || strings.HasPrefix(path, root+scratch+"/")
}

// doing is what happens at a point.
type doing uint8

const (
	nothing doing = iota
	kill          // the process is killed before the call
	torn          // it is killed when half of the bytes are written
	fail          // the call does nothing and gives an error
	short         // half of the bytes are written, and the call says so
	cut           // so too, and the next write gives an error: a disk that is full now
)

// fault is one thing that goes wrong.
type fault struct {
	do    doing
	at    point
	errno syscall.Errno
	// saved is a document: a person saves it, by renaming, when planctl is about to put its own in its place for the first time.
	saved string
}

func (f fault) String() string {
	switch f.do {
	case kill:
		return "killed at " + f.at.full()
	case torn:
		return "killed half way through " + f.at.full()
	case short:
		return "a short " + f.at.full()
	case cut:
		return fmt.Sprintf("a short %s, then %s", f.at.full(), errnoName(f.errno))
	case fail:
		return errnoName(f.errno) + " at " + f.at.full()
	}
	return "nothing"
}

func errnoName(e syscall.Errno) string {
	switch e {
	case syscall.EIO:
		return "EIO"
	case syscall.ENOSPC:
		return "ENOSPC"
	case syscall.EMFILE:
		return "EMFILE"
	case syscall.EROFS:
		return "EROFS"
	}
	return e.Error()
}

// result is what was seen of one process.
type result struct {
	points  []point
	from    int      // the first of them that a person's save may have changed
	hit     bool     // the fault happened
	real    string   // the file that it happened to
	flushed []string // the files that were flushed after it
	exit    int      // exit code, -1 where a signal ended it
	said    string   // what it printed
}
