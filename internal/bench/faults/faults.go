// Faults shows that a planctl that dies, or whose disk fails, loses nothing and leaves nothing half done.
//
//	go run ./internal/bench/faults [-every 1] [-jobs 2] [-only TEXT] [-alone] [strace] [crash] [errors] [small] [truncate]
//
// It runs the planctl that it builds from this checkout, in workspaces that it makes, and stops every thread of it at every
// system call. So it knows each open, write, flush, rename and close of a file of the workspace, and can let the process
// die there, let the call fail, or let it write half. A point is a call, a file and a turn (the third write of the intent), not
// the how-manieth call of a thread: goroutines go from thread to thread. Each point that was traced has to be met again.
//
//	strace     what was traced is what strace sees
//	crash      killed at each point; then a person does one of six things, and recover has to be right
//	errors     EIO, ENOSPC, EMFILE, EROFS, half a write at each point
//	small      file systems with 0 to 64 kB or 0 to 32 inodes left (root only)
//	truncate   a manifest, an entry, a lock, intents and a note, cut to every length
//
// It ends with exit 1 where anything is wrong, and keeps the workspaces in which it was. It may not be imported, and may
// change nothing outside its own temporary directory (TMPDIR: a RAM disk makes it quicker).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// bench is one call of this program.
type bench struct {
	planctl string
	dir     string
	every   int    // one of so many trials
	jobs    int    // how many at once
	only    string // only the scenarios whose names hold it
	short   bool   // only the scenarios of the short form
	alone   bool   // nobody does anything between a crash and its recovery
	done    int    // trials so far
	bases   map[string]based
}

// based is what a scenario begins with, and what is traced there.
type based struct {
	place  *place
	points []point
}

// base makes it, once for each scenario.
func (b *bench) base(s *scenario) (based, error) {
	if made, ok := b.bases[s.name]; ok {
		return made, nil
	}
	dir, err := os.MkdirTemp(b.dir, "scenario")
	if err != nil {
		return based{}, err
	}
	p, points, err := s.base(b.planctl, dir)
	if err != nil {
		return based{}, err
	}
	if b.bases == nil {
		b.bases = map[string]based{}
	}
	b.bases[s.name] = based{p, points}
	return b.bases[s.name], nil
}

func main() {
	b := &bench{}
	flag.IntVar(&b.every, "every", 1, "do one of `N` trials")
	flag.IntVar(&b.jobs, "jobs", 2, "how many at once")
	flag.BoolVar(&b.alone, "alone", false, "crash: nobody does anything between the kill and the recovery")
	flag.StringVar(&b.only, "only", "", "take the scenarios whose names hold `TEXT`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.main(ctx, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (b *bench) main(ctx context.Context, parts []string) error {
	dir, err := os.MkdirTemp("", "faults")
	if err != nil {
		return err
	}
	if err := b.prepare(dir); err != nil {
		return err
	}
	if len(parts) == 0 {
		parts = []string{"strace", "crash", "errors", "small", "truncate"}
	}
	for _, part := range parts {
		began := time.Now()
		switch part {
		case "strace":
			err = b.compared(ctx)
		case "crash":
			err = b.crashes(ctx)
		case "errors":
			err = b.failures(ctx)
		case "small":
			err = b.small(ctx)
		case "truncate":
			err = b.truncations(ctx)
		default:
			err = fmt.Errorf("%s: want strace, crash, errors, small or truncate", part)
		}
		if err != nil {
			return err
		}
		fmt.Printf("\n%s: %s\n\n", part, time.Since(began).Round(time.Second))
	}
	return os.RemoveAll(dir)
}

// prepare builds planctl into a directory that is to hold all the workspaces.
func (b *bench) prepare(dir string) (err error) {
	// Links on the way to it would hide from the tracer which files are the workspace's.
	if b.dir, err = filepath.EvalSymlinks(dir); err != nil {
		return err
	}
	b.planctl = filepath.Join(b.dir, "planctl")
	if out, err := exec.Command("go", "build", "-o", b.planctl, "github.com/planctl/planctl/cmd/planctl").CombinedOutput(); err != nil {
		return fmt.Errorf("build planctl: %w\n%s", err, out)
	}
	return nil
}

// crashes kills each scenario at each point, with each person.
func (b *bench) crashes(ctx context.Context) error {
	fmt.Printf("| killed in | points | hit | times | wrong |\n| --- | ---: | ---: | ---: | ---: |\n")
	return b.all(ctx, func(s *scenario, base *place, points []point, c *campaign) {
		c.points = len(kills(points))
		for _, who := range persons() {
			// What is saved meanwhile would go with a checkout, as whoever checks out wants it.
			if s.saved != "" && who.act != nil || who.git && !s.git() || b.alone && who.act != nil {
				continue
			}
			for _, f := range kills(points) {
				c.add(f.String()+", "+who.name, func(dir string) error { return s.crash(base, dir, f, who, c.met) })
			}
		}
	})
}

// failures lets the disk fail at each point of each scenario.
func (b *bench) failures(ctx context.Context) error {
	fmt.Printf("| the disk fails in | faults | hit | times | wrong |\n| --- | ---: | ---: | ---: | ---: |\n")
	return b.all(ctx, func(s *scenario, base *place, points []point, c *campaign) {
		c.points = len(failures(points))
		for _, f := range failures(points) {
			c.add(f.String(), func(dir string) error { return s.failing(base, dir, f, c.met) })
		}
	})
}

// all does the trials of every scenario and prints a row for each.
func (b *bench) all(ctx context.Context, fill func(*scenario, *place, []point, *campaign)) error {
	var all []error
	for _, s := range scenarios() {
		if !strings.Contains(s.name, b.only) || b.short && !s.short {
			continue
		}
		base, err := b.base(&s)
		if err != nil {
			return err
		}
		dir, err := os.MkdirTemp(b.dir, "trials")
		if err != nil {
			return err
		}
		var c campaign
		fill(&s, base.place, base.points, &c)
		done, wrong := b.each(ctx, dir, c.trials)
		fmt.Printf("| %s | %d | %d | %d | %d |\n", s.name, c.points, c.hit(), done, len(wrong))
		for _, e := range wrong {
			all = append(all, fmt.Errorf("%s: %w", s.name, e))
		}
		if ctx.Err() != nil {
			return errors.Join(append(all, ctx.Err())...)
		}
	}
	return errors.Join(all...)
}

// campaign is the trials of one scenario.
type campaign struct {
	points int
	trials []trial
	hits   sync.Map // of faults
}

func (c *campaign) add(name string, do func(dir string) error) {
	c.trials = append(c.trials, trial{name, do})
}

// met is told of each fault that happened.
func (c *campaign) met(f fault) { c.hits.Store(f.String(), true) }

// hit is how many different faults happened.
func (c *campaign) hit() (n int) {
	c.hits.Range(func(any, any) bool { n++; return true })
	return n
}

// trial is one fault in one workspace.
type trial struct {
	name string
	do   func(dir string) error
}

// each does the trials, several at once, and gives how many were done and what went wrong. A workspace in which something
// went wrong is kept.
func (b *bench) each(ctx context.Context, dir string, trials []trial) (done int, wrong []error) {
	todo := make(chan int)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range max(1, b.jobs) {
		wg.Go(func() {
			for i := range todo {
				t := trials[i]
				err := t.do(filepath.Join(dir, fmt.Sprint("t", i)))
				mu.Lock()
				done++
				if err != nil {
					wrong = append(wrong, fmt.Errorf("%s (t%d): %w", t.name, i, err))
				}
				mu.Unlock()
			}
		})
	}
	for i := range trials {
		if i%max(1, b.every) != 0 {
			continue
		}
		select {
		case todo <- i:
		case <-ctx.Done():
		}
	}
	close(todo)
	wg.Wait()
	b.done += done
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return done, wrong
}
