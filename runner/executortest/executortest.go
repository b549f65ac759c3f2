//go:build unix

// Package executortest is the conformance suite of executors: what every one
// of them must do, wherever it runs its jobs. It needs bash, and flock of
// util-linux; the folders of the test must be seen from where jobs run. It may
// not know which executor it tests, or be imported outside of tests.
package executortest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/planctl/planctl/runner"
)

// patience bounds every wait for something that must happen.
const patience = time.Minute

// Run tests the executors that newExecutor gives, each test a new one.
func Run(t *testing.T, newExecutor func(t *testing.T) runner.Executor) {
	for _, tt := range []struct {
		name string
		test func(*bench)
	}{
		{"Ends", ends}, {"Log", logBytes}, {"Order", order}, {"Surroundings", surroundings}, {"BigOutput", bigOutput},
		{"Secrets", masked}, {"Live", live}, {"LiveBlocks", liveBlocks}, {"LiveFails", liveFails},
		{"Timeout", timeout}, {"TimeoutIgnored", timeoutIgnored}, {"Background", background},
		{"Cancel", cancel}, {"CancelEnded", cancelEnded}, {"WaitCanceled", waitCanceled},
		{"Find", find}, {"Handle", handleRoundTrip}, {"Many", many}, {"Refused", refused}, {"Unstartable", unstartable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.test(&bench{T: t, Ex: newExecutor(t), Dir: t.TempDir()})
		})
	}
}

// bench is one test's executor and folder.
type bench struct {
	*testing.T
	Ex  runner.Executor
	Dir string
}

// job is a bash script as planctl submits it.
func (b *bench) job(script string) runner.Job {
	key := "executortest-" + rand.Text()
	return runner.Job{
		Key: key, Argv: []string{"bash", "-o", "pipefail", "-c", script}, Dir: b.Dir,
		Env: []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}, Log: filepath.Join(b.Dir, key+".log"), Grace: 5 * time.Second,
	}
}

func (b *bench) submit(jobs ...runner.Job) []runner.Handle {
	b.Helper()
	hs, err := b.Ex.Submit(b.Context(), jobs)
	if err != nil {
		b.Fatalf("Submit: %v", err)
	}
	if len(hs) != len(jobs) {
		b.Fatalf("%d handles for %d jobs", len(hs), len(jobs))
	}
	return hs
}

func (b *bench) wait(hs ...runner.Handle) []runner.Result {
	b.Helper()
	rs, err := runner.Wait(b.Context(), b.Ex, hs, nil)
	if err != nil {
		b.Fatalf("Wait: %v", err)
	}
	return rs
}

// run gives a job's result and log; the executor must have had no trouble.
func (b *bench) run(j runner.Job) (runner.Result, []byte) {
	b.Helper()
	r := b.wait(b.submit(j)...)[0]
	if r.Err != "" {
		b.Errorf("Err: %s", r.Err)
	}
	if r.Started.IsZero() || r.Finished.Before(r.Started) || r.Seconds < 0 {
		b.Errorf("started %v, finished %v, %g s", r.Started, r.Finished, r.Seconds)
	}
	return r, b.read(j.Log)
}

func (b *bench) read(path string) []byte {
	b.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return data
}

// until waits for something that must become true.
func (b *bench) until(what string, ok func() bool) {
	b.Helper()
	end := time.After(patience)
	for tick := time.Tick(5 * time.Millisecond); !ok(); {
		select {
		case <-tick:
		case <-end:
			b.Fatalf("%s: not after %v", what, patience)
		}
	}
}

func (b *bench) exists(name string) func() bool {
	return func() bool { _, err := os.Stat(filepath.Join(b.Dir, name)); return err == nil }
}

// held starts a script whose processes all hold a lock, and gives a check that
// none of them lives. It needs no list of processes, so it works from anywhere.
func (b *bench) held(script string) (runner.Job, func()) {
	lock := filepath.Join(b.Dir, "lock")
	j := b.job("exec 9>" + lock + "; flock 9; " + script)
	return j, func() {
		b.Helper()
		f, err := os.Open(lock)
		if err != nil {
			b.Fatal(err)
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			b.Errorf("a process of the command survives: %v", err)
		}
		if err := f.Close(); err != nil {
			b.Error(err)
		}
	}
}

func ends(b *bench) {
	for _, tt := range []struct {
		script string
		exit   int
		signal string
	}{
		{"true", 0, ""},
		{"exit 7", 7, ""},
		{"false | true", 1, ""}, // pipefail comes in with the command
		{"no-such-command-here", 127, ""},
		{"touch plain; ./plain", 126, ""},
		{"kill -KILL $$", -1, "SIGKILL"},
		{"kill -TERM $$", -1, "SIGTERM"},
		{"kill -SEGV $$", -1, "SIGSEGV"},
	} {
		r, _ := b.run(b.job(tt.script))
		if r.Exit != tt.exit || r.Signal != tt.signal || r.TimedOut || r.Canceled || r.Killed != 0 {
			b.Errorf("%s: %+v, want exit %d, signal %q", tt.script, r, tt.exit, tt.signal)
		}
	}
}

func logBytes(b *bench) {
	for _, want := range []string{"", "no final newline", "line\r\n", "\x00\x00", "\xff\xfe\xed\xa0\x80", "\x1b[31mred\x1b[0m\n"} {
		if err := os.Remove(filepath.Join(b.Dir, "want")); err != nil && !os.IsNotExist(err) {
			b.Fatal(err)
		}
		write(b, "want", []byte(want))
		if _, got := b.run(b.job("cat want")); string(got) != want {
			b.Errorf("log %q, want %q", got, want)
		}
	}
}

func write(b *bench, name string, data []byte) {
	b.Helper()
	f, err := os.OpenFile(filepath.Join(b.Dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := f.Write(data); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// order: what two processes write to both streams in turn is in the log in turn.
func order(b *bench) {
	var want strings.Builder
	for i := range 200 {
		fmt.Fprintf(&want, "out %d\nerr %d\nchild %d\n", i, i, i)
	}
	script := `for ((i = 0; i < 200; i++)); do echo out $i; echo err $i >&2; (echo child $i); done`
	for _, secret := range []bool{false, true} {
		j := b.job(script)
		if secret {
			j.Secrets = []string{"a value that is not printed"}
		}
		if _, got := b.run(j); string(got) != want.String() {
			b.Errorf("with secrets %v: %q", secret, got)
		}
	}
}

func surroundings(b *bench) {
	if err := os.Mkdir(filepath.Join(b.Dir, "sub dir"), 0o755); err != nil {
		b.Fatal(err)
	}
	j := b.job(`printf '%s|' "$PWD" "$GREETING" "${HOME-unset}" "$PLANCTL_KEY"; if read -r line; then echo "input $line"; else echo no input; fi`)
	j.Dir = filepath.Join(b.Dir, "sub dir")
	j.Env = append(j.Env, "GREETING=two words\nand a line", "PLANCTL_KEY=of another job")
	want := fmt.Sprintf("%s|two words\nand a line|unset|%s|no input\n", j.Dir, j.Key)
	if _, got := b.run(j); string(got) != want {
		b.Errorf("got  %q\nwant %q", got, want)
	}
}

// bigOutput: 50 MB, byte for byte, whether the command writes the log itself or not.
func bigOutput(b *bench) {
	data := make([]byte, 50<<20)
	if _, err := rand.Read(data); err != nil {
		b.Fatal(err)
	}
	write(b, "big", data)
	for _, secret := range []bool{false, true} {
		j := b.job("cat big; head -c 1000000 big >&2")
		if secret {
			j.Secrets = []string{"a value that is not printed"}
		}
		_, got := b.run(j)
		if !bytes.Equal(got, slices.Concat(data, data[:1000000])) {
			b.Errorf("with secrets %v: %d bytes that differ", secret, len(got))
		}
	}
}

func masked(b *bench) {
	j := b.job(`printf 'a %s b' "${TOKEN:0:5}"; sleep 0.05; printf '%s c' "${TOKEN:5}" >&2; printf '%s' "$TOKEN" | base64`)
	j.Env = append(j.Env, "TOKEN=hunter2hunter")
	j.Secrets = []string{"hunter2hunter"}
	var seen bytes.Buffer
	j.Live = &seen
	_, got := b.run(j)
	// Between the two parts something else was printed: the value is not in one piece, and neither is its mask.
	if want := "a hunte br2hunter c***TOKEN***\n"; string(got) != want || seen.String() != want {
		b.Errorf("log %q, seen %q, want %q", got, seen.String(), want)
	}
	j = b.job(`printf 'a %s' "${TOKEN:0:5}"; sleep 0.05; printf '%s b' "${TOKEN:5}" >&2`)
	j.Env = append(j.Env, "TOKEN=hunter2hunter")
	j.Secrets = []string{"hunter2hunter"}
	if _, got := b.run(j); string(got) != "a ***TOKEN*** b" {
		b.Errorf("split across writes: %q", got)
	}
}

func handleRoundTrip(b *bench) {
	j := b.job("exit 3")
	h := b.submit(j)[0]
	text, err := json.Marshal(h)
	if err != nil {
		b.Fatal(err)
	}
	var back runner.Handle
	if err := json.Unmarshal(text, &back); err != nil {
		b.Fatal(err)
	}
	if back != h {
		b.Errorf("%+v came back as %+v", h, back)
	}
	if back.Executor == "" || back.Key != j.Key || back.Started.IsZero() {
		b.Errorf("the handle says too little: %s", text)
	}
	if r := b.wait(back)[0]; r.Exit != 3 {
		b.Errorf("through the handle that came back: %+v", r)
	}
}

func many(b *bench) {
	var jobs []runner.Job
	for i := range 50 {
		jobs = append(jobs, b.job(fmt.Sprintf("echo job %d; exit %d", i, i)))
	}
	phases := map[string][]runner.Phase{}
	rs, err := runner.Wait(b.Context(), b.Ex, b.submit(jobs...), func(st runner.JobStatus) {
		phases[st.Handle.Key] = append(phases[st.Handle.Key], st.Phase)
	})
	if err != nil {
		b.Fatal(err)
	}
	for i, r := range rs {
		if got := b.read(jobs[i].Log); r.Exit != i || string(got) != fmt.Sprintf("job %d\n", i) {
			b.Errorf("job %d: %+v, log %q", i, r, got)
		}
		if ps := phases[jobs[i].Key]; len(ps) == 0 || ps[len(ps)-1] != runner.Finished {
			b.Errorf("job %d went through %v", i, ps)
		}
	}
}

func find(b *bench) {
	j := b.job("touch ready; while [ ! -e go ]; do sleep 0.02; done")
	h := b.submit(j)[0]
	b.until("the command starts", b.exists("ready"))
	check := func(when string) {
		got, ok, err := b.Ex.Find(b.Context(), j.Key)
		if err != nil || !ok || got.Key != h.Key || got.ID != h.ID || got.Birth != h.Birth {
			b.Errorf("%s: found %+v, %v, %v; want %+v", when, got, ok, err, h)
		}
	}
	check("while it runs")
	sts, err := b.Ex.Poll(b.Context(), []runner.Handle{h})
	if err != nil || len(sts) != 1 || sts[0].Phase != runner.Running || sts[0].Result != nil {
		b.Errorf("while it runs: %+v, %v", sts, err)
	}
	write(b, "go", nil)
	b.wait(h)
	check("after its end")
	if got, ok, err := b.Ex.Find(b.Context(), "no such key"); ok || err != nil {
		b.Errorf("a key of nobody: %+v, %v, %v", got, ok, err)
	}
}

// refused: what cannot be a job fails as a whole, before anything starts.
func refused(b *bench) {
	good := b.job("touch started")
	for name, change := range map[string]func(*runner.Job){
		"no key": func(j *runner.Job) { j.Key = "" }, "no command": func(j *runner.Job) { j.Argv = nil },
		"relative directory": func(j *runner.Job) { j.Dir = "sub" }, "relative log": func(j *runner.Job) { j.Log = "x.log" },
		"the same key": func(j *runner.Job) { j.Key = good.Key },
	} {
		bad := b.job("touch started")
		change(&bad)
		if hs, err := b.Ex.Submit(b.Context(), []runner.Job{good, bad}); err == nil {
			b.Errorf("%s: no error, %v", name, hs)
		}
	}
	ctx, end := context.WithCancel(b.Context())
	end()
	if _, err := b.Ex.Submit(ctx, []runner.Job{good}); err == nil {
		b.Error("an ended context: no error")
	}
	b.run(b.job("true"))
	if b.exists("started")() {
		b.Error("a job was started")
	}
}

// unstartable: what cannot start is a result that says why, not an error of the others.
func unstartable(b *bench) {
	noDir, noProgram, logThere, fine := b.job("true"), b.job("true"), b.job("echo new"), b.job("echo fine")
	noDir.Dir = filepath.Join(b.Dir, "missing")
	noProgram.Argv = []string{"no-such-program-here"}
	write(b, filepath.Base(logThere.Log), []byte("old\n"))
	rs := b.wait(b.submit(noDir, noProgram, logThere, fine)...)
	for i, want := range []string{"missing", "no-such-program-here", filepath.Base(logThere.Log)} {
		if r := rs[i]; !strings.Contains(r.Err, want) || r.Exit != -1 || r.Started.IsZero() || r.Finished.IsZero() {
			b.Errorf("%+v, want an error that names %s", r, want)
		}
	}
	if got := b.read(logThere.Log); string(got) != "old\n" {
		b.Errorf("a log that was there is now %q", got)
	}
	if r := rs[3]; r.Err != "" || r.Exit != 0 {
		b.Errorf("the good one: %+v", r)
	}
}
