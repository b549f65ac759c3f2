package main

import (
	"context"
	"flag"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	_ "time/tzdata" // zones, also where the machine has none

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what scripts compare with")

func TestMain(m *testing.M) {
	commands := map[string]func(){
		"planctl": func() { program(os.Args[1:], nil) },
		// planctl-at TIME ARGUMENTS is planctl on a machine whose clock says TIME, in the zone of TZ.
		"planctl-at": func() {
			at, err := time.Parse(time.RFC3339, os.Args[1])
			if err != nil {
				panic(err)
			}
			began := time.Now()
			program(os.Args[2:], func() time.Time { return at.Add(time.Since(began)).Local() })
		},
	}
	maps.Copy(commands, printers())
	testscript.Main(m, commands)
}

func program(args []string, now func() time.Time) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, args, stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.Environ(), Now: now})
	stop()
	os.Exit(code)
}

// TestScripts runs the command line as a user does; each script says what it shows.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			gopath, cache := os.Getenv("GOMODCACHE"), os.Getenv("GOCACHE")
			if cache == "" {
				dir, err := os.UserCacheDir()
				if err != nil {
					return err
				}
				cache = filepath.Join(dir, "go-build")
			}
			e.Setenv("GOCACHE", cache)
			if gopath != "" {
				e.Setenv("GOMODCACHE", gopath)
			}
			if race, ok := os.LookupEnv("GORACE"); ok {
				e.Setenv("GORACE", race)
			}
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("LANG", "C.UTF-8")
			e.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			e.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(e.WorkDir, ".gitconfig"))
			e.Setenv("PLANCTL_SHARED", os.Getenv("PLANCTL_SHARED"))
			e.Setenv("NO_COLOR", "1")
			return os.WriteFile(filepath.Join(e.WorkDir, ".gitconfig"),
				[]byte("[user]\n\tname = Script\n\temail = script@planctl.invalid\n[init]\n\tdefaultBranch = main\n"), 0o644)
		},
	})
}
