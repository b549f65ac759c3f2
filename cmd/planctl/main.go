// Command planctl makes engineering plans run and prove themselves. This
// package reads flags and the environment, wires the packages together and
// turns what they say into exit codes; it may not decide anything else.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func main() {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	// What runs is ended and recorded after the first Ctrl-C. Who cannot wait for that presses again, and dies as of a crash.
	quiet := context.AfterFunc(ctx, func() {
		signal.Reset(os.Interrupt)
		if term.IsTerminal(int(os.Stderr.Fd())) {
			_, _ = fmt.Fprintln(os.Stderr, "interrupted: what runs is ended and recorded. Ctrl-C again leaves that to planctl recover")
		}
	})
	code := run(ctx, os.Args[1:], stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.Environ(), Reads: func() { signal.Reset(ends...) }})
	quiet()
	stop()
	os.Exit(code)
}
