package main

import (
	"context"
	"os"
	"strconv"
	"testing"
)

// times is how often a test does its work: n, unless the environment says otherwise.
func times(t *testing.T, name string, n int) int {
	t.Helper()
	if s := os.Getenv(name); s != "" {
		v, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	return n
}

// TestDeedsAreNamed is `-seeds` in short form: each deed is named by one of its rules, on each repository.
func TestDeedsAreNamed(t *testing.T) {
	list, dir := known(operators()), t.TempDir()
	err := each(context.Background(), times(t, "PLANCTL_FORGE_SEEDS", 4), 1, 2, func(seed uint64) (func(), error) {
		got, err := mutate(dir, seed, list)
		return func() {
			if len(got) != len(list) {
				t.Errorf("seed %d: %d of %d deeds", seed, len(got), len(list))
			}
		}, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestHistoriesAreQuiet is `-histories` in short form.
func TestHistoriesAreQuiet(t *testing.T) {
	dir := t.TempDir()
	planctl, err := build(dir)
	if err != nil {
		t.Fatal(err)
	}
	// So many, from seed 1 on, that each thing is met.
	const all = 30
	met, n := map[string]int{}, times(t, "PLANCTL_FORGE_HISTORIES", all)
	err = each(context.Background(), n, 1, 2, func(seed uint64) (func(), error) {
		got, err := history(dir, planctl, seed)
		return func() {
			for what, n := range got {
				met[what] += n
			}
		}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if met["work"] == 0 {
		t.Error("nothing was done in any of them")
	}
	if n < all {
		t.Logf("%d histories, too few to ask that each thing was met: %v", n, met)
		return
	}
	for _, what := range []string{"work", "merge", "rebase", "squash", "cherry-pick", "revert", "prose", "plan renamed"} {
		if met[what] == 0 {
			t.Errorf("no %s in any of them", what)
		}
	}
}

// TestClonesAgree is `-clones` in short form.
func TestClonesAgree(t *testing.T) {
	dir := t.TempDir()
	planctl, err := build(dir)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(3) {
		n, err := clones(dir, planctl, seed)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("seed %d: %d bytes", seed, n)
	}
}

// TestEveryDeedHasItsName: two deeds of one name would be counted as one.
func TestEveryDeedHasItsName(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range operators() {
		if seen[o.name] || o.name == "" || len(o.rules) == 0 {
			t.Errorf("deed %q", o.name)
		}
		seen[o.name] = true
	}
}
