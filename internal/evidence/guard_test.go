package evidence

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/gitrepo"
)

func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// repository is a workspace under git, away from the machine's settings.
func repository(t testing.TB, files map[string]string) (string, *gitrepo.Repo) {
	t.Helper()
	config := filepath.Join(t.TempDir(), "gitconfig")
	put(t, config, "[user]\n\tname = n\n\temail = e\n[init]\n\tdefaultBranch = main\n")
	t.Setenv("GIT_CONFIG_GLOBAL", config)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init", "-q")
	for name, text := range files {
		put(t, filepath.Join(dir, name), text)
	}
	if len(files) > 0 {
		git(t, dir, "add", "-A")
		git(t, dir, "commit", "-qm", "first")
	}
	repo, err := gitrepo.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, repo
}

// Whatever the settings above say, evidence is committed and comes back byte for byte.
func TestGuardKeepsBytes(t *testing.T) {
	for name, c := range map[string]struct {
		files  map[string]string
		config map[string]string
	}{
		"plain":           {},
		"logs ignored":    {files: map[string]string{".gitignore": "*.log\n*.npz\n*.json\n*~\n", "plans/.gitignore": "*.patch\n"}},
		"below ignored":   {files: map[string]string{".gitignore": "plans/reports/*\n"}},
		"stamps ignored":  {files: map[string]string{".gitignore": "20*/\n"}},
		"autocrlf":        {config: map[string]string{"core.autocrlf": "true"}},
		"autocrlf input":  {config: map[string]string{"core.autocrlf": "input"}},
		"eol":             {files: map[string]string{".gitattributes": "*.log text eol=crlf\n*.json text\n"}, config: map[string]string{"core.safecrlf": "true"}},
		"ident":           {files: map[string]string{".gitattributes": "* ident\n*.log text=auto eol=lf\n"}},
		"encoding":        {files: map[string]string{".gitattributes": "*.log text working-tree-encoding=UTF-16LE\n"}},
		"nested settings": {files: map[string]string{"a": "", "plans/.gitattributes": "*.log text\n", "plans/.gitignore": "*\n!reports/\n"}, config: map[string]string{"core.eol": "crlf"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, repo := repository(t, c.files)
			for k, v := range c.config {
				git(t, dir, "config", k, v)
			}
			reports := filepath.Join(dir, "plans", "reports")
			warning, err := Guard(context.Background(), dir, reports, repo, atomicfile.Steps{})
			if err != nil || warning != "" {
				t.Fatalf("%q, %v", warning, err)
			}
			run := "plans/reports/2025-10-19T122449Z/phase_A/"
			want := map[string]string{
				"A1.log": "unix\nwindows\r\nold\rmac $Id$ \x1b[31m\xff\x00 \t \n", "crlf.log": "a\r\nb\r\n", "lf.log": "a\nb\n",
				"A1.run.json": "{\r\n}\n", "A1.patch": "+a\r\n", "out.npz": "PK\r\n\x00", "a~": "x\n",
			}
			for n, text := range want {
				put(t, filepath.Join(dir, run+n), text)
			}
			git(t, dir, "add", "-A")
			git(t, dir, "commit", "-qm", "evidence")
			for n, text := range want {
				if err := os.Remove(filepath.Join(dir, run+n)); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command("git", "cat-file", "blob", "HEAD:"+run+n)
				cmd.Dir = dir
				blob, err := cmd.Output()
				if err != nil || string(blob) != text {
					t.Errorf("%s was committed as %q, want %q (%v)", n, blob, text, err)
				}
			}
			git(t, dir, "checkout", "-q", "--", ".")
			for n, text := range want {
				if got := content(t, filepath.Join(dir, run+n)); got != text {
					t.Errorf("%s came back as %q, want %q", n, got, text)
				}
			}
			if out := git(t, dir, "diff", "--check", "--cached", "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "--", run); out != "" {
				t.Errorf("git complains about white space in evidence:\n%s", out)
			}
		})
	}
}

// A warning names the line that mends it, and that line does mend it.
func TestGuardWarnings(t *testing.T) {
	for name, c := range map[string]struct {
		files         map[string]string
		exclude       string
		reports       string
		want, in, add string
	}{
		"directory ignored": {files: map[string]string{".gitignore": "reports/\n"}, reports: "plans/reports",
			want: "plans/reports is ignored by git (.gitignore:1: `reports/`)", in: ".gitignore", add: "!/plans/reports/"},
		"above ignored": {files: map[string]string{".gitignore": "x\n/plans\n"}, reports: "plans/active/reports",
			want: "plans is ignored by git (.gitignore:2: `/plans`)", in: ".gitignore", add: "!/plans/"},
		"nested rule": {files: map[string]string{"plans/.gitignore": "a*/\n"}, reports: "plans/act [1]/reports",
			want: "(plans/.gitignore:1: `a*/`)", in: "plans/.gitignore", add: `!/act \[1]/`},
		"excluded by the user": {files: map[string]string{"a": ""}, exclude: "reports\n", reports: "reports",
			want: "reports is ignored by git (.git/info/exclude:1: `reports`)", in: ".gitignore", add: "!/reports/"},
		"own ignore file": {files: map[string]string{"reports/.gitignore": "*.log\n"}, reports: "reports",
			want: "(reports/.gitignore:1: `*.log`)", in: "reports/.gitignore", add: "!*"},
		"own attributes": {files: map[string]string{"reports/.gitattributes": "*.log text"}, reports: "reports",
			want: "git may convert the text of logs below reports", in: "reports/.gitattributes", add: "* -text -ident !working-tree-encoding"},
		"filter": {files: map[string]string{".gitattributes": "*.log filter=strip\n"}, reports: "reports",
			want: `git's filter "strip" would change logs`, in: "reports/.gitattributes", add: "* -filter"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, repo := repository(t, c.files)
			if c.exclude != "" {
				put(t, dir+"/.git/info/exclude", c.exclude)
			}
			reports := filepath.Join(dir, c.reports)
			before := map[string]string{}
			for n := range c.files {
				before[n] = content(t, filepath.Join(dir, n))
			}
			warning, err := Guard(context.Background(), dir, reports, repo, atomicfile.Steps{})
			if err != nil || !strings.Contains(warning, c.want) || !strings.Contains(warning, "`"+c.add+"` at the end of "+c.in) {
				t.Fatalf("%q, %v", warning, err)
			}
			for n, text := range before {
				if content(t, filepath.Join(dir, n)) != text {
					t.Errorf("%s, which people wrote, was changed", n)
				}
			}
			path := filepath.Join(dir, c.in)
			old, err := os.ReadFile(path)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			put(t, path, string(bytes.TrimSuffix(old, []byte("\n")))+"\n"+c.add+"\n")
			if warning, err := Guard(context.Background(), dir, reports, repo, atomicfile.Steps{}); err != nil || warning != "" {
				t.Errorf("after the mending: %q, %v", warning, err)
			}
		})
	}
}

func TestGuardLFS(t *testing.T) {
	dir, repo := repository(t, map[string]string{".gitattributes": "* filter=lfs diff=lfs merge=lfs -text\n"})
	if warning, err := Guard(context.Background(), dir, dir+"/reports", repo, atomicfile.Steps{}); err != nil || warning != "" {
		t.Errorf("git-lfs gives back what it took: %q, %v", warning, err)
	}
}

func TestGuardTwice(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // without git too, since a repository may come later
		if warning, err := Guard(context.Background(), dir, dir+"/reports", nil, atomicfile.Steps{}); err != nil || warning != "" {
			t.Errorf("%q, %v", warning, err)
		}
	}
	if content(t, dir+"/reports/.gitattributes") != attributes || content(t, dir+"/reports/.gitignore") != ignore {
		t.Error("the files differ from what was written first")
	}
}

func TestGuardRefuses(t *testing.T) {
	dir, repo := repository(t, map[string]string{"a": ""})
	outside := t.TempDir()
	for link, to := range map[string]string{"out": outside, "hanging": "nowhere", "in": "real"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(dir+"/real", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, reports := range []string{dir + "/out", dir + "/out/deeper/reports", dir + "/../x", outside, dir + "/hanging/x"} {
		if _, err := Guard(context.Background(), dir, reports, repo, atomicfile.Steps{}); err == nil {
			t.Errorf("%s was taken", reports)
		}
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 0 {
		t.Errorf("written outside: %v, %v", entries, err)
	}
	if warning, err := Guard(context.Background(), dir, dir+"/in/reports", repo, atomicfile.Steps{}); err != nil || warning != "" {
		t.Errorf("a link that stays inside: %q, %v", warning, err)
	}
	for _, reports := range []string{dir, filepath.Dir(dir + "/x")} {
		if warning, err := Guard(context.Background(), dir, reports, repo, atomicfile.Steps{}); err != nil || warning == "" {
			t.Errorf("the workspace as REPORTS: %q, %v", warning, err)
		}
	}
	if _, err := os.Stat(dir + "/.gitattributes"); err == nil {
		t.Error("rules for evidence were written over the sources")
	}
}
