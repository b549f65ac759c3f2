package local

import (
	"time"

	"golang.org/x/sys/unix"
)

// Of <sys/proc.h>.
const (
	sStop   = 4
	sZombie = 5
)

// listProcesses asks the kernel for its table. It tells neither sessions nor
// environments: a child that has left the group is found only by its parent.
func listProcesses() ([]process, bool) {
	table, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil, false
	}
	ps := make([]process, len(table))
	for i := range table {
		ps[i] = fromKernel(&table[i])
	}
	return ps, len(ps) > 0
}

func readProcess(pid int) (process, bool) {
	k, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return process{}, false
	}
	return fromKernel(k), true
}

func fromKernel(k *unix.KinfoProc) process {
	t := k.Proc.P_starttime
	return process{
		pid: int(k.Proc.P_pid), ppid: int(k.Eproc.Ppid), pgid: int(k.Eproc.Pgid), sid: -1,
		birth:  uint64(t.Sec)*1e6 + uint64(t.Usec),
		zombie: k.Proc.P_stat == sZombie, stopped: k.Proc.P_stat == sStop,
	}
}

func (p process) started() time.Time { return time.UnixMicro(int64(p.birth)).UTC() }
