package prose

import (
	"strings"
	"testing"
)

// A cell of the Command column is run only where it holds nothing but its command.
func TestWordsInTheCommandColumn(t *testing.T) {
	for cell, want := range map[string]string{ // to the words that make it doubtful, "" where it is run
		"`make deploy`":                                    "",
		"Run `make deploy`":                                "",
		"**Run:** `make deploy`.":                          "",
		"✅ `make deploy`":                                  "",
		"1. `make deploy`<br>":                             "",
		"`make deploy` (CPU)":                              "",
		"`make deploy` on the GPU":                         "",
		"`make deploy` → exit 0":                           "",
		"make deploy":                                      "",
		"make -C sub deploy && echo not yet":               "",
		"find . -not -name x":                              "",
		"if [ -f x ]; then make deploy; fi":                "",
		"❌ do not run `make deploy`":                       "❌ do not run",
		"❌ `make deploy`":                                  "❌",
		"`make deploy` — DESTRUCTIVE, ask first":           "DESTRUCTIVE, ask first",
		"`make deploy` (requires approval)":                "requires approval",
		"`make deploy` (on the server)":                    "on the server",
		"`make deploy` in backend/":                        "in backend/",
		"`make deploy` in `backend/`":                      "several commands",
		"`make deploy` `--dry-run`":                        "--dry-run",
		"Run `make deploy` per service":                    "per service",
		"Linux: `make deploy`":                             "Linux",
		"`make deploy` (must fail)":                        "must fail",
		"make deploy — ask first":                          "ask first",
		"make deploy on the server":                        "on the server",
		"make deploy only once":                            "only once",
		"Once approved: `make deploy`":                     "Once approved",
		"`make deploy` " + strings.Repeat("and wait ", 20): "and wait and wait",
	} {
		p, task := document("| ID | Task | State | Guidance | Command |\n|--|--|--|--|--|\n| A1 | Do | [ ] | - | " + cell + " |\n")
		s := In(p).Suggest(task)
		if s == nil || !strings.Contains(s.Run, "deploy") && want != "" || s.Runnable != (want == "") || !strings.Contains(s.Why, want) || len(s.Why) > 160 {
			t.Errorf("%s: %+v, want %q", cell, s, want)
		}
	}
	for cell, want := range map[string]string{"Run `complete-schema.sql` in Supabase": "it is the name of a file", "`schema.sql`": "it is the name of a file", "`curl` commands above": "above"} {
		p, task := document("| ID | Task | State | Command |\n|--|--|--|--|\n| A1 | Do | [ ] | " + cell + " |\n")
		if s := In(p).Suggest(task); s == nil || s.Runnable || !strings.Contains(s.Why, want) {
			t.Errorf("%s: %+v", cell, s)
		}
	}
}
