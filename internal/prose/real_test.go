package prose

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

// The seed's plan is run as it stands; its rows C1.D and C2.D say their
// command, and the Command Reference says the same.
func TestSeed(t *testing.T) {
	src := shared(t, "seed/phase_c_modernization_plan.md")
	const command = `CUDA_VISIBLE_DEVICES="" pytest tests/torch/test_integration_workflow_torch.py::test_run_pytorch_train_save_load_infer -vv`
	check := func(name, text, red, green string) {
		p := plan.Parse(name, []byte(text), plan.Tokens{})
		if len(p.Tasks()) != 11 {
			t.Fatalf("%s: %d rows", name, len(p.Tasks()))
		}
		for task, s := range all(p) {
			want := map[string]string{"C1.D": red, "C2.D": green}[task.ID]
			kind := map[string]spec.Kind{"C1.D": spec.Red, "C2.D": spec.Green}[task.ID]
			if s.Run != command || s.Source != want || s.Kind != kind || !s.Runnable || s.Log != "" || len(s.Others) != 0 {
				t.Errorf("%s %s: %+v", name, task.ID, s)
			}
		}
		if n := len(all(p)); n != 2 {
			t.Errorf("%s: %d suggestions, want 2", name, n)
		}
	}
	check("as it is", src, "guidance, Command Reference: RED run selector", "guidance, Command Reference: GREEN run selector")
	var lines []string
	for _, l := range strings.Split(src, "\n") {
		if strings.HasPrefix(l, "| C1.D") || strings.HasPrefix(l, "| C2.D") {
			cells := strings.Split(l, "|")
			l = strings.Join(cells[:3], "|") + "| [ ] | to do |"
		}
		lines = append(lines, l)
	}
	check("before it was run", strings.Join(lines, "\n"), "Command Reference: RED run selector", "Command Reference: GREEN run selector")
}

// What is suggested for real plans was read row by row; the counts move only
// with a change of the rules, and then the rows are to be read again.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("PLANCTL_SHARED")
	if dir == "" {
		t.Skip("PLANCTL_SHARED is not set")
	}
	files, err := filepath.Glob(filepath.Join(dir, "corpus", "plans", "*.md"))
	if err != nil || len(files) == 0 {
		t.Skip("no corpus below PLANCTL_SHARED")
	}
	rows, suggested, runnable := 0, 0, 0
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p := plan.Parse(filepath.Base(f), src, plan.Tokens{})
		for _, s := range all(p) {
			suggested++
			if s.Runnable {
				runnable++
			}
			if s.Runnable == (s.Why != "") || s.Run == "" || s.Line == 0 {
				t.Errorf("%s: %+v", f, s)
			}
		}
		rows += len(p.Tasks())
		if strings.HasPrefix(filepath.Base(f), "8026ea266b") {
			if s := In(p).Suggest(p.Task("C5")); s == nil || s.Runnable || len(s.Others) != 1 || s.Line != 53 {
				t.Errorf("a wrapped cell with two commands: %+v", s)
			}
		}
	}
	if len(files) == 61 && (rows != 1083 || suggested != 109 || runnable != 66) {
		t.Errorf("%d rows, %d suggestions, %d of them ready to run; read were 1083, 109, 66", rows, suggested, runnable)
	}
}

func shared(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("PLANCTL_SHARED")
	if dir == "" {
		t.Skip("PLANCTL_SHARED is not set")
	}
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// all is the suggestion of each task of the plan that has one.
func all(p *plan.Plan) map[*plan.Task]*Suggestion {
	out, f := map[*plan.Task]*Suggestion{}, In(p)
	for _, t := range p.Tasks() {
		if s := f.Suggest(t); s != nil {
			out[t] = s
		}
	}
	return out
}
