package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/history"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// large writes a workspace in which every attempt has its manifest and its log, and nothing is wrong.
func large(tb testing.TB, plans, tasks, attempts int) string {
	tb.Helper()
	root := tb.TempDir()
	write := func(name, text string) {
		tb.Helper()
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	write(".planctl.yaml", "version: 1\n")
	var book strings.Builder
	book.WriteString("# Fix plan\n")
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for p := range plans {
		id := fmt.Sprintf("LARGE-%03d", p+1)
		dir := "plans/active/" + id
		var doc, block strings.Builder
		fmt.Fprintf(&doc, "# Plan\n\n- Initiative: %s\n\n### Phase A — All\n\n| ID | Task Description | State |\n| --- | --- | --- |\n", id)
		fmt.Fprintf(&book, "\n## [%s] Plan\n- Status: done\n- Attempts History:\n", id)
		number := 0
		for t := range tasks {
			task := fmt.Sprintf("A%d", t+1)
			row := &plan.Task{ID: task, Description: fmt.Sprintf("Do thing %d", t+1)}
			fmt.Fprintf(&doc, "| %s | %s | [x] |\n", task, row.Description)
			fmt.Fprintf(&block, "%s:\n  run: echo loss = %d\n  criteria: ['number(\"loss = (\\\\d+)\") < 1000000', 'log contains \"loss\"']\n", task, t)
			value := map[string]any{"kind": "check", "run": fmt.Sprintf("echo loss = %d", t),
				"criteria": []any{`number("loss = (\\d+)") < 1000000`, `log contains "loss"`}}
			digest, _ := spec.Digest(value)
			var parents []string
			for n := range attempts {
				number++
				clock = clock.Add(time.Second)
				stamp := clock.Format(evidence.StampLayout)
				where := fmt.Sprintf("%s/reports/%s/phase_A", dir, stamp)
				log := fmt.Sprintf("loss = %d\n", t)
				sum := sha256.Sum256([]byte(log))
				doc := manifest.New(manifest.Predicate{
					Task: manifest.Task{Plan: dir + "/plan.md", ID: task, Phase: "A", Initiative: id, Row: workspace.RowDigest(row), Description: row.Description},
					Spec: manifest.Spec{Digest: digest, Value: value, From: dir + "/plan.md"}, Attempt: number, Kind: "check", Result: manifest.Pass,
					Argv: []string{"bash", "-o", "pipefail", "-c", fmt.Sprintf("echo loss = %d", t)}, Dir: ".", Stamp: stamp, Started: clock, Finished: clock, Seconds: 0.01,
					Criteria: []manifest.Criterion{{Expr: `number("loss = (\\d+)") < 1000000`, Pass: true}, {Expr: `log contains "loss"`, Pass: true}},
					Calls:    []manifest.Call{{Fn: "number", Args: []any{`loss = (\d+)`}, Result: t}, {Fn: "log contains", Args: []any{"loss"}, Result: true}},
					Files:    []manifest.File{{Name: task + ".log", Role: "log", Size: int64(len(log)), SHA256: hex.EncodeToString(sum[:])}},
					Parents:  parents, Nonce: fmt.Sprintf("%d-%d-%d", p, t, n), Ticked: true, Planctl: "devel",
				})
				b, err := manifest.Encode(doc)
				if err != nil {
					tb.Fatal(err)
				}
				parents = []string{manifest.Digest(b)}
				write(where+"/"+task+".log", log)
				write(where+"/"+task+manifest.Suffix, string(b))
				fmt.Fprintf(&book, "  * [%s] Attempt #%d — %s %s: pass (exit 0, 0.01 s).\n    Command: %s\n    Criteria: %s\n    Artifacts: `%s/{%s.log,%s%s}`\n    Run: %s\n",
					clock.Format(time.DateOnly), number, task, row.Description, ledger.Code(fmt.Sprintf("echo loss = %d", t)), criteria.Tally(doc.Predicate.Criteria, ledger.Code), where, task, task, manifest.Suffix, parents[0])
			}
		}
		write(dir+"/plan.md", doc.String()+"\n```yaml planctl\n"+block.String()+"```\n")
	}
	write("docs/fix_plan.md", book.String())
	return root
}

// TestLarge holds the benchmark's workspace to what it claims: verify finds nothing in it.
func TestLarge(t *testing.T) {
	root := large(t, 2, 5, 3)
	w, err := workspace.Open(context.Background(), workspace.Options{Dir: root})
	if err != nil {
		t.Fatal(err)
	}
	res, err := Verify(context.Background(), w, Options{Ledger: All})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Findings) > 0 || res.Attempts != 30 || res.Runs != 30 || res.Files != 30 {
		t.Fatalf("%d attempts, %d runs, %d files: %v", res.Attempts, res.Runs, res.Files, res.Findings)
	}
	// Against a base that has all of it nothing is missed; where an attempt was taken out since, that is said beside the rest.
	base := committed(t, root)
	if got := found(t, root, Options{Ledger: All, Base: base}); len(got) > 0 {
		t.Errorf("since %s: %v", base, got)
	}
	book := filepath.Join(root, "docs", "fix_plan.md")
	b, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	from := bytes.LastIndex(b, []byte("  * ["))
	if err := os.WriteFile(book, b[:from], 0o644); err != nil {
		t.Fatal(err)
	}
	if got, want := found(t, root, Options{Base: base}), []finding.Code{CodeNoAttempt, history.CodeDeleted}; !slices.Equal(got, want) {
		t.Errorf("an attempt less: %v, want %v", got, want)
	}
}

// committed puts a workspace under git, all of it in one commit, and gives that.
func committed(tb testing.TB, root string) string {
	tb.Helper()
	git := func(args ...string) string {
		tb.Helper()
		c := exec.Command("git", args...)
		c.Dir = root
		c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=Ana", "GIT_AUTHOR_EMAIL=ana@example.com",
			"GIT_COMMITTER_NAME=Ana", "GIT_COMMITTER_EMAIL=ana@example.com")
		out, err := c.Output()
		if err != nil {
			tb.Fatalf("git %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q", "-b", "main")
	git("add", "-A")
	git("commit", "-q", "-m", "all of it")
	git("repack", "-q", "-a", "-d") // as a clone has it
	return git("rev-parse", "HEAD")
}

// BenchmarkVerify reads and verifies 10 000 attempts, each with a manifest and a log of a few bytes: by themselves without
// git, and in a git checkout against a base that has all of them, as CI does it.
func BenchmarkVerify(b *testing.B) {
	root := large(b, 10, 100, 10)
	run := func(b *testing.B, base string) {
		for b.Loop() {
			w, err := workspace.Open(context.Background(), workspace.Options{Dir: root})
			if err != nil {
				b.Fatal(err)
			}
			res, err := Verify(context.Background(), w, Options{Base: base})
			if err != nil || len(res.Findings) > 0 || res.Attempts != 10_000 {
				b.Fatalf("%d attempts, %d findings, %v", res.Attempts, len(res.Findings), err)
			}
		}
	}
	b.Run("alone", func(b *testing.B) { run(b, "") })
	base := committed(b, root)
	b.Run("since a base", func(b *testing.B) { run(b, base) })
}

// BenchmarkHash hashes 512 MB in 8 files, as evidence is hashed, and by openssl, two of its processes at a time.
func BenchmarkHash(b *testing.B) {
	dir := b.TempDir()
	block := make([]byte, 1<<20)
	for i := range block {
		block[i] = byte(i * i >> 3)
	}
	var paths []string
	for i := range 8 {
		p := filepath.Join(dir, fmt.Sprintf("f%d", i))
		f, err := os.Create(p)
		if err != nil {
			b.Fatal(err)
		}
		for range 64 {
			if _, err := f.Write(block); err != nil {
				b.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		paths = append(paths, p)
	}
	b.Run("planctl", func(b *testing.B) {
		b.SetBytes(512 << 20)
		for b.Loop() {
			for _, s := range evidence.HashAll(b.Context(), paths) {
				if s.Err != nil {
					b.Fatal(s.Err)
				}
			}
		}
	})
	b.Run("openssl", func(b *testing.B) {
		if _, err := exec.LookPath("openssl"); errors.Is(err, exec.ErrNotFound) {
			b.Skip("openssl is not installed")
		}
		b.SetBytes(512 << 20)
		for b.Loop() {
			cmd := exec.Command("xargs", "-P", "2", "-n", "4", "openssl", "dgst", "-sha256")
			cmd.Stdin = strings.NewReader(strings.Join(paths, "\n"))
			if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), "\n") != len(paths) {
				b.Fatalf("%v\n%s", err, out)
			}
		}
	})
}

// TestManyRowsOneLongAttempt has a megabyte that somebody wrote about, and more rows than anybody would tick by hand: read
// once for each row, it took the better part of a minute.
func TestManyRowsOneLongAttempt(t *testing.T) {
	const rows = 20_000
	root := t.TempDir()
	var doc, book strings.Builder
	doc.WriteString("# Plan\n\n- Initiative: LONG-001\n\n### Phase A\n\n| ID | Task | State |\n| --- | --- | --- |\n")
	for i := range rows {
		fmt.Fprintf(&doc, "| A%d | Thing %d | [x] |\n", i+1, i+1)
	}
	book.WriteString("# Fix plan\n\n## [LONG-001] Long\n- Attempts History:\n  * [2026-01-01] Attempt #1 — Result: done. All of it.\n")
	for book.Len() < 1<<20 {
		book.WriteString("    Looked at it again, and at what stands beside it, and at A0.\n")
	}
	fmt.Fprintf(&book, "    A%d was the last.\n", rows)
	for name, text := range map[string]string{".planctl.yaml": "version: 1\n", "plans/plan.md": doc.String(), "docs/fix_plan.md": book.String()} {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o755), os.WriteFile(p, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	w, err := workspace.Open(t.Context(), workspace.Options{Dir: root})
	if err != nil {
		t.Fatal(err)
	}
	c := &checker{linter: linter{w: w}, ctx: t.Context()}
	began := cpu(t)
	for _, it := range w.Plans[0].Items {
		c.tick(it)
	}
	took := cpu(t) - began
	byHand := 0
	for _, f := range c.list {
		if f.Code == CodeByHand {
			byHand++
		}
	}
	if byHand != 1 || len(c.list) != rows {
		t.Errorf("%d findings, %d of them of a row that was ticked by hand", len(c.list), byHand)
	}
	if most := 3 * time.Second; took > most {
		t.Errorf("%d rows took %s of the processor, want %s at most", rows, took, most)
	}
}

// cpu is the time that the processor gave this process.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
