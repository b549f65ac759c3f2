package criteria

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/testreport"
)

// facts is a finished run in a workspace of its own.
func facts(t *testing.T) Facts {
	t.Helper()
	root := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	write("out/a.json", `{"n": 3, "deep": {"list": [1, 2]}, "s": "x"}`)
	write("out/bad.json", "{\n  \"n\": }\n")
	write("out/b.txt", "one\ntwo\n")
	npz(t, filepath.Join(root, "out", "amp.npz"))
	return Facts{
		Exit: 3, Seconds: 1.5, Root: root,
		LogPath: write("run/log", "start\ntook 12.5 ms, 1,024 bytes\nNotImplementedError: stub\nend"),
		Tests:   testreport.Results{Total: 3, Passed: 2, Failed: 1, Names: map[string]testreport.Status{"t.py::a": testreport.Passed}},
		Env: func(n string) (string, bool) {
			if n == "MODE" {
				return "fast", true
			}
			return "", false
		},
		Done: func(id string) (bool, error) {
			if id == "ZZ" {
				return false, errors.New("no task is named ZZ")
			}
			return id == "A1", nil
		},
	}
}

// npz writes an archive as numpy does: one float32 array of 2 × 3.
func npz(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	w, err := z.Create("amp.npy")
	if err != nil {
		t.Fatal(err)
	}
	head := "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
	head += strings.Repeat(" ", 128-10-1-len(head)) + "\n"
	if _, err := w.Write([]byte("\x93NUMPY\x01\x00" + string(rune(len(head))) + "\x00" + head + strings.Repeat("\x00", 24))); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

var verdicts = []struct {
	expr string
	pass bool
	says string // part of the explanation of one that does not pass
}{
	{"exit == 3", true, ""},
	{"exit == 0", false, "exit = 3"},
	{"seconds < 120 && tests.passed >= 2", true, ""},
	{"seconds < 1", false, "seconds = 1.5"},
	{"tests.failed == 0", false, "tests.failed = 1"},
	{`tests.names["t.py::a"] == "passed"`, true, ""},
	{`log contains "NotImplementedError"`, true, ""},
	{`log contains "absent"`, false, ""},
	{`not (log contains "absent")`, true, ""},
	{`log matches "took [0-9.]+ ms"`, true, ""},
	{`log startsWith "start"`, true, ""},
	{`log endsWith "end"`, true, ""},
	{`log endsWith "END"`, false, ""},
	{`len(log) > 10`, true, ""},
	{`number("took ([0-9.]+) ms") < 13`, true, ""},
	{`number("took ([0-9.]+) ms") < 12`, false, "= 12.5"},
	{`number("([0-9,]+) bytes") == 1024`, true, ""},
	{`number("no ([0-9]+) such") > 0`, false, "nothing in the log matches"},
	{`file("out/b.txt").exists && file("out/b.txt").lines == 2`, true, ""},
	{`file("out/b.txt").size > 1 * KB`, false, `file("out/b.txt").size = 8`},
	{`file("out/gone").exists`, false, "is false"},
	{`not file("out/gone").exists`, true, ""},
	{`file("out/gone").size == 0`, false, "file out/gone is not there"},
	{`file("out").exists`, false, "out is a directory"},
	{`file("../../etc/passwd").exists`, false, "outside the workspace"},
	{`len(glob("out/*.json")) == 2`, true, ""},
	{`json("out/a.json").n == 3 && json("out/a.json").deep.list[1] == 2`, true, ""},
	{`json("out/a.json").n > 3`, false, `json("out/a.json").n = 3`},
	{`json("out/bad.json").n == 1`, false, "out/bad.json:2:"},
	{`npz("out/amp.npz").amp.shape == [2, 3]`, true, ""},
	{`npz("out/amp.npz").amp.dtype == "float32"`, true, ""},
	{`npz("out/amp.npz").amp.dtype == "float64"`, false, "float32"},
	{`npz("out/b.txt").amp.dtype == "float64"`, false, "neither npz nor npy"},
	{`env("MODE") == "fast"`, true, ""},
	{`env("MODE") == "slow"`, false, `env("MODE") = "fast"`},
	{`done("A1") && !done("A2")`, true, ""},
	{`done("ZZ")`, false, "no task is named ZZ"},
}

func TestJudge(t *testing.T) {
	f := facts(t)
	for _, c := range verdicts {
		p, err := Compile(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		var rec Recorder
		got := Judge([]*Program{p}, f, &rec)[0]
		if got.Pass != c.pass || !strings.Contains(Explain(got), c.says) {
			t.Errorf("pass %v, want %v with %q: %s", got.Pass, c.pass, c.says, Explain(got))
		}
	}
}

// The record alone gives the same verdicts, after it was JSON.
func TestRejudgeFromTheRecord(t *testing.T) {
	f := facts(t)
	var ps []*Program
	for _, c := range verdicts {
		p, err := Compile(c.expr)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	var rec Recorder
	then := Judge(ps, f, &rec)
	record := manifest.Predicate{Exit: f.Exit, Seconds: f.Seconds, Calls: rec.Calls(),
		Tests: &manifest.Tests{Total: 3, Passed: 2, Failed: 1, Names: map[string]string{"t.py::a": "passed"}}}
	b, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	var back manifest.Predicate
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(f.Root); err != nil {
		t.Fatal(err)
	}
	for i, now := range Rejudge(ps, &back) {
		if now.Pass != then[i].Pass {
			t.Errorf("%s: then %v, from the record %v (%s)", now.Expr, then[i].Pass, now.Pass, Explain(now))
		}
	}
	other, err := Compile(`file("never/asked").exists`)
	if err != nil {
		t.Fatal(err)
	}
	if got := Rejudge([]*Program{other}, &back)[0]; got.Pass || !strings.Contains(got.Error, "was not called") {
		t.Errorf("a call that was not recorded: %+v", got)
	}
}

func TestCallsAreRecordedOnce(t *testing.T) {
	f := facts(t)
	p, err := Compile(`file("out/b.txt").exists && file("out/b.txt").size > 1 && file("out/b.txt").lines < 9`)
	if err != nil {
		t.Fatal(err)
	}
	var rec Recorder
	Judge([]*Program{p, p}, f, &rec)
	if n := len(rec.Calls()); n != 1 {
		t.Errorf("%d calls recorded, want 1: %+v", n, rec.Calls())
	}
}

// What the criterion did not evaluate is not called only to be shown.
func TestNothingIsCalledForShow(t *testing.T) {
	p, err := Compile(`exit == 0 && file("out/b.txt").size > 1`)
	if err != nil {
		t.Fatal(err)
	}
	var rec Recorder
	Judge([]*Program{p}, facts(t), &rec)
	if len(rec.Calls()) != 0 {
		t.Errorf("called %+v", rec.Calls())
	}
}

func TestCompileErrors(t *testing.T) {
	for _, c := range []struct{ expr, msg, help string }{
		{"", "empty", "take it out"},
		{"exti == 0", "unknown name exti", "did you mean exit?"},
		{"tests.passed", "expected bool", "compare it"},
		{"seconds < ", "unexpected token", ""},
		{"exit = 0", "", ""},
		{`seconds < "fast"`, "invalid operation", ""},
		{`log matches "("`, "missing closing )", "RE2"},
		{`number("[0-9]+") > 1`, "no capture group", "parentheses"},
		{`file(3).exists`, "cannot use int", ""},
		{`now() > 1`, "unknown name now", ""},
		{strings.Repeat("x", 20000), "is the most", ""},
	} {
		_, err := Compile(c.expr)
		var ce *CompileError
		if !errors.As(err, &ce) || !strings.Contains(ce.Msg, c.msg) || !strings.Contains(ce.Help, c.help) {
			t.Errorf("%.40s: %#v, want %q and help %q", c.expr, err, c.msg, c.help)
		}
	}
	_, err := Compile("tests.passed >= 1 && exti == 0")
	var ce *CompileError
	if errors.As(err, &ce); ce == nil || ce.Col != 22 {
		t.Errorf("the column of exti: %+v, want 22", ce)
	}
}

func TestNeedsRun(t *testing.T) {
	for expr, want := range map[string]bool{"exit == 0": true, `log contains "x"`: true, `number("(1)") > 0`: true, "tests.failed == 0": true,
		`file("a").exists`: false, `done("A1")`: false, `json("a").exit == 1`: false} {
		p, err := Compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		if p.NeedsRun() != want || p.PhaseSafe() == want {
			t.Errorf("%s: NeedsRun %v, want %v", expr, p.NeedsRun(), want)
		}
	}
}

func TestAFIFOIsNotWaitedFor(t *testing.T) {
	f := facts(t)
	if err := syscall.Mkfifo(filepath.Join(f.Root, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := Compile(`file("pipe").size > 0`)
	if err != nil {
		t.Fatal(err)
	}
	var rec Recorder
	if got := Judge([]*Program{p}, f, &rec)[0]; got.Pass || !strings.Contains(got.Error, "a FIFO") {
		t.Errorf("%+v", got)
	}
}

func TestALinkOutOfTheWorkspaceIsRefused(t *testing.T) {
	f := facts(t)
	if err := os.Symlink("/etc", filepath.Join(f.Root, "link")); err != nil {
		t.Fatal(err)
	}
	p, err := Compile(`file("link/passwd").exists`)
	if err != nil {
		t.Fatal(err)
	}
	var rec Recorder
	if got := Judge([]*Program{p}, f, &rec)[0]; got.Pass || !strings.Contains(got.Error, "outside the workspace") {
		t.Errorf("%+v", got)
	}
}

func FuzzCompileAndJudge(f *testing.F) {
	for _, v := range verdicts {
		f.Add(v.expr)
	}
	f.Add(`all(1..10, {# > 0})`)
	f.Add(`map(glob("*"), {file(#).size}) == []`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Compile(text)
		if err != nil {
			var ce *CompileError
			if !errors.As(err, &ce) || ce.Msg == "" {
				t.Fatalf("not a CompileError with a message: %v", err)
			}
			return
		}
		var rec Recorder
		then := Judge([]*Program{p}, Facts{Root: dir, LogPath: filepath.Join(dir, "none")}, &rec)[0]
		if then.Pass && then.Error != "" {
			t.Fatalf("passes with an error: %+v", then)
		}
		b, err := json.Marshal(manifest.Predicate{Calls: rec.Calls()})
		if err != nil {
			t.Fatal(err)
		}
		var back manifest.Predicate
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if now := Rejudge([]*Program{p}, &back)[0]; now.Pass != then.Pass {
			t.Fatalf("then %+v, from the record %+v", then, now)
		}
	})
}
