package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/manifest"
)

// at runs planctl on a machine whose clock says when, in a zone.
func (p *crashPlace) at(when time.Time, zone string, args ...string) (int, string) {
	p.t.Helper()
	c := p.command("planctl-at", append([]string{when.UTC().Format(time.RFC3339Nano)}, args...)...)
	c.Env = append(c.Env, "TZ="+zone)
	return p.exit(c)
}

// runs is the manifests below the place, in the order of their parents.
func (p *crashPlace) runs() []manifest.Predicate {
	p.t.Helper()
	child := map[string]manifest.Predicate{} // by parent
	err := filepath.WalkDir(p.dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, manifest.Suffix) {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var s manifest.Statement
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		q := s.Predicate
		parent := strings.Join(q.Parents, " ")
		if _, twice := child[parent]; twice {
			return fmt.Errorf("two runs have the parents %q", parent)
		}
		q.Nonce = manifest.Digest(b) // to find its child by
		child[parent] = q
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	var out []manifest.Predicate
	for at := ""; ; {
		q, ok := child[at]
		if !ok {
			break
		}
		out = append(out, q)
		at = q.Nonce
	}
	if len(out) != len(child) {
		p.t.Fatalf("%d of %d runs hang together", len(out), len(child))
	}
	return out
}

const clockPlan = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n\n```yaml planctl\nA1: {run: sh command.sh, inputs: [command.sh]}\n```\n"

func newClockPlace(t *testing.T) *crashPlace {
	p := newPlace(t, map[string]string{"plan.md": clockPlan, "docs/fix_plan.md": oneLedger, ".planctl.yaml": "version: 1\nplans: [plan.md]\n", "command.sh": "true\n"})
	if out, err := p.command("git", "init", "-q", "-b", "main").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return p
}

// TestClockSetBack sets the clock back by a year before each run. The newest run is the one that has the others for its
// ancestors, whatever its date: it decides, and nothing is taken for forged.
func TestClockSetBack(t *testing.T) {
	p := newClockPlace(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	run := func(command string, want int) {
		t.Helper()
		p.write("command.sh", command+"\n")
		if code, out := p.at(now, "UTC", "run", "A1", "--force"); code != want {
			t.Fatalf("%s at %s: exit %d\n%s", command, now, code, out)
		}
	}
	says := func(code int, args []string, words ...string) {
		t.Helper()
		got, out := p.at(now, "UTC", args...)
		if got != code {
			t.Errorf("%v: exit %d, want %d\n%s", args, got, code, out)
		}
		for _, w := range words {
			if !strings.Contains(out, w) {
				t.Errorf("%v does not say %q:\n%s", args, w, out)
			}
		}
	}
	run("true", 0)
	says(0, []string{"verify"})
	now = now.AddDate(-1, 0, 0)
	run("false", 1)
	// The failure is a year older by its date, and newer by its parent.
	says(0, []string{"show", "A1"}, "refuted")
	says(1, []string{"verify"}, "refuted")
	now = now.AddDate(-1, 0, 0)
	run("true # mended", 0)
	says(0, []string{"verify"})
	says(0, []string{"log", "A1", "-n", "1"}, "2024-03-01", "#3 pass")
	says(0, []string{"run", "A1"}, "done already")

	var dates, results []string
	for _, q := range p.runs() {
		dates, results = append(dates, q.Started.Format(time.DateOnly)), append(results, string(q.Result))
		if q.Seconds < 0 || q.Finished.Before(q.Started) {
			t.Errorf("a run from %s to %s, %g s", q.Started, q.Finished, q.Seconds)
		}
	}
	if want := []string{"2026-03-01", "2025-03-01", "2024-03-01"}; !slices.Equal(dates, want) {
		t.Errorf("dates %v, want %v", dates, want)
	}
	if want := []string{"pass", "fail", "pass"}; !slices.Equal(results, want) {
		t.Errorf("results %v, want %v", results, want)
	}
}

// TestClockSetBackBeforeRecover: planctl died in a run, and its clock was set back by a year before recover. What is
// recorded began and ended at one time and took no negative one, and verify finds nothing forged in it.
func TestClockSetBackBeforeRecover(t *testing.T) {
	p := newClockPlace(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p.write("command.sh", "kill -9 $PPID; exec sleep 600\n")
	c := p.command("planctl-at", now.Format(time.RFC3339), "run", "A1")
	if err := c.Run(); err == nil {
		t.Fatal("planctl was killed and ended well")
	}
	now = now.AddDate(-1, 0, 0)
	if code, out := p.at(now, "UTC", "recover"); code != 0 || !strings.Contains(out, "interrupted") {
		t.Fatalf("recover: exit %d\n%s", code, out)
	}
	if code, out := p.at(now, "UTC", "verify"); code != 0 {
		t.Errorf("verify: exit %d\n%s", code, out)
	}
	for _, q := range p.runs() {
		if q.Result != manifest.Interrupted || q.Seconds != 0 || !q.Finished.Equal(q.Started) {
			t.Errorf("%s from %s to %s, %g s", q.Result, q.Started, q.Finished, q.Seconds)
		}
	}
}

// TestClockChangesForSummer runs a task around the change of the clock in four zones, in the zone and in UTC by turns:
// stamps and dates are those of UTC, and one run comes after the other.
func TestClockChangesForSummer(t *testing.T) {
	for _, c := range []struct{ zone, edge string }{
		{"Europe/Berlin", "2025-10-26T01:00:00Z"},       // 3:00 becomes 2:00
		{"America/New_York", "2025-03-09T07:00:00Z"},    // 2:00 becomes 3:00
		{"Australia/Lord_Howe", "2025-04-05T15:00:00Z"}, // 2:00 becomes 1:30
		{"Pacific/Apia", "2011-12-30T10:00:00Z"},        // the 30th of December is left out
	} {
		t.Run(c.zone, func(t *testing.T) {
			t.Parallel()
			p := newClockPlace(t)
			edge, err := time.Parse(time.RFC3339, c.edge)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for i, off := range []time.Duration{-2 * time.Second, 0, 30 * time.Minute, time.Hour} {
				at, zone := edge.Add(off), c.zone
				if i%2 == 1 {
					zone = "UTC"
				}
				if code, out := p.at(at, zone, "run", "A1", "--force"); code != 0 {
					t.Fatalf("at %s: exit %d\n%s", at, code, out)
				}
				want = append(want, at.Format("2006-01-02T150405Z"))
			}
			var got []string
			for _, q := range p.runs() {
				got = append(got, q.Stamp)
				if q.Seconds < 0 || q.Finished.Before(q.Started) || q.Started.Format(time.DateOnly) != q.Stamp[:10] {
					t.Errorf("%s: from %s to %s, %g s", q.Stamp, q.Started, q.Finished, q.Seconds)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("stamps %v, want %v", got, want)
			}
			if code, out := p.at(edge.AddDate(0, 0, -1), c.zone, "verify"); code != 0 {
				t.Errorf("verify: exit %d\n%s", code, out)
			}
		})
	}
}
