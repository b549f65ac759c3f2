//go:build linux

package local_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

// A log that cannot be written any more is the executor's trouble, and the
// command is not left to print into nothing.
func TestDiskFull(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	})
	j := newJob(t, "while :; do echo a line; done")
	j.Log = filepath.Join(small, "x.log")
	j.Secrets = []string{"a value that is not printed"}
	j.Timeout = time.Minute
	r, log := runJob(t, j)
	if !strings.Contains(r.Err, "no space left") || r.TimedOut || r.Canceled || r.Signal == "" {
		t.Errorf("%+v", r)
	}
	if want := strings.Repeat("a line\n", 64<<10); log == "" || !strings.HasPrefix(want, log) {
		t.Errorf("what was written (%d bytes) is not the beginning of what was printed", len(log))
	}
	if left := survivors(t, j.Dir); len(left) > 0 {
		t.Errorf("these survive: %q", left)
	}
}

func TestUnstartable(t *testing.T) {
	tests := map[string]struct {
		change func(*runner.Job)
		want   string
	}{
		"a NUL byte":      {func(j *runner.Job) { j.Argv[4] = "echo a\x00b" }, "NUL byte"},
		"a NUL variable":  {func(j *runner.Job) { j.Env = append(j.Env, "A=b\x00c") }, "contains NUL"},
		"too large":       {func(j *runner.Job) { j.Argv[4] = strings.Repeat("x", 1<<20) }, "larger than the system takes"},
		"dir is a file":   {func(j *runner.Job) { j.Dir = "/dev/null" }, "not a directory"},
		"no such program": {func(j *runner.Job) { j.Argv[0] = "/no/such/bash" }, "/no/such/bash is not there"},
		"no folder of it": {func(j *runner.Job) { j.Log = "/no/such/folder/x.log" }, "/no/such/folder/x.log"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			j := newJob(t, "true")
			tt.change(&j)
			if r := runJobs(t, j)[0]; !strings.Contains(r.Err, tt.want) || r.Exit != -1 {
				t.Errorf("%+v, want %q", r, tt.want)
			}
		})
	}
}

// Once the command itself has ended, a cancel cannot make it cancelled; it does
// end the wait for what it left.
func TestCancelWhileClearing(t *testing.T) {
	j := newJob(t, "(trap '' TERM; touch ready; while :; do sleep 1000; done) & until [ -e ready ]; do sleep 0.02; done; exit 3")
	j.Grace = time.Hour
	ex := local.New()
	hs, err := ex.Submit(t.Context(), []runner.Job{j})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the command ends", func() bool {
		b, err := os.ReadFile("/proc/" + hs[0].ID + "/stat")
		return err == nil && bytes.Contains(b, []byte(") Z "))
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rs, err := runner.Wait(ctx, ex, hs, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := rs[0]; r.Exit != 3 || r.Canceled || r.Killed == 0 {
		t.Errorf("%+v", r)
	}
	if left := survivors(t, j.Dir); len(left) > 0 {
		t.Errorf("these survive: %q", left)
	}
}

// BenchmarkOutput is what a command can print: to its log itself, and through the masker.
func BenchmarkOutput(b *testing.B) {
	const size = 64 << 20
	line := "2025-10-19 12:24:49 INFO tests/torch/test_integration.py::test_cycle PASSED\n"
	dir := b.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, bytes.Repeat([]byte(line), size/len(line)), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, secret := range []string{"", "hunter2hunter2"} {
		name := map[bool]string{true: "file", false: "masked"}[secret == ""]
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			for i := 0; b.Loop(); i++ {
				j := runner.Job{Key: name + dir + time.Now().String(), Argv: []string{"cat", text}, Dir: dir, Env: []string{"PATH=" + os.Getenv("PATH")},
					Log: filepath.Join(dir, "x.log"), Live: io.Discard}
				if secret != "" {
					j.Secrets = []string{secret}
				}
				ex := local.New()
				hs, err := ex.Submit(b.Context(), []runner.Job{j})
				if err != nil {
					b.Fatal(err)
				}
				rs, err := runner.Wait(b.Context(), ex, hs, nil)
				if err != nil || rs[0].Err != "" || rs[0].Exit != 0 {
					b.Fatalf("%+v, %v", rs, err)
				}
				if err := os.Remove(j.Log); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
