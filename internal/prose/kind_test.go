package prose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/spec"
)

func TestKind(t *testing.T) {
	for _, c := range []struct {
		phase, task, guidance string
		want                  spec.Kind
	}{
		{"RED: skeleton", "Capture run", "Run `pytest -q`", spec.Red},
		{"GREEN", "Capture run", "Run `pytest -q`", spec.Green},
		{"RED", "Capture GREEN run", "Run `pytest -q`", spec.Green},
		{"Work", "Capture RED run", "Run `pytest -q`", spec.Red},
		{"Work", "Reduce REDUNDANT greens", "Run `pytest -q`", spec.Check},
		{"Green field", "red tape", "Run `pytest -q`", spec.Check},
		{"RED→GREEN", "Capture run", "Run `pytest -q`", spec.Check},
		{"RED", "From RED to GREEN", "Run `pytest -q`", spec.Check},
		{"X", "PRE_RED run", "Run `pytest -q`", spec.Check},
		// what runs no test is neither
		{"RED", "Format", "Run `gofmt -l .`", spec.Check},
		{"GREEN", "Implement", "Run `go vet ./...`", spec.Check},
		{"GREEN", "Keep the GREEN log", "Run `cp green.log logs/`", spec.Check},
		{"GREEN", "Preflight", "Run `A=1 pytest --collect-only -q`", spec.Check},
		{"GREEN", "Install", "Run `uv pip install pytest`", spec.Check},
		{"GREEN", "Types", "Run `python -m mypy .`", spec.Check},
		// test runners, also behind a program that runs another
		{"GREEN", "Go on", "Run `cd sub && go test ./...`", spec.Green},
		{"GREEN", "Go on", "Run `go -C sub test ./...`", spec.Green},
		{"GREEN", "Go on", "Run `timeout 90 env A=1 python3 -m pytest -q`", spec.Green},
		{"GREEN", "Go on", "Run `uv run --frozen pytest -q`", spec.Green},
		{"GREEN", "Go on", "Run `coverage run -m pytest`", spec.Green},
		{"GREEN", "Go on", "Run `cargo +nightly nextest run`", spec.Green},
		{"GREEN", "Go on", "Run `npm run test:unit`", spec.Green},
		{"GREEN", "Go on", "Run `node --test`", spec.Green},
		{"GREEN", "Go on", "Run `ruff check . && pytest -q`", spec.Green},
		{"GREEN", "Go on", "Run `make check`", spec.Green},
		// what cannot be told is one where the row or the command speaks of tests
		{"GREEN", "Regenerate", "Run `python scripts/gen.py --out a`", spec.Check},
		{"GREEN", "Build", "Run `make all`", spec.Check},
		{"GREEN", "Whole suite", "Run `bash t.sh whole`", spec.Green},
		{"GREEN", "Go on", "Run `./run_tests.sh --all`", spec.Green},
		{"GREEN", "Go on", "Run `python tests/test_a.py --all`", spec.Green},
		{"Work", "Capture GREEN run", "Run `bash t.sh whole`", spec.Green},
		// what must fail is a red
		{"Tests (TDD)", "Failing test first", "Run `go test -run T .`; it must fail.", spec.Red},
		{"Tests (TDD)", "Failing test first", "Run `go test -run T .`", spec.Red},
		{"Tests", "Write a failing test for slugs", "Run `go test -run T .`", spec.Red},
		{"Tests", "Author failing pytest test", "Run `pytest -q`", spec.Red},
		{"Work", "Execute targeted pytest (expected FAIL)", "`pytest -q tests/a.py`", spec.Red},
		{"Work", "See", "Run `pytest -q` (must fail)", spec.Red},
		{"Work", "See", "Run `pytest -q`, which must **fail** with NotImplementedError", spec.Red},
		{"Work", "See", "**Run:** `pytest -q`. <br> **Expected:** FAIL", spec.Red},
		{"Work", "See", "Run `pytest -q`; the test should still fail here.", spec.Red},
		{"GREEN", "See", "Run `pytest -q` and expect it to fail", spec.Red},
		{"Work", "See", "Run `sh t.sh -v`; it must fail.", spec.Red},
		{"Tests", "Author failing Lightning regression tests", "Run `pytest -q`", spec.Red},
		{"Tests", "Add failing pytest coverage", "Run `pytest -q`", spec.Red},
		{"Tests", "Author failing bundle loader test", "Run `pytest -q`", spec.Red},
		{"Tests", "Persistence", "Run `pytest -q` (expect RED).", spec.Red},
		{"Tests", "Persistence", "Run `pytest -q`; expected RED", spec.Red},
		{"Tests", "Persistence", "Capture red run via `pytest -q`", spec.Red},
		{"Tests", "Persistence", "Run `pytest -q` and record the RED log", spec.Red},
		{"Tests", "Persistence", "Run `pytest -q` and capture green log `g.log`", spec.Check},
		{"Tests", "Turn RED tests GREEN", "Run `pytest -q`", spec.Green},
		{"Tests", "Persistence", "Run `pytest -q`; never capture a red log", spec.Check},
		{"Author tests (TDD Red Phase)", "Persistence", "Run `pytest -q`", spec.Red},
		{"Tests", "Persistence regression red tests", "Run `pytest -q`", spec.Red},
		{"Tests", "Capture red pytest evidence", "Run `pytest -q`", spec.Red},
		{"Tests", "Turn training tests green", "Run `pytest -q`", spec.Green},
		{"Tests", "Keep it", "Run `git status`; capture red run later", spec.Check},
		{"Tests", "Summarise", "Run `pytest -q`; compare the red log and the green log", spec.Check},
		{"Tests", "Align", "It gave the expected red baseline; rerun `pytest -q`", spec.Check},
		{"Tests", "Expect redirects", "Run `pytest -q`; expect reduced time", spec.Check},
		{"Red Hat", "Green field", "Run `pytest -q`", spec.Check},
		// what is said of something else, or not said
		{"Work", "Reject", "Run `pytest -q`: a bad token must fail.", spec.Check},
		{"Work", "See", "Run `pytest -q`; it must not fail.", spec.Check},
		{"Work", "See", "Run `pytest -q`; none of the tests should fail", spec.Check},
		{"Work", "See", "Run `pytest -q`; if it should fail, stop", spec.Check},
		{"Work", "See", "Run `pytest -x`; it must fail fast", spec.Check},
		{"Work", "See", "Run `pytest -q`; it must fail on bad input", spec.Check},
		{"Work", "See", "Run `pytest -q`; no failures expected", spec.Check},
		{"Work", "See", "Run `pytest -q`; no expected failure.", spec.Check},
		{"Work", "See", "Run `pytest -q`; expected failure reductions", spec.Check},
		{"Work", "See", "Run `pytest -q`; expected FAIL is marked xfail", spec.Check},
		{"Work", "Rerun failing tests", "Run `pytest -q`", spec.Check},
		{"Work", "Fix the failing test", "Run `pytest -q`", spec.Check},
		{"Work", "Classify failing tests", "Run `pytest -q`", spec.Check},
		{"GREEN", "Reproduce failures", "Run `pytest -q`", spec.Green},
		{"Work", "Capture GREEN run", "Run `pytest -q`; before the change it must fail.", spec.Green},
	} {
		p, task := document(fmt.Sprintf("### Phase A — %s\n\n| ID | Task | State | Guidance |\n|--|--|--|--|\n| A1 | %s | [ ] | %s |\n", c.phase, c.task, c.guidance))
		if s := In(p).Suggest(task); s == nil || s.Kind != c.want || !s.Runnable {
			t.Errorf("%s / %s / %s: %+v, want %v", c.phase, c.task, c.guidance, s, c.want)
		}
	}
}

// What is left open is shown and not run.
func TestKindLeftOpen(t *testing.T) {
	for guidance, why := range map[string]string{
		"Run `pytest -q`; it must fail. Afterwards it passes.": "and that it passes",
		"Run `go vet ./...`; it must fail.":                    "it runs no test",
	} {
		p, task := row(guidance)
		if s := In(p).Suggest(task); s == nil || s.Runnable || s.Kind != spec.Check || !strings.Contains(s.Why, why) {
			t.Errorf("%s: %+v, want %q", guidance, s, why)
		}
	}
}
