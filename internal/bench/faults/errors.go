package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

// failures is every way in which the disk fails at the points.
func failures(points []point) []fault {
	var out []fault
	for _, p := range points {
		if p.reads() {
			out = append(out, fault{do: fail, at: p, errno: syscall.EIO})
			continue
		}
		for _, e := range []syscall.Errno{syscall.EIO, syscall.ENOSPC, syscall.EMFILE, syscall.EROFS} {
			out = append(out, fault{do: fail, at: p, errno: e})
		}
		if p.call == "write" && p.length > 1 {
			out = append(out, fault{do: short, at: p}, fault{do: cut, at: p, errno: syscall.ENOSPC})
		}
	}
	return out
}

// failing lets a call of planctl meet a disk that fails, and holds it to what it says and leaves.
func (s *scenario) failing(base *place, dir string, f fault, met func(fault)) error {
	p, err := base.copy(dir)
	if err != nil {
		return err
	}
	f.saved = s.saved
	r, err := p.traced(f, s.args...)
	if err != nil {
		return err
	}
	if !r.hit {
		return errors.New("planctl never came there")
	}
	met(f)
	var wrong []error
	switch r.exit {
	case 0:
	case 4, 5:
		if !names(r.said, r.real) {
			wrong = append(wrong, fmt.Errorf("the message does not name %s: %s", f.at.path, r.said))
		}
	default:
		wrong = append(wrong, fmt.Errorf("exit %d: %s", r.exit, r.said))
	}
	if f.do == short && r.exit != 0 {
		wrong = append(wrong, fmt.Errorf("a short write is no trouble, and this was exit %d: %s", r.exit, r.said))
	}
	if f.do == fail && strings.HasSuffix(f.at.call, "sync") && slices.Contains(r.flushed, r.real) && !isDir(f.at.path) {
		wrong = append(wrong, errors.New("a flush that failed was tried again"))
	}
	after, err := p.look()
	if err != nil {
		return errors.Join(append(wrong, err)...)
	}
	before, err := base.read()
	if err != nil {
		return err
	}
	for _, name := range after.left {
		if slices.Contains(before.left, name) {
			continue // of the call that was killed before
		}
		// What could not be removed is there, and an intent or a note that tells of more to be done. A temporary file also stays
		// where the intent could not be told that it was not placed: it is what tells a recovery.
		told := f.at.call == "write" && strings.Contains(f.at.path, "planctl/intents/") && r.exit != 0 && strings.Contains(r.said, "could not be noted")
		// Where names could not be changed back, or what has them could not be read, it may hold what somebody saved, and is named.
		kept := r.exit != 0 && strings.Contains(r.said, filepath.Base(name))
		if !strings.Contains(name, "planctl/") && f.at.call != "unlinkat" && !told && !kept {
			wrong = append(wrong, fmt.Errorf("planctl went on and left %s", name))
		}
	}
	if r.exit == 0 {
		for _, row := range s.ends {
			if s.args[0] != "recover" && !after.ticked[row] {
				wrong = append(wrong, fmt.Errorf("exit 0, and %s is not ticked", row))
			}
		}
		if len(after.left) > 0 {
			wrong = append(wrong, fmt.Errorf("exit 0, and left behind: %v", after.left))
		}
	}
	if err := p.recovered(); err != nil {
		return errors.Join(append(wrong, err)...)
	}
	p.saved = s.saved
	if _, err := p.settled(); err != nil {
		wrong = append(wrong, fmt.Errorf("after the recovery: %w", err))
	} else if err := s.finish(p); err != nil {
		wrong = append(wrong, fmt.Errorf("at the end: %w", err))
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	return p.remove()
}

// isDir reports whether a path of the workspace is a directory: flushed once for each name that was made in it.
func isDir(path string) bool {
	return slices.Contains([]string{".", "docs", "reports", "reports/STAMP", "reports/STAMP/plan_phase_A"}, path) || !strings.Contains(filepath.Base(path), ".")
}

// temporary takes from a temporary file's name what the writing added, so that the file that was to be written is left.
var temporary = regexp.MustCompile(`^\.(.*)\.planctl-[0-9a-f]{16}$`)

// names reports whether a message names a file: by its own name, by that of the file that it was to become, or by the
// directory that does not take it.
func names(said, real string) bool {
	name := filepath.Base(real)
	if m := temporary.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	if key := regexp.MustCompile(`[0-9a-f]{32}`).FindString(name); key != "" {
		name = key // an intent, which has another name while it is made
	}
	return strings.Contains(said, name) || strings.Contains(said, filepath.Dir(real)+": the directory is read-only")
}
