package criteria

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/manifest"
)

// TestRecall: what was recorded is what the same bytes give again, through JSON and back; other bytes are named.
func TestRecall(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.log", "loss = 1,234.5\nok\n")
	write("d.json", `{"list": [1, {"x": "y"}], "n": 3.5}`)
	write("f.txt", "one\ntwo\n")
	f := Facts{Root: dir, LogPath: filepath.Join(dir, "a.log")}
	var ps []*Program
	for _, text := range []string{`log contains "ok"`, `log matches "^loss"`, `number("loss = (\\S+)") > 1000`, `len(log) > 3`,
		`json("d.json").list[1].x == "y"`, `json("d.json").n > 3`, `file("f.txt").lines == 2`, `file("gone.txt").exists == false`} {
		p, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	var rec Recorder
	for _, c := range Judge(t.Context(), ps, f, &rec) {
		if !c.Pass {
			t.Fatalf("%s: %s", c.Expr, c.Error)
		}
	}
	b, err := json.Marshal(rec.Calls())
	if err != nil {
		t.Fatal(err)
	}
	var calls []manifest.Call
	if err := json.Unmarshal(b, &calls); err != nil {
		t.Fatal(err)
	}
	if got := Recall(t.Context(), calls, f); len(got) > 0 {
		t.Fatalf("unchanged bytes: %v", got)
	}
	write("a.log", "loss = 999\nno\n")
	write("d.json", `{"list": [1, {"x": "z"}], "n": 3.5}`)
	write("gone.txt", "here now")
	var changed []string
	for _, d := range Recall(t.Context(), calls, f) {
		changed = append(changed, d.String())
	}
	want := []string{
		`log contains "ok" was recorded as true and is false`,
		`number("loss = (\\S+)") was recorded as 1234.5 and is 999`,
		`log was recorded as "loss = 1,234.5\nok\n" and is "loss = 999\nno\n"`,
		`json("d.json").list[1].x was recorded as "y" and is "z"`,
	}
	if len(changed) != len(want)+1 || !strings.HasPrefix(changed[4], `file("gone.txt") was recorded as {"exists":false`) {
		t.Fatalf("got %q", changed)
	}
	for i := range want {
		if !slices.Contains(changed, want[i]) {
			t.Errorf("missing %q in %q", want[i], changed)
		}
	}
}

func TestCompilerRemembers(t *testing.T) {
	var c Compiler
	a, err := c.Compile("exit == 0")
	b, err2 := c.Compile("exit == 0")
	if err != nil || err2 != nil || a != b {
		t.Error("compiled twice")
	}
	if _, err := c.Compile("exit =="); err == nil {
		t.Error("no error")
	}
	if _, err := c.Compile("exit =="); err == nil {
		t.Error("the error was forgotten")
	}
}
