package verify

import (
	"fmt"
	"slices"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/runner"
)

// Replay replays the proof of a task: why says that it does not hold, "" where it does or the task has none.
type Replay func(it *workspace.Item) (why, help string, err error)

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
			why, help, err := c.o.Replay(it)
			if err != nil {
				return err
			}
			if why != "" {
				c.add(CodeReplay, rowPlace(it), fmt.Sprintf("the proof of %s does not hold when it is replayed: %s", it.Task.ID, why), help)
			}
		}
	}
	return nil
}

// replayed judges a recorded replay again: by what it says of both sides, and by their logs where they are whole.
func (c *checker) replayed(r *workspace.Record) {
	p := &r.Doc.Predicate
	q := p.Replay
	again := "planctl replay " + p.Task.ID
	if q == nil {
		if p.Result == manifest.Interrupted {
			return
		}
		c.at(CodeInconsistent, r, "it is a replay, and does not say what was seen", again)
		return
	}
	if p.Result == manifest.Pass && !(q.Red.Pass && q.Green.Pass) {
		c.at(CodeVerdict, r, "it says pass, and a side of the replay did not show what it had to", again)
	}
	if green := c.w.Evidence.ByDigest(p.Judged); green != nil {
		g := &green.Doc.Predicate
		if g.Kind != spec.Green.String() || g.Task.ID != p.Task.ID {
			c.at(CodeInconsistent, r, fmt.Sprintf("what it replayed, %s, is no green of %s", green.Path, p.Task.ID), again)
			return
		}
		c.side(r, &q.Green, proof.Run{Kind: spec.Green}, g, again)
	}
	if red := c.w.Evidence.ByDigest(p.Red); red != nil {
		s := &red.Doc.Predicate
		t := proof.Of(ranAs(s))
		t.Kind = spec.Red
		c.side(r, &q.Red, t, s, again)
	}
}

// side judges one side of a replay by its log.
func (c *checker) side(r *workspace.Record, s *manifest.ReplaySide, t proof.Run, ran *manifest.Predicate, again string) {
	p := &r.Doc.Predicate
	i := slices.IndexFunc(p.Files, func(f manifest.File) bool { return f.Role == "log" && f.Name == s.Log })
	if i < 0 {
		if p.Result == manifest.Pass {
			c.at(CodeInconsistent, r, fmt.Sprintf("the log %q of a side of the replay is not among its files", s.Log), again)
		}
		return
	}
	if _, named := ran.Spec.Value["tests"]; named || !s.Pass {
		return // the report files of a replay are not kept; and a side that failed may have done so by more than its log
	}
	file := c.files[fileKey{r, i}]
	if file.state != intact {
		return
	}
	res, err := testreport.ReadLog(c.w.Abs(file.path))
	if err != nil {
		return // that it cannot be read is said of the file
	}
	t.Result, t.Tests, t.Accept = runner.Result{Exit: s.Exit, Signal: s.Signal, TimedOut: s.TimedOut, Seconds: s.Seconds}, res, true
	if why, _ := proof.Judge(t); why != "" {
		c.at(CodeVerdict, r, fmt.Sprintf("it says that the %s of the replay showed what it had to, and by its log it did not: %s", t.Kind, why), again)
	}
}
