// Logs shows that planctl takes logs of any size in the same memory, keeps them byte for byte, and judges criteria on them.
//
//	go run ./internal/bench/logs [-gb 10] [-kind NAME] [-most 64]
//
// For each kind of log (kinds.go) it runs a task whose command prints that much, with real planctl, and compares the log with
// the SHA-256 that the command took of what it printed. Then planctl judges the criteria again, verifies, and shows the log's
// end. Of every planctl process it takes the largest resident memory, that of git and of the command included, which is what
// wait4(2) tells. It ends with exit 1 where a byte differs, a criterion is misjudged, or a process took more than -most MB.
//
// It may not be imported, and keeps no more than one log at a time in its own temporary directory.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"time"

	"github.com/planctl/planctl/internal/bench/checkout"
)

func main() {
	gb := flag.Float64("gb", 0.1, "print `N` GB (1024-based) of each kind")
	only := flag.String("kind", "", "this `KIND` only")
	steps := flag.Int("steps", len(steps()), "only the first `N` of run, check, verify, log --tail")
	most := flag.Int64("most", 64, "`MB` of memory that planctl may take")
	flag.Parse()
	if name := os.Getenv(printVariable); name != "" {
		if err := printed(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := os.MkdirTemp("", "logs")
	if err == nil {
		err = logs(ctx, dir, int64(*gb*(1<<30)), *most, *only, *steps)
	}
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\nkept: %s\n", err, dir)
		os.Exit(1)
	}
}

// The environment by which a task's command, this program again, knows what to print.
const (
	printVariable = "PLANCTL_LOGS_PRINT"
	sizeVariable  = "PLANCTL_LOGS_SIZE"
	sumVariable   = "PLANCTL_LOGS_SUM" // the file that gets the SHA-256 of what was printed
)

func printed(name string) error {
	k, err := kindOf(name)
	if err != nil {
		return err
	}
	size, err := strconv.ParseInt(os.Getenv(sizeVariable), 10, 64)
	if err != nil {
		return err
	}
	return k.print(os.Stdout, size, os.Getenv(sumVariable))
}

func logs(ctx context.Context, dir string, size, most int64, only string, steps int) error {
	planctl, err := checkout.Build(dir)
	if err != nil {
		return err
	}
	fmt.Printf("| log | size | run | check | verify | log --tail | took |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, k := range kinds() {
		if only != "" && k.name != only {
			continue
		}
		began := time.Now()
		at := filepath.Join(dir, "place")
		peaks, err := k.try(ctx, planctl, at, size, steps)
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		fmt.Printf("| %s | %.1f GB |", k.name, float64(size)/(1<<30))
		for i, p := range peaks {
			fmt.Printf(" %d MB |", p>>20)
			if p > most<<20 {
				err = fmt.Errorf("%s: step %d took %d MB", k.name, i+1, p>>20)
			}
		}
		fmt.Printf(" %s |\n", time.Since(began).Round(time.Second))
		if err != nil {
			return err
		}
		if err := os.RemoveAll(at); err != nil {
			return err
		}
	}
	return nil
}
