package ledger

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
)

const digest = "sha256:9f3c2b1a0d4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789abcd"

func sample() Entry {
	return Entry{
		Date: "2025-10-19", Task: "C2.D", Title: "Capture GREEN run", Result: "pass", Detail: "exit 0, 35.86 s",
		Command:   `CUDA_VISIBLE_DEVICES="" pytest tests/test_integration.py::test_cycle -vv`,
		Criteria:  "3/3 — `tests.passed >= 1` (1), `seconds < 120` (35.86)",
		Artifacts: "plans/active/TEST-PYTORCH-001/reports/2025-10-19T122449Z/phase_c/{pytest_green.log,C2.D.run.json}",
		Run:       digest,
	}
}

// TestAppendCorpus appends to every section of every real ledger.
func TestAppendCorpus(t *testing.T) {
	refused := map[string]bool{}
	for _, name := range ledgers(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		l := Parse(name, src)
		for i, s := range append(append([]*Section(nil), l.Sections...), l.Loose...) {
			style := []Style{Block, Line}[i%2]
			ins, err := l.Append(s, sample(), style)
			if err != nil {
				refused[s.ID] = true
				t.Log(err)
				continue
			}
			inserted(t, src, ins)
		}
	}
	for _, id := range []string{
		"Active Item Detail — AT-PARALLEL-012", // attempts lists of two items
		"AT-PARALLEL-006-PYTEST",               // two sections with attempts
	} {
		if !refused[id] {
			t.Errorf("%s must be refused", id)
		}
		delete(refused, id)
	}
	for id := range refused {
		t.Errorf("%s was refused", id)
	}
}

// inserted checks that nothing but the insertion is new, and returns the document with it.
func inserted(t testing.TB, src []byte, ins Insertion) []byte {
	t.Helper()
	got := Insert(src, ins)
	if len(got) != len(src)+len(ins.Text) || !bytes.Equal(got[:ins.At], src[:ins.At]) || !bytes.Equal(got[ins.At+len(ins.Text):], src[ins.At:]) {
		t.Errorf("another byte changed")
	}
	if bytes.HasSuffix(got, []byte("\n")) != (len(src) == 0 || bytes.HasSuffix(src, []byte("\n"))) {
		t.Errorf("the file's last newline came or went")
	}
	return got
}

// TestAppendPlace has a document with a ^ where the entry must go. want is what
// the insertion starts with, date and "Attempt" left out, then what stands
// before a further line.
func TestAppendPlace(t *testing.T) {
	const h = "## [A-1] t\n- Status: x\n- Attempts History:\n"
	for name, c := range map[string]struct{ doc, want string }{
		"after the last":           {h + "  * [2025-01-01] Attempt #4 — Result: a\n    Metrics: n\n^- Risks: none\n", "  * #5|    "},
		"empty list":               {h + "^- Risks: none\n", "  * #1|    "},
		"none yet":                 {"## [A-1] t\n- Attempts History: none — new.\n^- Risks: none\n", "  * #1|    "},
		"template":                 {h + "  - [YYYY-MM-DD] Attempt #1 — Result: pending\n    Metrics: x\n^\n## [B-2] x\n", "  - #1|    "},
		"dash, deeper":             {h + "    - [2025-01-01] Attempt #1 — Result: a\n^\n---\n\n## [B-2] x\n", "    - #2|      "},
		"tab":                      {h + "\t*\t[2025-01-01] Attempt #1 — Result: a\n^\n", "\t*\t#2|\t \t"},
		"flat":                     {"## [A-1] t\n**Attempts History:**\n- [2025-01-01] Attempt #1 — Result: a\n  b\n^\n**Next Actions:**\n- x\n", "- #2|  "},
		"flat beside its key":      {"## [A-1] t\n- Attempts History:\n- [2025-01-01] Attempt #1 — Result: a\n  b\n^- Risks: x\n", "- #2|  "},
		"numbered list":            {h + "  1. [2025-01-01] Attempt #1 — Result: a\n  2. [2025-01-01] Attempt #2 — Result: a\n^- Risks: x\n", "  3. #3|     "},
		"heading over list":        {"## [A-1] t\n### Attempts History\n* [2025-01-01] Attempt #1 — Result: a\n^\n### Notes\n- x\n", "* #2|  "},
		"nested bullets":           {h + "  * [2025-01-01] Attempt #1 — Result: a\n    * Metrics:\n      - n\n\n      more\n^- Risks: x\n", "  * #2|    "},
		"lazy line":                {h + "  * [2025-01-01] Attempt #1 — Result: a\nlazily wrapped\n^- Risks: x\n", "  * #2|    "},
		"blank lines between":      {h + "  * [2025-01-01] Attempt #1 — Result: a\n\n  * [2025-01-01] Attempt #2 — Result: a\n^\n- Risks: x\n", "\n  * #3|    "},
		"blank line inside":        {h + "  * [2025-01-01] Attempt #1 — Result: a\n\n    more of it\n^\n- Risks: x\n", "  * #2|    "},
		"fence inside":             {h + "  * [2025-01-01] Attempt #1 — Result: a\n    ```\n- Risks: quoted\n## [B-2] quoted\n    ```\n^- Risks: x\n", "  * #2|    "},
		"not in numeric order":     {h + "  * [2025-01-01] Attempt #9 — Result: a\n  * [2025-01-01] Attempt #2 — Result: a\n^- Risks: x\n", "  * #10|    "},
		"attempts strayed":         {h + "  * [2025-01-01] Attempt #1 — Result: a\n^- Risks: x\n  * [2025-01-01] Attempt #7 — Result: a\n", "  * #8|    "},
		"note after the last":      {h + "  * [2025-01-01] Attempt #1 — Result: a\n  * [2025-01-02] Audit — fine\n^- Risks: x\n", "  * #2|    "},
		"no history":               {"## [A-1] t\n- Status: x\n^\n\n---\n\n## [B-2] x\n", "- Attempts History:\n  * #1|    "},
		"no history, bold":         {"## [A-1] t\n- **Status:** x\n^", "- **Attempts History:**\n  * #1|    "},
		"no history, prose":        {"## [A-1] t\nSome prose.\n^", "\n- Attempts History:\n  * #1|    "},
		"no history, nothing":      {"## [A-1] t\n^\n### Archive\n", "- Attempts History:\n  * #1|    "},
		"no history, sub-heading":  {"## [A-1] t\n- Status: x\n^\n### Notes\n- x\n", "- Attempts History:\n  * #1|    "},
		"attempts without history": {"## [A-1] t\n\n* [2025-01-01] Attempt #1 — Result: a\n  b\n^\n## [B-2] x\n", "* #2|  "},
		"headings":                 {"## [A-1] t\n\n### Attempt #1 (2025-01-01)\n\n- x\n^\n## [B-2] x\n", "\n### #2|- "},
		"headings with the ID":     {"## [A-1] t\n\n### [A-1] Attempt #1 (2025-01-01)\n\n- x\n^\n\n## [B-2] x\n", "\n### [A-1] #2|- "},
		"two lists, one planctl's": {h + "  * [2025-01-01] Attempt #1 — A1: pass. Run: " + digest[:70] + "0\n^- Attempts History:\n  * [2025-01-01] Attempt #2 — Result: a\n", "  * #3|    "},
		"two lists, last":          {h + "  * [2025-01-01] Attempt #1 — Result: a\n- Attempts History:\n  * [2025-01-01] Attempt #2 — Result: a\n^", "  * #3|    "},
		"like the list above":      {"## [B-2] x\n- Attempts History:\n    - [2025-01-01] Attempt #2 — Result: a\n" + h + "^- Risks: x\n", "    - #1|      "},
		"in another item's marks":  {h + "  * [2025-01-01] Attempt #1 — Result: a\n-  - strayed\n^- Risks: x\n", "  * #2|    "},
	} {
		for _, crlf := range []bool{false, true} {
			for _, cut := range []bool{false, true} { // the final newline
				at := strings.Index(c.doc, "^")
				doc := c.doc[:at] + c.doc[at+1:]
				if cut {
					if strings.HasSuffix(doc, "\n\n") {
						continue
					}
					if doc = strings.TrimSuffix(doc, "\n"); at > len(doc) {
						at = len(doc)
					}
				}
				if crlf {
					at += strings.Count(doc[:at], "\n")
					doc = strings.ReplaceAll(doc, "\n", "\r\n")
				}
				l := Parse("f.md", []byte(doc))
				s, err := l.Section("A-1")
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				ins, err := l.Append(s, sample(), Block)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				if ins.At != at {
					t.Errorf("%s: at %d, want %d:\n%s", name, ins.At, at, inserted(t, []byte(doc), ins))
				}
				inserted(t, []byte(doc), ins)
				text := string(ins.Text)
				if crlf {
					if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
						t.Errorf("%s: mixed line ends: %q", name, text)
					}
					text = strings.ReplaceAll(text, "\r\n", "\n")
				}
				if cut && at == len(doc) {
					if !strings.HasPrefix(text, "\n") {
						t.Errorf("%s: no line end before the entry: %q", name, text)
					}
					text = text[1:] + "\n"
				}
				lead, body, _ := strings.Cut(c.want, "|")
				if short := strings.Replace(text, "[2025-10-19] Attempt ", "", 1); !strings.HasPrefix(short, lead+" — C2.D") || !strings.Contains(text, "\n"+body+"Run: sha256:") {
					t.Errorf("%s: %q, want %q", name, text, c.want)
				}
			}
		}
	}
}

// TestAppendSample is the text of both styles, byte for byte.
func TestAppendSample(t *testing.T) {
	e := sample()
	e.Number, e.Note, e.Extra = 8, "forced", []string{"Supersedes: Attempt #7"}
	block := "## [A-1] t\n- Attempts History:\n" +
		"  * [2025-10-19] Attempt #8 — C2.D Capture GREEN run: pass (exit 0, 35.86 s).\n" +
		"    Command: `CUDA_VISIBLE_DEVICES=\"\" pytest tests/test_integration.py::test_cycle -vv`\n" +
		"    Criteria: 3/3 — `tests.passed >= 1` (1), `seconds < 120` (35.86)\n" +
		"    Artifacts: `plans/active/TEST-PYTORCH-001/reports/2025-10-19T122449Z/phase_c/{pytest_green.log,C2.D.run.json}`\n" +
		"    Note: forced\n" +
		"    Supersedes: Attempt #7\n" +
		"    Run: " + digest + "\n"
	line := "## [A-1] t\n- Attempts History:\n" +
		"  * [2025-10-19] Attempt #8 — C2.D Capture GREEN run: pass (exit 0, 35.86 s)." +
		" Command: `CUDA_VISIBLE_DEVICES=\"\" pytest tests/test_integration.py::test_cycle -vv`." +
		" Criteria: 3/3 — `tests.passed >= 1` (1), `seconds < 120` (35.86)." +
		" Artifacts: `plans/active/TEST-PYTORCH-001/reports/2025-10-19T122449Z/phase_c/{pytest_green.log,C2.D.run.json}`." +
		" Note: forced. Supersedes: Attempt #7. Run: " + digest + "\n"
	for style, want := range map[Style]string{Block: block, Line: line, StyleUnknown: block} {
		src := []byte("## [A-1] t\n- Attempts History:\n")
		l := Parse("f.md", src)
		ins, err := l.Append(l.Sections[0], e, style)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(Insert(src, ins)); got != want {
			t.Errorf("%v:\n%s\nwant\n%s", style, got, want)
		}
		a := Parse("f.md", Insert(src, ins)).ByRun(digest)
		if a == nil || a.Line != 3 || a.Number != 8 {
			t.Errorf("ByRun: %+v", a)
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		doc  string
		edit func(*Entry)
		want string
	}{
		"open fence":   {"## [A-1] t\n- Attempts History:\n  ```\n", nil, "would not be read back"},
		"open comment": {"## [A-1] t\n- Attempts History:\n<!--\n", nil, "would not be read back"},
		"lists of two items": {"## [A-1] t\n1. one\n   - Attempts History:\n     * [2025-01-01] Attempt #1 — Result: a\n2. two\n   - Attempts History:\n     * [2025-01-01] Attempt #1 — Result: a\n",
			nil, "at lines 3 and 6"},
		"date":   {"## [A-1] t\n", func(e *Entry) { e.Date = "2025-2-1" }, "date"},
		"result": {"## [A-1] t\n", func(e *Entry) { e.Result = "It passed" }, "result"},
		"run":    {"## [A-1] t\n", func(e *Entry) { e.Run = "sha256:abc" }, "run"},
		"task":   {"## [A-1] t\n", func(e *Entry) { e.Task = "A`1" }, "task"},
		"number": {"## [A-1] t\n", func(e *Entry) { e.Number = -1 }, "number"},
	} {
		l := Parse("f.md", []byte(c.doc))
		e := sample()
		if c.edit != nil {
			c.edit(&e)
		}
		if _, err := l.Append(l.Sections[0], e, Block); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "f.md") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// Lines that end in a carriage return alone are read, and an entry among them would end in something else.
func TestAppendLoneReturns(t *testing.T) {
	l := Parse("f.md", []byte("# Fix plan\r\r## [A-1] t\r- Attempts History:\r"))
	_, err := l.Append(l.Sections[0], sample(), Block)
	var f finding.Finding
	if !errors.As(err, &f) || f.Code != CodeDoubtfulAppend || !strings.Contains(f.Help, "carriage return") {
		t.Errorf("%v, want a doubt whose help speaks of carriage returns: %q", err, f.Help)
	}
}

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"pytest -vv":      "`pytest -vv`",
		"echo `date`":     "`` echo `date` ``",
		"``` x":           "```` ``` x ````",
		"a\nb\r\nc":       "`a⏎b⏎c`",
		"\x1b[31mred":     "`\\x1b[31mred`",
		"a\u202eb":        "`a\\u202eb`",
		"a\tb\x00\x7f":    "`a\\tb\\x00\\x7f`",
		"\xff":            "`\\xff`",
		" a ":             "`  a  `",
		"cmd | tee x.log": "`cmd | tee x.log`",
		"é ✅":             "`é ✅`",
		"":                "``",
	} {
		if got := Code(in); got != want {
			t.Errorf("Code(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestInline(t *testing.T) {
	for in, want := range map[string]string{
		"plain text":           "plain text",
		"a\n  * [x] b\r\nc":    "a   * [x] b c",
		"run `pytest -k a|b`":  "run `pytest -k a|b`",
		"a lone ` back-tick":   "a lone \\` back-tick",
		"a | b \\| c":          "a \\| b \\| c",
		"<!-- x --> <b> 1 < 2": "\\<!-- x --> \\<b> 1 < 2",
		"\x1b[0m\u2066x":       "\\x1b[0m\\u2066x",
	} {
		if got := inline(in); got != want {
			t.Errorf("inline(%q) = %q, want %q", in, got, want)
		}
	}
}
