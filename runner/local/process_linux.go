package local

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ticks is how many of the kernel's clock ticks /proc counts in a second (USER_HZ).
const ticks = 100

// listProcesses lists what /proc shows; false where there is none.
func listProcesses() ([]process, bool) {
	d, err := os.Open("/proc")
	if err != nil {
		return nil, false
	}
	defer func() { _ = d.Close() }()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return nil, false
	}
	ps := make([]process, 0, len(names))
	for _, n := range names {
		if pid, err := strconv.Atoi(n); err == nil {
			if p, ok := readProcess(pid); ok {
				ps = append(ps, p)
			}
		}
	}
	return ps, len(ps) > 0
}

// readProcess reads /proc/PID/stat (proc(5)); false for one that is gone.
func readProcess(pid int) (process, bool) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return process{}, false
	}
	// The second field is the program's name in parentheses and may hold anything: count after its end.
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 20 {
		return process{}, false
	}
	p := process{pid: pid, zombie: f[0] == "Z" || f[0] == "X", stopped: f[0] == "T" || f[0] == "t"}
	p.ppid, err = strconv.Atoi(f[1])
	pgid, err2 := strconv.Atoi(f[2])
	sid, err3 := strconv.Atoi(f[3])
	birth, err4 := strconv.ParseUint(f[19], 10, 64)
	p.pgid, p.sid, p.birth = pgid, sid, birth
	return p, errors.Join(err, err2, err3, err4) == nil
}

// started is p's birth by the clock on the wall, to a hundredth of a second or so.
func (p process) started() time.Time {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) != nil {
		return time.Time{}
	}
	age := time.Duration(now.Nano()) - time.Duration(p.birth)*time.Second/ticks
	return time.Now().Add(-age).UTC().Round(time.Second / ticks)
}

// carries reports whether a process was started with the key. One that belongs
// to somebody else cannot be asked and counts as no.
func carries(pid int, key string) bool {
	if key == "" {
		return false
	}
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return false
	}
	want := keyVariable + "=" + key
	for kv := range bytes.SplitSeq(b, []byte{0}) {
		if string(kv) == want {
			return true
		}
	}
	return false
}

// place is a file, a pipe or a terminal that holds a command's output.
type place struct {
	name     string
	dev, ino uint64
}

func placesOf(f *os.File) []place {
	if pl, ok := placeOf("/proc/self/fd/" + strconv.Itoa(int(f.Fd()))); ok {
		return []place{pl}
	}
	return nil
}

func placeOf(link string) (place, bool) {
	name, err := os.Readlink(link)
	if err != nil {
		return place{}, false
	}
	var st unix.Stat_t
	if err := unix.Stat(link, &st); err != nil {
		return place{}, false
	}
	return place{name, uint64(st.Dev), st.Ino}, true
}

// writesTo reports whether one of the places is a process's standard output or
// error. Their names are compared first: a file is looked at only if it can be
// ours, since another may lie on a file system that does not answer.
func writesTo(pid int, places []place) bool {
	for _, pl := range places {
		for _, fd := range []string{"1", "2"} {
			link := "/proc/" + strconv.Itoa(pid) + "/fd/" + fd
			if name, err := os.Readlink(link); err != nil || name != pl.name {
				continue
			}
			if got, ok := placeOf(link); ok && got == pl {
				return true
			}
		}
	}
	return false
}

// awaitExit waits for the command's end and leaves it unreaped, so that its
// number stays its own.
func awaitExit(cmd *exec.Cmd) {
	for {
		err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, syscall.EINTR) {
			return // an error means that there is nothing to wait for: reap says what
		}
	}
}

// adoptOrphans makes this process the parent of what its descendants leave
// behind, so that it does not come to be anybody's. Where the system refuses,
// the key still tells who belongs.
func adoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// adopted reports whether a child of this process is one that it did not start: it has a session of its own, which else
// only commands have, and those carry a key.
func adopted(p process) bool {
	if sid, err := unix.Getsid(0); err != nil || p.sid == sid {
		return false
	}
	dir := "/proc/" + strconv.Itoa(p.pid)
	mine, err := os.Readlink("/proc/self/exe")
	exe, err2 := os.Readlink(dir + "/exe")
	if err != nil || err2 != nil || exe == mine {
		return false // just being started
	}
	b, err := os.ReadFile(dir + "/environ")
	if err != nil {
		return false
	}
	for kv := range bytes.SplitSeq(b, []byte{0}) {
		if bytes.HasPrefix(kv, []byte(keyVariable+"=")) || string(kv) == ownVariable {
			return false
		}
	}
	return true
}
