package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/sys/unix"
)

// roomy is a tmpfs in which there is room for everything.
const roomy = "size=16m,nr_inodes=10000"

// limit is how much a file system has left when the work begins.
type limit struct {
	name   string
	pages  int // of 4096 bytes; -1: enough
	inodes int // -1: enough
}

// limits goes from nothing to more than is needed, in the smallest steps that there are: each stops the work elsewhere.
func limits() []limit {
	var out []limit
	for n := range 64/4 + 1 {
		out = append(out, limit{fmt.Sprintf("%d kB left", 4*n), n, -1})
	}
	for n := range 33 {
		out = append(out, limit{fmt.Sprintf("%d inodes left", n), -1, n})
	}
	return out
}

// small lets a call of planctl fill a small file system, and holds it to what it says and leaves. stopped is called
// where it gave up with exit 4 or 5.
func (s *scenario) small(base *place, dir string, l limit, stopped func()) (err error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, roomy); err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	defer func() { err = errors.Join(err, unix.Unmount(dir, 0)) }()
	p, err := base.copy(filepath.Join(dir, "p"))
	if err != nil {
		return err
	}
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return err
	}
	options := roomy
	if l.pages >= 0 {
		options = fmt.Sprintf("size=%d,nr_inodes=10000", (int64(st.Blocks-st.Bfree)+int64(l.pages))*st.Bsize)
	}
	if l.inodes >= 0 {
		options = fmt.Sprintf("size=16m,nr_inodes=%d", int(st.Files-st.Ffree)+l.inodes)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, options); err != nil {
		return fmt.Errorf("make it small: %w", err)
	}
	code, said, err := p.run(s.args...)
	if err != nil {
		return err
	}
	var wrong []error
	switch {
	case code == 0:
	case code == 1 && ownFailure.MatchString(said): // the command itself had no room
	case code != 4 && code != 5:
		wrong = append(wrong, fmt.Errorf("exit %d: %s", code, said))
	default:
		stopped()
	}
	switch {
	case code == 0 || code == 1:
	case !strings.Contains(said, p.dir) && !strings.Contains(said, "reports/"):
		wrong = append(wrong, fmt.Errorf("the message names no path: %s", said))
	}
	if _, err := p.look(); err != nil {
		wrong = append(wrong, err)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, roomy); err != nil {
		return err
	}
	if err := p.recovered(); err != nil {
		return errors.Join(append(wrong, fmt.Errorf("with exit %d, %s, recover: %w", code, said, err))...)
	}
	if _, err := p.settled(); err != nil {
		wrong = append(wrong, fmt.Errorf("after the recovery: %w", err))
	} else if err := s.finish(p); err != nil {
		wrong = append(wrong, fmt.Errorf("at the end: %w", err))
	}
	return errors.Join(wrong...)
}

// ownFailure is how planctl speaks of a command that failed.
var ownFailure = regexp.MustCompile(`failed \(exit [1-9]`)

// small runs the scenarios in file systems with hardly any room.
func (b *bench) small(ctx context.Context) error {
	try := filepath.Join(b.dir, "mounted")
	if err := os.Mkdir(try, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", try, "tmpfs", 0, roomy); err != nil {
		fmt.Printf("small file systems: not tried, since this process may not mount one: %v\n", err)
		return nil
	}
	if err := unix.Unmount(try, 0); err != nil {
		return err
	}
	fmt.Printf("| a small file system | sizes | gave up | times | wrong |\n| --- | ---: | ---: | ---: | ---: |\n")
	return b.all(ctx, func(s *scenario, base *place, _ []point, c *campaign) {
		c.points = len(limits())
		for _, l := range limits() {
			c.add(l.name, func(dir string) error {
				return s.small(base, dir, l, func() { c.hits.Store(l.name, true) })
			})
		}
	})
}
