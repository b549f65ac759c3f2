package evidence

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
	_ "time/tzdata" // the zones below, also where the machine has none
)

// TestManyInOneSecond starts runs in one second, PLANCTL_SECOND_RUNS of them: each gets a directory and a stamp of its
// own, and the stamps have no gap. Each directory is flushed, so that a hundred thousand want a TMPDIR in memory.
func TestManyInOneSecond(t *testing.T) {
	runs := 2_000
	if s := os.Getenv("PLANCTL_SECOND_RUNS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		runs = n
	}
	reports := filepath.Join(t.TempDir(), "reports")
	want := noon
	for i := range runs {
		d, err := CreateDir(reports, "phase_A", noon)
		if err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
		if stamp := want.UTC().Format(StampLayout); d.Stamp != stamp {
			t.Fatalf("run %d: stamp %s, want %s", i, d.Stamp, stamp)
		}
		want = want.Add(time.Second)
	}
	entries, err := os.ReadDir(reports)
	if err != nil || len(entries) != runs {
		t.Errorf("%d directories for %d runs, %v", len(entries), runs, err)
	}
}

// TestStampsWithGaps: a stamp that is free between others may be passed over, never one that is taken be given twice.
func TestStampsWithGaps(t *testing.T) {
	reports := filepath.Join(t.TempDir(), "reports")
	seen := map[string]bool{}
	take := func(from time.Time, slug string) {
		t.Helper()
		d, err := CreateDir(reports, slug, from)
		if err != nil || seen[d.Path] {
			t.Fatalf("%+v, %v", d, err)
		}
		seen[d.Path] = true
	}
	for i := range 200 { // every third second is free, of one slug or the other
		if i%3 != 0 {
			take(noon.Add(time.Duration(i)*time.Second), "phase_A")
		}
	}
	for range 200 {
		take(noon, "phase_A")
		take(noon, "phase_B")
	}
}

// TestStampsAtTheEdges starts runs around both changes of the clock in four zones: the hour that comes twice on the wall
// comes once in the stamps, and the one that is left out is no gap.
func TestStampsAtTheEdges(t *testing.T) {
	for _, zone := range []struct {
		name  string
		edges []string // in UTC
	}{
		{"Europe/Berlin", []string{"2025-03-30T01:00:00Z", "2025-10-26T01:00:00Z"}},
		{"America/New_York", []string{"2025-03-09T07:00:00Z", "2025-11-02T06:00:00Z"}},
		{"Australia/Lord_Howe", []string{"2025-04-05T15:00:00Z", "2025-10-04T15:30:00Z"}}, // by half an hour
		{"Pacific/Apia", []string{"2011-12-30T10:00:00Z", "2012-03-31T14:00:00Z"}},        // a day that never was
	} {
		t.Run(zone.name, func(t *testing.T) {
			loc, err := time.LoadLocation(zone.name)
			if err != nil {
				t.Fatal(err)
			}
			reports := filepath.Join(t.TempDir(), "reports")
			for _, e := range zone.edges {
				edge, err := time.Parse(time.RFC3339, e)
				if err != nil {
					t.Fatal(err)
				}
				_, before := edge.Add(-time.Second).In(loc).Zone()
				_, after := edge.In(loc).Zone()
				if before == after {
					t.Fatalf("%s is no edge of %s", e, zone.name)
				}
				for _, off := range []time.Duration{-1, 0, 1, 1800, 3599, 3600, -3600} {
					at := edge.Add(off * time.Second)
					d, err := CreateDir(reports, "phase_A", at.In(loc))
					if err != nil || d.Stamp != at.Format(StampLayout) {
						t.Errorf("at %s: %+v, %v", at.In(loc), d, err)
					}
				}
			}
		})
	}
}
