package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// What strace prints of a call: its thread, its name, and what it was given.
var straced = regexp.MustCompile(`(?m)^\d+ +(\w+)\((.*)$`)

var (
	quoted = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	opened = regexp.MustCompile(`^-?\w*<([^>]*)>`)
)

// strace compares the points with what strace sees of the same call of planctl: another program, which knows nothing of
// this one, names the same calls of the same files as often.
func (s *scenario) strace(base *place, dir string, points []point) (seen int, err error) {
	p, err := base.copy(dir)
	if err != nil {
		return 0, err
	}
	out := dir + ".strace"
	calls := map[string]interest{}
	for _, c := range interests() {
		calls[c.name] = c
	}
	// Children are let go of when they become another program.
	args := append([]string{"-f", "-qq", "-y", "-s", "4096", "-b", "execve", "-o", out, "-e", "signal=none",
		"-e", "trace=execve," + strings.Join(slices.Sorted(maps.Keys(calls)), ","), p.planctl}, s.args...)
	c := exec.Command("strace", args...)
	c.Dir, c.Env = p.dir, p.env()
	if said, err := c.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("strace: %w\n%s", err, said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return 0, err
	}
	there := map[string]int{}
	for _, m := range straced.FindAllStringSubmatch(string(b), -1) {
		if name, ok := calls[m[1]]; ok {
			if at := name.straced(p.dir, m[2]); at != "" {
				if name := m[1] + " " + normal(p.dir, at); there[name] == 0 || !listing(name) {
					there[name]++
				}
				seen++
			}
		}
	}
	here := map[string]int{}
	for _, q := range points {
		here[q.String()]++
	}
	var wrong []error
	for name := range here {
		if here[name] != there[name] {
			wrong = append(wrong, fmt.Errorf("%s: traced %d times, and strace sees %d", name, here[name], there[name]))
		}
	}
	for name, n := range there {
		if here[name] == 0 {
			wrong = append(wrong, fmt.Errorf("%s: strace sees it %d times, and it was not traced", name, n))
		}
	}
	if len(wrong) > 0 {
		return seen, errors.Join(wrong...)
	}
	return seen, errors.Join(p.remove(), os.Remove(out))
}

// straced is the file of a call as strace prints its arguments, "" where it is none of the workspace's.
func (c interest) straced(root, args string) string {
	dir := ""
	if c.fd >= 0 {
		parts := strings.Split(args, ", ")
		// Of renameat and linkat the second directory counts: a quoted path stands between the two.
		if at := opened.FindStringSubmatch(parts[min(c.fd, len(parts)-1)]); at != nil {
			dir = strings.TrimSuffix(at[1], "(deleted)")
		}
	}
	path := dir
	if c.path >= 0 {
		names := quoted.FindAllStringSubmatch(args, -1)
		if len(names) == 0 {
			return ""
		}
		path = names[len(names)-1][1]
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
	}
	if isOf(root, path) {
		return path
	}
	return ""
}

// compared compares every scenario with strace.
func (b *bench) compared(ctx context.Context) error {
	if _, err := exec.LookPath("strace"); err != nil {
		fmt.Println("strace is not there: not compared with it")
		return nil
	}
	fmt.Printf("| compared with strace | calls traced | seen by it | times | wrong |\n| --- | ---: | ---: | ---: | ---: |\n")
	return b.all(ctx, func(s *scenario, base *place, points []point, c *campaign) {
		if s.saved != "" {
			return // strace saves nothing
		}
		c.points = len(points)
		c.add("strace", func(dir string) error {
			seen, err := s.strace(base, dir, points)
			for i := range seen {
				c.hits.Store(i, true)
			}
			return err
		})
	})
}
