package replay

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/proof"
)

// hindered takes what kept the tests of a side from any verdict for its reason.
func (s *Side) hindered(t proof.Run, log string) {
	if s.Result.Canceled {
		return
	}
	if s.obstacle = proof.Obstacle(t); s.obstacle == "" {
		return
	}
	if t.Tests.Reader == "" && s.Result.Err == "" {
		s.obstacle += proof.Unread(lastLine(log))
	}
	s.Why = s.obstacle
}

// unlike refuses a red that did not show itself where its record pins what these sources never had: it was not run on
// them, whatever this machine lacks.
func (s *Side) unlike(recorded, here map[string]string) {
	if s.obstacle == "" {
		return
	}
	for _, pin := range slices.Sorted(maps.Keys(recorded)) {
		if recorded[pin] != here[pin] {
			s.obstacle = ""
			s.Why = fmt.Sprintf("the sources that the record of the red names do not have %s as it was pinned (%s)", pin, s.Why)
			return
		}
	}
}

// settle tells what this machine lacks from what a proof lacks. Where both sides are kept from a verdict, nothing was
// shown of either. Where one is, the other had all that it needed here, so that its sources are why. lacking is why the
// red's sources could not be laid out here, nil where they were.
func (r *replay) settle(ctx context.Context, seen *Seen, lacking *RefusedError) error {
	then, now := &seen.Then, &seen.Now
	switch {
	case lacking != nil && (now.Why == "" || now.obstacle != ""):
		return lacking
	case lacking != nil:
		return nil // today's tests failed
	case then.obstacle == "" && now.obstacle == "":
		return nil
	case now.obstacle == "" && now.Why == "":
		then.Why += ", and today's sources have no such problem here"
		return nil
	case then.obstacle == "" && then.Why == "":
		now.Why += ", and the red's sources have no such problem here"
		return nil
	case then.obstacle == "" || now.obstacle == "":
		return nil
	}
	why := fmt.Sprintf("in the checkouts of the red's sources and of today's %s; the recorded runs had no such problem", then.obstacle)
	if then.obstacle != now.obstacle {
		why = fmt.Sprintf("in the checkout of the red's sources %s; in that of today's %s; the recorded runs had no such problem", then.obstacle, now.obstacle)
	}
	help, err := r.missing(ctx)
	if err != nil {
		return err
	}
	return &RefusedError{Why: why, Help: help, Here: true}
}

// has refuses a commit that is not in this clone, which says nothing of the proof.
func (r *replay) has(ctx context.Context, commit string) error {
	if commit == "" {
		return nil
	}
	if b, err := hex.DecodeString(commit); err != nil || len(b) != 20 && len(b) != 32 { // SHA-1, SHA-256
		return &RefusedError{Why: fmt.Sprintf("the record of the red names no commit: %q", commit), Help: "prove the red and its green again"}
	}
	there, err := r.p.Repo.Has(ctx, []string{commit})
	if err != nil || there[commit] {
		return err
	}
	help := "git fetch origin " + commit + " where the remote still has it; after a squash or a rebase it may be gone for good, and what a replay needs is a new proof: the red run again on sources without the change, then its green"
	if r.p.Repo.Shallow() {
		help = "the clone is shallow: git fetch --unshallow, or git fetch origin " + commit
	}
	return &RefusedError{Why: fmt.Sprintf("the commit of the red run, %s, is not in this clone", short(commit)), Help: help, Here: true}
}

// mostMissing is how many of the paths that git ignores are named.
const mostMissing = 6

// missing says what the checkouts of a replay do not have, and the way out.
func (r *replay) missing(ctx context.Context) (string, error) {
	const wayOut = "lay out what the commands need with --setup '…'"
	list, err := r.p.Repo.IgnoredBelow(ctx, r.prefix)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(list, func(a, b string) int {
		return strings.Count(strings.TrimSuffix(a, "/"), "/") - strings.Count(strings.TrimSuffix(b, "/"), "/")
	})
	switch n := len(list); {
	case n == 0:
		return "a replay's checkouts have only what git keeps, and this machine's programs: " + wayOut, nil
	case n > mostMissing:
		list = append(list[:mostMissing], fmt.Sprintf("%d more", n-mostMissing))
		fallthrough
	case n > 1:
		list = []string{strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]}
	}
	return "git ignores " + list[0] + ", and a replay's checkouts have only what git keeps: " + wayOut, nil
}

// passes reports whether tests ran and passed: what a red must not do, and more than not to fail as it must.
func (s *Side) passes() bool {
	t := s.Tests
	return s.Result.Exit == 0 && s.Result.Signal == "" && !s.Result.TimedOut && t.Passed > 0 && t.Failed == 0 && t.Errors == 0 && len(t.Problems) == 0
}

// blame says in the side's Why that today's pins are why the red did not show its failure, and gives those that hold the
// implementation. culprits are the pins that take the failure away alone, passing those with which the tests passed.
func (s *Side) blame(culprits, passing []string) (holders []string) {
	if len(culprits) == 0 {
		culprits = s.Overlaid // only together
	}
	if holders = passing; len(holders) == 0 && s.passes() {
		holders = culprits
	}
	if len(holders) > 0 {
		s.Why = fmt.Sprintf("with %s as pinned today the old sources pass: the pin holds the implementation itself, or its test no longer asks for it (%s)",
			strings.Join(holders, ", "), s.Why)
		return holders
	}
	s.Why = fmt.Sprintf("with %s as pinned today %s", strings.Join(culprits, ", "), s.Why)
	return nil
}
