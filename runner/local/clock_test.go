//go:build unix

package local_test

import (
	"testing"
	"time"

	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

// TestClockSetBackMeanwhile has a clock that is set back by a year whenever somebody looks at it: a job ends after it
// began all the same, and took as long as a clock says that nobody sets.
func TestClockSetBackMeanwhile(t *testing.T) {
	wall := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("there", 7200))
	ex := local.NewAt(func() time.Time {
		wall = wall.AddDate(-1, 0, 0)
		return wall
	})
	for _, script := range []string{"exit 3", "kill -KILL $$"} {
		j := newJob(t, script)
		began := time.Now()
		hs, err := ex.Submit(t.Context(), []runner.Job{j})
		if err != nil {
			t.Fatal(err)
		}
		rs, err := runner.Wait(t.Context(), ex, hs, nil)
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		r := rs[0]
		if !r.Started.Equal(hs[0].Started) || !r.Started.Equal(wall) || r.Started.Location() != time.UTC {
			t.Errorf("%s: started at %s, by the clock at %s", script, r.Started, wall)
		}
		if r.Seconds < 0 || r.Seconds > took.Seconds() || r.Finished.Sub(r.Started).Seconds() != r.Seconds {
			t.Errorf("%s: from %s to %s, %g s of %s", script, r.Started, r.Finished, r.Seconds, took)
		}
	}
}
