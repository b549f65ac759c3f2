package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/runner"
)

// Replay replays the proof of a task.
type Replay func(it *workspace.Item) (proof.Shown, error)

// replays asks for every proof behind a tick once more.
func (c *checker) replays() error {
	if c.o.Replay == nil {
		return nil
	}
	for _, p := range c.w.Plans {
		for _, it := range p.Items {
			if it.Task.State != plan.Done || p.Archived || it.Plan.Item(it.Task.ID) != it {
				continue
			}
			s, err := c.o.Replay(it)
			if err != nil {
				return err
			}
			switch {
			case s.Why == "":
			case s.Here:
				c.add(CodeUnreplayed, rowPlace(it), fmt.Sprintf("the proof of %s cannot be shown here: %s", it.Task.ID, s.Why), s.Help)
			default:
				c.add(CodeReplay, rowPlace(it), fmt.Sprintf("the proof of %s does not hold when it is replayed: %s", it.Task.ID, s.Why), s.Help)
			}
		}
	}
	return nil
}

// replayed judges a recorded replay again: by the green and the red that it names, by what it says of both sides, and by
// their logs where they are whole.
func (c *checker) replayed(r *workspace.Record) {
	p := &r.Doc.Predicate
	q := p.Replay
	again := "planctl replay " + p.Task.ID
	inconsistent := func(what string) { c.at(CodeInconsistent, r, what, again) }
	switch {
	case q == nil && p.Result == manifest.Interrupted:
		return
	case q == nil:
		inconsistent("it is a replay, and does not say what was seen")
		return
	case p.Judged == "" || p.Red == "":
		inconsistent("it is a replay, and does not say of which green and which red")
		return
	case p.Result == manifest.Pass && !(q.Red.Pass && q.Green.Pass):
		c.at(CodeVerdict, r, "it says pass, and a side of the replay did not show what it had to", again)
	case p.Result == manifest.Pass && len(q.Holders) > 0:
		c.at(CodeVerdict, r, "it says pass, and names pins that hold the implementation: "+strings.Join(q.Holders, ", "), again)
	}
	green, red := c.w.Evidence.ByDigest(p.Judged), c.w.Evidence.ByDigest(p.Red)
	if green != nil {
		g := &green.Doc.Predicate
		switch {
		case g.Kind != spec.Green.String() || g.Task.ID != p.Task.ID || c.ofAnother(green, r):
			inconsistent(fmt.Sprintf("what it replayed, %s, is no green of %s", green.Path, p.Task.ID))
			return
		case red != nil && !c.stoodOn(g, red):
			inconsistent(fmt.Sprintf("its red, %s, is not the one that the green %s came after", red.Path, green.Path))
			return
		}
	}
	if red == nil {
		return // known has said that it is not there
	}
	s := &red.Doc.Predicate
	if s.Kind != spec.Red.String() || len(s.Argv) == 0 {
		inconsistent(fmt.Sprintf("its red, %s, is no run of a red", red.Path))
		return
	}
	if q.Red.Log != "" && q.Red.Commit != s.Source.Commit {
		inconsistent(fmt.Sprintf("it says that its red ran on %s, and that ran on %s", quoted(q.Red.Commit), quoted(s.Source.Commit)))
	}
	if q.Green.Log != "" && q.Green.Commit != p.Source.Commit {
		inconsistent(fmt.Sprintf("it says that its green ran on %s, and the sources were those of %s", quoted(q.Green.Commit), quoted(p.Source.Commit)))
	}
	t := proof.Of(ranAs(s))
	t.Kind, t.Red = spec.Red, s
	c.side(r, &q.Red, t, s, again)
	if green == nil {
		return
	}
	g := &green.Doc.Predicate
	t = proof.Of(ranAs(g))
	t.Kind, t.Red = spec.Green, s
	c.side(r, &q.Green, t, g, again)
	for _, pins := range []map[string]string{s.Pins, g.Pins} {
		for _, pin := range slices.Sorted(maps.Keys(pins)) {
			if p.Pins[pin] == "" && p.Result == manifest.Pass {
				inconsistent("it did not lay the pin " + pin + " over the sources of the red")
			}
		}
	}
}

// ofAnother reports whether two records of one ID are of two tasks. Plans move and are copied: the same row is the same task.
func (c *checker) ofAnother(a, b *workspace.Record) bool {
	return a.Item != nil && b.Item != nil && a.Item != b.Item && a.Doc.Predicate.Task.Row != b.Doc.Predicate.Task.Row
}

// stoodOn reports whether a red is the one that a green names, or the run behind it where it names a person's decision.
func (c *checker) stoodOn(green *manifest.Predicate, red *workspace.Record) bool {
	seen := map[string]bool{}
	for d := green.Red; d != "" && !seen[d]; {
		if d == red.Digest {
			return true
		}
		seen[d] = true
		r := c.w.Evidence.ByDigest(d)
		if r == nil {
			return false
		}
		d = r.Doc.Predicate.Judged
	}
	return false
}

// side judges one side of a replay, t.Red being the red that was replayed: by its log, or by what is recorded of its tests
// where that is not there as it was. Report files of a replay are not kept.
func (c *checker) side(r *workspace.Record, s *manifest.ReplaySide, t proof.Run, ran *manifest.Predicate, again string) {
	p := &r.Doc.Predicate
	i := slices.IndexFunc(p.Files, func(f manifest.File) bool { return f.Role == "log" && f.Name == s.Log })
	if i < 0 {
		if p.Result == manifest.Pass {
			c.at(CodeInconsistent, r, fmt.Sprintf("the log %q of a side of the replay is not among its files", s.Log), again)
		}
		return
	}
	if !s.Pass {
		return // it may have failed by more than its log; and a replay that failed gives nothing away
	}
	t.Result = runner.Result{Exit: s.Exit, Signal: s.Signal, TimedOut: s.TimedOut, Seconds: s.Seconds}
	var whole bool
	if t.Tests, whole = c.sideTests(r, i, ran); whole {
		if c.countedAs(r, s.Tests, t.Tests, again); t.Kind == spec.Red && s.Failure != asJSON(proof.Failure(t)) {
			c.at(CodeTests, r, fmt.Sprintf("it was shown again for %q, and by its log for %q", s.Failure, proof.Failure(t)), again)
		}
	} else {
		t.Tests = proof.Recorded(s.Tests)
		t.Because = "" // what failures say is in the report alone
		if len(t.Allow) > 0 {
			return // as is what it allows
		}
	}
	if why := proof.Again(t); why != "" {
		c.at(CodeVerdict, r, fmt.Sprintf("it says that the %s of the replay showed what it had to, and by its own evidence it did not: %s", t.Kind, why), again)
	}
}

// sideTests reads the report of a side again; false where its bytes are not all there as they were.
func (c *checker) sideTests(r *workspace.Record, log int, ran *manifest.Predicate) (testreport.Results, bool) {
	if _, named := ran.Spec.Value["tests"]; named {
		return testreport.Results{}, false
	}
	file := c.files[fileKey{r, log}]
	if file.state != intact {
		return testreport.Results{}, false
	}
	res, err := testreport.ReadLog(c.ctx, c.w.Abs(file.path))
	return res, err == nil // that it cannot be read is said of the file
}

// asJSON is a text as a manifest gives it back: each byte that is not UTF-8 became U+FFFD there.
func asJSON(s string) string { return string([]rune(s)) }
