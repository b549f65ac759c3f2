package main

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// The test binary is also the command that prints.
func TestMain(m *testing.M) {
	if name := os.Getenv(printVariable); name != "" {
		if err := printed(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// TestLogs is the program in short form: 2 MB of each kind, more than any window that planctl reads through.
func TestLogs(t *testing.T) {
	if err := logs(context.Background(), t.TempDir(), 2<<20, 64, "", len(steps())); err != nil {
		t.Fatal(err)
	}
}
