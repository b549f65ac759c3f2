package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const tddPage = "../../docs/tdd.md"

// fenced is a fence of the page: its marks, its info string, its text.
var fenced = regexp.MustCompile("(?ms)^````([a-z]+[^\n]*)\n(.*?)^````$\n|^```([a-z]+[^\n]*)\n(.*?)^```$\n")

// varying is what differs between two runs of one command: times, stamps, digests, sizes.
var varying = []struct {
	is *regexp.Regexp
	as string
}{
	{regexp.MustCompile(`\d+\.\d\d ?s\b`), "N s"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d{6}Z`), "STAMP"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d( \d\d:\d\d:\d\dZ)?`), "DATE"},
	{regexp.MustCompile(`\b[0-9a-f]{12,64}\b`), "DIGEST"},
	{regexp.MustCompile(` {2,}`), "  "},
	{regexp.MustCompile(`(?m)^(\s*(?:log|patch|tests)\s+)\d+ `), "$1 N "},
}

func sameWords(s string) string {
	for _, v := range varying {
		s = v.is.ReplaceAllString(s, v.as)
	}
	return s
}

// TestTDDPage does what docs/tdd.md says, in its order, and holds the page to what planctl prints. -update writes what it
// prints into the page.
func TestTDDPage(t *testing.T) {
	page, err := os.ReadFile(tddPage)
	if err != nil {
		t.Fatal(err)
	}
	p := &crashPlace{t: t, dir: t.TempDir(), env: tool(t, "go")}
	p.write(".planctl.yaml", "version: 1\nplans: [plans/add.md]\n")
	p.commit("init", "-q", "-b", "main")
	ran := 0
	next := fenced.ReplaceAllFunc(page, func(m []byte) []byte {
		part := fenced.FindSubmatch(m)
		info, text := string(part[1])+string(part[3]), string(part[2])+string(part[4]) // one of two is empty
		_, name, file := strings.Cut(info, " ")
		switch {
		case file:
			p.write(name, text)
			return m
		case info != "console":
			return m
		}
		p.commit("add", "-A")
		p.commit("commit", "-q", "--allow-empty", "-m", "step")
		var out strings.Builder
		for line := range strings.Lines(text) {
			command, ok := strings.CutPrefix(line, "$ planctl ")
			if !ok {
				continue
			}
			ran++
			c := p.command("planctl", strings.Fields(command)...)
			said, err := c.Output() // what it is still doing goes to stderr
			if c.ProcessState == nil {
				t.Fatal(err)
			}
			out.WriteString(line)
			out.Write(said)
		}
		if !*update && sameWords(out.String()) != sameWords(text) {
			t.Errorf("the page shows\n%s\nand planctl prints\n%s", text, out.String())
		}
		return []byte("```console\n" + out.String() + "```\n")
	})
	if ran < 7 {
		t.Errorf("%d commands were run", ran)
	}
	if *update && !bytes.Equal(page, next) {
		if err := os.WriteFile(filepath.FromSlash(tddPage), next, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
