package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/mdspan"
)

// TestCommandsPageExamples runs the examples of docs/commands.md in what `planctl init` makes, each before
// or after A1 ran, and holds the page to what they print. -update writes what they print now.
func TestCommandsPageExamples(t *testing.T) {
	src := []byte(read(t, commandsPage))
	var out strings.Builder
	from, examples := 0, 0
	for _, f := range mdspan.Scan(src).Fences {
		text := string(f.Content.Of(src))
		if f.Outer >= 0 || f.Info != "text" || !strings.HasPrefix(text, "$ ") {
			continue
		}
		examples++
		fresh := transcript(t, initialized(t), text)
		after := initialized(t)
		if code, said := after.planctl("run", "A1"); code != 0 {
			t.Fatalf("run A1: exit %d\n%s", code, said)
		}
		ran := transcript(t, after, text)
		got := fresh
		if alike(ran, text) > alike(fresh, text) {
			got = ran
		}
		if steady(got) != steady(text) && !*update {
			t.Errorf("docs/commands.md:%d: the example prints something else (-update rewrites it):\n%s\nthe page has:\n%s", f.Open, steady(got), steady(text))
		}
		if steady(got) == steady(text) {
			got = text
		}
		out.Write(src[from:f.Content.Start])
		out.WriteString(got)
		from = f.Content.End
	}
	out.Write(src[from:])
	if examples < 9 {
		t.Errorf("only %d examples were found", examples)
	}
	if *update && out.String() != string(src) {
		if err := os.WriteFile(commandsPage, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// initialized is a git repository with the example plan, committed.
func initialized(t *testing.T) *crashPlace {
	t.Helper()
	p := &crashPlace{t: t, dir: t.TempDir()}
	for _, args := range [][]string{{"git", "init", "-q"}, {"planctl", "init"}, {"git", "add", "."}, {"git", "commit", "-qm", "plans"}} {
		if code, said := p.exit(p.command(args[0], args[1:]...)); code != 0 {
			t.Fatalf("%v: exit %d\n%s", args, code, said)
		}
	}
	return p
}

// transcript runs the command lines of an example and gives the example as it should be.
func transcript(t *testing.T, p *crashPlace, example string) string {
	t.Helper()
	var b strings.Builder
	code := "0\n"
	for l := range strings.Lines(example) {
		line, ok := strings.CutPrefix(l, "$ ")
		if !ok {
			continue
		}
		b.WriteString(l)
		if line == "echo $?\n" {
			b.WriteString(code)
			continue
		}
		n, said := p.exit(p.command("sh", "-c", line))
		code = strconv.Itoa(n) + "\n"
		b.WriteString(said)
	}
	return b.String()
}

// passing is what differs from run to run besides what settle knows.
var passing = regexp.MustCompile(`T?\d{2}:\d{2}:\d{2}Z|\b[0-9a-f]{12}\b|patch +\d+`)

func steady(s string) string { return passing.ReplaceAllString(settle(s), "*") }

// alike counts the lines that two texts share.
func alike(a, b string) int {
	has := map[string]bool{}
	for l := range strings.Lines(steady(a)) {
		has[l] = true
	}
	n := 0
	for l := range strings.Lines(steady(b)) {
		if has[l] {
			n++
		}
	}
	return n
}
