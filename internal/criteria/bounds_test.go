package criteria

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/manifest"
	"pgregory.net/rapid"
)

// What an expression, or a file that it reads, may cost: over a bound it is an error that says so.
func TestBounds(t *testing.T) {
	f := facts(t)
	sparse := func(name string, size int64) {
		t.Helper()
		p := filepath.Join(f.Root, name)
		if err := errors.Join(os.WriteFile(p, nil, 0o644), os.Truncate(p, size)); err != nil {
			t.Fatal(err)
		}
	}
	sparse("huge.json", maxDocument+1)
	list := "[" + strings.Repeat(`"0123456789",`, maxResult/13+1) + `"end"]`
	if err := os.WriteFile(filepath.Join(f.Root, "large.json"), []byte(`{"loss": 0.5, "list": `+list+`}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.Root, "long.log"), bytes.Repeat([]byte("line of a log\n"), maxResult/14+1), 0o644); err != nil {
		t.Fatal(err)
	}
	f.LogPath = filepath.Join(f.Root, "long.log")
	for _, c := range []struct{ expr, says string }{
		{`let r = 1..1000; all(r, all(r, all(r, true)))`, "the expression takes more than 1000000 steps"},
		{`all(1..1000, all(1..1000, all(1..1000, true)))`, "the expression makes lists that are too long"},
		{`len(1..100000000) > 1`, "the expression makes lists that are too long"},
		{`let a = env("MODE") + "0123456789012345"; ` + doubling(40) + ` len(z40) > 1`, "the expression makes strings of more than 16777216 bytes"},
		{`let a = json("large.json").list[0]; ` + doubling(40) + ` len(z40) > 1`, "the expression makes strings of more than 16777216 bytes"},
		{`all(1..20000, not file("f" + string(#)).exists)`, "the criteria make more than 10000 different calls"},
		{`len(log) > 1`, "the log has more than 1048576 bytes and cannot be used as a whole: ask log contains, log matches, log startsWith, log endsWith or number"},
		{`json("huge.json").n == 1`, "huge.json has 67108865 bytes; json reads 67108864 at most"},
		{`len(json("large.json").list) > 1`, `json("large.json").list gives 1048587 bytes, and a record takes 1048576: name the field that is meant, as in json("large.json").field`},
		{`env("MODE") matches env("RE")`, "error parsing regexp: missing closing ): `(`"},
		{`log matches env("RE")`, "error parsing regexp: missing closing ): `(`"},
	} {
		begin := time.Now()
		got := judge(t, f, c.expr)
		if got.Pass || !strings.Contains(got.Error, c.says) {
			t.Errorf("%.80s: %v %s, want %s", c.expr, got.Pass, got.Error, c.says)
		}
		if took := time.Since(begin); took > time.Minute {
			t.Errorf("%.80s took %s", c.expr, took)
		}
	}
	if got := judge(t, f, `json("large.json").loss == 0.5 and json("large.json").list[80000] == "0123456789"`); !got.Pass {
		t.Errorf("a field of a large document: %s", Explain(got))
	}
	if got := judge(t, f, `log contains "line of" and number("line (of )?a")`+" == 1"); got.Pass {
		t.Errorf("of is no number: %s", Explain(got))
	}
}

// doubling is z1 = a + a; z2 = z1 + z1; …
func doubling(n int) string {
	var b strings.Builder
	last := "a"
	for i := range n {
		fmt.Fprintf(&b, "let z%d = %s + %s; ", i+1, last, last)
		last = fmt.Sprintf("z%d", i+1)
	}
	return b.String()
}

// What is no regular file is named for what it is, and never waited for.
func TestOddFiles(t *testing.T) {
	f := facts(t)
	if err := syscall.Mkfifo(filepath.Join(f.Root, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	short, err := os.MkdirTemp("", "s") // a socket's path may not be long
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.RemoveAll(short); err != nil {
			t.Error(err)
		}
	}()
	l, err := net.Listen("unix", filepath.Join(short, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	for link, to := range map[string]string{
		"etc": "/etc", "in": filepath.Join(f.Root, "out"), "rel": "out/b.txt", "nowhere": "out/gone", "away": "/nowhere/at/all", "loop": "loop", "null": "/dev/null",
	} {
		if err := os.Symlink(to, filepath.Join(f.Root, link)); err != nil {
			t.Fatal(err)
		}
	}
	for expr, says := range map[string]string{
		`file("pipe").size > 0`:                  "file pipe is a FIFO, not a file",
		`json("pipe").a == 1`:                    "file pipe is a FIFO, not a file",
		`npz("pipe").a.dtype == ""`:              "pipe: file pipe is a FIFO, not a file",
		`file("etc/passwd").exists`:              "etc/passwd is outside the workspace",
		`file("etc/gone").exists`:                "etc/gone is outside the workspace",
		`file("null").exists`:                    "null is outside the workspace",
		`file("away").exists`:                    "false",
		`file("loop").exists`:                    "loop: EvalSymlinks: too many links",
		`len(glob("etc/*")) > 0`:                 `glob("etc/*"): path escapes from parent`,
		`file("in/b.txt").size == 8`:             "true",
		`file("rel").size == 8`:                  "true",
		`file("nowhere").exists`:                 "false",
		`file("a` + "\x00" + `b").exists`:        `the path "a\x00b" holds a NUL`,
		`file("` + longName() + `").exists`:      longName() + ": file name too long",
		`json("out/amp.npz").a == 1`:             "out/amp.npz:1:1: no JSON: invalid character 'P' looking for beginning of value",
		`file("run/log").size > 3 and not (1>2)`: "true",
	} {
		got := judge(t, f, expr)
		said := got.Error
		if said == "" {
			said = fmt.Sprint(got.Pass)
		}
		if said != says {
			t.Errorf("%.60s: %s, want %s", expr, said, says)
		}
	}
	f.Root, f.LogPath = short, filepath.Join(short, "s")
	if got := judge(t, f, `file("s").exists`); got.Error != "file s is a socket, not a file" {
		t.Errorf("%+v", got)
	}
	if got := judge(t, f, `log contains "x"`); got.Error != "the log s is a socket, not a file" {
		t.Errorf("%+v", got)
	}
	f.LogPath = filepath.Join(short, "gone.log")
	if got := judge(t, f, `log contains "x"`); got.Error != "the log gone.log is not there" {
		t.Errorf("%+v", got)
	}
	f.LogPath = ""
	if got := judge(t, f, `number("(x)") > 1`); got.Error != "there is no log" {
		t.Errorf("%+v", got)
	}
}

func longName() string { return strings.Repeat("n", 300) }

func TestArrays(t *testing.T) {
	got, err := Arrays("testdata/arrays.npz")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"f2": "float16 [2]", "f4": "float32 [2 3]", "f8": "float64 [1 2 3]", "big": "float32 [4]", "i1": "int8 [3]", "i8": "int64 []", "u2": "uint16 [0 5]",
		"b": "bool [2]", "c8": "complex64 [2]", "c16": "complex128 [2]", "s": "str96 [2]", "by": "bytes24 [1]", "t": "datetime64[ns] [2]", "d": "timedelta64[s] [2]",
		"v": "void64 [2]", "rec": "[('x', '<f4'), ('y', '<i4')] [2]", "fortran": "float32 [2 3]"}
	if len(got) != len(want) {
		t.Errorf("%d arrays, want %d", len(got), len(want))
	}
	for name, w := range want {
		if g := fmt.Sprint(got[name].Dtype, " ", got[name].Shape); g != w {
			t.Errorf("%s: %s, want %s", name, g, w)
		}
	}
	for file, want := range map[string]string{
		"object.npz": "map[o:{object [1]}]", "single.npy": "map[single:{float32 [7 2]}]", "version2.npy": "map[version2:{float64 [3]}]",
	} {
		if got, err := Arrays("testdata/" + file); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v, %v; want %s", file, got, err, want)
		}
	}
}

// npyFile is a header as numpy writes it, followed by the data.
func npyFile(dict string, data []byte) []byte {
	head := dict + strings.Repeat(" ", 118-1-len(dict)) + "\n"
	return append([]byte(magic+"\x01\x00"+string(rune(len(head)))+"\x00"+head), data...)
}

func TestHostileArrays(t *testing.T) {
	dir := t.TempDir()
	good := npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", make([]byte, 24))
	v2 := append([]byte(magic+"\x02\x00"), binary.LittleEndian.AppendUint32(nil, 0xffffffff)...)
	pack := func(fill func(*zip.Writer) error) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		if err := errors.Join(fill(z), z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	member := func(z *zip.Writer, name string, data []byte, times int) error {
		w, err := z.Create(name)
		for range times {
			if err == nil {
				_, err = w.Write(data)
			}
		}
		return err
	}
	bomb := pack(func(z *zip.Writer) error {
		return errors.Join(member(z, "a.npy", good, 1), member(z, "b.npy", make([]byte, 1<<20), 200))
	})
	many := pack(func(z *zip.Writer) error {
		var err error
		for i := range maxArrays + 1 {
			err = errors.Join(err, member(z, fmt.Sprint(i, ".npy"), nil, 0))
		}
		return err
	})
	names := pack(func(z *zip.Writer) error {
		var err error
		for i := range maxDirectory/60_000 + 2 {
			err = errors.Join(err, member(z, strings.Repeat("n", 60_000)+fmt.Sprint(i), nil, 0))
		}
		return err
	})
	for name, c := range map[string]struct {
		bytes []byte
		says  string
	}{
		"empty":            {nil, "neither npz nor npy: too short"},
		"text":             {[]byte("no arrays here"), "neither npz nor npy: zip: not a valid zip file"},
		"cut":              {good[:40], "cut short"},
		"no header":        {[]byte(magic + "\x01\x00"), "cut short"},
		"a header of 4 GB": {append(v2, make([]byte, 100)...), "too long"},
		"a later version":  {append([]byte(magic+"\x09\x00\x01\x00\x00\x00"), make([]byte, 100)...), "invalid major version number (9)"},
		"no dictionary":    {npyFile("{}", nil), "invalid dictionary format"},
		"keys in disorder": {npyFile("{'shape': (2,), 'fortran_order': False, 'descr': '<f4', }", nil), "cannot be read"},
		"no braces":        {npyFile("'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), ", nil), "cannot be read"},
		"a shape of words": {npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (two,), }", nil), "cannot be read"},
		"a huge shape":     {npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", nil), "cannot be read"},
		"no array":         {pack(func(z *zip.Writer) error { return member(z, "a.txt", good, 1) }), "the archive has no array"},
		"a bomb":           {bomb, "array b: the header cannot be read"},
		"many members":     {many, "the archive has 10001 members; 10000 is the most"},
		"a huge directory": {names, "its directory has more than 16777216 bytes"},
		"a broken archive": {bomb[:len(bomb)-10], "neither npz nor npy"},
	} {
		p := filepath.Join(dir, "x.npz")
		if err := os.WriteFile(p, c.bytes, 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := Arrays(p); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v, %v; want %s", name, got, err, c.says)
		}
	}
	if got, err := Arrays(filepath.Join(dir, "gone.npz")); err == nil || err.Error() != "file gone.npz is not there" {
		t.Errorf("%v, %v", got, err)
	}
}

func FuzzArrays(f *testing.F) {
	for _, name := range []string{"arrays.npz", "object.npz", "single.npy", "version2.npy"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		p := filepath.Join(dir, "x.npz")
		if err := os.WriteFile(p, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := Arrays(p); err == nil && len(got) == 0 {
			t.Fatal("no array and no error")
		}
	})
}

// The log as a stream says what the log as a whole would.
func TestLogStream(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log")
	rapid.Check(t, func(t *rapid.T) {
		// A needle that repeats itself, at a place that straddles the window.
		needle := rapid.SampledFrom([]string{"aab", "abab", "\xffx", "\n\n", "ä", strings.Repeat("ab", 700)}).Draw(t, "needle")
		filler := rapid.SampledFrom([]string{"a", "ab", "ä", "\n", "\xff", "aa\r\n"}).Draw(t, "filler")
		at := window + rapid.IntRange(-1500, 1500).Draw(t, "at")
		log := strings.Repeat(filler, at/len(filler)+1)[:at]
		if rapid.Bool().Draw(t, "there") {
			log += needle
		}
		log += strings.Repeat(filler, rapid.IntRange(0, 5).Draw(t, "after"))
		if err := os.WriteFile(path, []byte(log), 0o644); err != nil {
			t.Fatal(err)
		}
		j := &judging{ctx: t.Context(), facts: Facts{LogPath: path, Root: dir}}
		for _, c := range []struct {
			op   string
			do   func(string) (bool, error)
			want bool
		}{
			{"contains", j.logContains, strings.Contains(log, needle)},
			{"startsWith", j.logStartsWith, strings.HasPrefix(log, needle)},
			{"endsWith", j.logEndsWith, strings.HasSuffix(log, needle)},
		} {
			if got, err := c.do(needle); err != nil || got != c.want {
				t.Fatalf("log %s %q: %v, %v; want %v", c.op, needle, got, err, c.want)
			}
		}
		for _, re := range []string{`(?s)\A.*b+\n?\z`, `ab(ab)+`, `(?m)^a?b$`, `b\r`, `aab`, `[^a]`} {
			if got, err := j.logMatches(re); err != nil || got != regexp.MustCompile(re).MatchString(log) {
				t.Fatalf("log matches %s: %v, %v", re, got, err)
			}
		}
	})
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{"12": 12, " -1.5 ": -1.5, "1e3": 1000, "1,024": 1024, "1,234,567.8": 1234567.8, "+7": 7, ".5": 0.5} {
		if got, err := parseNumber("(re)", text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "NaN", "inf", "-Infinity", "12,5", "1,02", "0x10", "1_000", "1e999", "12 ms", "1.2.3"} {
		if got, err := parseNumber("(re)", text); err == nil {
			t.Errorf("%q is the number %v", text, got)
		}
	}
}

// Criteria are judged by several goroutines: phases and tasks share compiled programs.
func TestJudgeAtOnce(t *testing.T) {
	f := facts(t)
	p, err := Compile(`exit == 3 and file("out/b.txt").size == 9`)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan manifest.Criterion)
	for range 8 {
		go func() { done <- Judge(t.Context(), []*Program{p}, f, &Recorder{})[0] }()
	}
	for range 8 {
		if got := Explain(<-done); got != `exit == 3 and file("out/b.txt").size == 9: exit = 3, file("out/b.txt").size = 8` {
			t.Error(got)
		}
	}
}
