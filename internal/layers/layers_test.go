package layers

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/planctl/planctl"

func TestHouse(t *testing.T) {
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	found, err := Check(os.DirFS(root), module, house())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}

func TestEveryRuleHasItsReason(t *testing.T) {
	rules := house()
	var reasons []string
	for _, a := range rules.Arrows {
		reasons = append(reasons, a.Why)
	}
	for _, m := range rules.Modules {
		reasons = append(reasons, m.Why)
	}
	for _, w := range rules.Words {
		reasons = append(reasons, w.Why)
	}
	if slices.Contains(append(reasons, rules.Pure.Why), "") {
		t.Error("a rule without a reason")
	}
}

// A rule about a package that is gone guards nothing.
func TestRulesNameWhatIsThere(t *testing.T) {
	gomod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range house().Modules {
		if !strings.Contains(string(gomod), m.Path+" v") {
			t.Errorf("module %s is not in go.mod", m.Path)
		}
	}
}

func TestCheck(t *testing.T) {
	const m = "example.com/m"
	rules := Rules{
		Arrows: []Arrow{
			{From: "low", To: []string{"high/..."}, Why: "W"},
			{From: "eye", To: []string{"hand"}, Direct: true, Why: "W"},
		},
		Pure:          Pure{Packages: []string{"low"}, Banned: []string{"os"}, Why: "W"},
		Modules:       []Module{{Path: "gopkg.in/y.v3", Owner: "low", Why: "W"}},
		SharedModules: []string{"golang.org/x/sys"},
		Words: []Word{
			{Import: "flag", Allowed: []string{"cmd/..."}, Why: "W"},
			{Import: "fmt", Names: []string{"Println"}, Allowed: []string{"cmd/..."}, Why: "W"},
		},
		BadNames: []string{"util"},
		MaxLines: 5,
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string // of each violation: position and the words that follow
	}{
		{name: "nothing wrong", files: map[string]string{"low/a.go": "package low", "high/a.go": `package high; import _ "example.com/m/low"`}},
		{name: "an arrow", files: map[string]string{"low/a.go": `package low; import _ "example.com/m/high/x"`, "high/x/a.go": "package x"},
			want: []string{"low/a.go:1: low imports high/x"}},
		{name: "an arrow through another", files: map[string]string{
			"low/a.go": "package low\nimport _ \"example.com/m/mid\"", "mid/a.go": `package mid; import _ "example.com/m/high"`, "high/a.go": "package high"},
			want: []string{"low/a.go:2: low reaches mid → high"}},
		{name: "a direct arrow does not look further", files: map[string]string{
			"eye/a.go": `package eye; import _ "example.com/m/mid"`, "mid/a.go": `package mid; import _ "example.com/m/hand"`, "hand/a.go": "package hand"}},
		{name: "a direct arrow", files: map[string]string{"eye/a.go": `package eye; import _ "example.com/m/hand"`, "hand/a.go": "package hand"},
			want: []string{"eye/a.go:1: eye imports hand"}},
		{name: "a pure package", files: map[string]string{"low/a.go": `package low; import _ "os"`}, want: []string{"low/a.go:1: low imports os"}},
		{name: "a test may do more", files: map[string]string{"low/a_test.go": `package low; import (_ "os"; _ "example.com/m/high")`}},
		{name: "a module in the wrong place", files: map[string]string{"high/a.go": `package high; import _ "gopkg.in/y.v3/sub"`},
			want: []string{"high/a.go:1: high imports gopkg.in/y.v3, which is for low"}},
		{name: "a module in two places", files: map[string]string{"b/a.go": `package b; import _ "github.com/o/r/x"`, "c/a.go": `package c; import _ "github.com/o/r/y"`},
			want: []string{"c/a.go:1: c imports github.com/o/r, which is for b"}},
		{name: "a shared module", files: map[string]string{"b/a.go": `package b; import _ "golang.org/x/sys/unix"`, "c/a.go": `package c; import _ "golang.org/x/sys/unix"`}},
		{name: "an import by its name", files: map[string]string{"b/a.go": `package b; import _ "flag"`, "cmd/x/a.go": `package main; import _ "flag"`},
			want: []string{"b/a.go:1: b imports flag"}},
		{name: "a word", files: map[string]string{"b/a.go": "package b\nimport \"fmt\"\nfunc f() { fmt.Println() }", "cmd/x/a.go": "package main\nimport \"fmt\"\nfunc f() { fmt.Println() }"},
			want: []string{"b/a.go:3: b uses fmt.Println"}},
		{name: "a word under another name", files: map[string]string{"b/a.go": "package b\nimport p \"fmt\"\nfunc f() { p.Println() }"},
			want: []string{"b/a.go:3: b uses fmt.Println"}},
		{name: "a variable of the import's name", files: map[string]string{"b/a.go": "package b\nimport _ \"fmt\"\nfunc f(fmt x) { fmt.Println() }"}},
		{name: "init", files: map[string]string{"b/a.go": "package b\nfunc init() {}"}, want: []string{"b/a.go:2: b has an init function"}},
		{name: "package state", files: map[string]string{"b/a.go": "package b\nvar n int\nvar m map[int]int\nfunc f() { n++; m[1] = 2 }"},
			want: []string{"b/a.go:4: b changes the package variable m", "b/a.go:4: b changes the package variable n"}},
		{name: "package state in another file", files: map[string]string{"b/a.go": "package b\nvar n struct{ x int }", "b/b.go": "package b\nfunc f() { n.x = 1 }"},
			want: []string{"b/b.go:2: b changes the package variable n"}},
		{name: "a local variable of that name", files: map[string]string{"b/a.go": "package b\nvar n int\nfunc f() { n := 1; n = 2; _ = n }"}},
		{name: "a long file", files: map[string]string{"b/a.go": "package b" + strings.Repeat("\n", 6)}, want: []string{"b/a.go:6: 6 lines, at most 5"}},
		{name: "a package's name", files: map[string]string{"util/a.go": "package util"}, want: []string{"util/a.go:1: a name that says nothing"}},
		{name: "a file's name", files: map[string]string{"b/util_test.go": "package b"}, want: []string{"b/util_test.go:1: a name that says nothing"}},
		{name: "other modules and testdata", files: map[string]string{
			"x/go.mod": "module x", "x/util/a.go": "package util", "b/testdata/util.go": "no go at all", ".h/util.go": "nor this"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for name, text := range c.files {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			found, err := Check(fsys, m, rules)
			if err != nil {
				t.Fatal(err)
			}
			ok := len(found) == len(c.want)
			for i := 0; ok && i < len(found); i++ {
				ok = strings.HasPrefix(found[i].String(), c.want[i])
			}
			if !ok {
				t.Errorf("found %v, want %q", found, c.want)
			}
		})
	}
}
