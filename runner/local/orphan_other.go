//go:build unix && !linux

package local

import (
	"os"
	"os/exec"
)

// Environments and open files of other processes cannot be seen here, and
// orphans are not ours: best effort is the group.

func carries(int, string) bool { return false }

type place struct{}

func placesOf(*os.File) []place { return nil }

func writesTo(int, []place) bool { return false }

// awaitExit waits for the command's end. How it ended is in its ProcessState.
func awaitExit(cmd *exec.Cmd) { _ = cmd.Wait() }

func adoptOrphans() {}

func adopted(process) bool { return false }
