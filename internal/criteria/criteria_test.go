package criteria

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
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
	write("out/a.json", `{"n": 3, "big": 9007199254740993, "deep": {"list": [1, 2]}, "s": "x", "none": null, "odd key": true}`)
	write("out/bad.json", "{\n  \"n\": }\n")
	write("out/b.txt", "one\ntwo\n")
	arrays, err := os.ReadFile("testdata/arrays.npz")
	if err != nil {
		t.Fatal(err)
	}
	write("out/amp.npz", string(arrays))
	write("out/open.txt", "one\ntwo")
	return Facts{
		Exit: 3, Seconds: 1.5, Root: root, RunDir: filepath.Join(root, "run"),
		LogPath: write("run/log", "start\ntook 12.5 ms, 1,024 bytes\nNotImplementedError: stub\nend"),
		Tests:   testreport.Results{Total: 3, Passed: 2, Failed: 1, Names: map[string]testreport.Status{"t.py::a": testreport.Passed}},
		Env: func(n string) (string, bool) {
			v, ok := map[string]string{"MODE": "fast", "DIR": filepath.Join(root, "run"), "BAD": "\xff", "RE": "("}[n]
			return v, ok
		},
		Done: func(id string) (bool, error) {
			if id == "ZZ" {
				return false, errors.New("no task is named ZZ")
			}
			return id == "A1", nil
		},
	}
}

// verdicts is what a criterion says of facts: that it passes, or why not, in full.
var verdicts = []struct {
	expr string
	pass bool
	says string // the explanation of one that does not pass; "…" at its end stands for more
}{
	{"exit == 3", true, ""},
	{"exit == 0", false, "exit == 0: exit = 3"},
	{"exit in [0, 3]", true, ""},
	{"signal == \"\" and not timed_out", true, ""},
	{"seconds < 120 && tests.passed >= 2", true, ""},
	{"seconds < 1", false, "seconds < 1: seconds = 1.5"},
	{"tests.failed == 0", false, "tests.failed == 0: tests.failed = 1"},
	{"tests.total == tests.passed + tests.failed + tests.skipped + tests.errors", true, ""},
	{`tests.names["t.py::a"] == "passed"`, true, ""},
	{`tests.names["t.py::z"] == "passed"`, false, `tests.names["t.py::z"] == "passed": tests.names["t.py::z"] = ""`},
	{`"t.py::a" in tests.names`, true, ""},
	{`all(values(tests.names), # == "passed")`, true, ""},
	{`log contains "NotImplementedError"`, true, ""},
	{`log contains "absent"`, false, `log contains "absent" is false`},
	{`log not contains "absent"`, true, ""},
	{`not (log contains "NotImpl")`, false, `not (log contains "NotImpl"): log contains "NotImpl" = true`},
	{`log matches "took [0-9.]+ ms"`, true, ""},
	{`log matches "(?m)^end$"`, true, ""},
	{`log matches "end$"`, true, ""},
	{`log matches "start$"`, false, `log matches "start$" is false`},
	{`log startsWith "start"`, true, ""},
	{`log endsWith "end"`, true, ""},
	{`log endsWith "END"`, false, `log endsWith "END" is false`},
	{`log endsWith "a text that is far longer than the log, in which there are only four lines and not one more of them"`, false, "log endsWith …"},
	{`len(log) > 10`, true, ""},
	{`count(split(log, "\n"), # contains "took") == 1`, true, ""},
	{`lower(log) contains "notimplementederror"`, true, ""},
	{`number("took ([0-9.]+) ms") < 13`, true, ""},
	{`number("took ([0-9.]+) ms") < 12`, false, `number("took ([0-9.]+) ms") < 12: number("took ([0-9.]+) ms") = 12.5`},
	{`number("([0-9,]+) bytes") == 1024`, true, ""},
	{`number("no ([0-9]+) such") > 0`, false, `number("no ([0-9]+) such") > 0: number("no ([0-9]+) such"): nothing in the log matches`},
	{`number("took (\\S+ ms)") > 0`, false, `number("took (\\S+ ms)") > 0: number("took (\\S+ ms)"): "12.5 ms" is no number`},
	{`number("start(x)?") > 0`, false, `number("start(x)?") > 0: number("start(x)?"): the match in the log leaves the capture group out`},
	{`file("out/b.txt").exists && file("out/b.txt").lines == 2`, true, ""},
	{`file("out/open.txt").lines == 2`, true, ""},
	{`file("./out//b.txt").size == 8`, true, ""},
	{`file("out/b.txt").sha256 == "c6f1d6f5d9c1b3f7"`, false, `file("out/b.txt").sha256 == "c6f1d6f5d9c1b3f7": file("out/b.txt").sha256 = "…`},
	{`file("out/b.txt").size > 1 * KB`, false, `file("out/b.txt").size > 1 * KB: file("out/b.txt").size = 8`},
	{`file("out/" + "b" + ".txt").size == 8`, true, ""},
	{`file(env("DIR") + "/log").size > 10`, true, ""},
	{`file("out/gone").exists`, false, `file("out/gone").exists is false`},
	{`not file("out/gone").exists`, true, ""},
	{`file("out/b.txt/gone").exists`, false, `file("out/b.txt/gone").exists is false`},
	{`file("out/gone").size == 0`, false, `file("out/gone").size == 0: file out/gone is not there`},
	{`let f = file("out/gone"); f.size == 0`, false, `let f = file("out/gone"); f.size == 0: file out/gone is not there`},
	{`file("out").exists`, false, `file("out").exists: file out is a directory, not a file`},
	{`file("").exists`, false, `file("").exists: the path is empty`},
	{`file("../../etc/passwd").exists`, false, `file("../../etc/passwd").exists: ../../etc/passwd is outside the workspace`},
	{`file("/etc/passwd").exists`, false, `file("/etc/passwd").exists: /etc/passwd is outside the workspace`},
	{`len(glob("out/*.json")) == 2`, true, ""},
	{`len(glob("out/*.json")) == 3`, false, `len(glob("out/*.json")) == 3: glob("out/*.json") = ["out/a.json","out/bad.json"]`},
	{`glob("out/*.nothing") == []`, true, ""},
	{`all(glob("out/*.txt"), file(#).size > 7)`, false, `all(glob("out/*.txt"), file(#).size > 7): glob("out/*.txt") = ["out/b.txt","out/open.txt"], file("out/b.txt") = {"exists":true,"lines":2,…`},
	{`glob("../*") == []`, false, `glob("../*") == []: glob("../*"): …`},
	{`glob("/etc/*") == []`, false, `glob("/etc/*") == []: glob("/etc/*") is outside the workspace`},
	{`len(glob(env("DIR") + "/*")) == 1`, true, ""},
	{`json("out/a.json").n == 3 && json("out/a.json").deep.list[1] == 2`, true, ""},
	{`json("out/a.json").deep.list[-1] == 2 and len(json("out/a.json").deep.list) == 2`, true, ""},
	{`json("out/a.json")["odd key"]`, true, ""},
	{`json("out/a.json").big == 9007199254740992`, true, ""},
	{`json("out/a.json").n + 1 == 4`, true, ""},
	{`json("out/a.json").s + "y" == "xy"`, true, ""},
	{`json("out/a.json").n > 3`, false, `json("out/a.json").n > 3: json("out/a.json").n = 3`},
	{`json("out/a.json").none == nil and json("out/a.json").gone == nil`, true, ""},
	{`json("out/a.json").gone.deeper == nil`, false, `json("out/a.json").gone.deeper == nil: json("out/a.json").gone: there is no "deeper", the value is null or not there`},
	{`json("out/a.json").deep.list[2] == 2`, false, `json("out/a.json").deep.list[2] == 2: json("out/a.json").deep.list: there is no element 2, the list has 2`},
	{`json("out/a.json").n.x == 2`, false, `json("out/a.json").n.x == 2: json("out/a.json").n: there is no "x", the value is a number`},
	{`json("out/a.json").s`, false, `json("out/a.json").s: a value that is string is neither true nor false`},
	{`json("out/bad.json").n == 1`, false, `json("out/bad.json").n == 1: out/bad.json:2:8: no JSON: invalid character '}' looking for beginning of value`},
	{`json("out/gone.json").n == 1`, false, `json("out/gone.json").n == 1: file out/gone.json is not there`},
	{`npz("out/amp.npz").f4.shape == [2, 3]`, true, ""},
	{`npz("out/amp.npz")["f4"].dtype == "float32"`, true, ""},
	{`"f4" in npz("out/amp.npz") and not ("nothing" in npz("out/amp.npz"))`, true, ""},
	{`npz("out/amp.npz").f4.dtype == "float64"`, false, `npz("out/amp.npz").f4.dtype == "float64": npz("out/amp.npz").f4.dtype = "float32"`},
	{`npz("out/amp.npz").amp.dtype == ""`, false, `npz("out/amp.npz").amp.dtype == "": out/amp.npz has no array amp; it has b, big, by, c16, c8, d, f2, f4, f8, fortran … 17 in all`},
	{`npz("out/b.txt").amp.dtype == "float64"`, false, `npz("out/b.txt").amp.dtype == "float64": out/b.txt: neither npz nor npy: zip: not a valid zip file`},
	{`npz("out/gone.npz").amp.dtype == "float64"`, false, `npz("out/gone.npz").amp.dtype == "float64": file out/gone.npz is not there`},
	{`env("MODE") == "fast" and env("GONE") == ""`, true, ""},
	{`env("MODE") == "slow"`, false, `env("MODE") == "slow": env("MODE") = "fast"`},
	{`file(env("BAD")).exists`, false, `file(env("BAD")).exists: env("BAD") = "�"`},
	{`file("ä"[0:1]).exists`, false, `file("ä"[0:1]).exists: file: the argument is not UTF-8`},
	{`done("A1") && !done("A2")`, true, ""},
	{`done("A1") && done("A2")`, false, `done("A1") && done("A2"): done("A1") = true, done("A2") = false`},
	{`done("ZZ")`, false, `done("ZZ"): no task is named ZZ`},
	{`max(1, seconds) < 1.2`, false, `max(1, seconds) < 1.2: seconds = 1.5`},
	{`mean(json("out/a.json").deep.list) == 1.5 and min([4, 2]) == 2 and median(1, 5, 3) == 3 and median(1, 2) == 1.5`, true, ""},
	{`mean(glob("out/*.nothing")) > 1`, false, `mean(glob("out/*.nothing")) > 1: there are no numbers`},
	{`string(json("out/a.json").n) == "3" and string(1000000.0) == "1000000" and string(true) == "true"`, true, ""},
	{`2 * KB == 2048 and MB == KB * KB and GB == 1024 * MB`, true, ""},
	// What && and || did not get to is not shown, and not called.
	{`exit == 0 && seconds < 1`, false, `exit == 0 && seconds < 1: exit = 3`},
	{`exit == 3 && seconds < 1`, false, `exit == 3 && seconds < 1: exit = 3, seconds = 1.5`},
	{`exit == 0 || seconds < 1`, false, `exit == 0 || seconds < 1: exit = 3, seconds = 1.5`},
	{`not (exit == 3 || seconds < 1)`, false, `not (exit == 3 || seconds < 1): exit = 3`},
	{`exit == 0 && file("out/gone").size > 1`, false, `exit == 0 && file("out/gone").size > 1: exit = 3`},
	{`exit == 3 && file("out/b.txt").size > 9`, false, `exit == 3 && file("out/b.txt").size > 9: exit = 3, file("out/b.txt").size = 8`},
}

// same compares an explanation with what is wanted, where … at its end or before it stands for more.
func same(got, want string) bool {
	if lead, ok := strings.CutSuffix(want, "…"); ok {
		return strings.HasPrefix(got, lead)
	}
	return got == want
}

func judge(t *testing.T, f Facts, text string) manifest.Criterion {
	t.Helper()
	p, err := Compile(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return Judge(t.Context(), []*Program{p}, f, &Recorder{})[0]
}

func TestJudge(t *testing.T) {
	f := facts(t)
	for _, c := range verdicts {
		got := judge(t, f, c.expr)
		if got.Pass != c.pass || !c.pass && !same(Explain(got), c.says) {
			t.Errorf("pass %v\ngot  %s\nwant %s", got.Pass, Explain(got), c.says)
		}
		if strings.Contains(got.Error, f.Root) && !strings.Contains(c.expr, "DIR") {
			t.Errorf("%s: the error has a path of the machine: %s", c.expr, got.Error)
		}
	}
}

// The record alone gives the same verdicts for the same reasons, after it was JSON and the files are gone.
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
	then := Judge(t.Context(), ps, f, &rec)
	back := recorded(t, f, then, rec.Calls())
	if err := os.RemoveAll(f.Root); err != nil {
		t.Fatal(err)
	}
	for i, now := range Rejudge(ps, back) {
		if now.Pass != then[i].Pass || Explain(now) != Explain(then[i]) || Explain(now) != Explain(back.Criteria[i]) {
			t.Errorf("then   %s\nnow    %s\nrecord %s", Explain(then[i]), Explain(now), Explain(back.Criteria[i]))
		}
	}
	other, err := Compile(`file("never/asked").exists`)
	if err != nil {
		t.Fatal(err)
	}
	if got := Rejudge([]*Program{other}, back)[0]; got.Pass || got.Error != `file("never/asked") was not called when this was recorded` {
		t.Errorf("a call that was not recorded: %+v", got)
	}
}

// recorded is a record as it comes back from a manifest's bytes.
func recorded(t *testing.T, f Facts, cs []manifest.Criterion, calls []manifest.Call) *manifest.Predicate {
	t.Helper()
	p := manifest.Predicate{Result: manifest.Fail, Exit: f.Exit, Signal: f.Signal, TimedOut: f.TimedOut, Seconds: f.Seconds, Criteria: cs, Calls: calls,
		Tests: &manifest.Tests{Total: f.Tests.Total, Passed: f.Tests.Passed, Failed: f.Tests.Failed, Skipped: f.Tests.Skipped, Errors: f.Tests.Errors, Names: map[string]string{}}}
	for n, s := range f.Tests.Names {
		p.Tests.Names[n] = string(s)
	}
	b, err := manifest.Encode(manifest.New(p))
	if err != nil {
		t.Fatal(err)
	}
	s, err := manifest.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return &s.Predicate
}

// A record is written by others: one that does not fit is an error, never a pass.
func TestRejudgeARecordThatDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		expr   string
		fn     string
		args   []any
		result any
	}{
		{`file("a").size > 0`, "file", []any{"a"}, map[string]any{"exists": true, "size": "large"}},
		{`file("a").size > 0`, "file", []any{"a"}, "yes"},
		{`file("a").exists`, "file", []any{"a"}, nil},
		{`len(glob("a")) > 0`, "glob", []any{"a"}, map[string]any{}},
		{`npz("a").b.shape == [1]`, "npz", []any{"a"}, []any{1.0}},
		{`json("a").b`, "json", []any{"a", "b"}, 1.0},
		{`done("a")`, "done", []any{"a"}, "true"},
		{`number("(a)") > 0`, "number", []any{"(a)"}, "12"},
		{`log contains "a"`, "log contains", []any{"a"}, 1.0},
	} {
		p, err := Compile(c.expr)
		if err != nil {
			t.Fatal(err)
		}
		got := Rejudge([]*Program{p}, &manifest.Predicate{Calls: []manifest.Call{{Fn: c.fn, Args: c.args, Result: c.result}}})[0]
		if got.Pass {
			t.Errorf("%s passes on %v", c.expr, c.result)
		}
	}
}

func TestCallsAreRecordedOnce(t *testing.T) {
	f := facts(t)
	var ps []*Program
	for _, text := range []string{`file("out/b.txt").exists && file("out/b.txt").size > 1`, `json("out/a.json").deep.list[0] == 1`, `log contains "x"`, `file("out/b.txt").lines < 9`} {
		p, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p, p)
	}
	var rec Recorder
	Judge(t.Context(), ps, f, &rec)
	var got []string
	for _, c := range rec.Calls() {
		got = append(got, describe(c.Fn, c.Args))
	}
	if want := `file("out/b.txt") json("out/a.json").deep.list[0] log contains "x"`; strings.Join(got, " ") != want {
		t.Errorf("recorded %s, want %s", strings.Join(got, " "), want)
	}
	c := rec.Calls()[1]
	if b, err := json.Marshal(c); err != nil || string(b) != `{"fn":"json","args":["out/a.json","deep","list",0],"result":1}` {
		t.Errorf("%s, %v", b, err)
	}
}

// What the criterion did not evaluate is not called only to be shown.
func TestNothingIsCalledForShow(t *testing.T) {
	p, err := Compile(`exit == 0 && file("out/b.txt").size > 1`)
	if err != nil {
		t.Fatal(err)
	}
	var rec Recorder
	Judge(t.Context(), []*Program{p}, facts(t), &rec)
	if len(rec.Calls()) != 0 {
		t.Errorf("called %+v", rec.Calls())
	}
}

// Values are what JSON has, and small.
func TestValues(t *testing.T) {
	f := facts(t)
	f.Tests.Names = map[string]testreport.Status{}
	for i := range 1000 {
		f.Tests.Names[strings.Repeat("n", i)] = testreport.Passed
	}
	got := judge(t, f, `len(tests.names) == 1 && exit == 3`)
	b, err := json.Marshal(got.Values)
	if err != nil || len(b) > 1000 || !strings.Contains(string(b), "1000 in all") {
		t.Errorf("%d bytes: %.300s, %v", len(b), b, err)
	}
	if got = judge(t, f, `file("out/b.txt").size > 9 && exit == 3`); got.Values[`file("out/b.txt").size`] != 8.0 || len(got.Values) != 1 {
		t.Errorf("%#v", got.Values)
	}
}

func TestCompileErrors(t *testing.T) {
	for _, c := range []struct {
		expr string
		col  int
		msg  string
		help string
	}{
		{"", 0, "the expression is empty", "write one such as `tests.passed >= 1`, or take it out"},
		{"\xff", 0, "the expression is not UTF-8", ""},
		{"exti == 0", 1, "unknown name exti", "did you mean exit?"},
		{"tests.passed >= 1 && exti == 0", 22, "unknown name exti", "did you mean exit?"},
		{"\"ä\" == \"ä\" && exti == 0", 15, "unknown name exti", "did you mean exit?"},
		{"Exit == 0", 1, "unknown name Exit", "did you mean exit?"},
		{"memory < 1", 1, "unknown name memory", sees},
		{"exit == True", 9, "unknown name True", "did you mean true?"},
		{"tests.pased > 1", 7, "tests has no field pased", "did you mean passed?"},
		{`file("a").bytes > 1`, 11, "file(path) has no field bytes", "file(path) has exists, size, sha256, lines"},
		{`npz("a").x.type == "f4"`, 12, "npz(p).name has no field type", "did you mean dtype?"},
		{"tests.passed", 0, "the expression gives int, not true or false", "compare it, as in `tests.passed >= 1`"},
		{`file("a")`, 0, "the expression gives file, not true or false", `ask one of its fields, as in file("a").exists`},
		{"seconds < ", 10, "unexpected end", "something is missing at its end"},
		{"exit = 0", 6, `unexpected token "="`, "equality is ==, not ="},
		{"exit === 0", 8, `unexpected token "="`, "equality is ==, not ="},
		{`log contains "=" &`, 18, `unexpected token "&"`, "and is &&, or is ||"},
		{`seconds < "fast"`, 9, "invalid operation: < (mismatched types float64 and string)", "a string and a number do not compare; int(…), float(…) and string(…) convert"},
		{"seconds < 2m", 12, `bad number syntax: "2m"`, "units are not part of numbers: 2 minutes are `seconds < 120`, 2 kB are `2 * KB`"},
		{"exit == 0 or 5", 11, "invalid operation: or (mismatched types bool and int)", "and, or and not join comparisons, as in `exit == 0 or exit == 5`"},
		{`done == "A1"`, 6, "invalid operation: == (mismatched types func(string) (bool, error) and string)", `a function is called, as in done("A1") or file("a").exists`},
		{`log.contains("x")`, 5, "nothing in criteria has methods", "write `log contains \"x\"`"},
		{`contains(log, "x")`, 1, `unexpected token "contains"`, "write `log contains \"x\"`"},
		{`log contain "x"`, 5, `unexpected token "contain"`, "did you mean contains?"},
		{`log matches "("`, 13, "error parsing regexp: missing closing ): `(`", "the syntax is RE2: https://github.com/google/re2/wiki/Syntax"},
		{`log matches "a{1001}"`, 13, "error parsing regexp: invalid repeat count: `{1001}`", "the syntax is RE2: https://github.com/google/re2/wiki/Syntax"},
		{`log matches "` + strings.Repeat("a", 5000) + `"`, 13, "the regular expression has 5000 bytes; 4096 is the most", "the syntax is RE2: https://github.com/google/re2/wiki/Syntax"},
		{`number("[0-9]+") > 1`, 8, `number("[0-9]+") has no capture group`, `put the digits in parentheses: number("([0-9.]+) ms")`},
		{`file(3).exists`, 6, "cannot use int as argument (type string) to call file", ""},
		{`file().exists`, 1, "not enough arguments to call file", ""},
		{`now() > 1`, 1, "now is not part of criteria", ""},
		{`repeat("x", 9) == ""`, 1, "repeat is not part of criteria", ""},
		{`exit == 0; true`, 6, "a criterion is one expression; of several with ; only the last would count", "join them with &&, or write two criteria"},
		{`$env["exit"] == 0`, 1, "$env is not part of criteria", "name what is meant, as in `seconds`"},
		{`b"x" == b"x"`, 1, "byte strings are not part of criteria", "write it without the b"},
		{`map([1], [#, #]) == []`, 11, "a variable stands in a list or a map", "a list or a map holds constants, facts and calls"},
		{strings.Repeat("x", 20000), 0, "the expression has 20000 bytes; 16384 is the most", ""},
		{strings.Repeat("1+", 2000) + "1 > 0", 0, "…", ""},
	} {
		_, err := Compile(c.expr)
		var ce *CompileError
		if !errors.As(err, &ce) {
			t.Errorf("%.60s: %v", c.expr, err)
			continue
		}
		if c.msg != "…" && (ce.Col != c.col || ce.Msg != c.msg || ce.Help != c.help) {
			t.Errorf("%.60s:\ngot  %d %s [%s]\nwant %d %s [%s]", c.expr, ce.Col, ce.Msg, ce.Help, c.col, c.msg, c.help)
		}
	}
}

func TestUses(t *testing.T) {
	for _, c := range []struct {
		expr     string
		uses     string
		needsRun bool
	}{
		{"exit == 0", "exit", true},
		{"timed_out or signal == \"KILL\"", "timed_out", true},
		{`log contains "x"`, "log", true},
		{`number("(1)") > 0`, "number", true},
		{"tests.failed == 0", "tests", true},
		{`any([1], # == exit)`, "exit", true},
		{`file("exit").exists`, "file", false},
		{`done("A1")`, "done", false},
		{`json("a").exit == 1`, "json", false},
		{`env("seconds") == ""`, "env", false},
	} {
		p, err := Compile(c.expr)
		if err != nil {
			t.Fatal(err)
		}
		if p.NeedsRun() != c.needsRun || p.PhaseSafe() == c.needsRun || !p.Uses(c.uses) || p.Uses("memory") || p.Expr() != c.expr {
			t.Errorf("%s: NeedsRun %v, want %v; uses %s: %v", c.expr, p.NeedsRun(), c.needsRun, c.uses, p.Uses(c.uses))
		}
	}
}

func FuzzCompileAndJudge(f *testing.F) {
	for _, v := range verdicts {
		f.Add(v.expr)
	}
	for _, s := range []string{`all(1..10, {# > 0})`, `map(glob("*"), {file(#).size}) == []`, `let x = json("out/a.json"); x?.deep?.list == nil`, `{"a": 1}.a == 1`, `(exit > 1 ? log : "x") contains "x"`,
		`sortBy(glob("**"), len(#)) == [] ?? true`, `1 in [1] | not`, `find(glob("**"), # contains ".") | len() > 0`, `exit..5 == []`, `"a" matches env("MODE")`} {
		f.Add(s)
	}
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.json"), []byte(`{"n": [1, {"x": "y"}]}`), 0o644); err != nil {
		f.Fatal(err)
	}
	facts := Facts{Exit: 3, Seconds: 1.5, Root: dir, LogPath: filepath.Join(dir, "a.json"), Env: func(string) (string, bool) { return "a.json", true },
		Tests: testreport.Results{Total: 1, Passed: 1, Names: map[string]testreport.Status{"t": testreport.Passed}}}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Compile(text)
		if err != nil {
			var ce *CompileError
			if !errors.As(err, &ce) || ce.Msg == "" || ce.Col < 0 || ce.Col > len([]rune(text))+1 {
				t.Fatalf("not a CompileError with a message and a place: %#v", err)
			}
			return
		}
		var rec Recorder
		then := Judge(t.Context(), []*Program{p}, facts, &rec)
		if then[0].Pass && then[0].Error != "" {
			t.Fatalf("passes with an error: %+v", then)
		}
		back := recorded(t, facts, then, rec.Calls())
		now := Rejudge([]*Program{p}, back)[0]
		if now.Pass != then[0].Pass || Explain(now) != Explain(back.Criteria[0]) {
			t.Fatalf("then %s\nnow  %s", Explain(then[0]), Explain(now))
		}
	})
}
