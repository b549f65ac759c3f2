package main

import (
	"archive/zip"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCIInstalls runs the generic CI job where there is no planctl yet: its `go install` line fetches a published version
// of this module, from a proxy of files that is made of these sources, and what was installed verifies the repository.
func TestCIInstalls(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the module once more")
	}
	const module, published = "github.com/planctl/planctl", "v0.0.1"
	proxy := filepath.Join(t.TempDir(), "proxy")
	publish(t, proxy, module, published)

	p := newPlace(t, map[string]string{"plans/p.md": onePlan, "docs/fix_plan.md": oneLedger})
	p.git("init", "-q", "-b", "main")
	if code, out := p.planctl("init", "--ci", "generic"); code != 0 {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	p.git("add", "-A")
	p.git("commit", "-q", "-m", "planctl from now on")

	cache := strings.TrimSpace(goEnv(t, "GOMODCACHE")) // what this module needs was downloaded to test it
	gopath := t.TempDir()
	sh := exec.Command("sh", "ci/planctl-verify.sh")
	sh.Dir = p.dir
	sh.Env = []string{"PATH=" + pathWithout(t, "planctl"), "HOME=" + t.TempDir(), "GOPATH=" + gopath, "GOFLAGS=-modcacherw",
		"GOCACHE=" + strings.TrimSpace(goEnv(t, "GOCACHE")), "GOPROXY=file://" + proxy + ",file://" + cache + "/cache/download", "GOSUMDB=off", "GOTOOLCHAIN=local",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null"}
	if out, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("the job: %v\n%s", err, out)
	}
	got, err := exec.Command(filepath.Join(gopath, "bin", "planctl"), "version").Output()
	if err != nil || !strings.HasPrefix(string(got), "planctl "+published+" ") {
		t.Errorf("what was installed: %q, %v", got, err)
	}

	// It fails where something is wrong, as a job has to.
	p.write("plans/p.md", strings.Replace(onePlan, "[ ]", "[x]", 1))
	again := exec.Command("sh", "ci/planctl-verify.sh")
	again.Dir, again.Env = sh.Dir, sh.Env
	out, err := again.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "error[tick-no-attempt]") {
		t.Errorf("a tick without an attempt: %v\n%s", err, out)
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatalf("go env %s: %v", name, err)
	}
	return string(out)
}

// pathWithout is the directories of PATH that do not have a program.
func pathWithout(t *testing.T, program string) string {
	t.Helper()
	var out []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, program)); errors.Is(err, fs.ErrNotExist) {
			out = append(out, dir)
		}
	}
	return strings.Join(out, string(filepath.ListSeparator))
}

// publish lays a version of this module out as a proxy serves it (go.dev/ref/mod, "GOPROXY protocol").
func publish(t *testing.T, proxy, module, version string) {
	t.Helper()
	dir := filepath.Join(proxy, filepath.FromSlash(module), "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root := filepath.Join("..", "..")
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	write("list", []byte(version+"\n"))
	write(version+".info", []byte(`{"Version":"`+version+`","Time":"2026-01-01T00:00:00Z"}`))
	write(version+".mod", mod)
	f, err := os.Create(filepath.Join(dir, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata"):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		w, err := z.Create(module + "@" + version + "/" + filepath.ToSlash(rel))
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	})
	if err := errors.Join(err, z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}
