//go:build unix

package executortest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/planctl/planctl/runner"
)

// overtime runs a script under a time limit until it got far enough to print
// "ready" before the limit: how long that takes is the machine's affair.
func overtime(b *bench, script string, grace time.Duration) (runner.Result, string) {
	b.Helper()
	for limit := 250 * time.Millisecond; ; limit *= 4 {
		j, check := b.held(script)
		j.Timeout, j.Grace = limit, grace
		r, log := b.run(j)
		check()
		if !r.TimedOut || r.Canceled {
			b.Fatalf("%+v, want it timed out", r)
		}
		if strings.HasPrefix(string(log), "ready\n") {
			return r, string(log)
		}
		if limit > patience {
			b.Fatalf("not ready within %v: %q", limit, log)
		}
	}
}

// timeout: the command is asked first, and what it says then is kept.
func timeout(b *bench) {
	r, log := overtime(b, `trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 1000 & wait; done`, patience)
	if r.Exit != 3 || r.Signal != "" || log != "ready\nbye\n" {
		b.Errorf("%+v, log %q", r, log)
	}
}

// timeoutIgnored: who does not listen is killed, with all that it started.
func timeoutIgnored(b *bench) {
	r, _ := overtime(b, `trap '' TERM; echo ready; while :; do sleep 1000; done`, 50*time.Millisecond)
	if r.Exit != -1 || r.Signal != "SIGKILL" {
		b.Errorf("%+v, want it killed", r)
	}
}

// background: what the command leaves running is ended and counted; the command's own end stands.
func background(b *bench) {
	for _, secret := range []bool{false, true} {
		j, check := b.held("sleep 1000 & sleep 1000 & echo done; exit 4")
		if secret {
			j.Secrets = []string{"a value that is not printed"}
		}
		r, log := b.run(j)
		check()
		if r.Exit != 4 || r.Killed != 2 || r.TimedOut || r.Canceled || string(log) != "done\n" {
			b.Errorf("with secrets %v: %+v, log %q", secret, r, log)
		}
	}
}

func cancel(b *bench) {
	j, check := b.held("touch ready; sleep 1000")
	other := b.job("while [ ! -e go ]; do sleep 0.02; done; echo done")
	hs := b.submit(j, other)
	b.until("the command starts", b.exists("ready"))
	for range 3 {
		if err := b.Ex.Cancel(b.Context(), hs[:1]); err != nil {
			b.Errorf("Cancel: %v", err)
		}
	}
	r := b.wait(hs[0])[0]
	check()
	if !r.Canceled || r.TimedOut || r.Signal != "SIGTERM" || r.Err != "" {
		b.Errorf("%+v, want it cancelled", r)
	}
	write(b, "go", nil)
	if r := b.wait(hs[1])[0]; r.Canceled || r.Exit != 0 {
		b.Errorf("the other one: %+v", r)
	}
}

// cancelEnded: to cancel what has ended changes nothing.
func cancelEnded(b *bench) {
	h := b.submit(b.job("exit 5"))[0]
	before := b.wait(h)[0]
	if err := b.Ex.Cancel(b.Context(), []runner.Handle{h}); err != nil {
		b.Errorf("Cancel: %v", err)
	}
	if after := b.wait(h)[0]; after != before || after.Canceled {
		b.Errorf("%+v became %+v", before, after)
	}
}

// waitCanceled: the end of the context is a cancel, and the results say so.
func waitCanceled(b *bench) {
	ended, h1 := b.job("true"), runner.Handle{}
	j, check := b.held("touch ready; sleep 1000")
	hs := b.submit(ended, j)
	h1 = hs[0]
	b.wait(h1)
	b.until("the command starts", b.exists("ready"))
	ctx, end := context.WithCancel(b.Context())
	rs, err := runner.Wait(ctx, b.Ex, hs, func(st runner.JobStatus) {
		if st.Handle.Key == j.Key && st.Phase == runner.Running {
			end()
		}
	})
	end()
	if err != nil {
		b.Fatal(err)
	}
	check()
	if rs[0].Canceled || !rs[1].Canceled || rs[1].Signal != "SIGTERM" {
		b.Errorf("%+v", rs)
	}
}

func live(b *bench) {
	j := b.job(`for ((i = 0; i < 2000; i++)); do echo line $i; done; printf 'no newline'`)
	var seen bytes.Buffer
	j.Live = &seen
	if _, log := b.run(j); !bytes.Equal(seen.Bytes(), log) || len(log) == 0 {
		b.Errorf("the log has %d bytes, %d were seen", len(log), seen.Len())
	}
	// It is seen while the command runs: the command goes on only when it was.
	j = b.job(`echo question; while [ ! -e answer ]; do sleep 0.02; done`)
	j.Live = writerFunc(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte("question")) {
			f, err := os.OpenFile(b.Dir+"/answer", os.O_CREATE|os.O_WRONLY, 0o644)
			if err != nil {
				return 0, err
			}
			return len(p), f.Close()
		}
		return len(p), nil
	})
	j.Timeout = patience
	if r, _ := b.run(j); r.Exit != 0 {
		b.Errorf("%+v", r)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// liveBlocks: a watcher that never takes anything stops neither the command nor its result.
func liveBlocks(b *bench) {
	never := make(chan struct{})
	b.Cleanup(func() { close(never) })
	j := b.job("head -c 1000000 /dev/zero; exit 6")
	j.Live = writerFunc(func(p []byte) (int, error) { <-never; return len(p), nil })
	if r, log := b.run(j); r.Exit != 6 || len(log) != 1000000 {
		b.Errorf("%+v, %d bytes", r, len(log))
	}
}

func liveFails(b *bench) {
	j := b.job("head -c 1000000 /dev/zero; exit 6")
	j.Live = writerFunc(func([]byte) (int, error) { return 0, errors.New("the terminal is gone") })
	if r, log := b.run(j); r.Exit != 6 || len(log) != 1000000 {
		b.Errorf("%+v, %d bytes", r, len(log))
	}
}
