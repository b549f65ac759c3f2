// Race shows that many planctl processes on one task of one checkout run it once for each claim, lose no attempt, give no
// number twice, and name the holder to all who come second.
//
//	go run ./internal/bench/race [-procs 32] [-rounds 1000] [-from 1] [-kind NAME]
//
// Each round opens the task and starts that many real processes of `planctl run A1` at once, and a few more in a second
// worktree of the same repository, which must not meet them. What the rounds are is said in rounds.go. After every round the
// bytes on disk are held against what the processes said. It ends with exit 1 at the first difference, and says the
// directory, which is kept.
//
// It may not be imported, and changes nothing outside its own temporary directory (TMPDIR: a RAM disk makes it quicker).
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/planctl/planctl/internal/bench/checkout"
)

func main() {
	procs := flag.Int("procs", 8, "start `N` processes in each round")
	rounds := flag.Int("rounds", 20, "how many rounds")
	from := flag.Int("from", 1, "the number of the first round")
	only := flag.String("kind", "", "rounds of this `KIND` only")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := os.MkdirTemp("", "race")
	if err == nil {
		err = race(ctx, dir, *procs, *rounds, *from, *only)
	}
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\nkept: %s\n", err, dir)
		os.Exit(1)
	}
}

// placeRounds is how many rounds one repository takes: planctl reads every manifest, and so would more and more of the
// time go into that.
const placeRounds = 20

func race(ctx context.Context, dir string, procs, rounds, from int, only string) error {
	planctl, err := checkout.Build(dir)
	if err != nil {
		return err
	}
	began := time.Now()
	sum := tally{}
	for done := 0; done < rounds; {
		p, err := newPlace(planctl, filepath.Join(dir, fmt.Sprint("place", from+done)))
		if err != nil {
			return err
		}
		for range min(placeRounds, rounds-done) {
			k := kinds()[(from+done)%len(kinds())]
			if only != "" {
				if k, err = kindOf(only); err != nil {
					return err
				}
			}
			if err := p.round(ctx, k, procs, sum); err != nil {
				return fmt.Errorf("round %d (%s): %w", from+done, k.name, err)
			}
			done++
		}
		if err := p.close(ctx); err != nil {
			return fmt.Errorf("after round %d: %w", from+done-1, err)
		}
	}
	sum.print(procs, rounds, time.Since(began))
	return nil
}
