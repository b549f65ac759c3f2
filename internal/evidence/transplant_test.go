package evidence

import (
	"bytes"
	"strings"
	"testing"
)

func TestTransplant(t *testing.T) {
	const py = "import x\n\ndef stub():\n    raise NotImplementedError\n\ndef test_a():\n    assert stub() == 1\n"
	for _, c := range []struct {
		name, pin, from, to, want, fails string
	}{
		{"a whole file", "a.txt", "new", "old", "new", ""},
		{"one definition of Python, the rest stays", "t.py::test_a", "def stub():\n    return 1\n\ndef test_a():\n    assert stub() == 2\n",
			py, strings.Replace(py, "== 1", "== 2", 1), ""},
		{"one definition of Go", "a_test.go::TestA", "package a\n\nfunc impl() int { return 1 }\n\nfunc TestA(t *T) { one() }\n",
			"package a\n\nfunc TestA(t *T) { two() }\n\nfunc impl() int { panic(0) }\n", "package a\n\nfunc TestA(t *T) { one() }\n\nfunc impl() int { panic(0) }\n", ""},
		{"defined twice in both", "t.py::f", "def f(): return 1\ndef f(): return 2\n", "def f(): return 3\nx = 1\ndef f(): return 4\n", "def f(): return 1\nx = 1\ndef f(): return 2\n", ""},
		{"not there then", "t.py::f", "def f(): pass\n", "x = 1\n", "", "once in one state and not at all"},
		{"not there now", "t.py::f", "x = 1\n", "def f(): pass\n", "", "not at all in one state and once"},
		{"twice now", "t.py::f", "def f(): pass\ndef f(): pass\n", "def f(): pass\n", "", "2 times"},
		{"no Go", "a.go::F", "package a\nfunc F() {", "package a\nfunc F() {}", "", "no Go"},
		{"a language without definitions", "a.rs::f", "x", "y", "", "Python and Go only"},
	} {
		got, err := Transplant(c.pin, []byte(c.from), []byte(c.to))
		switch {
		case c.fails == "" && (err != nil || string(got) != c.want):
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%s: %q, %v; want an error that says %q", c.name, got, err, c.fails)
		}
	}
}

func TestExtent(t *testing.T) {
	for _, c := range []struct {
		pin, was, now  string
		added, removed int
	}{
		{"a.txt", "a\nb\nc\n", "a\nB\nc\nd\n", 2, 1},
		{"a.txt", "a\n", "a\n", 0, 0},
		{"a.txt", "", "a\nb", 2, 0},
		{"t.py::f", "x = 1\ndef f():\n    a()\n    b()\n", "x = 2\ny = 3\ndef f():\n    a()\n    c()\n    d()\n", 2, 1},
		{"t.py::f", "def f(): pass\n", "x = 1\n", 0, 1},
	} {
		added, removed, err := Extent(c.pin, []byte(c.was), []byte(c.now))
		if added != c.added || removed != c.removed || err != nil {
			t.Errorf("%s %q %q: +%d −%d, want +%d −%d (%v)", c.pin, c.was, c.now, added, removed, c.added, c.removed, err)
		}
	}
}

// Whatever the two states are, the pin's text is the other's afterwards, and all else is as it was.
func FuzzTransplant(f *testing.F) {
	f.Add("t.py::f", []byte("def f(): pass\n"), []byte("x\ndef f():\n    return 1\ny\n"))
	f.Add("t.go::F", []byte("package a\nfunc F() {}\n"), []byte("package b\n\nfunc F() { x() }\n"))
	f.Add("t.txt", []byte("a"), []byte("b"))
	f.Fuzz(func(t *testing.T, pin string, from, to []byte) {
		out, err := Transplant(pin, from, to)
		if err != nil {
			return
		}
		if _, _, one := strings.Cut(pin, "::"); !one {
			if !bytes.Equal(out, from) {
				t.Fatalf("%q, want %q", out, from)
			}
			return
		}
		same, err := Transplant(pin, to, to)
		if err != nil || !bytes.Equal(same, to) {
			t.Fatalf("a file's own definitions put into it: %q, want %q (%v)", same, to, err)
		}
		back, err := Transplant(pin, to, out)
		if err == nil && !bytes.Equal(back, to) {
			t.Fatalf("there and back: %q, want %q", back, to)
		}
	})
}
