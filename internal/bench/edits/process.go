package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"

	"github.com/planctl/planctl/internal/bench/checkout"
)

// process runs planctl while two people save its plan and its ledger, again and again.
func process(ctx context.Context, planctl, dir string, seed uint64, sum tally) error {
	c, err := checkout.New(planctl, dir, map[string]string{"plan.md": planText, "docs/fix_plan.md": ledgerText, ".planctl.yaml": "version: 1\nplans: [plan.md]\n"})
	if err != nil {
		return err
	}
	cmd := c.Command(ctx, c.Planctl, "run", "A1")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	ended := make(chan struct{})
	var editors []*editor
	for i, name := range []string{"plan.md", "docs/fix_plan.md"} {
		e, err := newEditor(c.Path(name), rand.New(rand.NewPCG(seed, uint64(i))), func() int { return 0 }, tally{})
		if err != nil {
			return err
		}
		e.careful = true
		editors = append(editors, e)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	came := make(chan error, len(editors))
	for _, e := range editors {
		go func() { came <- e.until(ended) }()
	}
	err = cmd.Wait()
	close(ended)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	for range editors {
		if err := <-came; err != nil {
			return fmt.Errorf("a person's step: %w", err)
		}
	}
	code := cmd.ProcessState.ExitCode()
	waits := code == 5 && bytes.Contains(said.Bytes(), []byte("not recorded yet"))
	if waits { // the ledger could not be read for too long: what came of the run is entered now
		if out, err := c.Command(ctx, c.Planctl, "recover").CombinedOutput(); err != nil {
			return fmt.Errorf("recover: %w\n%s%s", err, said.Bytes(), out)
		}
	}
	plan, err := editors[0].holds()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, said.Bytes())
	}
	book, err := editors[1].holds()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, said.Bytes())
	}
	entries, _, err := checkout.Entries(book)
	if err != nil {
		return err
	}
	ticked := bytes.Contains(plan, []byte("| [x] |"))
	sum["saves"] += editors[0].n + editors[1].n
	switch {
	case (code == 2 || code == 3) && len(entries) == 0 && !ticked:
		// It came in the middle of a save in place: a document that is half there lacks the row or the section, and nothing was run.
		sum["exit 2 or 3, a half-saved document was refused"]++
	case code != 0 && code != 5 || len(entries) > 1 || waits && (!ticked || len(entries) != 1) || code == 5 && !waits && ticked:
		return fmt.Errorf("exit %d, %d entries, ticked %v\n%s", code, len(entries), ticked, said.Bytes())
	case waits:
		sum["exit 5, and recover made the tick and its attempt"]++
	case code == 5:
		sum["exit 5"]++
	case ticked && len(entries) == 1:
		sum["exit 0, the tick and its attempt are there"]++
	default:
		// Whoever reads, and saves when planctl has come to its end, takes back what they have not seen.
		sum["exit 0, an older text was saved over it"]++
	}
	left, err := c.Leftovers()
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("left behind: %q", left)
	}
	return err
}

// until saves again and again until ended, and comes to the end of its last save.
func (e *editor) until(ended <-chan struct{}) error {
	for {
		select {
		case <-ended:
			for len(e.pending) > 0 {
				if err := e.step(); err != nil {
					return err
				}
			}
			return nil
		default:
		}
		if len(e.pending) == 0 {
			e.saves = 1
			// Between two saves people read.
			for range e.rng.IntN(400) {
				if _, err := own(e.mine); err != nil {
					return err
				}
			}
		}
		if err := e.step(); err != nil {
			return err
		}
	}
}
