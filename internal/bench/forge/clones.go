package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// compare clones commits in which much is wrong, twice each, and wants the same bytes of verify in both.
func compare(ctx context.Context, dir string, n int, from uint64, jobs int) error {
	began := time.Now()
	planctl, err := build(dir)
	if err != nil {
		return err
	}
	bytes := 0
	err = each(ctx, n, from, jobs, func(seed uint64) (func(), error) {
		n, err := clones(dir, planctl, seed)
		return func() { bytes += n }, err
	})
	if err != nil {
		return err
	}
	fmt.Printf("two clones of %d commits in %s: the same %d bytes\n", n, time.Since(began).Round(time.Second), bytes)
	return nil
}

// clones makes the repository of a seed, does some deeds to it one after the other, and commits that. Two clones, in
// folders of other names and depths, with other time zones and homes, have to agree byte for byte, in every format. It
// gives how many bytes that were.
func clones(dir, planctl string, seed uint64) (int, error) {
	home := filepath.Join(dir, fmt.Sprintf("clones%d", seed))
	w, err := newWorld(filepath.Join(home, "origin"), seed)
	if err != nil {
		return 0, err
	}
	list := operators()
	for done := 0; done < 6; {
		// A deed that has nothing left to be done to, after the others, is passed over.
		if err := list[w.rng.IntN(len(list))].do(w); err == nil {
			done++
		}
	}
	if err := w.commit("much is wrong"); err != nil {
		return 0, err
	}
	places := []struct{ dir, zone string }{{"a", "Asia/Tokyo"}, {"somewhere/else entirely/b", "America/St_Johns"}}
	for _, p := range places {
		if _, err := w.git("clone", "-q", "--no-local", "file://"+w.dir, filepath.Join(home, p.dir)); err != nil {
			return 0, err
		}
	}
	total := 0
	for _, args := range [][]string{{"--json"}, {"--format", "text"}, {"--format", "sarif"}, {"--format", "junit"}, {"--format", "github"}, {"--ledger", "all", "-v"}} {
		var out [2][]byte
		for i, p := range places {
			c := exec.Command(planctl, append([]string{"verify", "--base", w.last}, args...)...)
			c.Dir = filepath.Join(home, p.dir)
			c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(home, p.dir), "TZ=" + p.zone, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null"}
			said, err := c.CombinedOutput()
			var exit *exec.ExitError
			if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
				return 0, fmt.Errorf("seed %d, in %s: verify %v: %w\n%s", seed, c.Dir, args, err, said)
			}
			out[i] = said
		}
		if len(out[0]) == 0 {
			return 0, fmt.Errorf("seed %d, in %s: verify %v says nothing of a repository that is wrong", seed, home, args)
		}
		if !bytes.Equal(out[0], out[1]) {
			return 0, fmt.Errorf("seed %d, kept in %s: verify %v differs:\n%s\n---\n%s", seed, home, args, out[0], out[1])
		}
		total += len(out[0])
	}
	return total, os.RemoveAll(home)
}
