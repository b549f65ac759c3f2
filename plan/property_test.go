package plan

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawPlan makes a plan in one of the dialects that people write.
func drawPlan(t *rapid.T) []byte {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	var b strings.Builder
	eol := pick("eol", "\n", "\r\n")
	line := func(s string) { b.WriteString(s + eol) }
	b.WriteString(pick("bom", "", "", "\uFEFF"))
	line("# " + pick("title", "Plan [X-1]", "Cache", "Phase 9 — all of it"))
	rows := 0
	for ph := range rapid.IntRange(1, 3).Draw(t, "phases") {
		line("")
		line(fmt.Sprintf("%s Phase %c%s%s", pick("level", "##", "###"), 'A'+ph, pick("sep", " — ", ": ", " - "), pick("name", "RED", "Work ✅", "more")))
		line(pick("goal", "Goal: x", "**Goal:** x", ""))
		line("")
		order := pick("order", "id task state how", "state id task how", "id state task", "id how state")
		edge := pick("edge", "| ", "| ", "")
		end := pick("end", " |", " |", "")
		indent := pick("indent", "", "", "  ")
		emit := func(cells map[string]string) {
			var out []string
			for _, c := range strings.Fields(order) {
				out = append(out, cells[c])
			}
			line(indent + edge + strings.Join(out, " | ") + end)
		}
		if edge == "" {
			end = ""
		}
		id := pick("id", "ID", "Task ID", "#")
		if edge == "" {
			id = "ID" // a line that starts with # is a heading
		}
		emit(map[string]string{"id": id, "task": "Task", "state": pick("state", "State", "Status", "**State**"), "how": "How/Why & Guidance"})
		emit(map[string]string{"id": "---", "task": ":--", "state": ":-:", "how": "---"})
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			rows++
			if edge != "" && rapid.IntRange(0, 9).Draw(t, "between") == 0 {
				line(pick("break", "", "| **Group** |", "words"+eol, "```sh"+eol+"| Q | q | [x] |"+eol+"```"))
			}
			tick := pick("tick", "", "", "`")
			emit(map[string]string{
				"id":    fmt.Sprintf(pick("idform", "%c%d", "**%c%d**", "%c.%d", "~~%c%d~~"), 'A'+ph, rows),
				"task":  pick("task", "do it", "write `x`", "é ✅", "a \\| b"),
				"state": tick + pick("token", "[ ]", "[x]", "[X]", "[D]", "[P]", "[B]", "[-]", "[✅]", "[S]", "[~]") + tick,
				"how":   pick("how", "Run `go test`.", "x", "see [log](a.log)", ""),
			})
		}
	}
	src := b.String()
	if rapid.Bool().Draw(t, "no final newline") {
		src = strings.TrimRight(src, "\r\n")
	}
	return []byte(src)
}

func drawState(t *rapid.T) State {
	return rapid.SampledFrom(States()).Draw(t, "state")
}

// checkFlip holds for every flip of every row: the token's bytes change and
// nothing else, and reading again shows the new state in that row alone.
func checkFlip(t interface {
	Helper()
	Errorf(string, ...any)
}, p *Plan, i int, s State) {
	t.Helper()
	task := p.Tasks()[i]
	e, err := p.SetState(task, s, nil)
	if !task.Editable {
		if err == nil {
			t.Errorf("%s is not editable, yet SetState gave an edit", task.ID)
		}
		return
	}
	if err != nil {
		t.Errorf("SetState: %v", err)
		return
	}
	out, err := Apply(p.Source, e)
	if err != nil {
		t.Errorf("Apply: %v", err)
		return
	}
	if task.State == s {
		if !bytes.Equal(out, p.Source) {
			t.Errorf("setting a state that the row has changed the document")
		}
		return
	}
	span := task.TokenSpan
	if e.Span != span || !bytes.Equal(out[:span.Start], p.Source[:span.Start]) || !bytes.HasSuffix(out, p.Source[span.End:]) ||
		len(out) != len(p.Source)-span.Len()+len(e.New) {
		t.Errorf("the flip of %s changed more than its token", task.ID)
	}
	q := Parse(p.File, out, p.tokens)
	if len(q.Tasks()) != len(p.Tasks()) {
		t.Errorf("%d rows before the flip of %s, %d after", len(p.Tasks()), task.ID, len(q.Tasks()))
		return
	}
	for j, after := range q.Tasks() {
		before := p.Tasks()[j]
		want := before.State
		if j == i {
			want = s
		}
		if after.State != want || after.ID != before.ID || after.Description != before.Description || after.Line != before.Line {
			t.Errorf("flip of %s to %s: row %s is %s, was %s", task.ID, s, after.ID, after.State, before.State)
		}
	}
}

func TestFlipChangesTheTokenAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := drawPlan(t)
		p := Parse("plans/p.md", src, Tokens{})
		checkPlan(t, p, src)
		if len(p.Tasks()) == 0 {
			t.Fatalf("no rows in\n%s", src)
		}
		checkFlip(t, p, rapid.IntRange(0, len(p.Tasks())-1).Draw(t, "row"), drawState(t))
	})
}

// Every row that the generator writes is read and can be edited: the property
// above would hold for a reader that reads nothing.
func TestEveryGeneratedRowIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := drawPlan(t)
		p := Parse("plans/p.md", src, Tokens{})
		want := 0
		for _, l := range strings.Split(string(src), "\n") {
			if strings.Contains(l, "[") && !strings.HasPrefix(l, "#") && !strings.HasPrefix(l, "\uFEFF") && !strings.Contains(l, "| Q |") {
				want++
			}
		}
		if len(p.Tasks()) != want || len(p.Findings.Errors()) > 0 {
			t.Fatalf("read %d rows of %d, errors %v in\n%s", len(p.Tasks()), want, p.Findings.Errors(), src)
		}
	})
}

func TestFlipsOfTheCorpus(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t), "corpus", "plans", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p := Parse(filepath.Base(f), src, Tokens{})
		checkPlan(t, p, src)
		for i := 0; i < len(p.Tasks()); i += 5 {
			checkFlip(t, p, i, States()[i%5])
		}
	}
}

func TestAnnotateAddsAtTheEndOfTheCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := drawPlan(t)
		p := Parse("p.md", src, Tokens{})
		task := p.Tasks()[rapid.IntRange(0, len(p.Tasks())-1).Draw(t, "row")]
		text := rapid.SampledFrom([]string{"✅ 2025-10-19 — exit 0", "a | b", "`a|b`", "two\nlines", `back\`, `x \| y`, " ", "\x1b[31m"}).Draw(t, "text")
		e, err := p.Annotate(task, text)
		if err != nil {
			if task.GuidanceSpan.End > 0 {
				t.Fatalf("Annotate: %v", err)
			}
			return
		}
		out, err := Apply(src, e)
		if err != nil {
			t.Fatal(err)
		}
		if e.Span.Len() != 0 || len(out) != len(src)+len(e.New) {
			t.Fatalf("an annotation replaced something: %v %q", e.Span, e.New)
		}
		q := Parse("p.md", out, Tokens{})
		if len(q.Tasks()) != len(p.Tasks()) || len(q.Findings) != len(p.Findings) {
			t.Fatalf("the annotation changed how the plan reads: %v\n%s", q.Findings, out)
		}
		for i, after := range q.Tasks() {
			before := p.Tasks()[i]
			same := after.Guidance == before.Guidance
			if after.State != before.State || before != task && !same || !strings.HasPrefix(after.Guidance, before.Guidance) {
				t.Fatalf("row %s: %q became %q", before.ID, before.Guidance, after.Guidance)
			}
		}
	})
}
