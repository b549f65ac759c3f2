package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                  "plain",
		"naïve 日本 ✅":             "naïve 日本 ✅",
		"\x1b[31mred\x1b[0m":     "red",
		"\x1b]0;title\x07x":      "x",
		"a\x1b[2Jb":              "ab",
		"one\ntwo":               `one\u000atwo`,
		"tab\there":              "tab here",
		"a\x00b":                 `a\u0000b`,
		"ev\u202eil":             `ev\u202eil`,
		"zero\u200bwidth":        `zero\u200bwidth`,
		"line\u2028end":          `line\u2028end`,
		"bad \xff\xfe bytes":     "bad � bytes",
		"family 👨\u200d👩\u200d👧": "family 👨\u200d👩\u200d👧",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := CleanLines("a\x1b[1m\tb\r\nc\n"); got != "a\tb\\u000d\nc\n" {
		t.Errorf("CleanLines = %q", got)
	}
}

// FuzzClean: whatever comes in, one line comes out that no terminal acts on.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "\x1b[31m", "\x1b]8;;http://x\x07", "\xc2\x9b31m", "\x90q", "\u202e", "\x1b\x1b[[A", "a\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, out := range []string{Clean(s), strings.NewReplacer("\n", "", "\t", "").Replace(CleanLines(s))} {
			if !utf8.ValidString(out) {
				t.Errorf("%q is not UTF-8", out)
			}
			if i := strings.IndexFunc(out, func(r rune) bool { return unicode.IsControl(r) || reorders(r) }); i >= 0 {
				t.Errorf("%q holds a control character at %d", out, i)
			}
		}
		if c := Clean(s); Clean(c) != c {
			t.Errorf("cleaned twice, %q becomes %q", c, Clean(c))
		}
	})
}

// TestEscapeJSON: the text is the same to who reads it, and nothing in it moves a terminal.
func TestEscapeJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "text") + rapid.SampledFrom([]string{"", "\u009b31m", "\x7f", "\u202e", "\u200b", "\u0085", "\ufeff"}).Draw(t, "end")
		b, err := json.Marshal(map[string]string{in: in})
		if err != nil {
			t.Fatal(err)
		}
		out := EscapeJSON(b)
		var back map[string]string
		if err := json.Unmarshal(out, &back); err != nil || back[in] != in {
			t.Fatalf("%q became %q, %v", in, back, err)
		}
		if i := bytes.IndexFunc(out, func(r rune) bool { return unicode.IsControl(r) || reorders(r) }); i >= 0 {
			t.Fatalf("%q holds a control character at %d", out, i)
		}
	})
}

// TestCutAndPad: columns, not bytes or runes.
func TestCutAndPad(t *testing.T) {
	for _, c := range []struct {
		in       string
		columns  int
		cut, pad string
	}{
		{"short", 10, "short", "short     "},
		{"exactly ten", 11, "exactly ten", "exactly ten"},
		{"a longer text", 8, "a longe…", "a longer text"},
		{"日本語の題", 6, "日本…", "日本語の題"},
		{"日本", 6, "日本", "日本  "},
		{"✅ done", 9, "✅ done", "✅ done  "},
		{"any", 0, "any", "any"},
	} {
		if got := Cut(c.in, c.columns); got != c.cut {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.columns, got, c.cut)
		}
		if got := Pad(c.in, c.columns); got != c.pad {
			t.Errorf("Pad(%q, %d) = %q, want %q", c.in, c.columns, got, c.pad)
		}
	}
}

// TestPaint: without colour a text is itself; with colour its letters are the same.
func TestPaint(t *testing.T) {
	plain, coloured := &Printer{}, &Printer{Color: true}
	for tone := Plain; tone <= Strong; tone++ {
		for _, s := range []string{"", "text", "two words\tand a tab", "日本"} {
			if got := plain.Paint(tone, s); got != s {
				t.Errorf("without colour %q became %q", s, got)
			}
			got := coloured.Paint(tone, s)
			if (tone == Plain || s == "") != (got == s) {
				t.Errorf("tone %d: %q became %q", tone, s, got)
			}
			if CleanLines(got) != s {
				t.Errorf("tone %d: %q without its colour is %q", tone, got, CleanLines(got))
			}
		}
	}
}

type broken struct{ writes int }

func (b *broken) Write([]byte) (int, error) { b.writes++; return 0, errors.New("no space left") }

// TestPrinterKeepsItsError: the first error stays, and nothing is written after it.
func TestPrinterKeepsItsError(t *testing.T) {
	w := &broken{}
	p := &Printer{W: w}
	p.Printf("one\n")
	p.Printf("two\n")
	if p.Err() == nil || p.Err().Error() != "no space left" || w.writes != 1 {
		t.Errorf("%v after %d writes", p.Err(), w.writes)
	}
}

// TestLiveWriter: however the log arrives, its lines are the same.
func TestLiveWriter(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"lines":          {"one\ntwo\n", "| one\n| two\n"},
		"no final end":   {"one\ntwo", "| one\n| two\n"},
		"a progress bar": {"10%\r50%\r100%\nend\n", "| 100%\n| end\n"},
		"CRLF":           {"one\r\ntwo\r\n", "| one\n| two\n"},
		"escapes":        {"\x1b[32mok\x1b[0m\n", "| ok\n"},
		"an empty line":  {"a\n\nb\n", "| a\n| \n| b\n"},
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			var out bytes.Buffer
			l := &LiveWriter{P: &Printer{W: &out}, Prefix: "| "}
			for rest := []byte(c.in); len(rest) > 0; {
				n := rapid.IntRange(1, len(rest)).Draw(t, "n")
				if wrote, err := l.Write(rest[:n]); wrote != n || err != nil {
					t.Fatalf("%d of %d bytes, %v", wrote, n, err)
				}
				rest = rest[n:]
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if out.String() != c.want {
				t.Fatalf("got %q, want %q", out.String(), c.want)
			}
		}))
	}
}

// TestLiveWriterLongLine: a line without an end is shown before it has one, and no character of it is split or lost.
func TestLiveWriterLongLine(t *testing.T) {
	var out bytes.Buffer
	l := &LiveWriter{P: &Printer{W: &out}, Prefix: "| "}
	text := strings.Repeat("é日", 3000)
	for i := range len(text) {
		if _, err := l.Write([]byte{text[i]}); err != nil {
			t.Fatal(err)
		}
	}
	if out.Len() == 0 {
		t.Error("nothing is shown before the end")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.NewReplacer("| ", "", "\n", "").Replace(out.String()); got != text {
		t.Errorf("%d bytes became %d", len(text), len(got))
	}
}
