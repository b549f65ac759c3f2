package prose

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

// row parses a plan of one row with that guidance.
func row(guidance string) (*plan.Plan, *plan.Task) {
	return document("### Phase A — Work\n\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n| A1 | Do it | [ ] | " + guidance + " |\n")
}

func document(text string) (*plan.Plan, *plan.Task) {
	p := plan.Parse("p.md", []byte(text), plan.Tokens{})
	if len(p.Tasks()) == 0 {
		return p, nil
	}
	return p, p.Tasks()[0]
}

func TestGuidance(t *testing.T) {
	const py = "pytest tests/a.py -vv"
	for _, c := range []struct {
		cell, run, why string // run "": no suggestion
		others         int
	}{
		// verbs and labels
		{"Run `pytest tests/a.py -vv`.", py, "", 0},
		{"Execute `pytest tests/a.py -vv`", py, "", 0},
		{"✅ 2025-10-19 — Executed `pytest tests/a.py -vv` and stored the log at `reports/x/red.log`.", py, "", 0},
		{"Executed: `pytest tests/a.py -vv`", py, "", 0},
		{"Re-run `pytest tests/a.py -vv` after it", py, "", 0},
		{"later rerun `pytest tests/a.py -vv`", py, "", 0},
		{"**Run:** `pytest tests/a.py -vv`", py, "", 0},
		{"**Why:** so. <br> **Command:** `pytest tests/a.py -vv`. <br> **Expected:** green", py, "", 0},
		{"Run the following command: `pytest tests/a.py -vv`", py, "", 0},
		{"Run ``pytest tests/a.py -vv``", py, "", 0},
		{"Execute `./loop.sh` in a safe place", "./loop.sh", "", 0},
		{"Run `make`", "make", "", 0},
		{"Run `black .`", "black .", "", 0},
		{"Run `nb-compare --roi 1 2`", "nb-compare --roi 1 2", "", 0},
		{"Run `scripts/check.py --all`", "scripts/check.py --all", "", 0},
		{"Run `go test ./...`", "go test ./...", "", 0},
		{"Run `cd sub && go test ./pkg/... -run 'A\\|B'`", "cd sub && go test ./pkg/... -run 'A|B'", "", 0},
		{"Run `git diff a^ -- x.c \\| head`", "git diff a^ -- x.c | head", "", 0},
		// an order, with what it runs behind a colon
		{"Re-run targeted selectors: `pytest tests/a.py -vv` (new cases)", py, "", 0},
		{"Keep it. Run new selectors and those of `do_stitching=True`: `pytest tests/a.py -vv`. Store it", py, "", 0},
		{"Execute training with new flags: `python -m t.train --data <path> --out /tmp/x`. Verify it.", "python -m t.train --data <path> --out /tmp/x", "placeholder, <path>", 0},
		{"Run documented commands:<br>`python -m a --x`<br>`python -m b --y`<br>Store logs", "python -m a --x", "several commands", 1},
		{"✅ 2025-10-19: Replayed factory selector: `pytest tests/a.py -vv`", py, "", 0},
		// a deed done by a command
		{"Capture the run via `pytest tests/a.py -vv \\| tee reports/<TS>/red.log`.", py, "", 0},
		{"Edit it; validate it via `pytest tests/a.py -vv`", py, "", 0},
		{"Verify tests with `pytest tests/a.py -vv`", py, "", 0},
		// not this row's commands
		{"Run `pytest tests/a.py -vv` (requires `pip install -e .[torch]`).", py, "", 0},
		{"Run `pytest tests/a.py -vv`, which needs `git lfs pull`", py, "", 0},
		{"Run the parity of these shapes: `tool --a 1`", "", "", 0},
		{"Do not run the whole of it: `pytest tests/a.py -vv`", "", "", 0},
		{"The run log holds three words: `git status -s`", "", "", 0},
		{"Confirm exit via `echo $?` and collection via `scripts/x.py`", "", "", 0},
		{"Traced it, validated via `pytest tests/a.py -vv` (677 collected)", "", "", 0},
		{"To be validated: verify it later via `pytest tests/a.py -vv`", py, "", 0},
		{"Cannot be validated via `pytest tests/a.py -vv`", "", "", 0},
		// several, in brackets behind what they are
		{"Run targeted selectors (`pytest tests/a.py -vv`, `pytest tests/b.py`) without it.", py, "several commands", 1},
		{"Run the full suite (`pytest tests/a.py -vv`)", py, "", 0},
		{"Run the existing tests `pytest tests/a.py -vv`", py, "", 0},
		// where and with what
		{"In `sub/dir` run `pytest tests/a.py -vv`.", py, "in sub/dir", 0},
		{"From `pkg/`: run `pytest tests/a.py -vv`.", py, "in pkg/", 0},
		{"Run `pytest tests/a.py -vv` from `golden/`.", py, "in golden/", 0},
		{"Run `pytest tests/a.py -vv` inside the `sub/dir` folder", py, "in sub/dir", 0},
		{"Run `cd sub/dir && pytest tests/a.py -vv` in `sub/dir`", "cd sub/dir && " + py, "", 0},
		{"Run `pytest tests/a.py -vv` in `strict` mode", py, "", 0},
		{"Run `pytest tests/a.py -vv` in `docs/a.md` style", py, "", 0},
		{"Run `pytest tests/a.py -vv`; keep the log in `reports/x/`", py, "", 0},
		{"Run `pytest tests/a.py -vv` and store it in `reports/x/`", py, "", 0},
		{"See notes in `docs/x/`. Run `pytest tests/a.py -vv`", py, "", 0},
		{"Run `pytest tests/a.py -vv` with `CUDA_VISIBLE_DEVICES=\"\"`.", py, "with CUDA_VISIBLE_DEVICES=", 0},
		{"Set `A_B=1` and run `pytest tests/a.py -vv`.", py, "with A_B=1", 0},
		{"Export `A_B=1`, then run `pytest tests/a.py -vv`.", py, "with A_B=1", 0},
		{"Run `A_B=1 pytest tests/a.py -vv` with `A_B=1`.", "A_B=1 " + py, "", 0},
		{"Run `pytest tests/a.py -vv`. Compare with `A_B=1` (eager)", py, "", 0},
		// in plain words
		{"Run `pytest tests/a.py -vv` inside the docker container.", py, "run it inside the docker container: write its spec", 0},
		{"Run `pytest tests/a.py -vv` (in a fresh clone)", py, "in a fresh clone", 0},
		{"Run `pytest tests/a.py -vv` on the GPU node.", py, "on the GPU node", 0},
		{"Run `pytest tests/a.py -vv` on every node of it", py, "on every node", 0},
		{"On the build machine, run `pytest tests/a.py -vv`.", py, "On the build machine", 0},
		{"Edit it. Inside the container: re-run the tests `pytest tests/a.py -vv`", py, "Inside the container", 0},
		{"Run `pytest tests/a.py -vv` twice and compare.", py, "run it twice: write its spec", 0},
		{"Run `pytest tests/a.py -vv` 10× in a row", py, "run it 10×", 0},
		{"Run `pytest tests/a.py -vv` (three times)", py, "run it three times", 0},
		{"Run `pytest tests/a.py -vv` (both with and without `--cuda`).", py, "both with and without --cuda", 0},
		{"Run `pytest tests/a.py -vv` with and without PyTorch", py, "run it with and without: write", 0},
		{"Run `pytest tests/a.py -vv` on CPU and GPU (if available).", py, "", 0},
		{"Run `pytest tests/a.py -vv` for each seed", py, "for each seed", 0},
		{"Run `docker run img pytest -vv` inside the docker container.", "docker run img pytest -vv", "", 0},
		{"Run `srun pytest tests/a.py -vv` on the GPU node.", "srun pytest tests/a.py -vv", "", 0},
		{"Run `for i in 1 2; do pytest -q; done` twice", "for i in 1 2; do pytest -q; done", "", 0},
		{"Run `pytest tests/a.py -vv` on the new branch and in the end on the host", py, "", 0},
		{"Run `pytest tests/a.py -vv` in a safe place", py, "", 0},
		{"Run `pytest tests/a.py -vv`. In the container nothing changes", py, "", 0},
		{"It failed on the GPU node; run `pytest tests/a.py -vv`", py, "", 0},
		{"Run `pytest tests/a.py -vv` on CPU", py, "", 0},
		{"Run `pytest tests/a.py -vv` 2xx", py, "", 0},
		// assignments before a program
		{"`CUDA_VISIBLE_DEVICES=\"\" pytest tests/a.py -vv` output is kept", `CUDA_VISIBLE_DEVICES="" ` + py, "", 0},
		{"Selector `env A=1 B=2 pytest tests/a.py -vv` now passes", "env A=1 B=2 " + py, "", 0},
		{"`/usr/bin/time -v timeout 90 env A=1 pytest tests/a.py -vv`", "/usr/bin/time -v timeout 90 env A=1 " + py, "", 0},
		// a cell that begins with a command
		{"`pytest tests/a.py -vv` on CPU", py, "", 0},
		{"✅ `pytest tests/a.py -vv`", py, "", 0},
		// no commands
		{"Inspect `training_output_dir` and `inference_output_dir`.", "", "", 0},
		{"Update `tests/test_a.py` and `docs/fix_plan.md`; mark `[x]`.", "", "", 0},
		{"Run the existing `test_simple_cubic`", "", "", 0},
		{"Run `gradcheck`", "", "", 0},
		{"Re-run `scripts/validation/compare.py` on the bundle", "", "", 0},
		{"Execute 10-command ladder from `plans/active/triage.md`", "", "", 0},
		{"executed all ten (`commands.txt`)", "", "", 0},
		{"runs `torch.autograd.gradcheck`; shape `(S, F, 3)`; `sincg(torch.pi * h, Na)`", "", "", 0},
		{"rerun with `timeout 3600`; slow under `/usr/bin/time -v`", "", "", 0},
		{"Compare with `NB_DISABLE_COMPILE=1` (eager)", "", "", 0},
		{"Verify `S = h*a_star + k*b_star` and `x=1`", "", "", 0},
		{"Repeat with `--device cuda`; run `--dtype float64`", "", "", 0},
		{"`git status`", "git status", "", 0},
		{"Confirm `git status` is clean, see `pytest -k gather -v`", "", "", 0},
		{"Helper raises `NotImplementedError(\"no (C1 stub)\")` in `run()`", "", "", 0},
		{"Do not run `pytest tests/a.py -vv` here", "", "", 0},
		{"Don't run `pytest tests/a.py -vv`", "", "", 0},
		{"Change `ci.yml` to run `pytest tests/a.py -vv`", "", "", 0},
		{"Modify it to: (1) run `git pull --rebase` first", "", "", 0},
		{"Run \\`pytest tests/a.py -vv\\`", "", "", 0},
		{"Run `pytest tests/a.py", "", "", 0},
		{"", "", "", 0},
		// shown, not run
		{"Run `black .` and `ruff . --fix`", "black .", "several commands", 1},
		{"Run `pytest tests/a.py -vv`, then `pytest tests/b.py`", py, "several commands", 1},
		{"Run `pytest tests/a.py -vv`. Confirm `git status --short`", py, "several commands", 1},
		{"Run `pytest tests/a.py -vv`; again `pytest tests/a.py -vv`", py, "", 0},
		{"Run `pytest tests/a.py -vv`; capture via `tee a.log`, exit by `echo $?`", py, "", 0},
		{"Run `tool --pixel <hot_pixel>`", "tool --pixel <hot_pixel>", "placeholder, <hot_pixel>", 0},
		{"Run `tool --out reports/<date>-x/`", "tool --out reports/<date>-x/", "placeholder, <date>", 0},
		{"Run `pytest … -vv`", "pytest … -vv", "placeholder, …", 0},
		{"Run `pytest ...`", "pytest ...", "placeholder, ...", 0},
		{"Run `A=... pytest tests/a.py`", "A=... pytest tests/a.py", "placeholder", 0},
		{"Run `tool --a 1 -- [command args]`", "tool --a 1 -- [command args]", "placeholder, [command args]", 0},
		{"Run `tool --out reports/<TS>/x`", "tool --out reports/<TS>/x", "", 0},
		{"Run `tool --out <STAMP>/<ISO8601>`", "tool --out <STAMP>/<ISO8601>", "", 0},
		{"Run `tool --out reports/$STAMP/x`", "tool --out reports/$STAMP/x", "variable STAMP", 0},
		{"Run `A=x tool --a $A`", "A=x tool --a $A", "variable A", 0},
		{"Run `A=x; tool --a $A`", "A=x; tool --a $A", "", 0},
		{"Run `tool --a ${A:-x} $HOME $PLANCTL_DIR`", "tool --a ${A:-x} $HOME $PLANCTL_DIR", "", 0},
		{"Run `for f in a b; do tool --a $f; done`", "for f in a b; do tool --a $f; done", "", 0},
		{"Run `awk '{print $1}' a.txt`", "awk '{print $1}' a.txt", "", 0},
		{"`STAMP=$(date -u +%Y)`; then go on", "STAMP=$(date -u +%Y)", "only sets a variable", 0},
		{"Run `export A=1`", "export A=1", "only sets a variable", 0},
		{"Run `pytest -k \"a`", "pytest -k \"a", "bash cannot read it", 0},
		{"If it differs, run `git rebase --abort`", "git rebase --abort", "condition", 0},
		{"Run:\n  - `pytest tests/a.py -vv`\n  - `pytest tests/b.py`\n Keep logs", py, "several commands", 1},
	} {
		p, task := row(c.cell)
		if task == nil {
			t.Fatalf("%q: no row", c.cell)
		}
		s := In(p).Suggest(task)
		if s == nil {
			if c.run != "" {
				t.Errorf("%q: nothing found, want %q", c.cell, c.run)
			}
			continue
		}
		if s.Run != c.run || !strings.Contains(s.Why, c.why) || (s.Why == "") != (c.why == "") || s.Runnable != (c.why == "") || len(s.Others) != c.others {
			t.Errorf("%q:\n got %q %v why %q others %q\nwant %q why %q", c.cell, s.Run, s.Runnable, s.Why, s.Others, c.run, c.why)
		}
		if s.Source != "guidance" || s.Kind != spec.Check || s.File != "p.md" {
			t.Errorf("%q: %+v", c.cell, s)
		}
		line := strings.Split(string(p.Source), "\n")[s.Line-1]
		if at := string([]rune(line)[s.Col-1:]); !strings.HasPrefix(strings.ReplaceAll(at, `\|`, "|"), c.run) {
			t.Errorf("%q: %d:%d is %q", c.cell, s.Line, s.Col, at)
		}
	}
}

// A row that asks for another row's run beside its own command leaves it to a person what to run.
func TestAnotherRowsRun(t *testing.T) {
	const head = "### Phase A — Work\n\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n| B3 | Do it | [ ] | "
	for cell, why := range map[string]string{
		"Once it holds, rerun selector from B1 and execute smoke `A=1 python -m t --x`": "its row asks for the run of B1, too",
		"Rerun the selector from C9, then execute `A=1 python -m t --x`":                "",
		"Rerun the tests of B3 and execute `A=1 python -m t --x`":                       "",
	} {
		p, task := document(head + cell + " |\n| B1 | x | [ ] | |\n")
		if s := In(p).Suggest(task); s == nil || s.Run != "A=1 python -m t --x" || s.Why != why || s.Runnable != (why == "") {
			t.Errorf("%s: %+v, want %q", cell, s, why)
		}
	}
}

func TestTee(t *testing.T) {
	for _, c := range []struct{ in, run, log string }{
		{"pytest -q | tee a.log", "pytest -q", "a.log"},
		{"pytest -q 2>&1 | tee a.log", "pytest -q", "a.log"},
		{"pytest -q |& tee -a out/a.log", "pytest -q", "a.log"},
		{"pytest -q 2>&1 | tee --append reports/<TS>/red_<TS>.log", "pytest -q", "red_<TS>.log"},
		{"pytest -q | tee \"$DIR/a.log\"", "pytest -q", "a.log"},
		{"pytest -q | tee .../x/a.log", "pytest -q", "a.log"},
		{"pytest -q | tee reports/<date>/a.log", "pytest -q", "a.log"},
		{"pytest -q | tee $LOG", "pytest -q", ""},
		{"pytest -q | tee <log>", "pytest -q", ""},
		{"pytest -q | tee a.log > /dev/null", "pytest -q", "a.log"},
		{"pytest -q | tee out/summary.md", "pytest -q", ""},
		{"a -x && pytest -q | tee a.log", "a -x && pytest -q", "a.log"},
		{"pytest -q | tee a.log b.log", "pytest -q | tee a.log b.log", ""},
		{"pytest -q | tee a.log | tail -5", "pytest -q | tee a.log | tail -5", ""},
		{"pytest -q | tee a.log > b.log", "pytest -q | tee a.log > b.log", ""},
		{"pytest -q 2>err.log | tee a.log", "pytest -q 2>err.log", "a.log"},
		{"pytest -q > a.log 2>&1", "pytest -q > a.log 2>&1", ""},
	} {
		p, task := row("Run `" + strings.ReplaceAll(c.in, "|", `\|`) + "`")
		s := In(p).Suggest(task)
		if s == nil || s.Run != c.run || s.Log != c.log || !s.Runnable {
			t.Errorf("%s: %+v\nwant %q %q", c.in, s, c.run, c.log)
		}
	}
	// A bar that nobody escaped is read as the person meant it.
	p, task := row("Run `pytest -q | tee a.log`")
	if s := In(p).Suggest(task); s == nil || s.Run != "pytest -q" || s.Log != "a.log" {
		t.Errorf("%+v", s)
	}
}

func TestCommandColumn(t *testing.T) {
	for cell, want := range map[string]string{
		"`pytest -q`": "pytest -q", "pytest -q tests/a.py": "pytest -q tests/a.py", "`make`": "make", "`scripts/check.sh`": "scripts/check.sh",
		"—": "", "": "", "n/a": "", "manual": "", "see docs": "", "`--all`": "", "`pytest a.py` or `pytest b.py`": "pytest a.py",
	} {
		p, task := document("| ID | Task | State | Guidance | Command |\n|--|--|--|--|--|\n| A1 | Do | [ ] | Run `make other` | " + cell + " |\n")
		s := In(p).Suggest(task)
		if want == "" {
			if s == nil || s.Run != "make other" || s.Source != "guidance" {
				t.Errorf("%q: %+v, want the guidance's", cell, s)
			}
			continue
		}
		if s == nil || s.Run != want || s.Source != "Command column" || s.Runnable != !strings.Contains(cell, " or ") {
			t.Errorf("%q: %+v", cell, s)
		}
	}
}

const referencePlan = `### Phase C1 — RED: skeleton

| ID | Task | State | Guidance |
| --- | --- | --- | --- |
| C1.A | Draft the module | [ ] | Converted ` + "`tests/a.py`" + ` |
| C1.B | Introduce RED stub | [ ] | Raises ` + "`NotImplementedError`" + ` |
| C1.D | Capture RED run | [ ] | Keep the log. |
| C1.E | Document RED run | [ ] | In ` + "`notes.md`" + ` |

### Phase C2 — GREEN: helper

| ID | Task | State | Guidance |
| --- | --- | --- | --- |
| C2.A | Implement it | [ ] | - |
| C2.D | Capture GREEN run | [ ] | - |
| C2.E | Run full regression | [ ] | - |
| C2.F | Lint | [ ] | - |
| C2.G | Run smoke tests | [ ] | - |
| C2.H | Run the audit | [ ] | - |

## Command Reference
- RED run selector: ` + "`A=\"\" pytest tests/a.py::t -vv | tee red.log`" + `
- GREEN run selector: same as above (post implementation)
- Full regression (optional, post-change): ` + "`pytest tests -vv`" + `
- C2.F: ` + "`ruff check .`" + `
- Smoke tests: ` + "`pytest -k <name>`" + `
- Audit: same as Full regression
- Logs must be captured via ` + "`tee`" + ` or redirection.
`

func TestReference(t *testing.T) {
	p, _ := document(referencePlan)
	type want struct {
		run, source string
		kind        spec.Kind
		line        int
		runnable    bool
	}
	red := `A="" pytest tests/a.py::t -vv`
	wants := map[string]want{
		"C1.D": {red, "Command Reference: RED run selector", spec.Red, 22, true},
		"C2.D": {red, "Command Reference: GREEN run selector", spec.Green, 23, true},
		"C2.E": {"pytest tests -vv", "Command Reference: Full regression (optional, post-change)", spec.Green, 24, true},
		"C2.F": {"ruff check .", "Command Reference: C2.F", spec.Check, 25, true},
		"C2.G": {"pytest -k <name>", "Command Reference: Smoke tests", spec.Green, 26, false},
		"C2.H": {"pytest tests -vv", "Command Reference: Audit", spec.Green, 27, true},
	}
	byTask := all(p)
	for _, task := range p.Tasks() {
		s, w := In(p).Suggest(task), wants[task.ID]
		if (s == nil) != (byTask[task] == nil) || s != nil && byTask[task].Run != s.Run {
			t.Errorf("%s: All and Suggest differ", task.ID)
		}
		if s == nil {
			if w.run != "" {
				t.Errorf("%s: nothing found", task.ID)
			}
			continue
		}
		if got := (want{s.Run, s.Source, s.Kind, s.Line, s.Runnable}); got != w {
			t.Errorf("%s:\n got %+v\nwant %+v", task.ID, got, w)
		}
		if task.ID == "C1.D" && s.Log != "red.log" {
			t.Errorf("log %q", s.Log)
		}
	}
}

func TestDescriptionWhereThereIsNoGuidance(t *testing.T) {
	p, task := document("| ID | Task | State |\n|--|--|--|\n| A1 | Run `pytest -q` | [ ] |\n")
	if s := In(p).Suggest(task); s == nil || s.Run != "pytest -q" || s.Source != "description" {
		t.Errorf("%+v", s)
	}
}

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
	if len(files) == 61 && (rows != 1083 || suggested != 109 || runnable != 75) {
		t.Errorf("%d rows, %d suggestions, %d of them ready to run; read were 1083, 109, 75", rows, suggested, runnable)
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

// A plan with a row for each entry of its Command Reference is read in time that goes with its length: a count of
// allocations says so on any machine.
func TestReferencesAreReadOnce(t *testing.T) {
	allocs := func(n int) float64 {
		var rows, entries strings.Builder
		for i := range n {
			fmt.Fprintf(&rows, "| A%d | Run it | [ ] |\n", i)
			fmt.Fprintf(&entries, "- A%d: `pytest -q tests/t%d.py`\n", i, i)
		}
		p := plan.Parse("p.md", []byte("## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n"+rows.String()+"\n## Command Reference\n"+entries.String()), plan.Tokens{})
		if found := all(p); len(found) != n || found[p.Task("A7")].Run != "pytest -q tests/t7.py" {
			t.Fatalf("%d of %d rows have a command", len(found), n)
		}
		return testing.AllocsPerRun(2, func() { all(p) })
	}
	if a, b := allocs(50), allocs(100); b > 2.3*a {
		t.Errorf("50 rows and entries take %.0f allocations, 100 take %.0f", a, b)
	}
}

// hostile is the cells that read the same text again and again.
func hostile() map[string]string {
	return map[string]string{
		"spans": "Run `pytest -q` and ", "ticks": "`` ` ``` ", "verbs": "run run run ", "words": "`a b` ", "mentions": "`git status` ", "env": "`A=1 x` ", "open": "Run `x (((( ",
	}
}

// Cells of any size and depth are read to their end. BenchmarkHostile shows the time.
func TestHostile(t *testing.T) {
	for name, unit := range hostile() {
		p, task := row(strings.Repeat(unit, 100_000/len(unit)))
		if s := In(p).Suggest(task); s != nil && s.Runnable && len(s.Run) > maxScript {
			t.Errorf("%s: a command of %d bytes is ready to run", name, len(s.Run))
		}
	}
	deep := strings.Repeat("$(", maxScript/2-10)
	p, task := row("Run `pytest " + deep + "`, `" + strings.Repeat("(", maxScript-10) + "` and `" + strings.Repeat("pytest -q ", maxScript) + "`")
	if s := In(p).Suggest(task); s != nil && s.Runnable {
		t.Errorf("%.80q", s.Run)
	}
}

// BenchmarkHostile shows that time goes with length: MB/s of a cell is the same at every size.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range hostile() {
		for _, size := range []int{25_000, 50_000, 100_000} {
			p, task := row(strings.Repeat(unit, size/len(unit)))
			b.Run(fmt.Sprintf("%s/%dkB", name, size/1000), func(b *testing.B) {
				b.SetBytes(int64(size))
				for b.Loop() {
					In(p).Suggest(task)
				}
			})
		}
	}
}

func FuzzSuggest(f *testing.F) {
	for _, s := range []string{"Run `pytest -q | tee a.log`", "`A=1 b`", "Run `<TS> $X …`", "`` ` ``", "Executed `a\\|b` (or `c -d`)", "Run:\n - `x -y`\n - `z`", "Run `cat <<E`", "Command: `for((;;))`", "Run `a 2>&1 |& tee -a \"$x/y\"`", "Run `é\xff -x`"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		for _, text := range []string{
			"| ID | Task | State | Guidance | Command |\n|--|--|--|--|--|\n| A1 | Run RED | [ ] | " + cell + " | " + cell + " |\n\n## Command Reference\n- RED run: " + cell + "\n- GREEN: same as above\n",
			"| ID | Task | State |\n|--|--|--|\n| A1 | " + cell + " | [ ] |\n",
		} {
			p := plan.Parse("p.md", []byte(text), plan.Tokens{})
			for _, s := range all(p) {
				if s.Run == "" || s.Runnable == (s.Why != "") || s.Line < 1 || s.Line > p.Index.Lines() || s.Col < 1 {
					t.Fatalf("%+v", s)
				}
				if s.Runnable && (!utf8.ValidString(s.Run) || strings.ContainsAny(s.Run, "\x00\x1b\r")) {
					t.Fatalf("ready to run: %q", s.Run)
				}
				if s.Log != "" && spec.LogProblem(s.Log) != "" {
					t.Fatalf("log %q", s.Log)
				}
				if s.Runnable { // what bind writes reads back as the same spec
					want := spec.FromCommand("A1", s.Run, s.Kind)
					got := spec.Decode(spec.Source{Text: spec.Marshal(want), Line: 1}).Tasks["A1"]
					a, _ := spec.Digest(want.Value())
					if b, _ := spec.Digest(got.Value()); a != b || a == "" {
						t.Fatalf("%q reads back as %q", want.Run, got.Run)
					}
				}
			}
		}
	})
}
