package gitrepo

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

func TestInstall(t *testing.T) {
	dir := t.TempDir()
	ask := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	ask("init", "-q")
	r, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	d := MergeDriver{Name: "planctl", Description: "it's planctl: ledgers", Command: "'/a b/planctl' merge %O %A %B %P"}
	for i, want := range []bool{true, false} {
		changed, err := r.Install(context.Background(), d)
		if err != nil || changed != want {
			t.Errorf("call %d: changed %t, %v", i+1, changed, err)
		}
	}
	if got := ask("config", "--local", "merge.planctl.driver"); got != d.Command {
		t.Errorf("the driver is %q", got)
	}
	if got := ask("config", "--local", "merge.planctl.name"); got != d.Description {
		t.Errorf("the name is %q", got)
	}
	// One that was set twice is one afterwards, and another one is replaced.
	ask("config", "--local", "--add", "merge.planctl.driver", "other")
	d.Command = "planctl merge %O %A %B %P"
	if changed, err := r.Install(context.Background(), d); err != nil || !changed {
		t.Errorf("changed %t, %v", changed, err)
	}
	if got := ask("config", "--local", "--get-all", "merge.planctl.driver"); got != d.Command {
		t.Errorf("the driver is %q", got)
	}
}
