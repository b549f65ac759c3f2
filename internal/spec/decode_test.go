package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func decode(texts ...string) *Set {
	var src []Source
	for i, t := range texts {
		src = append(src, Source{File: fmt.Sprintf("p%d.md", i), Text: []byte(t), Line: 101})
	}
	return Decode(src...)
}

func TestDecode(t *testing.T) {
	set := decode(`
defaults:
  env: {CUDA_VISIBLE_DEVICES: "", LANG: C}
  timeout: 10m
  criteria: [seconds < 600]
  resources: {cpus: 2}
C1.D:
  kind: red
  run: |
    cd tests
    pytest test_cycle.py -vv
  because: NotImplementedError
  pins: ["tests/test_cycle.py::test_cycle"]
  log: pytest_red.log
C2.D:
  kind: green
  red: C1.D
  criteria:
    - tests.passed >= 1
    - file("outputs/amp.npz").size > 1 * KB
  artifacts: ["outputs/*.npz", "outputs/notes.txt?"]
  inputs: src/**/*.py
  env: {LANG: null, MODE: 010}
  resources: {gpus: 1}
  after: [C2.C]
  review: true
  timeout: 90s
C2.E: {run: "true", dir: sub, tty: true, executor: slurm, tests: "out/*.xml"}
C3.C:
  kind: manual
C4.A: {plan: implementation, phase: C2, after: C3.C}
C5.A:
`, `
phases:
  C2:
    criteria: 'file("outputs/phase.npz").exists'
`)
	if len(set.Findings) > 0 {
		t.Fatal(set.Findings)
	}
	if want := []string{"C1.D", "C2.D", "C2.E", "C3.C", "C4.A", "C5.A"}; !slices.Equal(set.Order, want) {
		t.Errorf("order %v", set.Order)
	}
	red, green := set.Tasks["C1.D"], set.Tasks["C2.D"]
	if red.Run != "cd tests\npytest test_cycle.py -vv" || red.Kind != Red || !red.KindSet || red.Because != "NotImplementedError" || red.Log != "pytest_red.log" {
		t.Errorf("red: %+v", red)
	}
	if red.Timeout != 10*time.Minute || len(red.Criteria) != 1 || red.Criteria[0].Expr != "seconds < 600" || red.Criteria[0].Line != 105 || red.Criteria[0].Col != 14 || red.Criteria[0].File != "p0.md" {
		t.Errorf("red takes the defaults: %+v", red)
	}
	if red.Line != 107 || red.Col != 1 || red.FieldPos["run"] != [2]int{109, 8} || red.File != "p0.md" {
		t.Errorf("red's place: %d:%d %v", red.Line, red.Col, red.FieldPos)
	}
	if v, ok := red.Env["CUDA_VISIBLE_DEVICES"]; !ok || v == nil || *v != "" {
		t.Errorf("an empty value sets the variable: %v", red.Env)
	}
	if green.Run != red.Run {
		t.Errorf("a green without run takes its red's: %q", green.Run)
	}
	if len(green.Criteria) != 2 || green.Timeout != 90*time.Second || !green.Review || !slices.Equal(green.After, []string{"C2.C"}) || !slices.Equal(green.Inputs, []string{"src/**/*.py"}) {
		t.Errorf("green: %+v", green)
	}
	if v, ok := green.Env["LANG"]; !ok || v != nil {
		t.Errorf("null unsets, over the default: %v", green.Env)
	}
	if *green.Env["MODE"] != "010" || green.Resources["cpus"] != "2" || green.Resources["gpus"] != "1" || len(red.Resources) != 1 {
		t.Errorf("mappings are merged, values are as written: %v %v %v", *green.Env["MODE"], green.Resources, red.Resources)
	}
	if e := set.Tasks["C2.E"]; e.Kind != Check || e.KindSet || e.Run != "true" || e.Dir != "sub" || !e.TTY || e.Executor != "slurm" || e.Tests[0] != "out/*.xml" {
		t.Errorf("C2.E: %+v", e)
	}
	if m := set.Tasks["C3.C"]; m.Kind != Manual {
		t.Errorf("manual: %+v", m)
	}
	if r := set.Tasks["C4.A"]; !r.IsRollup() || r.Kind != Unknown || len(r.Env) > 0 || r.Timeout != 0 {
		t.Errorf("a roll-up takes no defaults: %+v", r)
	}
	if p := set.Phases["C2"]; p == nil || len(p.Criteria) != 1 || p.Criteria[0].Line != 104 || p.File != "p1.md" {
		t.Errorf("phase: %+v", p)
	}
}

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		name string
		text []string
		want []string // file:line:col code task: message-part|help-part
	}{
		{"unknown key", []string{"A1:\n  rnu: x\n"}, []string{"p0.md:102:3 spec-unknown-key A1: has no key rnu|`run`"}},
		{"unknown default", []string{"defaults:\n  run: x\n"}, []string{"p0.md:102:3 spec-unknown-key : defaults has no key run"}},
		{"unknown phase key", []string{"phases:\n  A: {goal: x}\n"}, []string{"p0.md:102:7 spec-unknown-key : the phase A has no key goal"}},
		{"repeated ID in one block", []string{"A1: {run: x}\nA1: {run: y}\n"}, []string{"p0.md:102:1 spec-duplicate-id A1: p0.md:101"}},
		{"repeated ID in two", []string{"A1: {run: x}\n", "B: {run: x}\nA1: {run: y}\n"}, []string{"p1.md:102:1 spec-duplicate-id A1: p0.md:101"}},
		{"repeated phase", []string{"phases: {A: {}}\n", "phases: {A: {}}\n"}, []string{"p1.md:101:10 spec-duplicate-id A: p0.md:101"}},
		{"repeated default", []string{"defaults: {timeout: 1m}\n", "defaults: {timeout: 2m, dir: a}\n"}, []string{"p1.md:101:12 spec-duplicate-key : p0.md:101"}},
		{"defaults twice", []string{"defaults: {timeout: 1m}\ndefaults: {dir: a}\n"}, []string{"p0.md:102:1 spec-duplicate-key : line 101"}},
		{"repeated key", []string{"A1:\n  run: x\n  run: y\n"}, []string{"p0.md:103:3 spec-duplicate-key A1: twice"}},
		{"second document", []string{"A1: {run: x}\n---\nB1: {run: y}\n"}, []string{"p0.md:102:1 spec-second-document"}},
		{"syntax", []string{"A1:\n  run: a: b\nB1: {run: x}\n"}, []string{"p0.md:102:3 spec-syntax"}},
		{"no mapping", []string{"A1: pytest -q\n"}, []string{"p0.md:101:5 spec-type A1: want a mapping"}},
		{"empty run", []string{"A1:\n  run:\nA2:\n  run: ''\nA3:\n  run: |\n\n\nA4: {log: x}\n"}, []string{
			"p0.md:102:3 spec-empty A1: `run` is empty|manual", "p0.md:104:8 spec-empty A2: `run` is empty", "p0.md:106:8 spec-empty A3: `run` is empty"}},
		{"kind", []string{"A1: {kind: gren, run: x}\n"}, []string{"p0.md:101:12 spec-type A1: none of|`green`"}},
		{"manual with run", []string{"A1:\n  kind: manual\n  run: x\n  timeout: 1m\n"}, []string{"p0.md:103:8 spec-kind A1: never run", "p0.md:104:12 spec-kind A1: `timeout`"}},
		{"green without red", []string{"A1: {kind: green, run: x}\n"}, []string{"p0.md:101:12 spec-green-without-red A1: names no red"}},
		{"because outside a red", []string{"A1: {run: x, because: y}\n"}, []string{"p0.md:101:23 spec-kind A1: this is a check|kind: red"}},
		{"red outside a green", []string{"A0: {kind: red, run: x}\nA1: {run: x, red: A0}\n"}, []string{"p0.md:102:19 spec-kind A1: this is a check|kind: green"}},
		{"red is itself", []string{"A1: {kind: green, run: x, red: A1}\n"}, []string{"p0.md:101:32 spec-red A1: itself"}},
		{"red is no red", []string{"A0: {run: x}\nA1: {kind: green, red: A0}\n"}, []string{"p0.md:102:24 spec-red A1: A0, which is a check"}},
		{"red is elsewhere", []string{"A1: {kind: green, run: x, red: other#A0}\n"}, nil},
		{"because is endless", []string{"A1: {kind: red, run: x, because: '" + strings.Repeat("a?", 3000) + "'}\n"}, []string{"p0.md:101:34 spec-because A1"}},
		{"because is no expression", []string{"A1: {kind: red, run: x, because: '('}\n"}, []string{"p0.md:101:34 spec-because A1"}},
		{"time", []string{"A1: {run: x, timeout: 10}\n"}, []string{"p0.md:101:23 spec-type A1: no unit|10m"}},
		{"logs", []string{"A1: {run: x, log: a/b.log}\nA2: {run: x, log: Summary.md}\nA3: {run: x, log: /x}\nA4: {run: x, log: B.run.json}\nA5: {run: x, log: ..}\nA6: {run: x, log: 'a\\b'}\nA7: {run: x, log: A7.patch}\nA8: {run: x, log: \"a\\nb\"}\nA9: {run: x, log: r_<TS>.log}\nB1: {run: x, log: .A1.log.planctl-AAAAaaaaaaaaaaaa}\n"}, []string{
			"p0.md:101:19 spec-log A1: is a path", "p0.md:102:19 spec-log A2: writes itself|A2.log", "p0.md:103:19 spec-log A3: is a path", "p0.md:104:19 spec-log A4: writes itself",
			"p0.md:105:19 spec-log A5: is a directory", "p0.md:106:19 spec-log A6: is a path", "p0.md:107:19 spec-log A7: writes itself", "p0.md:108:19 spec-log A8: control", "p0.md:110:19 spec-log B1: temporary file"}},
		{"temporary files", []string{"A1:\n  run: x\n  artifacts: ['out/{a,.b.planctl-0123456789abcdef}?']\n  tests: [.planctl-0123456789abcdef]\n  inputs: [.c.planctl-0123456789abcdef]\n  dir: .d.planctl-0123456789abcdef\n"}, []string{
			"p0.md:103:15 spec-path A1: temporary file|another name", "p0.md:105:12 spec-path A1: temporary file"}},
		{"env", []string{"A1:\n  run: x\n  env:\n    1A: x\n    A-B: x\n    PLANCTL_DIR: x\n    OK: [a]\n    A=B: x\n    N: \"\\0\"\n"}, []string{
			"p0.md:104:5 spec-env A1: 1A", "p0.md:105:5 spec-env A1: A-B", "p0.md:106:5 spec-env A1: set by planctl", "p0.md:107:9 spec-type A1: want a text", "p0.md:108:5 spec-env A1: A=B", "p0.md:109:5 spec-env A1: NUL"}},
		{"paths", []string{"A1:\n  run: x\n  artifacts: [/a, ../b, 'a/../../c', '{x,../y}/z', '?', ~/x, 'C:\\a', ok/../b]\n  dir: ..\n  pins: ['a/*.py', '../a.py::t', '::t', 'a.py::t[x*y]']\n  inputs: '[a'\n  tests: ['a{b']\n"}, []string{
			"p0.md:103:15 spec-path A1: \"/a\" is absolute", "p0.md:103:19 spec-path A1: leaves", "p0.md:103:25 spec-path A1: leaves", "p0.md:103:38 spec-path A1: leaves",
			"p0.md:103:52 spec-path A1: names no file", "p0.md:103:57 spec-path A1: absolute", "p0.md:103:62 spec-path A1: absolute",
			"p0.md:104:8 spec-path A1: leaves", "p0.md:105:10 spec-path A1: pattern", "p0.md:105:20 spec-path A1: leaves", "p0.md:105:34 spec-path A1: names no file",
			"p0.md:106:11 spec-glob A1: not well formed", "p0.md:107:11 spec-glob A1: not well formed"}},
		{"brace bomb", []string{"A1: {run: x, inputs: '" + strings.Repeat("{a,b}", 30) + "'}\n"}, []string{"p0.md:101:22 spec-glob A1: more than"}},
		{"empty texts", []string{"A1: {run: x, criteria: ['', a], artifacts: [''], after: ['']}\n"}, []string{"p0.md:101:25 spec-empty A1", "p0.md:101:45 spec-empty A1", "p0.md:101:58 spec-empty A1"}},
		{"after itself", []string{"A1: {run: x, after: [A1]}\n"}, []string{"p0.md:101:21 spec-after A1: itself"}},
		{"roll-up with a command", []string{"A1: {plan: p, phase: C, run: x, kind: check}\n"}, []string{"p0.md:101:30 spec-rollup A1: `run`", "p0.md:101:39 spec-rollup A1: `kind`"}},
		{"roll-up by half", []string{"A1: {plan: p}\nA2: {phase: C}\n"}, []string{"p0.md:101:12 spec-rollup A1: no phase", "p0.md:102:13 spec-rollup A2: no plan"}},
		{"defaults do not contradict", []string{"defaults: {because: x, pins: [a.py], review: true, timeout: 1m}\nA1: {kind: manual}\nA2: {run: x}\nA3: {plan: p, phase: C}\n"}, nil},
		{"bad default is reported once", []string{"defaults: {dir: /x}\nA1: {run: x}\nA2: {run: x}\n"}, []string{"p0.md:101:17 spec-path : absolute"}},
		{"alias", []string{"A1: &a {run: x}\nA2: *a\n"}, []string{"p0.md:101:5 spec-alias A1", "p0.md:102:5 spec-alias A2"}},
		{"all of them", []string{"A1: {rn: x}\nA2: {kind: manual, run: x}\n", "A1: {}\nA3: {timeout: x}\n"}, []string{
			"p0.md:101:6 spec-unknown-key A1", "p0.md:102:25 spec-kind A2", "p1.md:101:1 spec-duplicate-id A1", "p1.md:102:15 spec-type A3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fs := decode(c.text...).Findings
			if len(fs) != len(c.want) {
				t.Fatalf("%d findings, want %d:\n%v", len(fs), len(c.want), fs)
			}
			for i, f := range fs {
				head, help, _ := strings.Cut(c.want[i], "|")
				head, message, _ := strings.Cut(head, ": ")
				if got := fmt.Sprintf("%s %s %s", f.Pos(), f.Code, f.Task); !strings.HasPrefix(got, strings.TrimSuffix(head, " :")) || !strings.Contains(f.Message, message) || !strings.Contains(f.Help, help) {
					t.Errorf("%v (%s) help %q\nwant %s", f, f.Task, f.Help, c.want[i])
				}
			}
		})
	}
}

func TestEveryCodeHasARule(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[string(r.Code)] || r.Severity == 0 || !strings.HasPrefix(string(r.Code), "spec-") || !strings.HasSuffix(r.Doc, ".") {
			t.Errorf("rule %+v", r)
		}
		seen[string(r.Code)] = true
	}
	for _, text := range []string{"A: {x: y, kind: red, run: '', log: /, env: {1: x}, dir: .., inputs: '[', after: A, because: '('}", "A: *x", "A: {}\n---\n", "A: {a: b, a: b}\nA: {}", "\t"} {
		for _, f := range decode(text).Findings {
			if !seen[string(f.Code)] {
				t.Errorf("%s has no rule", f.Code)
			}
		}
	}
}

func TestExpand(t *testing.T) {
	s := decode("A:\n  run: x <TS> <STAMP>\n  log: a_<ISO8601>.log\n  artifacts: ['out/<TS>/*']\n  criteria: ['file(\"<TS>\").exists']\n  because: <TS>\n  kind: red\n").Tasks["A"]
	e := s.Expand("2025-10-19T122449Z")
	if e.Run != "x 2025-10-19T122449Z 2025-10-19T122449Z" || e.Log != "a_2025-10-19T122449Z.log" || e.Artifacts[0] != "out/2025-10-19T122449Z/*" || e.Criteria[0].Expr != `file("2025-10-19T122449Z").exists` || e.Because != "<TS>" {
		t.Errorf("%+v", e)
	}
	if s.Run != "x <TS> <STAMP>" || s.Artifacts[0] != "out/<TS>/*" || s.Criteria[0].Expr != `file("<TS>").exists` {
		t.Errorf("the spec itself is changed: %+v", s)
	}
}

func TestDigest(t *testing.T) {
	const want = `{"artifacts":["o/*"],"because":"no","criteria":["exit == 1"],"dir":"d","env":{"A":"1","B":null},"inputs":["i"],"kind":"red","pins":["p.py"],"run":"x","tests":["t.xml"]}`
	a := decode("A: {kind: red, run: x, because: no, pins: p.py, criteria: exit == 1, artifacts: o/*, inputs: i, tests: t.xml, env: {B: ~, A: 1}, dir: d, timeout: 1m, log: l, after: B, executor: e, resources: {a: b}}").Tasks["A"]
	digest, canonical := Digest(a.Value())
	if string(canonical) != want || !strings.HasPrefix(digest, "sha256:") || len(digest) != 71 {
		t.Errorf("%s %s\nwant %s", digest, canonical, want)
	}
	b := decode("# other layout\ndefaults: {env: {B: null}, dir: d, timeout: 9m}\n\nB: {}\nA:\n  run: |\n    x\n  kind: red\n  because: \"no\"\n  pins: [p.py]\n  criteria: [exit == 1]\n  artifacts: [o/*]\n  inputs: [i]\n  tests: [t.xml]\n  env: {A: '1'}\n").Tasks["A"]
	if again, _ := Digest(b.Value()); again != digest {
		t.Errorf("layout and defaults change the digest: %v", b.Value())
	}
	// printf '{"kind":"check","run":"x"}' | sha256sum
	if d, c := Digest(decode("A: {run: x}").Tasks["A"].Value()); d != "sha256:1e39b44502e8b2ac2364108b62cad49074612c4df72f7849cc5e8b1e21016837" || string(c) != `{"kind":"check","run":"x"}` {
		t.Errorf("%s %s", d, c)
	}
	if d, _ := Digest(FromCommand("A", "x\n", Unknown).Value()); d != first(Digest(decode("A: {run: x}").Tasks["A"].Value())) {
		t.Error("a command from prose and the same command in a block differ")
	}
	if v := decode("A: {plan: p, phase: C}").Tasks["A"].Value(); len(v) != 0 {
		t.Errorf("a roll-up runs nothing: %v", v)
	}
}

func first(digest string, _ []byte) string { return digest }

// A green that has its red's command has what makes it the same command.
func TestFollow(t *testing.T) {
	set := decode("A: {kind: red, run: t, dir: d, tests: [r.xml], env: {X: 1, Y: 2}}\nB: {kind: green, red: A, env: {Y: 3}}\nC: {kind: green, red: A, run: u}\nD: {kind: green, red: A, dir: e, tests: [s.xml]}\n")
	for id, want := range map[string]string{
		"B": `{"dir":"d","env":{"X":"1","Y":"3"},"kind":"green","red":"A","run":"t","tests":["r.xml"]}`,
		"C": `{"kind":"green","red":"A","run":"u"}`,
		"D": `{"dir":"e","env":{"X":"1","Y":"2"},"kind":"green","red":"A","run":"t","tests":["s.xml"]}`,
		"A": `{"dir":"d","env":{"X":"1","Y":"2"},"kind":"red","run":"t","tests":["r.xml"]}`,
	} {
		if _, got := Digest(set.Tasks[id].Value()); string(got) != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

// What a manifest says that ran is the spec again.
func TestFromValue(t *testing.T) {
	for id, s := range decode("A: {kind: red, run: t, because: x, allow: [build-error], pins: [a], dir: d, tests: [r.xml], env: {X: 1, Y: null}, criteria: [exit == 1], artifacts: [o], inputs: [i]}\n" +
		"B: {kind: green, red: A}\nC: {run: u}\n").Tasks {
		want, text := Digest(s.Value())
		var value map[string]any
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
		if got, back := Digest(FromValue(id, value).Value()); got != want {
			t.Errorf("%s: %s, want %s", id, back, text)
		}
	}
}
