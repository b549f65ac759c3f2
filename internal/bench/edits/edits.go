// Edits shows that a person who saves a plan or a ledger while planctl writes it loses nothing, and that the tick is there
// afterwards or refused.
//
//	go run ./internal/bench/edits [-n 10000] [-processes 300] [-from 1]
//
// With -n it makes commits in this process, and at each moment of reading, comparing, exchanging and looking back a person
// does the next step of what their editor does: truncates the file, writes a part, renames another file over it, takes it
// away for a backup, appends a line. An open that the kernel holds up stays so while the commit goes on, as that of another
// process would. With -processes it runs real `planctl run A1` while a person saves again and again. Which steps come when is
// drawn from the seed. It ends with exit 1 at the first byte that is lost, and says the seed and the directory, which is kept.
//
// It may not be imported, and changes nothing outside its own temporary directory (TMPDIR: a RAM disk makes it quicker).
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"github.com/planctl/planctl/internal/bench/checkout"
)

func main() {
	n := flag.Int("n", 1000, "interleave `N` commits with saves, step by step")
	processes := flag.Int("processes", 0, "run `N` real processes while somebody saves")
	from := flag.Uint64("from", 1, "the first `SEED`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := os.MkdirTemp("", "edits")
	if err == nil {
		err = interleave(ctx, dir, *n, *from)
	}
	if err == nil {
		err = together(ctx, dir, *processes, *from)
	}
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\nkept: %s\n", err, dir)
		os.Exit(1)
	}
}

// tally counts what happened.
type tally map[string]int

func (t tally) print(title string, took time.Duration) {
	fmt.Printf("| %s | times |\n| --- | --- |\n", title)
	for _, what := range slices.Sorted(maps.Keys(t)) {
		fmt.Printf("| %s | %d |\n", what, t[what])
	}
	fmt.Printf("\nin %s: every byte that was saved is there\n\n", took.Round(time.Second))
}

// interleave makes n commits with a person at each of their moments.
func interleave(ctx context.Context, dir string, n int, from uint64) error {
	if n == 0 {
		return nil
	}
	began, sum := time.Now(), tally{}
	for seed := from; seed < from+uint64(n); seed++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := filepath.Join(dir, fmt.Sprint("seed", seed))
		if err := one(ctx, at, seed, sum); err != nil {
			return fmt.Errorf("seed %d: %w", seed, err)
		}
		if err := os.RemoveAll(at); err != nil {
			return err
		}
	}
	sum.print(fmt.Sprintf("of %d commits, step by step", n), time.Since(began))
	return nil
}

// together runs n real processes while a person saves.
func together(ctx context.Context, dir string, n int, from uint64) error {
	if n == 0 {
		return nil
	}
	planctl, err := checkout.Build(dir)
	if err != nil {
		return err
	}
	began, sum := time.Now(), tally{}
	for seed := from; seed < from+uint64(n); seed++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := filepath.Join(dir, fmt.Sprint("process", seed))
		if err := process(ctx, planctl, at, seed, sum); err != nil {
			return fmt.Errorf("process of seed %d: %w", seed, err)
		}
		if err := os.RemoveAll(at); err != nil {
			return err
		}
	}
	sum.print(fmt.Sprintf("of %d processes", n), time.Since(began))
	return nil
}
