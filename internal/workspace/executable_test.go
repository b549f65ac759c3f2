package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that nobody may execute is no program: a command of prose that begins with it is shown and not run.
func TestProgramThatIsNotExecutable(t *testing.T) {
	for run, want := range map[string]string{
		"scripts/x.py --a":                        "scripts/x.py",
		"A=1 scripts/x.py --a":                    "scripts/x.py",
		`CUDA_VISIBLE_DEVICES="" scripts/x.py -v`: "scripts/x.py",
		"./x.py --a":                              "x.py",
		"scripts/y.sh --a":                        "", // executable
		"scripts/z.py --a":                        "", // not there
		"python scripts/x.py --a":                 "",
		`A="1 2" scripts/x.py --a`:                "",
		"../x.py --a":                             "",
		"scripts/dir --a":                         "",
	} {
		root := t.TempDir()
		for name, text := range map[string]string{
			".planctl.yaml": "version: 1\n", "scripts/x.py": "print()\n", "x.py": "print()\n", "scripts/y.sh": "#!/bin/sh\n", "scripts/dir/a": "",
			"plans/a.md": "# P\n\n## Phase A\n\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n| A1 | t | [ ] | Run `" + run + "`. |\n",
		} {
			write(t, filepath.Join(root, name), text)
		}
		if err := os.Chmod(filepath.Join(root, "scripts/y.sh"), 0o755); err != nil {
			t.Fatal(err)
		}
		w, err := Open(t.Context(), Options{Dir: root})
		if err != nil {
			t.Fatal(err)
		}
		s := w.Plans[0].Items[0].Suggestion
		if s == nil || s.Runnable != (want == "") || !strings.HasSuffix(s.Why, want) {
			t.Errorf("%s: %+v, want %q", run, s, want)
		}
	}
}
