package workspace

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
)

// tree writes files below a new directory and gives its path, links resolved.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		write(t, filepath.Join(root, filepath.FromSlash(name)), text)
	}
	return root
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func open(t testing.TB, dir string) *Workspace {
	t.Helper()
	w, err := Open(context.Background(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// openFiles is a workspace of the files, with an empty config so that no repository around the test matters.
func openFiles(t testing.TB, files map[string]string) *Workspace {
	t.Helper()
	if _, ok := files[ConfigName]; !ok {
		files[ConfigName] = "version: 1\n"
	}
	return open(t, tree(t, files))
}

func planPaths(w *Workspace) string {
	var out []string
	for _, p := range w.Plans {
		out = append(out, p.Path)
	}
	return strings.Join(out, " ")
}

// table is a checklist with the rows "ID TOKEN".
func table(rows ...string) string {
	var b strings.Builder
	b.WriteString("| ID | Task Description | State | How/Why & Guidance |\n| --- | --- | --- | --- |\n")
	for _, r := range rows {
		id, token, ok := strings.Cut(r, " ")
		if !ok {
			token = "[ ]"
		}
		b.WriteString("| " + id + " | Do " + id + " | " + token + " | as told |\n")
	}
	return b.String()
}

// phased is a plan with an Initiative line and the phases.
func phased(initiative string, phases ...string) string {
	s := "# A plan\n\n## Context\n"
	if initiative != "" {
		s += "- Initiative: " + initiative + " — something to do\n"
	}
	return s + "\n" + strings.Join(phases, "\n")
}

func phase(id, prereqs string, rows ...string) string {
	s := "### Phase " + id + " — Work\nGoal: Get on.\n"
	if prereqs != "" {
		s += "Prereqs: " + prereqs + "\n"
	}
	return s + "\n" + table(rows...)
}

func section(id string, lines ...string) string {
	return "## [" + id + "] Some work\n- Status: in_progress\n" + strings.Join(lines, "\n") + "\n- Attempts History:\n  * [2025-10-19] Attempt #1 — Result: success. Began.\n\n"
}

func has(l finding.List, code finding.Code, file string) bool {
	for _, f := range l {
		if f.Code == code && f.File == file {
			return true
		}
	}
	return false
}
