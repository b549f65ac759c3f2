package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/planctl/planctl/internal/bench/checkout"
	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/manifest"
	ledgers "github.com/planctl/planctl/ledger"
	plans "github.com/planctl/planctl/plan"
)

const (
	planText = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n\n" +
		"```yaml planctl\nA1: {run: \"true\"}\n```\n\nThe end.\n"
	ledgerText = "# Ledger\n\n## [T-001] T\n- Attempts History:\n  * [2025-10-01] Attempt #4 — Result: by hand.\n\n## [U-002] Other\n- trailing   \n"
)

// scene is one commit, and who saves meanwhile.
type scene struct {
	dir     string
	rng     *rand.Rand
	now     atomic.Int64   // a step that was held up looks at it when it goes on
	looked  map[string]int // when each file was looked at last
	editors map[string]*editor
	hands   map[string]*hand
	err     error
}

// one makes a commit of the seed.
func one(ctx context.Context, dir string, seed uint64, sum tally) error {
	s := &scene{dir: dir, rng: rand.New(rand.NewPCG(seed, 0x65646974)), looked: map[string]int{}, editors: map[string]*editor{}, hands: map[string]*hand{}}
	for name, text := range map[string]string{"plan.md": planText, "fix_plan.md": ledgerText} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	for _, name := range [][]string{{"plan.md"}, {"fix_plan.md"}, {"plan.md", "fix_plan.md"}}[s.rng.IntN(3)] {
		// Chances and counts of each person's own: a step that is held up goes on beside the commit.
		rng := rand.New(rand.NewPCG(seed, s.rng.Uint64()))
		e, err := newEditor(filepath.Join(dir, name), rng, func() int { return int(s.now.Load()) }, tally{})
		if err != nil {
			return err
		}
		s.editors[name], s.hands[name] = e, newHand()
		defer s.hands[name].close()
	}
	store := commit.NewStore(dir, nil)
	store.Observe = s.moment
	outcome, err := s.commit(ctx, store)
	var conflict *commit.ConflictError
	var waits *commit.EntryError
	if err != nil && !errors.As(err, &conflict) && !errors.As(err, &waits) {
		return err
	}
	for name, e := range s.editors {
		s.err = errors.Join(s.err, s.hands[name].wait())
		for s.err == nil && e.busy() {
			s.now.Add(1)
			s.err = e.step()
		}
		for style, n := range e.styles {
			sum[style] += n
		}
	}
	if s.err != nil {
		return fmt.Errorf("a person's step: %w", s.err)
	}
	return s.judge(outcome, err, sum)
}

// commit is what the engine does at the end of a run.
func (s *scene) commit(ctx context.Context, store *commit.Store) (commit.Outcome, error) {
	run := "reports/2026-01-01T000000Z/phase_A"
	if err := os.MkdirAll(filepath.Join(s.dir, run), 0o755); err != nil {
		return commit.Outcome{}, err
	}
	path := run + "/A1" + manifest.Suffix
	open, err := store.Begin(commit.Intent{Key: strconv.Itoa(int(s.rng.Uint32())), Name: "plan.md#A1", RunDir: run, Manifest: path, Begun: time.Now()})
	if err != nil {
		return commit.Outcome{}, err
	}
	return open.Commit(ctx, commit.Writing{}, func() (*commit.Change, *manifest.Statement, error) {
		row := plans.Parse("plan.md", []byte(planText), plans.Tokens{}).Task("A1")
		return &commit.Change{ManifestPath: path, Ledger: "fix_plan.md", Section: "T-001",
			Entry: ledgers.Entry{Date: "2026-01-01", Number: 5, Task: "A1", Title: "One", Result: "pass", Detail: "exit 0"},
			Ticks: []commit.Tick{{Plan: "plan.md", ID: "A1", Row: row.RowText(), From: row.Token, To: plans.Done}},
		}, manifest.New(manifest.Predicate{Result: manifest.Pass}), nil
	})
}

// moment lets the people do what they do at this moment: most often nothing, sometimes several steps.
func (s *scene) moment(path string, at commit.Moment) {
	s.now.Add(1)
	if at == commit.WasRead {
		s.looked[path] = int(s.now.Load())
		s.now.Add(1) // what is done from here on comes after that look
	}
	for name, h := range s.hands {
		e := s.editors[name]
		steps := []int{0, 0, 1, 1, 2, 4}[s.rng.IntN(6)]
		if at == commit.Waits {
			steps = 1 // it waits for them
		}
		for range steps {
			if s.err == nil && (h.held || e.busy()) { // while a step is held up the person is that step's
				s.err = h.do(e.step)
			}
		}
	}
}

// judge holds what is on disk against what the people saved and the commit said.
func (s *scene) judge(out commit.Outcome, conflict error, sum tally) error {
	files := map[string][]byte{}
	for _, name := range []string{"plan.md", "fix_plan.md"} {
		e := s.editors[name]
		if e == nil {
			var err error
			if e, err = newEditor(filepath.Join(s.dir, name), s.rng, nil, tally{}); err != nil {
				return err
			}
			if e.mine, err = own(e.mine); err != nil {
				return err
			}
		}
		b, err := e.holds()
		if err != nil {
			return err
		}
		files[name] = b
	}
	later := func(name string) bool { e := s.editors[name]; return e != nil && e.saved > s.looked[name] }
	entries, _, err := checkout.Entries(files["fix_plan.md"])
	if err != nil {
		return err
	}
	ticked, entered := bytes.Contains(files["plan.md"], []byte("| [x] |")), len(entries) == 1
	switch {
	case errors.As(conflict, new(*commit.EntryError)):
		sum["the ledger could not be read for too long, and the run waits, which is exit 5"]++
		if ticked || entered {
			return fmt.Errorf("not recorded, ticked %v, entered %v: %w", ticked, entered, conflict)
		}
	case len(entries) > 1:
		return fmt.Errorf("%d entries:\n%s", len(entries), files["fix_plan.md"])
	case conflict != nil && (len(out.Ticked) > 0 || len(out.Refused) == 0):
		return fmt.Errorf("%w, and %+v", conflict, out)
	case conflict != nil:
		sum["the tick was refused, which is exit 5"]++
		if ticked {
			return fmt.Errorf("refused and ticked: %w", conflict)
		}
	case !ticked && !later("plan.md"):
		return fmt.Errorf("exit 0, and no tick:\n%s", files["plan.md"])
	case !entered && !later("fix_plan.md"):
		return fmt.Errorf("exit 0, and no entry:\n%s", files["fix_plan.md"])
	case !ticked || !entered:
		sum["an older text was saved over it after its last look"]++
	default:
		sum["the tick and its attempt are there"]++
	}
	return s.leftovers()
}

func (s *scene) leftovers() error {
	list, err := os.ReadDir(s.dir)
	for _, e := range list {
		if strings.Contains(e.Name(), ".planctl-") {
			err = errors.Join(err, fmt.Errorf("left behind: %s", e.Name()))
		}
	}
	return err
}
