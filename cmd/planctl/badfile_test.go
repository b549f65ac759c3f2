package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
)

// newPlace is a workspace without git, with the given files.
func newPlace(t *testing.T, files map[string]string) *crashPlace {
	t.Helper()
	p := &crashPlace{t: t, dir: t.TempDir()}
	if _, ok := files[".planctl.yaml"]; !ok {
		p.write(".planctl.yaml", "version: 1\n")
	}
	for name, text := range files {
		p.write(name, text)
	}
	return p
}

const (
	onePlan   = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n\n```yaml planctl\nA1: {run: echo ran >> ran.txt}\n```\n"
	oneLedger = "## [T-001] T\n- Attempts History:\n"
)

// TestFlipKeepsEveryByte holds the real command, on plans as real editors leave them, to the one token that it may change.
func TestFlipKeepsEveryByte(t *testing.T) {
	crlf := strings.ReplaceAll(onePlan, "\n", "\r\n")
	for name, text := range map[string]string{
		"CRLF":               crlf,
		"BOM":                "\ufeff" + onePlan,
		"no final newline":   strings.TrimSuffix(onePlan, "\n"),
		"all of it":          "\ufeff" + strings.TrimSuffix(crlf, "\r\n"),
		"invalid UTF-8":      strings.Replace(onePlan, "# T\n", "# T\n\xff\xfe bytes \xc3(\n", 1),
		"invalid in a row":   strings.Replace(onePlan, "| One |", "| One \xff\xfe |", 1),
		"tabs and blanks":    strings.Replace(onePlan, "| A1 | One | [ ] |", "|\tA1\t| One   |\t[ ]\t|   ", 1),
		"no closing pipe":    strings.Replace(onePlan, "| A1 | One | [ ] |", "| A1 | One | [ ]", 1),
		"a very long line":   strings.Replace(onePlan, "# T\n", "# T\n"+strings.Repeat("x", 1<<20)+"\n", 1),
		"form feeds, LS, PS": strings.Replace(onePlan, "# T\n", "# T\n\f\u2028\u2029\u0085\n", 1),
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, map[string]string{"plans/p.md": text, "docs/fix_plan.md": oneLedger})
			if code, out := p.planctl("run", "A1"); code != 0 {
				t.Fatalf("exit %d\n%s", code, out)
			}
			want := strings.Replace(text, "[ ]", "[x]", 1)
			if got := p.read("plans/p.md"); string(got) != want {
				t.Errorf("the plan differs in more than its token:\n%q\nwant\n%q", got[:min(len(got), 600)], want[:min(len(want), 600)])
			}
			if code, out := p.planctl("status"); code != 0 || !strings.Contains(out, "1/1") {
				t.Errorf("status: exit %d\n%s", code, out)
			}
		})
	}
}

// TestOddPlanFiles: what is no plan at all is said to be so, and the good plan beside it still runs.
func TestOddPlanFiles(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(p *crashPlace)
		says string // by status or lint, of odd.md; "" for nothing
	}{
		{"a directory", func(p *crashPlace) { p.write("plans/odd.md/inside.txt", "x") }, ""},
		{"0 bytes", func(p *crashPlace) { p.write("plans/odd.md", "") }, ""},
		{"a binary", func(p *crashPlace) {
			p.write("plans/odd.md", "\x7fELF\x02\x01\x01"+strings.Repeat("\x00\xff\x7c\n", 4096))
		}, ""},
		{"a table of rubbish", func(p *crashPlace) {
			p.write("plans/odd.md", strings.Repeat("| ID | State |\n|-|-|\n", 300)+strings.Repeat("|", 5000))
		}, ""},
		{"a dangling link", func(p *crashPlace) {
			if err := os.Symlink("nowhere.md", filepath.Join(p.dir, "plans", "odd.md")); err != nil {
				p.t.Fatal(err)
			}
		}, "odd.md"},
		{"a loop of links", func(p *crashPlace) {
			if err := os.Symlink("odd.md", filepath.Join(p.dir, "plans", "odd.md")); err != nil {
				p.t.Fatal(err)
			}
		}, "odd.md"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t, map[string]string{"plans/p.md": onePlan, "docs/fix_plan.md": oneLedger})
			c.make(p)
			if code, out := p.planctl("status"); code != 0 {
				t.Errorf("status: exit %d\n%s", code, out)
			}
			_, out := p.planctl("lint")
			if c.says != "" && !strings.Contains(out, c.says) {
				t.Errorf("lint does not say %q:\n%s", c.says, out)
			}
			if strings.Contains(out, "panic") {
				t.Fatal(out)
			}
			if code, out := p.planctl("show", "plans/odd.md"); code == 0 || !strings.Contains(out, "error: ") || !strings.Contains(out, "odd.md") {
				t.Errorf("show: exit %d\n%s", code, out)
			}
			if code, out := p.planctl("inspect", "--json", "plans/odd.md"); c.says == "" && c.name != "a directory" && !strings.Contains(out, `"schema":"planctl/inspect/v1"`) {
				t.Errorf("inspect: exit %d\n%s", code, out)
			}
			if code, out := p.planctl("run", "A1"); code != 0 {
				t.Errorf("run beside it: exit %d\n%s", code, out)
			}
		})
	}
}

// TestPlansThatAreNotRead: 50 MB are refused by their size, zero bytes as binary; where its task is asked for,
// the answer names the file, and 20 MB beside it are ticked in place.
func TestPlansThatAreNotRead(t *testing.T) {
	var b bytes.Buffer
	b.WriteString(onePlan)
	for i := 0; b.Len() < 50<<20; i++ {
		fmt.Fprintf(&b, "\nParagraph %d with `code`, a [link](x.md) and a | in it.\n\n- item\n  - item\n", i)
		if i%1000 == 0 {
			b.WriteString("\n```text\n" + strings.Repeat("| Z1 | quoted | [ ] |\n", 50) + "```\n")
		}
	}
	for name, c := range map[string]struct{ text, says string }{
		"50 MB": {b.String(), "more than the 33554432 that are read"},
		"NUL":   {strings.Replace(onePlan, "# T\n", "# T\n\x00\n", 1), "binary"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, map[string]string{"plans/p.md": c.text, "docs/fix_plan.md": oneLedger})
			for _, args := range [][]string{{"run", "A1"}, {"show", "plans/p.md"}, {"lint"}} {
				if code, out := p.planctl(args...); code == 0 || !strings.Contains(out, "plans/p.md") || !strings.Contains(out, c.says) {
					t.Errorf("%v: exit %d\n%s", args, code, out)
				}
			}
			if string(p.read("plans/p.md")) != c.text {
				t.Error("the file was changed")
			}
		})
	}
	text := b.String()[:20<<20]
	p := newPlace(t, map[string]string{"plans/p.md": text, "docs/fix_plan.md": oneLedger})
	if code, out := p.planctl("run", "A1"); code != 0 {
		t.Fatalf("20 MB: exit %d\n%s", code, out)
	}
	if string(p.read("plans/p.md")) != strings.Replace(text, "[ ]", "[x]", 1) {
		t.Error("20 MB: the plan differs in more than its token")
	}
}

// TestReadOnlyFiles: a plan or a ledger that may not be written is said before anything runs.
func TestReadOnlyFiles(t *testing.T) {
	for _, name := range []string{"plans/p.md", "docs/fix_plan.md"} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, map[string]string{"plans/p.md": onePlan, "docs/fix_plan.md": oneLedger})
			path := filepath.Join(p.dir, filepath.FromSlash(name))
			if err := os.Chmod(path, 0o444); err != nil {
				t.Fatal(err)
			}
			code, out := p.planctl("run", "A1")
			if code != 4 || !strings.Contains(out, name) || !strings.Contains(out, "read-only") || !strings.Contains(out, "help:") {
				t.Errorf("exit %d\n%s", code, out)
			}
			for _, made := range []string{"ran.txt", "plans/reports", "reports"} {
				if _, err := os.Stat(filepath.Join(p.dir, made)); err == nil {
					t.Errorf("%s was made all the same", made)
				}
			}
			if code, out := p.planctl("mark", "A1", "done", "--note", "by hand"); code != 4 {
				t.Errorf("mark: exit %d\n%s", code, out)
			}
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
			if code, out := p.planctl("run", "A1"); code != 0 {
				t.Errorf("after chmod: exit %d\n%s", code, out)
			}
		})
	}
}

// TestReadOnlyMeanwhile: where the command itself takes the right to write away, the run is recorded as far as
// it came, and recover finishes it when the right is back.
func TestReadOnlyMeanwhile(t *testing.T) {
	for _, name := range []string{"plans/p.md", "docs/fix_plan.md"} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, map[string]string{"plans/p.md": strings.Replace(onePlan, "echo ran >> ran.txt", "chmod 444 "+name, 1), "docs/fix_plan.md": oneLedger})
			code, out := p.planctl("run", "A1")
			if code != 4 || !strings.Contains(out, name) || !strings.Contains(out, "planctl recover") {
				t.Errorf("exit %d\n%s", code, out)
			}
			if bytes.Contains(p.read("plans/p.md"), []byte("[x]")) {
				t.Error("ticked")
			}
			if code, out := p.planctl("recover"); code != 4 {
				t.Errorf("recover before chmod: exit %d\n%s", code, out)
			}
			if err := os.Chmod(filepath.Join(p.dir, filepath.FromSlash(name)), 0o644); err != nil {
				t.Fatal(err)
			}
			if code, out := p.planctl("recover"); code != 0 {
				t.Errorf("recover: exit %d\n%s", code, out)
			}
			if !bytes.Contains(p.read("plans/p.md"), []byte("[x]")) || bytes.Count(p.read("docs/fix_plan.md"), []byte("Attempt #")) != 1 {
				t.Errorf("recover did not finish it:\n%s\n%s", p.read("plans/p.md"), p.read("docs/fix_plan.md"))
			}
		})
	}
}

// TestFindingsOnALongLine: findings do not carry a line that nobody can read. With the whole line in each of them, what
// lint held in memory was the square of the line's length.
func TestFindingsOnALongLine(t *testing.T) {
	p := newPlace(t, map[string]string{"long.md": "short\n" + strings.Repeat("word ", 1000) + "\n"})
	var list finding.List
	for n := range 2000 {
		list = append(list, finding.Finding{File: "long.md", Line: 1 + n%2, Col: 1 + n})
	}
	held := 0
	for i, f := range (&app{dir: p.dir}).withSource(list) {
		if held += len(f.Source); i%2 == 0 && strings.TrimSpace(f.Source) != "short" {
			t.Errorf("finding %d shows %q", i, f.Source)
		}
	}
	if held > 1000*len("short\n") {
		t.Errorf("%d bytes are held for a document of 5 kB", held)
	}
}
