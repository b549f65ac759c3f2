package redact_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/redact"
)

func TestValues(t *testing.T) {
	env := []string{"API_TOKEN=abcdefgh", "api_token2=lowername", "PATH=/usr/bin:/bin", "SHORT_TOKEN=abcde", "BLANK_TOKEN=       ",
		"MY_KEY=six666", "MY_KEYS=not matched", "TOKEN=a=b=c=d", "broken_TOKEN", "API_TOKEN=abcdefgh", "[ODD=malformed pattern"}
	got := redact.Values(env, []string{"*TOKEN*", "*_KEY", "[odd"})
	want := []redact.Secret{{"API_TOKEN", "abcdefgh"}, {"api_token2", "lowername"}, {"MY_KEY", "six666"}, {"TOKEN", "a=b=c=d"}, {"[ODD", "malformed pattern"}}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestMask(t *testing.T) {
	pem := "-----BEGIN KEY-----\nMIIBVQIBADANBgkqhkiG\nShort7\nAQEFAASCAT8wggE7\n-----END KEY-----\n"
	tests := []struct {
		name    string
		secrets []redact.Secret
		in      string
		want    string
	}{
		{"none", nil, "hunter2hunter2", "hunter2hunter2"},
		{"raw", []redact.Secret{{"A", "hunter2"}}, "pw hunter2, hunter", "pw ***A***, hunter"},
		{"whole", []redact.Secret{{"A", "hunter2"}}, "hunter2", "***A***"},
		{"twice", []redact.Secret{{"A", "hunter2"}}, "hunter2hunter2", "***A******A***"},
		{"too short", []redact.Secret{{"A", "hunte"}}, "hunte", "hunte"},
		{"blank", []redact.Secret{{"A", "      "}}, "a      b", "a      b"},
		{"a prefix of another", []redact.Secret{{"A", "hunter2"}, {"B", "hunter2-long"}}, "hunter2-long hunter2-lon hunter2", "***B*** ***A***-lon ***A***"},
		{"a suffix of another", []redact.Secret{{"A", "hunter2"}, {"B", "my-hunter2"}}, "my-hunter2 hunter2 y-hunter2", "***B*** ***A*** y-***A***"},
		{"inside another", []redact.Secret{{"A", "hunter2"}, {"B", "my-hunter2-long"}}, "my-hunter2-long my-hunter2-lon", "***B*** my-***A***-lon"},
		{"overlap", []redact.Secret{{"A", "abcdef"}, {"B", "defghij"}}, "xabcdefghijx", "x***B***x"},
		{"overlaps itself", []redact.Secret{{"A", "aaaaaa"}}, "baaaaaaaaab", "b***A***b"},
		{"one joins two", []redact.Secret{{"A", "abcdef"}, {"B", "ghijkl"}, {"C", "fghijk-abcdefghijklmno"}}, "fghijk-abcdefghijklmno abcdefghijkl", "***C*** ***A******B***"},
		{"the same value", []redact.Secret{{"A", "hunter2"}, {"B", "hunter2"}}, "hunter2", "***A***"},
		{"name tells", []redact.Secret{{"hunter2", "hunter2"}}, "a hunter2 b", "a *** b"},
		{"binary", []redact.Secret{{"A", "\x00\xff\xfe123"}}, "\x00\x00\xff\xfe123\xff", "\x00***A***\xff"},
		{"trailing line end", []redact.Secret{{"A", "hunter2\n"}}, "hunter2 hunter2\n.", "***A*** ***A***."},
		{"lines", []redact.Secret{{"A", pem}}, "> MIIBVQIBADANBgkqhkiG\n> Short7\n-----BEGIN KEY-----\n", "> ***A***\n> Short7\n-----BEGIN KEY-----\n"},
		{"lines whole", []redact.Secret{{"A", pem}}, "<" + pem + ">", "<***A***>"},
		{"lines on a terminal", []redact.Secret{{"A", pem}}, strings.ReplaceAll(pem, "\n", "\r\n"), "***A***"},
		{"lines as JSON", []redact.Secret{{"A", pem}}, `{"k":"` + strings.ReplaceAll(pem, "\n", `\n`) + `"}`, `{"k":"***A***"}`},
		{"base64 alone", []redact.Secret{{"A", "hunter2"}}, "aHVudGVyMg==", "***A***"},
		{"base64 of echo", []redact.Secret{{"A", "hunter2"}}, "aHVudGVyMgo=", "***A***"},
		{"hex", []redact.Secret{{"A", "hunter2"}}, "68756e74657232 68756E74657232", "***A*** ***A***"},
		{"URL", []redact.Secret{{"A", "p@ss/word 1"}}, "p%40ss%2Fword%201 p%40ss%2fword+1 p@ss%2Fword%201", "***A*** ***A*** ***A***"},
		{"JSON", []redact.Secret{{"A", "a\"b\\c<é\x01"}}, `a\"b\\c<é\u0001 a\"b\\c\u003cé\u0001 a\"b\\c<\u00e9\u0001`, "***A*** ***A*** ***A***"},
		{"shell", []redact.Secret{{"A", "it's $5 big"}}, `'it'\''s $5 big' it\'s\ \$5\ big "it's \$5 big" 'it'"'"'s $5 big'`, "'***A***' ***A*** \"***A***\" '***A***'"},
		{"HTML", []redact.Secret{{"A", `<a&"b'c>`}}, `&lt;a&amp;"b'c&gt; &lt;a&amp;&#34;b&#39;c&gt; &lt;a&amp;&quot;b&#x27;c&gt;`, "***A*** ***A*** ***A***"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := redact.New(tt.secrets)
			if got := m.String(tt.in); got != tt.want {
				t.Errorf("\ngot  %q\nwant %q", got, tt.want)
			}
			for cut := range len(tt.in) + 1 {
				if got := masked(t, m, tt.in[:cut], tt.in[cut:]); got != tt.want {
					t.Errorf("cut at %d:\ngot  %q\nwant %q", cut, got, tt.want)
				}
			}
			if got := masked(t, m, strings.Split(tt.in, "")...); got != tt.want {
				t.Errorf("byte by byte:\ngot  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// masked is what a writer makes of the parts.
func masked(t testing.TB, m *redact.Masker, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := m.Writer(&b)
	for _, p := range parts {
		if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
			t.Fatalf("Write gave %d, %v for %d bytes", n, err, len(p))
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNilMasker(t *testing.T) {
	var m *redact.Masker
	if m != redact.New(nil) || m != redact.New([]redact.Secret{{"A", "short"}}) {
		t.Error("nothing to mask gives a masker that is not nil")
	}
	if got := m.String("abcdef"); got != "abcdef" {
		t.Errorf("String: %q", got)
	}
	if got := m.Bytes([]byte("abcdef")); string(got) != "abcdef" {
		t.Errorf("Bytes: %q", got)
	}
	if name, ok := m.Contains([]byte("abcdef")); ok {
		t.Errorf("Contains: %q", name)
	}
	if name, err := m.Scan(strings.NewReader("abcdef")); name != "" || err != nil {
		t.Errorf("Scan: %q, %v", name, err)
	}
	if got := masked(t, m, "abc", "def"); got != "abcdef" {
		t.Errorf("Writer: %q", got)
	}
}

func TestContains(t *testing.T) {
	m := redact.New([]redact.Secret{{"A", "hunter2"}, {"CONF", "kind: Config\nclient-key: abc\nLS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo\n"}})
	tests := []struct{ in, want string }{
		{"", ""},
		{"hunter", ""},
		{"a hunter2 b", "A"},
		{"kind: Config\n", ""}, // masked in a log, yet no proof that a file holds the secret
		{"x LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo y", "CONF"},
		{"kind: Config\nkind: Config\naHVudGVyMg==", "A"},
	}
	for _, tt := range tests {
		if name, ok := m.Contains([]byte(tt.in)); name != tt.want || ok != (tt.want != "") {
			t.Errorf("%q: %q, %v, want %q", tt.in, name, ok, tt.want)
		}
		for _, r := range []io.Reader{strings.NewReader(tt.in), oneByte{strings.NewReader(tt.in)}} {
			if name, err := m.Scan(r); name != tt.want || err != nil {
				t.Errorf("scan %q: %q, %v, want %q", tt.in, name, err, tt.want)
			}
		}
	}
	if _, err := m.Scan(oneByte{broken{}}); !errors.Is(err, errBroken) {
		t.Errorf("the reader's error is lost: %v", err)
	}
}

type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(len(p), 1)]) }

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, errBroken }
func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWriterFails(t *testing.T) {
	for _, m := range []*redact.Masker{nil, redact.New([]redact.Secret{{"A", "hunter2"}})} {
		w := m.Writer(broken{})
		if n, err := w.Write([]byte("abc")); n != 0 || !errors.Is(err, errBroken) {
			t.Errorf("Write: %d, %v", n, err)
		}
		if err := w.Close(); !errors.Is(err, errBroken) {
			t.Errorf("Close: %v", err)
		}
	}
	m := redact.New([]redact.Secret{{"A", "hunter2"}})
	w := m.Writer(broken{})
	if _, err := w.Write([]byte("hunt")); err != nil {
		t.Errorf("what is held back cannot fail yet: %v", err)
	}
	if err := w.Close(); !errors.Is(err, errBroken) {
		t.Errorf("Close: %v", err)
	}
	w = m.Writer(io.Discard)
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := w.Write([]byte("a")); err == nil {
		t.Error("write after close")
	}
}

// What is held back is no more than the longest form of a value less one byte:
// a prompt without a line end is seen at once.
func TestHoldsBackLittle(t *testing.T) {
	var b bytes.Buffer
	w := redact.New([]redact.Secret{{"A", "hunter2"}}).Writer(&b)
	for _, tt := range []struct{ write, seen string }{
		{"Password: ", "Password: "},
		{"hunter", "Password: "},
		{"x", "Password: hunterx"},
		{"hunter2", "Password: hunterx"}, // "2" may begin nothing, but all that was read is a value
		{".", "Password: hunterx***A***."},
	} {
		if _, err := w.Write([]byte(tt.write)); err != nil {
			t.Fatal(err)
		}
		if b.String() != tt.seen {
			t.Errorf("after %q: %q, want %q", tt.write, b.String(), tt.seen)
		}
	}
}

// A value repeated without end is one region for ever; it must not be kept.
func TestMemoryIsBounded(t *testing.T) {
	m := redact.New([]redact.Secret{{"A", strings.Repeat("a", 4096)}, {"B", "aaaaaab"}})
	part := bytes.Repeat([]byte("a"), 1<<20)
	w := m.Writer(io.Discard)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 20 {
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("20 MB of one value left %d bytes in memory", grown)
	}
	runtime.KeepAlive(w)
}

// naive masks by looking for every value at every place.
func naive(secrets []redact.Secret, in string) []bool {
	mask := make([]bool, len(in))
	for _, s := range secrets {
		if len(s.Value) < redact.MinLen {
			continue
		}
		for i := range len(in) {
			if strings.HasPrefix(in[i:], s.Value) {
				for j := range len(s.Value) {
					mask[i+j] = true
				}
			}
		}
	}
	return mask
}

// Random values over a small alphabet overlap in every way there is: what is
// left must be exactly what is part of no value.
func TestAgainstNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "xy"[r.IntN(2)] // neither is a digit of hex or changed by an escape; base64 has none of both alone
		}
		return string(b)
	}
	for range 3000 {
		var secrets []redact.Secret
		for i := range 1 + r.IntN(4) {
			secrets = append(secrets, redact.Secret{Name: fmt.Sprint("N", i), Value: word(6 + r.IntN(6))})
		}
		in := word(r.IntN(80))
		m := redact.New(secrets)
		got := m.String(in)
		var want strings.Builder
		mask := naive(secrets, in)
		for i := range in {
			if !mask[i] {
				want.WriteByte(in[i])
			}
		}
		left := got
		for _, s := range secrets {
			left = strings.ReplaceAll(left, "***"+s.Name+"***", "")
		}
		if left != want.String() {
			t.Fatalf("%q in %q: got %q, left %q, want left %q", secrets, in, got, left, want.String())
		}
		a := r.IntN(len(in) + 1)
		b := a + r.IntN(len(in)-a+1)
		if split := masked(t, m, in[:a], in[a:b], in[b:]); split != got {
			t.Fatalf("%q in %q|%q|%q: %q, whole %q", secrets, in[:a], in[a:b], in[b:], split, got)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("hunter2", "hunter2-long", "a hunter2 b hunter2-long", uint(9))
	f.Add("aaaaaa", "aaaaaab", strings.Repeat("a", 40)+"b", uint(13))
	f.Add("line one is long\nline two\n", "\x00\xff\xfe\x00\xff\xfe", "line one is long\r\nline two", uint(3))
	f.Add("a<b>&\"'c", "p@ss/word", "a&lt;b&gt; p%40ss%2Fword", uint(5))
	f.Fuzz(func(t *testing.T, v1, v2, in string, cut uint) {
		if len(v1)+len(v2) > 1<<10 || len(in) > 1<<14 {
			return
		}
		secrets := []redact.Secret{{"N1", v1}, {"N2", v2}}
		m := redact.New(secrets)
		whole := m.String(in)
		at := int(cut % uint(len(in)+1))
		if split := masked(t, m, in[:at], in[at:]); split != whole {
			t.Fatalf("cut at %d: %q, whole %q", at, split, whole)
		}
		if split := masked(t, m, strings.Split(in, "")...); split != whole {
			t.Fatalf("rune by rune: %q, whole %q", split, whole)
		}
		if m == nil {
			return
		}
		for _, s := range secrets {
			if len(s.Value) < redact.MinLen || strings.TrimSpace(s.Value) == "" || strings.Contains(s.Value, "*") {
				continue
			}
			if strings.Contains(whole, s.Value) && !strings.Contains("***N1******N2***", s.Value) {
				t.Fatalf("%q is left in %q", s.Value, whole)
			}
			if _, ok := m.Contains([]byte(in)); !ok && strings.Contains(in, s.Value) {
				t.Fatalf("%q is not found in %q", s.Value, in)
			}
		}
	})
}
