package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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

// wrongs is deeds that can be done one after the other: none takes away what a later one needs.
func wrongs() []string {
	return []string{"tick: by hand", "untick: what a done task comes after", "tick: roll-up of an open phase", "row: reworded", "spec: criterion weakened", "spec: kind",
		"forged: value of a criterion", "forged: recorded call", "proof: counts of the tests", "replay: under a new stamp and number", "entry: duplicated", "entry: date",
		"since: next actions rewritten", "since: entry of a run deleted", "artifacts: swapped", "log: edited", "pin: edited", "input: edited", "manifest: note", "parent: dropped"}
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
	for _, name := range wrongs() {
		i := slices.IndexFunc(list, func(o operator) bool { return o.name == name })
		if i < 0 {
			return 0, fmt.Errorf("no deed %q", name)
		}
		if chance(w.rng, 3) {
			continue
		}
		if err := list[i].do(w); err != nil {
			return 0, fmt.Errorf("%s: seed %d: %w", name, seed, err)
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
