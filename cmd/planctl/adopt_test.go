package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAdoptRealPlans adopts a repository of real plans and a real ledger as it is, and looks at it: nothing but
// the config is written, and every plan is counted.
func TestAdoptRealPlans(t *testing.T) {
	shared := os.Getenv("PLANCTL_SHARED")
	if shared == "" {
		t.Skip("PLANCTL_SHARED is not set: there are no real plans to adopt")
	}
	p := &crashPlace{t: t, dir: t.TempDir()}
	plans, err := filepath.Glob(filepath.Join(shared, "corpus", "plans", "*.md"))
	if err != nil || len(plans) == 0 {
		t.Fatalf("no plans: %v", err)
	}
	lay := func(from, to string) string {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		p.write(to, string(b))
		return string(b)
	}
	was, rows := map[string]string{}, map[string]int{}
	for _, from := range plans {
		blob, name, _ := strings.Cut(filepath.Base(from), "__")
		name = strings.ReplaceAll(name, "__", "/")
		if _, taken := was[name]; taken {
			// Several versions of one plan: each has a directory of its own.
			name = filepath.ToSlash(filepath.Join(filepath.Dir(name), "v"+blob, filepath.Base(name)))
		}
		was[name] = lay(from, name)
		b, err := os.ReadFile(filepath.Join(shared, "corpus", "expected", strings.TrimSuffix(filepath.Base(from), ".md")+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var want expected
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatal(err)
		}
		rows[name] = len(want.Rows)
	}
	ledgers, err := filepath.Glob(filepath.Join(shared, "corpus", "ledger", "*.md"))
	if err != nil || len(ledgers) == 0 {
		t.Fatalf("no ledgers: %v", err)
	}
	was["docs/fix_plan.md"] = lay(ledgers[len(ledgers)-1], "docs/fix_plan.md")
	p.git("init", "-q", "-b", "main")
	p.git("add", "-A")
	p.git("commit", "-q", "-m", "as it was")

	if code, out := p.planctl("init"); code != 0 || !strings.Contains(out, "wrote  .planctl.yaml") {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	for _, args := range [][]string{{"status"}, {"status", "--json"}, {"next"}} {
		if code, out := p.planctl(args...); code != 0 {
			t.Errorf("%v: exit %d\n%s", args, code, out)
		}
	}
	// What is wrong there stands in the baseline, which has something to hold, and verify is quiet.
	for _, args := range [][]string{{"verify"}, {"verify", "--strict"}} {
		if code, out := p.planctl(args...); code != 0 || out != "" {
			t.Errorf("%v: exit %d\n%s", args, code, out)
		}
	}
	if !bytes.Contains(p.read(".planctl-baseline.yaml"), []byte("\n  - rule: tick-")) {
		t.Errorf("the baseline holds no tick without an attempt:\n%.400s", p.read(".planctl-baseline.yaml"))
	}
	// What was wrong already is in the baseline: nothing speaks of it again.
	for _, args := range [][]string{{"verify", "--strict"}, {"lint", "--strict"}, {"lint", "--strict", "docs/fix_plan.md"}} {
		code, out := p.planctl(args...)
		if code != 0 || strings.Contains(out, "warning[") || strings.Contains(out, "error[") {
			t.Errorf("%v after init: exit %d\n%s", args, code, out)
		}
	}
	_, out := p.planctl("status")
	if strings.Contains(out, "findings ") {
		t.Errorf("status counts what the baseline holds:\n%s", out)
	}
	for name := range was {
		// Archived plans are not shown unless they are asked for.
		if rows[name] > 0 && !strings.HasPrefix(name, "plans/archive/") && !strings.Contains(out, name) {
			t.Errorf("status does not know %s", name)
		}
	}
	for name, text := range was {
		if string(p.read(name)) != text {
			t.Errorf("%s was changed", name)
		}
	}
}
