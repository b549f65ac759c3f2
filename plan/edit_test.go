package plan

import (
	"errors"
	"testing"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

func flip(t *testing.T, src, id string, s State, tokens Tokens, workspace map[State]string) string {
	t.Helper()
	p := Parse("f.md", []byte(src), tokens)
	e, err := p.SetState(p.Task(id), s, workspace)
	if err != nil {
		t.Fatalf("SetState(%s, %s): %v", id, s, err)
	}
	out, err := Apply(p.Source, e)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestTheTokenThatAFlipWrites(t *testing.T) {
	fixed, err := Tokens{}.With(map[State][]string{Done: {"[OK]"}}, map[State]string{Done: "[OK]"})
	if err != nil {
		t.Fatal(err)
	}
	table := func(head, tok string) string { return head + "\n" + h3 + "| " + tok }
	for _, c := range []struct {
		name, src string
		tokens    Tokens
		workspace map[State]string
		want      string
	}{
		{"default", "# p\n" + h3 + "| 1 | t | [ ] |\n", Tokens{}, nil, "[x]"},
		{"workspace", "# p\n" + h3 + "| 1 | t | [ ] |\n", Tokens{}, map[State]string{Done: "[D]"}, "[D]"},
		{"a workspace token of another state is passed over", "# p\n" + h3 + "| 1 | t | [ ] |\n", Tokens{}, map[State]string{Done: "[B]"}, "[x]"},
		{"table before document", "# p\n" + h3 + "| 1 | t | [ ] |\n| 2 | t | [X] |\n# q\n" + h3 + "| 3 | t | [D] |\n| 4 | t | [D] |\n", Tokens{}, map[State]string{Done: "[✅]"}, "[X]"},
		{"document before workspace", "# p\n" + h3 + "| 1 | t | [ ] |\n# q\n" + h3 + "| 3 | t | [D] |\n| 4 | t | [X] |\n| 5 | t | [D] |\n", Tokens{}, map[State]string{Done: "[✅]"}, "[D]"},
		{"configuration before all", "# p\n" + h3 + "| 1 | t | [ ] |\n| 2 | t | [X] |\n", fixed, map[State]string{Done: "[✅]"}, "[OK]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := table(c.src[:3], "1 | t | "+c.want+" |\n") + c.src[len(table(c.src[:3], "1 | t | [ ] |\n")):]
			if got := flip(t, c.src, "1", Done, c.tokens, c.workspace); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	if got, want := flip(t, "# p\n"+h3+"| 1 | t |  `[ ]`\t|\n", "1", Done, Tokens{}, nil), "# p\n"+h3+"| 1 | t |  `[x]`\t|\n"; got != want {
		t.Errorf("back-ticks: got %q", got)
	}
	if src := "# p\n" + h3 + "| 1 | t | [D] |\n"; flip(t, src, "1", Done, Tokens{}, nil) != src {
		t.Errorf("a state that the row has already was written again")
	}
}

func TestRowsThatAreNotCertainAreNotEdited(t *testing.T) {
	src := "# p\n" + h3 + "| 1 | t | [x] |\n| 2 | `a | b` | [ ] |\n| 1 | u | [ ] |\n| 4 | u | [?] |\n"
	p := Parse("f.md", []byte(src), Tokens{})
	for _, task := range p.Tasks() {
		_, err := p.SetState(task, Done, nil)
		var f finding.Finding
		if !errors.As(err, &f) || f.Line != task.Line || f.File != "f.md" || f.Help == "" {
			t.Errorf("line %d: error %v", task.Line, err)
		}
		if _, err := p.Annotate(task, "x"); err == nil {
			t.Errorf("line %d was annotated", task.Line)
		}
	}
	for _, bad := range []struct {
		t *Task
		s State
	}{{nil, Done}, {&Task{ID: "1", Editable: true}, Done}, {p.Tasks()[0], Unknown}, {p.Tasks()[0], State(77)}} {
		if _, err := p.SetState(bad.t, bad.s, nil); err == nil {
			t.Errorf("SetState(%v, %s) gave no error", bad.t, bad.s)
		}
	}
}

func TestApply(t *testing.T) {
	at := func(a, b int, s string) Edit { return Edit{mdspan.Span{Start: a, End: b}, []byte(s)} }
	got, err := Apply([]byte("abcdef"), at(4, 5, "E"), at(0, 0, "<"), at(1, 3, ""), Edit{})
	if err != nil || string(got) != "<adEf" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range [][]Edit{{at(0, 7, "")}, {at(-1, 0, "")}, {at(3, 2, "")}, {at(0, 2, ""), at(1, 3, "")}} {
		if _, err := Apply([]byte("abcdef"), bad...); err == nil {
			t.Errorf("%v gave no error", bad)
		}
	}
}

func TestAnnotate(t *testing.T) {
	for _, c := range []struct{ row, text, want string }{
		{"| 1 | t | [ ] | g |", "✅ done", "| 1 | t | [ ] | g ✅ done |"},
		{"| 1 | t | [ ] | g  \t|", "a | b\nc", "| 1 | t | [ ] | g a \\| b c  \t|"},
		{"| 1 | t | [ ] |  |", "x", "| 1 | t | [ ] |  x |"},
		{"| 1 | t | [ ] ||", "x", "| 1 | t | [ ] | x |"},
		{"| 1 | t | [ ] | `a | tee b` |", "x", "| 1 | t | [ ] | `a | tee b` x |"},
		{"| 1 | t | [ ] | g", "x", "| 1 | t | [ ] | g x"},
		{"| 1 | t | [ ] | Run:\n  - `a`\n  - `b` |", "x", "| 1 | t | [ ] | Run:\n  - `a`\n  - `b` x |"},
	} {
		p := Parse("f.md", []byte("# p\n"+h4+c.row+"\n"), Tokens{})
		e, err := p.Annotate(p.Task("1"), c.text)
		if err != nil {
			t.Errorf("%s: %v", c.row, err)
			continue
		}
		if out, err := Apply(p.Source, e); err != nil || string(out) != "# p\n"+h4+c.want+"\n" {
			t.Errorf("%s: got %s, %v", c.row, out, err)
		}
	}
	for _, row := range []string{h3 + "| 1 | t | [ ] |", h4 + "| 1 | t | [ ] |"} {
		p := Parse("f.md", []byte("# p\n"+row+"\n"), Tokens{})
		if _, err := p.Annotate(p.Task("1"), "x"); !errors.Is(err, ErrNoGuidance) {
			t.Errorf("%q: error %v", row, err)
		}
	}
}

func TestInsertBlock(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"before text", "# p\n" + h3 + "| 1 | t | [ ] |\n\nmore\n", "# p\n" + h3 + "| 1 | t | [ ] |\n\n```yaml planctl\n1:\n  run: x\n```\n\nmore\n"},
		{"before a heading", "# p\n" + h3 + "| 1 | t | [ ] |\n# q\n", "# p\n" + h3 + "| 1 | t | [ ] |\n\n```yaml planctl\n1:\n  run: x\n```\n\n# q\n"},
		{"no final newline", "# p\n" + h3 + "| 1 | t | [ ] |", "# p\n" + h3 + "| 1 | t | [ ] |\n\n```yaml planctl\n1:\n  run: x\n```\n"},
		{"crlf", "# p\r\n| ID | State |\r\n| - | - |\r\n| 1 | [ ] |\r\n", "# p\r\n| ID | State |\r\n| - | - |\r\n| 1 | [ ] |\r\n\r\n```yaml planctl\r\n1:\r\n  run: x\r\n```\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Parse("f.md", []byte(c.src), Tokens{})
			out, err := Apply(p.Source, p.InsertBlock(p.Phases[0], []byte("1:\n  run: x\n")))
			if err != nil || string(out) != c.want {
				t.Fatalf("got %q, %v", out, err)
			}
			q := Parse("f.md", out, Tokens{})
			if len(q.Specs) != 1 || len(q.Tasks()) != len(p.Tasks()) || len(q.Findings) > 0 {
				t.Errorf("read again: specs %v, findings %v", q.Specs, q.Findings)
			}
		})
	}
	p := Parse("f.md", []byte("# p\n"+h3+"| 1 | t | [ ] |\n"), Tokens{})
	out, _ := Apply(p.Source, p.InsertBlock(nil, []byte("1: {run: \"echo ```\"}")))
	if q := Parse("f.md", out, Tokens{}); len(q.Specs) != 1 || string(q.Specs[0].Span.Of(out)) != "1: {run: \"echo ```\"}\n" {
		t.Errorf("a block that holds a fence: %q", out)
	}
}
