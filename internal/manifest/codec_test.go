package manifest

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// whole is a predicate with every field set, which TestWhole checks.
func whole() Predicate {
	criterion := Criterion{Expr: "seconds < 120", Pass: true, Values: map[string]any{"seconds": 35.86}, Error: "e"}
	call := Call{Fn: "file", Args: []any{"outputs/a.npz"}, Result: map[string]any{"exists": true, "size": 48211.0}, Error: "e"}
	return Predicate{
		Task:    Task{Plan: "plans/active/T-1/plan.md", ID: "C2.D", Phase: "C2", Initiative: "T-1", Row: "sha256:00", Description: "Capture <GREEN> & run"},
		Spec:    Spec{Digest: "sha256:01", Value: map[string]any{"kind": "green", "run": "pytest -vv"}, From: "plan.md:41", Prose: true},
		Attempt: 8, Kind: "green", Result: Pass, Reason: "r", State: "done",
		Argv: []string{"bash", "-o", "pipefail", "-c", "pytest && echo <ok>"}, Dir: ".", Env: map[string]string{"CUDA_VISIBLE_DEVICES": ""},
		Stamp: "2025-10-19T122449Z", Started: time.Date(2025, 10, 19, 12, 24, 49, 120e6, time.UTC), Finished: time.Date(2025, 10, 19, 12, 25, 24, 980e6, time.UTC),
		Seconds: 35.86, Exit: 3, Signal: "SIGTERM", TimedOut: true,
		Criteria: []Criterion{criterion}, Calls: []Call{call},
		Tests: &Tests{Total: 5, Passed: 1, Failed: 1, Skipped: 1, Errors: 2, Names: map[string]string{"t::a": "passed"}, Reader: "pytest"},
		Files: []File{{Name: "amp.npz", Role: "artifact", Base: "workspace", Size: 5120, SHA256: "02", Mode: "0644", Arrays: map[string]Array{"amp": {Dtype: "float32", Shape: []int{3, 4}}}}},
		Pins:  map[string]string{"t.py::a": "sha256:03"}, Inputs: map[string]string{"src/a.py": "sha256:04"},
		Source: Source{Commit: "05", Tree: "06", Dirty: true, Patch: "C2.D.patch", Digests: map[string]string{"src/a.py": "07"}, Why: "w"},
		Rollup: []string{"implementation.md#C2"}, Phases: []PhaseVerdict{{Plan: "p", ID: "C2", Pass: true, Criteria: []Criterion{criterion}, Calls: []Call{call}}},
		Replay: &Replay{Holders: []string{"t.py"}, Setup: "npm ci", Red: ReplaySide{Commit: "05", Overlaid: []string{"t.py"}, Log: "C2.D.replay1.log", Exit: 1, Signal: "SIGTERM", TimedOut: true,
			Seconds: 1.5, Tests: &Tests{Total: 1, Failed: 1, Names: map[string]string{"t::a": "failed"}, Reader: "pytest"}, Pass: true, Reason: "r", Failure: "t::a: no"},
			Green: ReplaySide{Commit: "06", Log: "C2.D.replay2.log"}},
		Judged: "sha256:08", Supersedes: []string{"sha256:09"}, Parents: []string{"sha256:0a"}, Red: "sha256:0b", Nonce: "n", Forced: true, Ticked: true, Accepted: []string{"t.py changed"}, Note: "n\u2028n",
		Actor: Actor{Name: "Zoë", Email: "z@example.org"}, Host: Host{Name: "h", OS: "linux", Arch: "amd64", CPUs: 2}, Executor: Executor{Name: "slurm", ID: "17"}, Planctl: "v0.1.0",
	}
}

func TestWhole(t *testing.T) {
	s := New(whole())
	var unset func(v reflect.Value, path string)
	unset = func(v reflect.Value, path string) {
		if v.IsZero() && path != ".predicate.env" {
			t.Errorf("%s is not set by whole: the tests would not see it lost", path)
		}
		if v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]() {
			for i := range v.NumField() {
				tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
				if tag == "" {
					t.Errorf("%s.%s has no JSON name", path, v.Type().Field(i).Name)
				}
				unset(v.Field(i), path+"."+tag)
			}
		}
	}
	unset(reflect.ValueOf(*s), "")
	b, err := Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s, back) {
		t.Errorf("Decode(Encode(s)):\n%+v\nwant\n%+v", back, s)
	}
	if !bytes.HasSuffix(b, []byte("}\n")) || !bytes.Contains(b, []byte(`"pytest && echo <ok>"`)) || !bytes.Contains(b, []byte("\n  \"subject\"")) {
		t.Errorf("layout:\n%s", b)
	}
}

func TestEncodeStable(t *testing.T) {
	p := whole()
	env := map[string]string{}
	for i := range 50 {
		env[fmt.Sprint("V", i)] = "x"
	}
	p.Env = env
	first, err := Encode(New(p))
	if err != nil {
		t.Fatal(err)
	}
	p.Env = maps.Clone(env)
	p.Started = p.Started.In(time.FixedZone("there", 7200))
	second, err := Encode(New(p))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("equal values gave different bytes")
	}
}

func TestEncodeEmpty(t *testing.T) {
	s := New(Predicate{Result: Fail})
	b, err := Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte("null")) {
		t.Errorf("null for what is empty:\n%s", b)
	}
	if s.Subject != nil || s.Predicate.Env != nil {
		t.Error("the caller's value was changed")
	}
}

func TestEncodeErrors(t *testing.T) {
	for name, p := range map[string]Predicate{
		"NaN":           {Result: Pass, Seconds: math.NaN()},
		"an infinity":   {Result: Pass, Calls: []Call{{Result: math.Inf(1)}}},
		"no result":     {},
		"year 10000":    {Result: Pass, Started: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"another state": {Result: "passed"},
	} {
		if b, err := Encode(New(p)); err == nil {
			t.Errorf("%s was encoded:\n%s", name, b)
		}
	}
	if _, err := Encode(&Statement{Predicate: Predicate{Result: Pass}}); err == nil {
		t.Error("a statement without a type was encoded")
	}
}

func TestNewSubjects(t *testing.T) {
	p := Predicate{Source: Source{Commit: "c", Tree: "t"}, Files: []File{{Name: "a", SHA256: "1"}, {Name: "b", SHA256: "2"}, {Name: "a", SHA256: "1", Role: "tests"}}}
	want := []Subject{
		{Name: "git", Digest: map[string]string{"gitCommit": "c", "gitTree": "t"}},
		{Name: "a", Digest: map[string]string{"sha256": "1"}}, {Name: "b", Digest: map[string]string{"sha256": "2"}},
	}
	if got := New(p).Subject; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := New(Predicate{}).Subject; len(got) != 0 {
		t.Errorf("%v outside git, want none", got)
	}
}

const head = `{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://github.com/planctl/planctl/run/v1",`

func TestDecodeAnyLayout(t *testing.T) {
	for _, in := range []string{
		head + `"predicate":{"result":"pass"}}`,
		"\r\n\t" + `{"predicate": {"later": {"a": [1, {"b": null}], "A": 1, "a ": 2},` + "\n\n" + `"result": "pass", "files": null}, "subject": null, ` + strings.TrimSuffix(head[1:], ",") + "}   \n\n",
	} {
		s, err := Decode([]byte(in))
		if err != nil {
			t.Errorf("%v\n%s", err, in)
		} else if s.Predicate.Result != Pass || s.Predicate.Files == nil {
			t.Errorf("%+v", s)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{``, "unexpected end"},
		{`null`, `_type is ""`},
		{`[]`, "is a JSON array"},
		{`{"_type":"x"}`, `_type is "x"`},
		{`{"_type":"https://in-toto.io/Statement/v1","predicateType":"run/v2"}`, `predicateType is "run/v2"`},
		{head + `"predicate":{}}`, `predicate.result is ""`},
		{head + `"predicate":{"result":"passed"}}`, `predicate.result is "passed"`},
		{head + "\n" + `"predicate":{"result":"pass","exit":"0"}}`, "2:39: predicate.exit is a JSON string, want int"},
		{head + `"predicate":{"result":"fail","result":"pass"}}`, "predicate.result stands twice"},
		{head + `"predicate":{"result":"fail","r\u0065sult":"pass"}}`, "predicate.result stands twice"},
		{head + `"predicate":{"result":"fail","Result":"pass"}}`, "predicate.Result must be written result"},
		{head + `"predicate":{"Result":"pass"}}`, "predicate.Result must be written result"},
		{head + `"predicate":{"result":"pass","env":{"A":"1","A":"2"}}}`, "predicate.env.A stands twice"},
		{head + `"predicate":{"result":"pass","spec":{"value":{"a":[{"b":1,"b":1}]}}}}`, "predicate.spec.value.a.b stands twice"},
		{head + `"predicate":{"result":"pass","files":[{"name":"a","Name":"b"}]}}`, "predicate.files.Name must be written name"},
		{head + `"predicate":{"result":"pass","later":{"b":1,"b":1}}}`, "predicate.later.b stands twice"},
		{head + `"predicate":{"result":"pass"}} {}`, "after top-level value"},
		{head + `"predicate":{"result":"pass","started":"yesterday"}}`, "parsing time"},
		{head + `"predicate":{"result":"pass","spec":{"value":` + strings.Repeat("[", 20000), "max depth"},
		{"\xef\xbb\xbf" + head + `"predicate":{"result":"pass"}}`, "1:1: invalid character"},
	} {
		_, err := Decode([]byte(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.120s\n%v, want %q", c.in, err, c.want)
		}
	}
	// Other case is fine where keys are names, not fields.
	if _, err := Decode([]byte(head + `"predicate":{"result":"pass","env":{"a":"1","A":"2"},"pins":{"Name":"x","name":"y"}}}`)); err != nil {
		t.Error(err)
	}
	if _, err := Decode(make([]byte, MaxSize+1)); err == nil {
		t.Error("more than MaxSize bytes were read")
	}
}

func TestDigest(t *testing.T) {
	if got := Digest([]byte("abc")); got != "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(got)
	}
}

func TestNames(t *testing.T) {
	p := Predicate{Files: []File{{Name: "b", Role: "artifact"}, {Name: "a", Role: "artifact"}, {Name: "c", Role: "log"}, {Name: "a", Role: "artifact"}}}
	if got := fmt.Sprint(p.Names("artifact")); got != "[a b]" {
		t.Error(got)
	}
}

// What Decode takes, Encode writes, and Decode reads the same value from that.
func FuzzDecode(f *testing.F) {
	b, err := Encode(New(whole()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(head + `"predicate":{"result":"pass","calls":[{"result":1e400}]}}`))
	f.Add([]byte(head + `"predicate":{"result":"pass","note":"\ud800\u0000` + "\xff" + `","calls":[{"args":[null,-0,1e-320]}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Decode(b)
		if err != nil {
			return
		}
		out, err := Encode(s)
		if err != nil {
			t.Fatalf("decoded, but not to be encoded: %v", err)
		}
		again, err := Decode(out)
		if err != nil {
			t.Fatalf("encoded, but not to be decoded: %v\n%s", err, out)
		}
		twice, err := Encode(again)
		if err != nil || !bytes.Equal(out, twice) {
			t.Fatalf("%v\n%s\n%s", err, out, twice)
		}
		s.Predicate.Started, s.Predicate.Finished = s.Predicate.Started.UTC(), s.Predicate.Finished.UTC()
		if !reflect.DeepEqual(s, again) {
			t.Fatalf("%+v\nwant\n%+v", again, s)
		}
	})
}

// A manifest with 100 000 test names must not be slow to read.
func BenchmarkDecode(b *testing.B) {
	p := whole()
	for i := range 100_000 {
		p.Tests.Names[fmt.Sprintf("tests/test_module.py::TestCase::test_case_number_%d", i)] = "passed"
	}
	data, err := Encode(New(p))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleEncode() {
	b, err := Encode(New(Predicate{
		Task: Task{Plan: "plan.md", ID: "A1"}, Kind: "check", Result: Pass, Dir: ".",
		Files: []File{{Name: "A1.log", Role: "log", Size: 3, SHA256: "dc51b8c96c2d745df3bd5590d990230a482fd247123599548e0632fdbf97fc22"}},
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", b[:bytes.Index(b, []byte(`  "predicate":`))])
	// Output:
	// {
	//   "_type": "https://in-toto.io/Statement/v1",
	//   "subject": [
	//     {
	//       "name": "A1.log",
	//       "digest": {
	//         "sha256": "dc51b8c96c2d745df3bd5590d990230a482fd247123599548e0632fdbf97fc22"
	//       }
	//     }
	//   ],
	//   "predicateType": "https://github.com/planctl/planctl/run/v1",
}

// The example of the user documentation is a manifest that this package reads.
func TestDocumentedExample(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "evidence.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := bytes.Cut(doc, []byte("```json\n"))
	example, _, closed := bytes.Cut(rest, []byte("```\n"))
	if !ok || !closed {
		t.Fatal("docs/evidence.md has no JSON block")
	}
	s, err := Decode(example)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Predicate.Files) == 0 || len(s.Predicate.Criteria) == 0 || len(s.Subject) != len(New(s.Predicate).Subject) {
		t.Errorf("the example lacks files, criteria or subjects: %+v", s)
	}
}
