//go:build linux

package local_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

// The test binary is also the planctl that dies: it submits the job of
// jobVariable, prints the handle, and waits to be killed.
const jobVariable = "LOCAL_TEST_JOB"

func TestMain(m *testing.M) {
	if text := os.Getenv(jobVariable); text != "" {
		if err := submitAndHang(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

func submitAndHang(text string) error {
	var j runner.Job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	hs, err := local.New().Submit(context.Background(), []runner.Job{j})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(hs[0]); err != nil {
		return err
	}
	select {}
}

// crashed runs a job in another process, waits until the command has made the
// file "ready", and kills that process: the command is left alone.
func crashed(t *testing.T, j runner.Job) runner.Handle {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), jobVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var h runner.Handle
	if err := json.Unmarshal(line, &h); err != nil {
		t.Fatal(err)
	}
	until(t, "the command starts", func() bool { _, err := os.Stat(filepath.Join(j.Dir, "ready")); return err == nil })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the other process ended by itself")
	}
	t.Cleanup(func() {
		if _, err := local.EndGroup(context.Background(), runner.Handle{Key: j.Key}, 0); err != nil {
			t.Error(err)
		}
	})
	return h
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	end := time.After(time.Minute)
	for tick := time.Tick(5 * time.Millisecond); !ok(); {
		select {
		case <-tick:
		case <-end:
			t.Fatal(what + ": not within a minute")
		}
	}
}

func TestEndGroup(t *testing.T) {
	tests := []struct {
		name, script string
		handle       func(runner.Handle) runner.Handle
		ended        bool
	}{
		{"by handle", "touch ready; sleep 1000", nil, true},
		{"ignores TERM", "trap '' TERM; touch ready; while :; do sleep 1000; done", nil, true},
		{"all of the group", "sleep 1000 & sleep 1000 & touch ready; wait", nil, true},
		{"leader is gone", "sleep 1000 & touch ready", nil, true},
		{"setsid", "setsid -f sleep 1000; touch ready", nil, true},
		{"by key alone", "touch ready; sleep 1000", func(h runner.Handle) runner.Handle { return runner.Handle{Key: h.Key} }, true},
		{"without the key, by birth", "touch ready; sleep 1000", func(h runner.Handle) runner.Handle { h.Key = ""; return h }, true},
		{"group without the key in it", "env -i sleep 1000 & touch ready; wait", nil, true},
		{"the number belongs to another now", "touch ready; exec sleep 1000", func(h runner.Handle) runner.Handle {
			h.Key = "another"
			n, _ := strconv.Atoi(h.Birth)
			h.Birth = strconv.Itoa(n - 1)
			return h
		}, false},
		{"neither key nor birth", "touch ready; exec sleep 1000", func(h runner.Handle) runner.Handle { h.Key, h.Birth = "", ""; return h }, false},
		{"nobody's key", "touch ready; exec sleep 1000", func(runner.Handle) runner.Handle { return runner.Handle{Key: "nobody's"} }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := newJob(t, tt.script)
			h := crashed(t, j)
			if tt.handle != nil {
				h = tt.handle(h)
			}
			before := survivors(t, j.Dir)
			killed, err := local.EndGroup(t.Context(), h, 200*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			left := survivors(t, j.Dir)
			if tt.ended && (killed == 0 || len(left) > 0) || !tt.ended && (killed != 0 || len(left) == 0) {
				t.Errorf("%d ended of %q, left %q", killed, before, left)
			}
			if again, err := local.EndGroup(t.Context(), h, 0); again != 0 || err != nil {
				t.Errorf("again: %d, %v", again, err)
			}
		})
	}
}

func TestEndGroupBadHandle(t *testing.T) {
	for _, h := range []runner.Handle{{ID: "x"}, {ID: "0"}, {ID: "1"}, {ID: "-5"}, {ID: "77", Birth: "soon"}} {
		if n, err := local.EndGroup(t.Context(), h, 0); n != 0 || err == nil {
			t.Errorf("%+v: %d, %v", h, n, err)
		}
	}
}

// A planctl that is itself run by a job may recover that job's key: it must end neither itself nor those who started it.
func TestEndGroupSparesItself(t *testing.T) {
	if os.Getenv("LOCAL_TEST_SPARED") == "" {
		// The shell has the key from its start, as the command of a job has, and is the one that waits for planctl.
		cmd := exec.Command("bash", "-c", `"$0" -test.run='^TestEndGroupSparesItself$'; code=$?; echo "it ended with $code"; exit $code`, os.Args[0])
		cmd.Env = append(os.Environ(), "LOCAL_TEST_SPARED=1", "PLANCTL_KEY=spared-"+rand.Text())
		if out, err := cmd.CombinedOutput(); err != nil || !strings.HasSuffix(string(out), "it ended with 0\n") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	if n, err := local.EndGroup(t.Context(), runner.Handle{Key: os.Getenv("PLANCTL_KEY")}, 0); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// Another process knows a job by its handle or its key: whether it runs, not how it ended.
func TestJobOfAnother(t *testing.T) {
	j := newJob(t, "echo a; touch ready; sleep 1000")
	h := crashed(t, j)
	ex := local.New()
	got, ok, err := ex.Find(t.Context(), j.Key)
	if err != nil || !ok || got.ID != h.ID || got.Birth != h.Birth || got.Key != h.Key || got.Executor != h.Executor {
		t.Errorf("found %+v, %v, %v; want %+v", got, ok, err, h)
	}
	if d := got.Started.Sub(h.Started).Abs(); d > time.Second {
		t.Errorf("found to have started at %v, was %v", got.Started, h.Started)
	}
	phase := func() runner.Phase {
		sts, err := ex.Poll(t.Context(), []runner.Handle{h})
		if err != nil {
			t.Fatal(err)
		}
		return sts[0].Phase
	}
	if p := phase(); p != runner.Running {
		t.Errorf("while it runs it is %q", p)
	}
	for range 2 {
		if err := ex.Cancel(t.Context(), []runner.Handle{h}); err != nil {
			t.Error(err)
		}
	}
	if p := phase(); p != runner.Lost {
		t.Errorf("after its end it is %q", p)
	}
	rs, err := runner.Wait(t.Context(), ex, []runner.Handle{h}, nil)
	if err != nil || rs[0].Exit != -1 || !strings.Contains(rs[0].Err, "lost") {
		t.Errorf("Wait: %+v, %v", rs, err)
	}
	if _, ok, err := ex.Find(t.Context(), j.Key); ok || err != nil {
		t.Errorf("after its end it is found: %v, %v", ok, err)
	}
}
