// Forge shows that `planctl verify` names what was done to a repository, and accuses nobody of what was not done.
//
//	go run ./internal/bench/forge [-seeds 1000] [-only TEXT] [-histories 10000] [-merges 1000] [-clones 100] [-from 1] [-jobs 2]
//
// For each seed it makes a repository with the real engine, real commands and real git, and does each deed of a list to a
// copy of it: an entry edited, a tick by hand, a byte of an artifact turned, a manifest rewritten with every digest that
// follows from it. A rule that names the deed must find it. Then it makes histories that nobody tampered with (branches
// that ran and were merged, reverts, renames, prose in between), and verify must be silent; branches that work at once
// and are merged, where no line may be lost and no entry doubled; and two clones of one commit, where verify must say the same bytes. It ends with exit 1 at the first miss, and says the seed and the directory, which is kept.
//
// It may not be imported, may change nothing outside its own temporary directory (TMPDIR: a RAM disk makes it quicker), and
// may not ask verify's own code what a deed should be found by: the rules stand beside each deed.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/planctl/planctl/internal/finding"
)

func main() {
	seeds := flag.Int("seeds", 100, "try each deed on `N` repositories")
	histories := flag.Int("histories", 0, "make `N` histories that nobody tampered with")
	twice := flag.Int("clones", 0, "clone `N` commits twice")
	merges := flag.Int("merges", 0, "merge the branches of `N` repositories")
	from := flag.Uint64("from", 1, "the first `SEED`")
	only := flag.String("only", "", "only the deeds whose name has `TEXT` in it")
	jobs := flag.Int("jobs", 2, "how many at once")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := forge(ctx, *only, *seeds, *histories, *twice, *merges, *from, *jobs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func forge(ctx context.Context, only string, seeds, histories, twice, merges int, from uint64, jobs int) error {
	dir, err := os.MkdirTemp("", "forge")
	if err != nil {
		return err
	}
	if seeds > 0 {
		if err := deeds(ctx, dir, only, seeds, from, jobs); err != nil {
			return err
		}
	}
	if histories > 0 {
		if err := quiet(ctx, dir, histories, from, jobs); err != nil {
			return err
		}
	}
	if merges > 0 {
		if err := joinings(ctx, dir, merges, from, jobs); err != nil {
			return err
		}
	}
	if twice > 0 {
		if err := compare(ctx, dir, twice, from, jobs); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir)
}

// deeds tries every operator on many repositories and prints what named each.
func deeds(ctx context.Context, dir, only string, seeds int, from uint64, jobs int) error {
	began := time.Now()
	list := slices.DeleteFunc(known(operators()), func(o operator) bool { return !strings.Contains(o.name, only) })
	found := map[string]map[finding.Code]int{}
	err := each(ctx, seeds, from, jobs, func(seed uint64) (func(), error) {
		got, err := mutate(dir, seed, list)
		return func() {
			for name, code := range got {
				if found[name] == nil {
					found[name] = map[finding.Code]int{}
				}
				found[name][code]++
			}
		}, err
	})
	if err != nil {
		return err
	}
	fmt.Printf("| deed | named by | found |\n| --- | --- | --- |\n")
	for _, o := range list {
		n, by := 0, ""
		for _, code := range slices.Sorted(maps.Keys(found[o.name])) {
			if by != "" {
				by += ", "
			}
			by += "`" + string(code) + "`"
			n += found[o.name][code]
		}
		fmt.Printf("| %s | %s | %d/%d |\n", o.name, by, n, seeds)
	}
	fmt.Printf("\n%d deeds on %d repositories in %s: all named\n", len(list), seeds, time.Since(began).Round(time.Second))
	return nil
}

// quiet makes histories that nobody tampered with.
func quiet(ctx context.Context, dir string, n int, from uint64, jobs int) error {
	began := time.Now()
	if err := met(ctx, dir, n, from, jobs, history); err != nil {
		return err
	}
	fmt.Printf("\n%d histories in %s: no finding\n", n, time.Since(began).Round(time.Second))
	return nil
}

// joinings makes branches that work at once, and merges them.
func joinings(ctx context.Context, dir string, n int, from uint64, jobs int) error {
	began := time.Now()
	if err := met(ctx, dir, n, from, jobs, merge); err != nil {
		return err
	}
	fmt.Printf("\nthe branches of %d repositories in %s: no line lost, no entry doubled, no finding after a merge\n", n, time.Since(began).Round(time.Second))
	return nil
}

// met makes something of many seeds and prints what happened in it.
func met(ctx context.Context, dir string, n int, from uint64, jobs int, do func(dir, planctl string, seed uint64) (map[string]int, error)) error {
	met := map[string]int{}
	planctl, err := build(dir)
	if err != nil {
		return err
	}
	err = each(ctx, n, from, jobs, func(seed uint64) (func(), error) {
		got, err := do(dir, planctl, seed)
		return func() {
			for what, n := range got {
				met[what] += n
			}
		}, err
	})
	if err != nil {
		return err
	}
	fmt.Printf("| what happened | times |\n| --- | --- |\n")
	for _, what := range sortedNames(met) {
		fmt.Printf("| %s | %d |\n", what, met[what])
	}
	return nil
}

// build makes the planctl that git calls to merge.
func build(dir string) (string, error) {
	planctl := filepath.Join(dir, "planctl")
	if out, err := exec.Command("go", "build", "-o", planctl, "github.com/planctl/planctl/cmd/planctl").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build planctl: %w\n%s", err, out)
	}
	return planctl, nil
}

// each does something for many seeds, several at once, and stops at the first error. What do returns is called by one
// goroutine at a time.
func each(ctx context.Context, n int, from uint64, jobs int, do func(seed uint64) (func(), error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	seeds := make(chan uint64)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range max(1, jobs) {
		wg.Go(func() {
			for seed := range seeds {
				note, err := do(seed)
				if err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				note()
				mu.Unlock()
			}
		})
	}
	for i := range n {
		select {
		case seeds <- from + uint64(i):
		case <-ctx.Done():
		}
	}
	close(seeds)
	wg.Wait()
	return context.Cause(ctx)
}

// known leaves out the deeds that only a comparison with a base can see, where this planctl makes none.
func known(list []operator) []operator {
	if historyThere() {
		return list
	}
	return slices.DeleteFunc(list, func(o operator) bool { return o.since })
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
