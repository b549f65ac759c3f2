package yamlstrict

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func parse(text string) *Document {
	return Parse(Source{Family: "t", File: "p.md", Text: []byte(text), Line: 11})
}

// walk reads the whole tree by one schema, as a caller would.
func walk(d *Document) {
	for _, e := range d.Root.Fields("the text", "list", "num", "flag", "wait", "env", "word", "text") {
		switch e.Key {
		case "list":
			e.Value.Texts()
		case "num":
			e.Value.Int()
		case "flag":
			e.Value.Bool()
		case "wait":
			e.Value.Duration()
		case "env":
			e.Value.StringMap("env")
		case "word":
			e.Value.OneOf("off", "append")
		case "text":
			_, _ = e.Value.String()
		}
	}
}

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // line:col code message-part
	}{
		{"fine", "list: [a, b]\nnum: 3\nflag: true\nwait: 1h30m\nenv: {A: ~, B: 1}\nword: off\ntext: |\n  x\n  \ty\n", nil},
		{"empty", "", nil},
		{"comments only", "# nothing\n", nil},
		{"null list is nothing", "list: []\nenv:\n", nil},
		{"unknown key", "lits: a\n", []string{"11:1 t-unknown-key the text has no key lits|did you mean `list`?"}},
		{"unknown key, far", "zzzzzz: a\n", []string{"11:1 t-unknown-key the text has no key zzzzzz|known are"}},
		{"duplicate key", "num: 1\nnum: 2\n", []string{"12:1 t-duplicate-key the text has the key num twice; it stands on line 11"}},
		{"all of them", "num: x\nflag: yes\nwait: 10\nenv: [a]\nword: apend\ntext: {a: b}\nlist: [a, [b], ~]\n", []string{
			"11:6 t-type want a whole number, not \"x\"", "12:7 t-type want true or false, not \"yes\"", "13:7 t-type 10 has no unit|write 10s",
			"14:6 t-type want a mapping", "15:7 t-type \"apend\" is none of off, append|did you mean `append`?", "16:7 t-type want a text, not a mapping",
			"17:11 t-type want a text, not a list", "17:16 t-type want a text, not nothing"}},
		{"second document", "num: 1\n---\nnum: 2\n", []string{"12:1 t-second-document"}},
		{"second document, at once", "--- {num: 1}\n--- {num: 2}\n", []string{"12:1 t-second-document"}},
		{"document end is no second one", "---\nnum: 1\n...\n", nil},
		{"anchor and alias", "text: &a x\nlist: [*a]\n", []string{"11:7 t-alias the anchor &a", "12:8 t-alias aliases are not read"}},
		{"unknown alias", "num: 1\nlist: *x\n", []string{"12:7 t-alias |quotes"}},
		{"bare glob", "num: 1\nlist: *.npz\n", []string{"12:1 t-syntax |starts with * or &"}},
		{"bare glob in a list", "list:\n- a\n- **/*.npz\n- b\n", []string{"13:1 t-syntax |starts with * or &"}},
		{"merge", "env:\n  <<: {A: b}\n", []string{"12:3 t-alias merge keys"}},
		{"tag", "text: !!str 5\n", []string{"11:7 t-type the tag !!str"}},
		{"tab", "env:\n\tA: b\n", []string{"12:1 t-syntax a tab stands in the indentation"}},
		{"tab after spaces", "num: 1\nenv:\n  \tA: b\n", []string{"13:3 t-syntax a tab"}},
		{"colon", "num: 1\ntext: a: b\nflag: true\n", []string{"12:1 t-syntax mapping values|quotes"}},
		{"back-tick", "num: 1\ntext: `x`\n", []string{"12:1 t-syntax |quotes"}},
		{"wrong indentation", "env:\n  A: b\n C: d\nnum: 1\n", []string{"13:2 t-syntax"}},
		{"unclosed quote", "num: 1\ntext: \"a\nflag: true\n", []string{"12:1 t-syntax"}},
		{"complex key", "? [a]\n: b\n", []string{"11:3 t-type a key of the text is no text"}},
		{"not UTF-8", "num: 1\ntext: é\xff\n", []string{"12:8 t-syntax byte 0xff is not UTF-8"}},
		{"a text", "just words\n", []string{"11:1 t-type want a mapping"}},
		{"zero time", "wait: 0s\n", []string{"11:7 t-type 0s is not more than zero"}},
		{"huge time", "wait: 99999999999h\n", []string{"11:7 t-type"}},
		{"huge number", "num: 99999999999999999999999\n", []string{"11:6 t-type"}},
		{"line ends of YAML only", "num: 1\rflag: x\u2028word: on\nwait: 1\n", []string{"11:14 t-type", "11:22 t-type", "12:7 t-type"}},
		{"CRLF", "num: 1\r\nflag: x\r\n", []string{"12:7 t-type"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := parse(c.text)
			walk(d)
			fs := d.Findings()
			if len(fs) != len(c.want) {
				t.Fatalf("%d findings, want %d:\n%v", len(fs), len(c.want), fs)
			}
			for i, f := range fs {
				head, help, _ := strings.Cut(c.want[i], "|")
				place, rest, _ := strings.Cut(head, " ")
				code, message, _ := strings.Cut(rest, " ")
				if fmt.Sprintf("%d:%d", f.Line, f.Col) != place || string(f.Code) != code || !strings.Contains(f.Message, message) || !strings.Contains(f.Help, help) {
					t.Errorf("%v help %q\nwant %s", f, f.Help, c.want[i])
				}
			}
		})
	}
}

func TestValues(t *testing.T) {
	d := parse("1.10: true\nrun: |\n  a \\\n    b\n\n  c\nwait: 90s\nenv:\n  A: ~\n  B: 0x10\n  C: ''\none: x\n")
	got := map[string]*Node{}
	for _, e := range d.Root.Mapping("it") {
		got[e.Key] = e.Value
	}
	if s, ok := got["1.10"].String(); s != "true" || !ok {
		t.Errorf("a scalar is taken as written: %q %v", s, ok)
	}
	if s, _ := got["run"].String(); s != "a \\\n  b\n\nc\n" {
		t.Errorf("block scalar: %q", s)
	}
	if v, ok := got["wait"].Duration(); v != 90*time.Second || !ok {
		t.Errorf("duration: %v %v", v, ok)
	}
	if s := got["one"].Strings(); !slices.Equal(s, []string{"x"}) {
		t.Errorf("one scalar is a list of one: %q", s)
	}
	env := got["env"].StringMap("env")
	if len(env) != 3 || env[0].Value != nil || *env[1].Value != "0x10" || *env[2].Value != "" || env[1].Line != 20 || env[1].Col != 3 {
		t.Errorf("env: %+v", env)
	}
	if fs := d.Findings(); len(fs) != 0 {
		t.Errorf("findings: %v", fs)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"run", "kind", "criteria", "timeout"}
	for in, want := range map[string]string{"rnu": "run", "criterias": "criteria", "critera": "criteria", "timout": "timeout", "x": "", "Kind": "kind", "outputs": "", "": ""} {
		if got := Nearest(in, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", in, got, want)
		}
	}
}

// A bomb of aliases, deep nesting and long lines must end soon and be refused or read.
func TestHostile(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'z'; i++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", i-1), 9), ","))
	}
	for name, text := range map[string]string{
		"bomb":   bomb,
		"cycle":  "a: &a [*a]\n",
		"flow":   strings.Repeat("[", 200_000),
		"dashes": strings.Repeat("- ", 200_000),
		"braces": strings.Repeat("{a: ", 100_000),
		"large":  strings.Repeat("a", MaxBytes+1),
		"binary": "a\x00b",
	} {
		d := parse(text)
		walk(d)
		if len(d.Findings()) == 0 {
			t.Errorf("%s: no finding", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "a: b", "list: [a, *b]\n---\nx", "\ttext: |\n  x\n \ty", "? {a: b}\n: c", "wait: 1d\nenv: {A: ~}", "text: 'a\n\n b'\n", "\xef\xbb\xbfnum: 1", "a: !<x> b\n<<: *c", "num: 0o7\nflag: NO"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := parse(text)
		walk(d)
		lines := strings.Count(text, "\n") + 1
		for _, x := range d.Findings() {
			if x.Line < 11 || x.Line > 11+lines || x.Col < 1 || x.Col > utf8.RuneCountInString(text)+2 {
				t.Fatalf("a finding lies outside the text: %v", x)
			}
		}
	})
}
