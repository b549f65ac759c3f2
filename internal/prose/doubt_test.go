package prose

import (
	"strings"
	"testing"
)

// An order that the row's words leave in doubt is shown with them, and what they leave plain is run.
func TestDoubt(t *testing.T) {
	const condition = "on a condition only, “"
	for cell, want := range map[string]string{ // # stands for the command; to a part of the reason, "" where it is run
		// a command that sets variables is ordered like any other
		"Must not be run: `A=1 #`":                       "Must not be run",
		"NEVER `A=1 #`":                                  "NEVER",
		"Instead of `A=1 #` use the UI":                  "Instead of",
		"`A=1 #` is forbidden here":                      "forbidden here",
		"Add `A=1 #` to `ci.yml`":                        "Add",
		"Document `A=1 #` in README":                     "Document",
		"Do not run `A=1 #`":                             "Do not run",
		"Change `ci.yml` to run `A=1 #`":                 "to run",
		"The evidence of it (`A=1 #` → 19 FAILED on it)": "The evidence of it",
		"Rollback: `A=1 #`":                              "Rollback",
		"If it fails: `A=1 #`":                           condition + "If it fails",
		"`A=1 #`":                                        "",
		"Attempt #7 — `A=1 #`; 49 failures":              "",
		"✅ 2025-10-10 (Attempt #5) — `A=1 #` produced 128 of them": "",
		"The guard was wired; its selector `A=1 #` now passes":     "",
		"Collect-only selector: `A=1 #`.":                          "",
		"Edit it. Capture `A=1 #` under `logs/`":                   "",
		"Verify `A=1 #` passes":                                    "",
		"Use `A=1 #` for it":                                       "",
		"Run parity suite (`A=1 #`)":                               "",
		"Mend it, then execute smoke `A=1 #`":                      "",
		"Smoke test (`A=1 #`)":                                     "",
		"Update the fixtures via `A=1 #`":                          "",
		"Do not update the fixtures via `A=1 #`":                   "Do not update",
		"Fix smoke test (`A=1 #`)":                                 "Fix smoke test",
		"Record the results of `A=1 #` in notes":                   "Record the results of",
		"Check e.g. `A=1 #`":                                       "e.g",
		"Requires `A=1 #`":                                         "Requires",
		// behind the command
		"Run `#`?":                                       "?",
		"Should we run `#` today?":                       "today?",
		"Run `#` (skip on CI)":                           "skip on CI",
		"Run `#` (skipped)":                              "skipped",
		"Run `#` [blocked]":                              "blocked",
		"Run `#` (deferred)":                             "deferred",
		"Run `#` — no longer needed":                     "no longer needed",
		"Run `#` — waiting for CI":                       "waiting for CI",
		"TODO: run `#` tomorrow":                         "tomorrow",
		"Run `#` at the end of phase C":                  "at the end of phase C",
		"Run `#` as root":                                "as root",
		"Run `#` with sudo":                              "with sudo",
		"Run `#` with Python 3.12":                       "run it with Python 3.12",
		"Run `#` in your fork":                           "in your fork",
		"Command: `#` (example)":                         "example",
		"`#` is what CI runs":                            "is what CI runs",
		"\"Run `#`\" in README is stale":                 "Run",
		"Run `#` — DO NOT run this before Friday":        "DO NOT run this before Friday",
		"Run `#` (NOT on production)":                    "NOT on production",
		"Run `#`. Not on production.":                    "Not on production",
		"Run `#` only after sign-off":                    condition + "only after sign-off",
		"Run `#` against it, only after sign-off":        "only after sign-off",
		"Run `#`, but only once approved":                condition + "but only once approved",
		"Run `#` once approved":                          condition + "once approved",
		"Run `#` when CI is green":                       condition + "when CI is green",
		"Run `#` if the tests fail":                      condition + "if the tests fail",
		"Run `#` after C2.D":                             condition + "after C2.D",
		"Run `#` until Friday":                           condition + "until Friday",
		"Run `#` to production":                          "to production",
		"Run `#` (requires approval)":                    "requires approval",
		"Run `#`. Requires the owner's approval.":        "Requires the owner's approval",
		"Run `#`. It requires owner approval.":           "requires owner approval",
		"Run `#` — DESTRUCTIVE, ask first":               "DESTRUCTIVE, ask first",
		"Run `#`; never run it twice":                    "never run it",
		"Run `#`. Later: do not run this again":          "do not run this again",
		"Run `#` by hand":                                "by hand",
		"Run `#`, which is deprecated":                   "deprecated",
		"Run `#` <!-- do not run this before Friday -->": "do not run this before Friday",
		"`#` only on the release branch":                 "only on the release branch",
		"Run `#` per service":                            "per service",
		"Run `#` nightly":                                "nightly",
		"Run `#` on `build-7` in container `dev_1`":      "run it on build-7",
		"Run `#` in container `dev_1`":                   "run it in container dev_1",
		"On `build-7`, run `#`":                          "run it on build-7",
		"Run `#` in Docker":                              "run it in Docker",
		"Run `#` on backend/ and frontends":              "run it on backend/",
		"Run `#` from the backend directory":             "from the backend directory",
		// before it
		"When approved, run `#`":                     condition + "When approved, run",
		"Once CI is green, run `#`":                  condition + "Once CI is green",
		"After v1.2 lands, run `#`":                  condition + "After v1.2 lands",
		"Edit it; as soon as it is merged run `#`":   condition + "as soon as it is merged",
		"Rerun the command after the merge fix: `#`": condition + "after the merge fix",
		"Have the DBA run `#`":                       "Have the DBA run",
		"CI should run `#`":                          "CI should run",
		"Someone ran `#` by mistake; revert":         "Someone ran",
		"It was executed `#` by mistake":             "by mistake",
		"Do not under any circumstances run `#`":     "Do not under any circumstances run",
		"Rollback command: `#`":                      "says “Rollback”",
		"For example, run `#`":                       "example",
		"Wait for the training. Then run `#`":        "Wait for the training",
		"At release time, run `#`":                   condition + "At release time",
		"On Friday run `#`":                          condition + "On Friday",
		"Previously we ran `#`":                      "Previously we ran",
		"Maybe run `#`":                              "Maybe",
		"(Optional) Run `#`":                         "Optional",
		"Not now; else run `#`":                      "else",
		"README says: run `#`":                       "README says",
		"The script should run `#`":                  "The script should run",
		"Error when you run `#`":                     "when you run",
		"The agent then ran `#` and broke it":        "The agent then ran",
		// plain
		"You should run `#`.":                                 "",
		"After implementing it, run `#`":                      "",
		"Run `#` and make sure nothing fails":                 "",
		"Run `#` as part of verification for each file":       "",
		"Run `#`. Document it. No GPL in production deps.":    "",
		"Run `#`; do not proceed until green":                 "",
		"Run `#` in CPU mode":                                 "",
		"Run `#` with coverage":                               "",
		"Run `#` against the new fixtures":                    "",
		"Run `#`. Requires the fixtures of A1.":               "",
		"Run `#` to regenerate the production fixtures":       "",
		"Run `#` and, once green, commit":                     "",
		"Run `#` (add test if absent) to confirm it":          "",
		"Run `#` (CPU + CUDA when available)":                 "",
		"Run `#` once.":                                       "",
		"Run `#` once to warm it":                             "",
		"Run `#` until green":                                 "",
		"Run `#` after it":                                    "",
		"Run `#` after the change.":                           "",
		"Run `#`; it must not fail":                           "",
		"Run `#` (not the full suite)":                        "",
		"Run `#` only on CPU":                                 "",
		"Run `#` before committing":                           "",
		"Run `#` per the runbook":                             "",
		"Run `#` from the repository root":                    "",
		"Run `#`, store it in reports/x/":                     "",
		"Run `#` to ensure that it is only set when approved": "",
		"Run `#` and never look back":                         "",
		"Run `#`. If it fails, note it.":                      "",
		"Run `#`. Only then commit":                           "",
		"Run `#`; after that, push":                           "",
		"After editing, run `#`":                              "",
		"When done, run `#`":                                  "",
		"Do not edit it; run `#`":                             "",
		"Do not edit it, and run `#`":                         "",
		"After the fix, executed `#`":                         "",
		"Run `#`. Do not run the full suite.":                 "",
		"Compare both when cold; run `#`":                     "",
		"Run `#`; `A=1` is set once it starts":                "",
		"~~Do not run this~~ Run `#`":                         "",
		"Run `docker exec dev #` in container `dev`":          "",
	} {
		p, task := row(strings.ReplaceAll(cell, "#", "make deploy -k"))
		s := In(p).Suggest(task)
		if s == nil || !strings.HasSuffix(s.Run, "make deploy -k") || s.Runnable != (want == "") || !strings.Contains(s.Why, want) || len(s.Others) > 0 {
			t.Errorf("%s: %+v, want %q", cell, s, want)
		}
	}
	for entry, want := range map[string]string{
		"- A1: `make deploy -k` (NOT on production)": "NOT on production", "- A1 (do not run this): `make deploy -k`": "do not run this", "- A1: `make deploy -k` inside the docker container": "inside the docker container",
		"- A1 (optional): `make deploy -k`": "", "- A1:\n\n  ```sh\n  make deploy -k\n  ```": "",
	} {
		p, task := document("| ID | Task | State |\n|--|--|--|\n| A1 | Do | [ ] |\n\n## Command Reference\n" + entry + "\n")
		if s := In(p).Suggest(task); s == nil || s.Runnable != (want == "") || !strings.Contains(s.Why, want) {
			t.Errorf("%s: %+v, want %q", entry, s, want)
		}
	}
	p, task := row(strings.Repeat("Run `make deploy`. ", maxOrders+1))
	if s := In(p).Suggest(task); s == nil || s.Runnable || !strings.Contains(s.Why, "more often") {
		t.Errorf("%+v", s)
	}
	p, task = document("| ID | Task | State | Guidance |\n|--|--|--|--|\n| A1 | Deploy (requires approval) | [ ] | Run `make deploy` |\n")
	if s := In(p).Suggest(task); s == nil || s.Runnable || !strings.Contains(s.Why, "requires approval") {
		t.Errorf("%+v", s)
	}
}
