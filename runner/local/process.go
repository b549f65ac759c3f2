//go:build unix

package local

import (
	"os"
	"strconv"
	"syscall"
)

// process is one process as the system lists it.
type process struct {
	pid, ppid, pgid, sid int
	birth                uint64 // when it started, as the kernel counts; with pid it names a process for ever
	zombie, stopped      bool   // zombie: ended, and its parent has not asked yet
}

func (p process) birthText() string {
	if p.birth == 0 {
		return ""
	}
	return strconv.FormatUint(p.birth, 10)
}

// signalProcess signals p if it is still the process that was listed.
func signalProcess(p process, sig syscall.Signal) error {
	// Where the system has handles of processes, this is one: what is looked at next is what is signalled.
	h, err := os.FindProcess(p.pid)
	if err != nil {
		return err
	}
	defer func() { _ = h.Release() }()
	if now, ok := readProcess(p.pid); p.birth != 0 && (!ok || now.birth != p.birth) {
		return os.ErrProcessDone
	}
	return h.Signal(sig)
}
