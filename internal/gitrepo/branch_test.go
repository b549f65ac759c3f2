package gitrepo

import (
	"testing"
	"time"
)

// A branch that was renamed is told from one that was switched, though both lead to the same commit.
func TestRenamed(t *testing.T) {
	dir := repository(t, map[string]string{"a": "a\n"})
	r := open(t, dir)
	began := time.Now()
	renamed := func(from, to string, since time.Time) bool {
		t.Helper()
		yes, err := r.Renamed(t.Context(), "refs/heads/"+from, "refs/heads/"+to, since)
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	git(t, dir, "branch", "other")
	if renamed("main", "other", began) {
		t.Error("main is there still")
	}
	git(t, dir, "branch", "-m", "main", "first")
	git(t, dir, "branch", "-m", "first", "trunk")
	for _, c := range []struct {
		from, to string
		since    time.Time
		want     bool
	}{
		{"main", "trunk", began, true},
		{"first", "trunk", began, true},
		{"main", "other", began, false},
		{"main", "none", began, false},
		{"never", "trunk", began, false},
		{"main", "trunk", time.Now().Add(time.Hour), false}, // of another main, long ago
	} {
		if got := renamed(c.from, c.to, c.since); got != c.want {
			t.Errorf("%s became %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
	git(t, dir, "branch", "main")
	if renamed("main", "trunk", began) {
		t.Error("there is a main again")
	}
	git(t, dir, "branch", "-D", "main")
	git(t, dir, "switch", "-q", "other")
	if there, err := r.HasRef(t.Context(), "refs/heads/main"); there || err != nil {
		t.Errorf("main is deleted: %v, %v", there, err)
	}
	if there, err := r.HasRef(t.Context(), "refs/heads/trunk"); !there || err != nil {
		t.Errorf("trunk is there: %v, %v", there, err)
	}
}
