package prose

import (
	"strings"
	"testing"

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
