package spec

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMarshal(t *testing.T) {
	empty := ""
	for _, c := range []struct {
		spec *Spec
		want string
	}{
		{FromCommand("C1.D", `CUDA_VISIBLE_DEVICES="" pytest tests/test_a.py::test_b -vv`, Red), "C1.D:\n  kind: red\n  run: CUDA_VISIBLE_DEVICES=\"\" pytest tests/test_a.py::test_b -vv\n"},
		{FromCommand("1.10", "cd a\npytest -q  # all\n", Unknown), "1.10:\n  run: |-\n    cd a\n    pytest -q  # all\n"},
		{FromCommand("A", "pytest -q  # it's all", Unknown), "A:\n  run: 'pytest -q  # it''s all'\n"},
		{FromCommand("A", "true", Check), "A:\n  kind: check\n  run: true\n"},
		{FromCommand("A", "  a\nb\n\n  c", Unknown), "A:\n  run: |2-\n      a\n    b\n\n      c\n"},
		{FromCommand("A", "printf 'a\u2028'", Unknown), "A:\n  run: \"printf 'a\\u2028'\"\n"},
		{FromCommand("- A", "[ -f x ]", Unknown), "'- A':\n  run: '[ -f x ]'\n"},
		{&Spec{ID: "A", Kind: Green, KindSet: true, Red: "B", Pins: []string{"a.py::t"}, Criteria: []Criterion{{Expr: "tests.passed >= 1"}}, Env: map[string]*string{"Z": nil, "A": &empty}, Timeout: 90 * time.Minute, TTY: true},
			"A:\n  kind: green\n  red: B\n  pins:\n    - a.py::t\n  criteria:\n    - tests.passed >= 1\n  env:\n    A: ''\n    Z: null\n  timeout: 1h30m\n  tty: true\n"},
	} {
		if got := string(Marshal(c.spec)); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
	for d, want := range map[time.Duration]string{10 * time.Minute: "10m", time.Hour: "1h", 90 * time.Second: "1m30s", 1500 * time.Millisecond: "1.5s", time.Hour + time.Second: "1h0m1s"} {
		if got := duration(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

// What Marshal writes reads back as the same spec, whatever the texts hold.
func TestMarshalRoundTrip(t *testing.T) {
	texts := rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(
			rapid.SampledFrom([]string{"pytest -q", "~", "null", "true", "- x", "a: b", "a #b", "a:", "'", `"`, "\\", "---", "...", "? x", "*a", "&a", "!a", "%a", "@a", "`a`", "| a", "> a", "a\n b\n\n  c", " a\n b", "\n a", "a\n\n", "a\tb\nc", "\ta", "\u0085", "\ufeffx", "😀", "<<", "=", "x\r\ny", "\u2028", "a,b]}", "[a", "{a"}),
			rapid.StringOf(rapid.SampledFrom([]rune("ab :#-'\"\\\n\t|>%&*!?{}[],.~=<@`é\u00a0"))),
			rapid.String(),
		).Draw(t, "text")
		return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	}).Filter(func(s string) bool {
		return strings.TrimSpace(s) != "" && !strings.HasSuffix(s, "\n") && !strings.HasSuffix(s, "\r")
	})
	ids := texts.Filter(func(s string) bool { return s != "defaults" && s != "phases" && len(s) < 200 })
	rapid.Check(t, func(t *rapid.T) {
		s := &Spec{ID: ids.Draw(t, "id"), Kind: rapid.SampledFrom([]Kind{Check, Red, Green}).Draw(t, "kind"), KindSet: true, Run: texts.Draw(t, "run")}
		for _, e := range rapid.SliceOfN(texts, 0, 3).Draw(t, "criteria") {
			s.Criteria = append(s.Criteria, Criterion{Expr: e})
		}
		s.After = rapid.SliceOfN(texts, 1, 3).Draw(t, "after")
		s.Executor = texts.Draw(t, "executor")
		s.Resources = rapid.MapOfN(ids, texts, 1, 2).Draw(t, "resources")
		value := texts.Draw(t, "value")
		s.Env = map[string]*string{"A": &value, "B": nil}
		s.Timeout = time.Duration(rapid.Int64Range(1, int64(100*time.Hour)).Draw(t, "timeout"))
		text := Marshal(s)
		set := Decode(Source{File: "p.md", Text: text, Line: 1})
		for _, f := range set.Findings {
			if f.Code != CodeGreenRed && f.Code != CodeAfter {
				t.Fatalf("%v\n%s", f, text)
			}
		}
		got := set.Tasks[s.ID]
		if got == nil {
			t.Fatalf("no task %q in\n%s", s.ID, text)
		}
		for i := range got.Criteria {
			got.Criteria[i] = Criterion{Expr: got.Criteria[i].Expr}
		}
		got.File, got.Line, got.Col, got.FieldPos = "", 0, 0, nil
		if !reflect.DeepEqual(got, s) {
			t.Fatalf("got  %+v\nwant %+v\n%s", got, s, text)
		}
		if a, b := Marshal(got), text; string(a) != string(b) {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"A: {run: x}", "defaults: {env: {A: ~}, timeout: 1m}\nA:\n  kind: green\n  red: B\nB: {kind: red, run: |\n  x}", "phases: {A: {criteria: [a, b]}}",
		"A: {plan: p, phase: q}\nA: {kind: manual, run: ''}", "A:\n  log: ../x\n  artifacts: ['{a,b}/[', /x?]\n---\nB:", "A: {env: {PLANCTL_X: 1}, criteria: [~], after: A}", "\"\\0\": {run: \"\\0\"}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set := Decode(Source{File: "p.md", Text: []byte(text), Line: 7})
		if len(set.Order) != len(set.Tasks) {
			t.Fatalf("%d of %d tasks are in the order", len(set.Order), len(set.Tasks))
		}
		bad := map[string]bool{}
		for _, x := range set.Findings {
			bad[x.Task] = true
			if x.Line < 7 || x.Severity == 0 {
				t.Fatalf("finding without its place: %+v", x)
			}
		}
		for _, id := range set.Order {
			s := set.Tasks[id]
			digest, _ := Digest(s.Value())
			if digest == "" {
				t.Fatalf("%s has no digest", id)
			}
			if bad[id] || bad[""] || len(set.Findings) > 0 || s.IsRollup() || s.Kind == Manual {
				continue
			}
			again := Decode(Source{Text: Marshal(s), Line: 1}).Tasks[id]
			if again == nil || fmt.Sprint(again.Value()) != fmt.Sprint(s.Value()) {
				t.Fatalf("%s reads back as %+v from\n%s", id, again, Marshal(s))
			}
		}
	})
}
