package evidence

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const python = `#!/usr/bin/env python3
"""def test_cycle(): not this one
class TestA:
"""
import pytest
LIMIT = 3  # a number
TABLE: dict = {
"a": 1,
}

# about the test
@pytest.mark.slow
# between
@pytest.mark.parametrize("x", [
1,
2,
])
def test_cycle(x,
y=")"):
    """Doc
def test_other(): quoted
"""
    s = 'it\'s # no comment' # one
    if x:
        return \
1

    # a comment inside
    r = r"\"" + f'{s}'
	# trailing comments are no part

def test_other(): pass
class TestA(Base):
    limit = 4
    async def test_m(self): # comment
        def inner():
            pass
        return inner

    @staticmethod
    def test_s():
        pass
# at the left edge, inside the class
    def test_t(self):
        pass

try:
    def either():
        return 1
except E:
    def either():
        return 2

class test_cycle2: x = 1
def últim(): return "unclosed
def after(): return 0
`

func TestPythonDefinitions(t *testing.T) {
	for name, want := range map[string][]string{
		"test_cycle": {"@pytest.mark.slow\n# between\n@pytest.mark.parametrize(\"x\", [\n1,\n2,\n])\ndef test_cycle(x,\ny=\")\"):\n    \"\"\"Doc\ndef test_other(): quoted\n\"\"\"\n" +
			"    s = 'it\\'s # no comment' # one\n    if x:\n        return \\\n1\n\n    # a comment inside\n    r = r\"\\\"\" + f'{s}'"},
		"test_other":           {"def test_other(): pass"},
		"LIMIT":                {"LIMIT = 3"},
		"TABLE":                {"TABLE: dict = {\n\"a\": 1,\n}"},
		"TestA::limit":         {"limit = 4"},
		"TestA::test_m":        {"async def test_m(self): # comment\n        def inner():\n            pass\n        return inner"},
		"TestA::test_m::inner": {"def inner():\n            pass"},
		"TestA::test_s":        {"@staticmethod\n    def test_s():\n        pass"},
		"TestA::test_t":        {"def test_t(self):\n        pass"},
		"either":               {"def either():\n        return 1", "def either():\n        return 2"},
		"test_cycle2":          {"class test_cycle2: x = 1"},
		"últim":                {"def últim(): return \"unclosed"},
		"after":                {"def after(): return 0"},
		"inner":                nil, "test_m": nil, "quoted": nil, "": nil, "TestA::limit::x": nil, "else": nil, "TestB": nil,
	} {
		for _, eol := range []string{"\n", "\r\n", "\r"} {
			src := []byte("\uFEFF" + strings.ReplaceAll(python, "\n", eol))
			var got []string
			for _, s := range pythonDefinitions(src, strings.Split(name, "::")) {
				got = append(got, strings.ReplaceAll(string(src[s.start:s.end]), eol, "\n"))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q with %q: %q\nwant %q", name, eol, got, want)
			}
		}
	}
	class := pythonDefinitions([]byte(python), []string{"TestA"})
	if len(class) != 1 || !strings.HasPrefix(python[class[0].start:], "class TestA(Base):") || !strings.HasSuffix(python[:class[0].end], "def test_t(self):\n        pass") {
		t.Errorf("%+v", class)
	}
}

// What gives a name another meaning is part of what is pinned.
func TestPythonRebinds(t *testing.T) {
	for line, counts := range map[string]bool{
		"from easy import test_a": true, "from easy import (x,\n  b as test_a)": true, "import easy as test_a": true, "import test_a": true, "x = 1; from easy import test_a": true,
		"from easy import *": true, "test_b, test_a = 1, 2": true, "x = 1; test_a = 2": true, "if True: test_a = 2": true, "x = test_a = 2": true, "del test_a": true,
		"test_a.__code__ = x": true, "if (test_a := 2): pass": true, "test_a = 2": true, "try:\n    from easy import test_a\nexcept E: pass": true,
		"from test_a import x": false, "import x.test_a as y": false, "x = test_a": false, "f(test_a=1)": false, "x = 'test_a = 1'": false, "print(test_a)": false,
		"x.test_a = 1": false, "class B:\n    test_a = 1": false, "x == test_a": false, "assert test_a != 1": false, "x = 1  # test_a = 1": false,
	} {
		found := pythonDefinitions([]byte("from math import *\n\ndef test_a():\n    pass\n\n"+line+"\n"), []string{"test_a"})
		if want := map[bool]int{true: 2, false: 1}[counts]; len(found) != want {
			t.Errorf("%s: %d definitions, want %d", line, len(found), want)
		}
	}
}

// A definition of Go runs only where its file is built: what decides that is pinned with it. A file that has nothing of the
// kind keeps the sum that it had.
func TestGoPinsHoldTheBuild(t *testing.T) {
	root := t.TempDir()
	seen := map[string]string{}
	for _, head := range []string{"", "//go:build never\n\n", "// +build never\n\n", "//go:build linux\n\n"} {
		put(t, root+"/a_test.go", head+golang)
		sums, problems := Pins(t.Context(), root, []string{"a_test.go::TestA"})
		if len(problems) > 0 {
			t.Fatal(errs(problems))
		}
		if same, ok := seen[sums["a_test.go::TestA"]]; ok {
			t.Errorf("%q and %q have one sum", head, same)
		}
		seen[sums["a_test.go::TestA"]] = head
	}
	put(t, root+"/a_test.go", "// A comment.\n\n"+golang)
	if sums, _ := Pins(t.Context(), root, []string{"a_test.go::TestA"}); seen[sums["a_test.go::TestA"]] != "" {
		t.Error("a comment that is no constraint is pinned")
	}
	put(t, root+"/a_test.go", strings.Replace(golang, "package x\n", "package x\n\nimport \"C\"\n", 1))
	if sums, _ := Pins(t.Context(), root, []string{"a_test.go::TestA"}); len(sums) != 1 || seen[sums["a_test.go::TestA"]] != "" || sums["a_test.go::TestA"] == "" {
		t.Errorf("%v", sums)
	} else if _, ok := seen[sums["a_test.go::TestA"]]; ok {
		t.Error("an import of C changes nothing")
	}
}

const golang = `package x

// Doc.
func TestA(t *testing.T) {
	// inside
	t.Log("func TestB() {}")
}

type T struct{ a int }

type (
	U[K any] map[string]K
	V = int
)

func (t *T) M() {}
func (U[K]) M() int { return 1 }

var one = 1
var (
	two, three = 2, 3
	four       = 4
)
const (
	A = iota
	B
)
func init() { _ = 1 }
func init() { _ = 2 }
`

func TestGoDefinitions(t *testing.T) {
	for name, want := range map[string][]string{
		"TestA": {"func TestA(t *testing.T) {\n\t// inside\n\tt.Log(\"func TestB() {}\")\n}"},
		"T":     {"type T struct{ a int }"},
		"U":     {"U[K any] map[string]K"},
		"V":     {"V = int"},
		"T.M":   {"func (t *T) M() {}"}, "(*T).M": {"func (t *T) M() {}"}, "U.M": {"func (U[K]) M() int { return 1 }"},
		"one": {"var one = 1"}, "three": {"two, three = 2, 3"}, "four": {"four       = 4"},
		"A":     {"const (\n\tA = iota\n\tB\n)"},
		"init":  {"func init() { _ = 1 }", "func init() { _ = 2 }"},
		"TestB": nil, "M": nil, "": nil,
	} {
		found, err := goDefinitions([]byte(golang), name)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range found {
			got = append(got, golang[s.start:s.end])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q\nwant %q", name, got, want)
		}
	}
}

func TestPins(t *testing.T) {
	root := t.TempDir()
	put(t, root+"/tests/test_a.py", python)
	put(t, root+"/a_test.go", golang)
	put(t, root+"/broken.go", "package x\n\nfunc {")
	put(t, root+"/lib.rs", "fn a() {}")
	sums, problems := Pins(t.Context(), root, []string{"tests/test_a.py", "tests/test_a.py::test_cycle", "tests/test_a.py::test_cycle[1-)]", "tests/test_a.py::TestA::test_m", "a_test.go::TestA", "a_test.go::TestA/case_1", "a_test.go::T::M"})
	if len(problems) > 0 || len(sums) != 7 {
		t.Fatalf("%v %s", sums, errs(problems))
	}
	for pin, sum := range sums {
		if len(sum) != len("sha256:")+64 {
			t.Errorf("%s: %s", pin, sum)
		}
	}
	if sums["tests/test_a.py::test_cycle"] != sums["tests/test_a.py::test_cycle[1-)]"] || sums["a_test.go::TestA"] != sums["a_test.go::TestA/case_1"] {
		t.Error("a test's case is pinned with its test")
	}
	// A change elsewhere in the file changes no definition, one inside does.
	put(t, root+"/tests/test_a.py", "X = 1\n"+strings.Replace(python, "limit = 4", "limit = 5", 1))
	after, _ := Pins(t.Context(), root, []string{"tests/test_a.py", "tests/test_a.py::test_cycle", "tests/test_a.py::TestA"})
	if after["tests/test_a.py::test_cycle"] != sums["tests/test_a.py::test_cycle"] || after["tests/test_a.py"] == sums["tests/test_a.py"] {
		t.Errorf("%v", after)
	}
	before, _ := Pins(t.Context(), root, []string{"tests/test_a.py::TestA"})
	put(t, root+"/tests/test_a.py", python)
	if now, _ := Pins(t.Context(), root, []string{"tests/test_a.py::TestA"}); now["tests/test_a.py::TestA"] == before["tests/test_a.py::TestA"] {
		t.Error("a change inside a class was not seen")
	}

	for pin, want := range map[string]string{
		"none.py":                   "none.py: ",
		"none.py::x":                "none.py::x: ",
		"tests":                     "tests: is a directory",
		"tests/test_a.py::none":     "tests/test_a.py::none: tests/test_a.py defines no none",
		"lib.rs::a":                 "lib.rs::a: one definition can be pinned in Python and Go only; pin the whole file: lib.rs",
		"broken.go::x":              "broken.go::x: the file is no Go at line 3",
		"../x.py":                   "names no file of the workspace",
		"/etc/passwd::x":            "names no file of the workspace",
		"::x":                       "names no file of the workspace",
		"tests/../../x.py::a":       "names no file of the workspace",
		"tests/test_a.py::":         "defines no ",
		"tests/test_a.py::TestA::x": "defines no TestA::x",
	} {
		sums, problems := Pins(t.Context(), root, []string{pin})
		if len(sums) != 0 || len(problems) != 1 || !strings.Contains(errs(problems), want) {
			t.Errorf("%q: %v %q, want %q", pin, sums, errs(problems), want)
		}
	}
}

// Whatever the file holds: no panic, and what is found lies in the file, begins
// where a line can begin a definition, and does not overlap.
func FuzzPins(f *testing.F) {
	f.Add([]byte(python), "TestA::test_m")
	f.Add([]byte(golang), "T.M")
	f.Add([]byte("def a(:\n\\\n'''"), "a")
	f.Add([]byte("@\n@a\n\n\tdef a():\\"), "a")
	f.Add([]byte("class \\\r\n a:\r\r\n x=1"), "a::x")
	f.Fuzz(func(t *testing.T, src []byte, name string) {
		last := 0
		for _, s := range pythonDefinitions(src, strings.Split(name, "::")) {
			if s.start < last || s.end <= s.start || s.end > len(src) {
				t.Fatalf("%+v after %d in %d bytes", s, last, len(src))
			}
			if c := src[s.end-1]; c == '\n' || c == ' ' {
				t.Fatalf("the definition ends in white space: %q", src[s.start:s.end])
			}
			last = s.start + 1
		}
		found, err := goDefinitions(src, name)
		if err == nil {
			for _, s := range found {
				if s.start < 0 || s.end <= s.start || s.end > len(src) {
					t.Fatalf("%+v in %d bytes", s, len(src))
				}
			}
		}
	})
}

// Reading is linear: deep nesting and long lines cost what their bytes cost.
func BenchmarkPythonDefinitions(b *testing.B) {
	var deep bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&deep, "%sclass c%d:\n", strings.Repeat(" ", i), i)
	}
	for name, src := range map[string][]byte{
		"deep": deep.Bytes(), "flat": bytes.Repeat([]byte("def a():\n    return '''x'''\n"), 50_000), "open": bytes.Repeat([]byte("x = ("), 400_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				pythonDefinitions(src, []string{"c0", "c1"})
			}
		})
	}
}
