package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// tracing says whether this system's planctl can be stopped at a system call.
const tracing = true

// interest is a system call that is a point: which of its arguments name a file.
type interest struct {
	name   string
	fd     int // the argument that is a descriptor, or the directory of the path at fd+1; -1: none
	path   int // the argument that is a path; -1: none
	length int // the argument that says how many bytes; -1: none
}

func interests() map[uint64]interest {
	return map[uint64]interest{
		unix.SYS_OPEN:       {"open", -1, 0, -1},
		unix.SYS_OPENAT:     {"openat", 0, 1, -1},
		unix.SYS_OPENAT2:    {"openat2", 0, 1, -1},
		unix.SYS_CREAT:      {"creat", -1, 0, -1},
		unix.SYS_MKDIR:      {"mkdir", -1, 0, -1},
		unix.SYS_MKDIRAT:    {"mkdirat", 0, 1, -1},
		unix.SYS_WRITE:      {"write", 0, -1, 2},
		unix.SYS_PWRITE64:   {"pwrite64", 0, -1, 2},
		unix.SYS_FSYNC:      {"fsync", 0, -1, -1},
		unix.SYS_FDATASYNC:  {"fdatasync", 0, -1, -1},
		unix.SYS_FTRUNCATE:  {"ftruncate", 0, -1, -1},
		unix.SYS_FCHMOD:     {"fchmod", 0, -1, -1},
		unix.SYS_FLOCK:      {"flock", 0, -1, -1},
		unix.SYS_RENAME:     {"rename", -1, 1, -1},
		unix.SYS_RENAMEAT:   {"renameat", 2, 3, -1},
		unix.SYS_RENAMEAT2:  {"renameat2", 2, 3, -1},
		unix.SYS_LINK:       {"link", -1, 1, -1},
		unix.SYS_LINKAT:     {"linkat", 2, 3, -1},
		unix.SYS_UNLINK:     {"unlink", -1, 0, -1},
		unix.SYS_UNLINKAT:   {"unlinkat", 0, 1, -1},
		unix.SYS_RMDIR:      {"rmdir", -1, 0, -1},
		unix.SYS_CLOSE:      {"close", 0, -1, -1},
		unix.SYS_READ:       {"read", 0, -1, 2},
		unix.SYS_PREAD64:    {"pread64", 0, -1, 2},
		unix.SYS_GETDENTS64: {"getdents64", 0, -1, -1},
	}
}

// syscallInfo is struct ptrace_syscall_info as the kernel fills it in at the entry of a call.
type syscallInfo struct {
	op   uint8
	_    [3]uint8
	arch uint32
	ip   uint64
	sp   uint64
	nr   uint64
	args [6]uint64
}

const (
	getSyscallInfo = 0x420e
	infoEntry      = 1
	infoExit       = 2
)

// tracer runs one planctl and stops every one of its threads at every system call. Its children are their own
// affair: git and the command of a task run untraced.
type tracer struct {
	root    string // what lies below it is a point
	fault   fault
	pid     int
	calls   map[uint64]interest
	threads map[int]*thread
	seen    map[string]int // how often each call of each file has come
	result  result
	killed  bool
	saved   bool // the person has saved
}

// thread is what is to be done to a thread when its call returns.
type thread struct {
	answer  int  // the call's result is replaced by it, where replace says so
	replace bool // the result is replaced
	kill    bool // the process is killed
}

// trace runs a program to its end, with a fault. All of it happens on one thread of this process: the kernel answers
// only the thread that started the traced one.
func trace(root string, f fault, argv, env []string, out *os.File) (_ *result, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	t := &tracer{root: root, fault: f, calls: interests(), threads: map[int]*thread{}, seen: map[string]int{}}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, null.Close()) }()
	t.pid, err = syscall.ForkExec(argv[0], argv, &syscall.ProcAttr{Dir: root, Env: env,
		Files: []uintptr{null.Fd(), out.Fd(), out.Fd()}, Sys: &syscall.SysProcAttr{Ptrace: true, Setpgid: true}})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	if err := t.follow(); err != nil {
		// The kernel kills what is traced when its tracer lets go in this way.
		return nil, errors.Join(err, syscall.Kill(t.pid, syscall.SIGKILL))
	}
	return &t.result, nil
}

func (t *tracer) follow() error {
	var ws syscall.WaitStatus
	if _, err := wait4(t.pid, &ws, unix.WALL); err != nil {
		return err
	}
	if !ws.Stopped() {
		return fmt.Errorf("it ended before it could be traced: %v", ws)
	}
	if err := syscall.PtraceSetOptions(t.pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	t.threads[t.pid] = &thread{}
	if err := syscall.PtraceSyscall(t.pid, 0); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	for {
		// Its process group and no other: this thread may have started somebody else's child before.
		tid, err := wait4(-t.pid, &ws, unix.WALL|unix.WNOTHREAD)
		if err != nil {
			return err
		}
		if !ws.Stopped() {
			delete(t.threads, tid)
			if tid == t.pid { // the leader's end is told after that of all others
				t.result.exit = ws.ExitStatus()
				return nil
			}
			continue
		}
		deliver := 0
		switch sig := ws.StopSignal(); {
		case sig == syscall.SIGTRAP|0x80:
			if err := t.stopped(tid); err != nil {
				return err
			}
		case sig == syscall.SIGTRAP && ws.TrapCause() > 0: // a new thread was made
		case sig == syscall.SIGSTOP && t.threads[tid] == nil:
			t.threads[tid] = &thread{} // its own first stop
		default:
			deliver = int(sig)
		}
		if err := syscall.PtraceSyscall(tid, deliver); err != nil && !errors.Is(err, syscall.ESRCH) { // killed meanwhile
			return fmt.Errorf("go on with thread %d: %w", tid, err)
		}
	}
}

func wait4(pid int, ws *syscall.WaitStatus, options int) (int, error) {
	for {
		tid, err := syscall.Wait4(pid, ws, options, nil)
		if !errors.Is(err, syscall.EINTR) {
			return tid, err
		}
	}
}

// stopped looks at a thread that enters or leaves a call.
func (t *tracer) stopped(tid int) error {
	th := t.threads[tid]
	if th == nil {
		th = &thread{}
		t.threads[tid] = th
	}
	var info syscallInfo
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, getSyscallInfo, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	switch {
	case errno == syscall.ESRCH: // killed meanwhile
		return nil
	case errno != 0:
		return fmt.Errorf("ask about a call of thread %d: %w", tid, errno)
	case info.op == infoEntry:
		return t.enters(tid, th, &info)
	case info.op == infoExit:
		return t.leaves(tid, th)
	}
	return nil
}

func (t *tracer) enters(tid int, th *thread, info *syscallInfo) error {
	call, ok := t.calls[info.nr]
	if !ok || t.killed {
		return nil
	}
	real := t.file(tid, call, info)
	if real == "" {
		return nil
	}
	p := point{call: call.name, path: normal(t.root, real)}
	t.seen[p.String()]++
	p.nth = t.seen[p.String()]
	if call.length >= 0 {
		p.length = int(info.args[call.length])
	}
	p.writes = call.name != "openat" || info.args[2]&(unix.O_WRONLY|unix.O_RDWR|unix.O_CREAT) != 0
	p.creates = call.name == "openat" && info.args[2]&unix.O_CREAT != 0
	t.result.points = append(t.result.points, p)
	if t.result.hit && (p.call == "fsync" || p.call == "fdatasync") {
		t.result.flushed = append(t.result.flushed, real)
	}
	if t.fault.saved == p.path && p.call == "renameat2" && !t.saved {
		t.saved, t.result.from = true, len(t.result.points)-1
		if err := saveAs(real); err != nil {
			return err
		}
	}
	again := t.result.hit && t.fault.do == cut && p.path == t.fault.at.path && p.call == t.fault.at.call
	// What a save changes comes after it.
	if t.fault.saved != "" && !t.saved {
		return nil
	}
	if !again && !t.fault.at.same(p) || t.fault.do == nothing {
		return nil
	}
	t.result.hit, t.result.real = true, real
	switch {
	case t.fault.do == kill:
		// The call does not happen: a process that is to die is let out of it before it begins.
		t.killed = true
		return syscall.Kill(t.pid, syscall.SIGKILL)
	case t.fault.do == short || t.fault.do == torn || t.fault.do == cut && !again:
		th.kill = t.fault.do == torn
		return t.register(tid, func(r *syscall.PtraceRegs) { r.Rdx = uint64(max(1, p.length/2)) })
	}
	th.replace, th.answer = true, -int(t.fault.errno)
	if p.call == "close" {
		return nil // a close that fails closes all the same
	}
	return t.register(tid, func(r *syscall.PtraceRegs) { r.Orig_rax = ^uint64(0) })
}

// saveAs is an editor's save by renaming.
func saveAs(path string) error {
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path+"~", append(b, savedText...), 0o644)
	}
	if err != nil {
		return err
	}
	return os.Rename(path+"~", path)
}

func (t *tracer) leaves(tid int, th *thread) error {
	switch {
	case th.kill:
		th.kill, t.killed = false, true
		return syscall.Kill(t.pid, syscall.SIGKILL)
	case th.replace:
		th.replace = false
		return t.register(tid, func(r *syscall.PtraceRegs) { r.Rax = uint64(th.answer) })
	}
	return nil
}

func (t *tracer) register(tid int, change func(*syscall.PtraceRegs)) error {
	var r syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(tid, &r); err != nil {
		return fmt.Errorf("read the registers of thread %d: %w", tid, err)
	}
	change(&r)
	if err := syscall.PtraceSetRegs(tid, &r); err != nil {
		return fmt.Errorf("set the registers of thread %d: %w", tid, err)
	}
	return nil
}

// file is the file that a call is about, "" where it is none of the workspace's.
func (t *tracer) file(tid int, c interest, info *syscallInfo) string {
	if c.path < 0 {
		name, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", t.pid, int32(info.args[c.fd])))
		if err != nil {
			return ""
		}
		return t.inside(strings.TrimSuffix(name, " (deleted)"))
	}
	name := t.text(tid, info.args[c.path])
	if name == "" || filepath.IsAbs(name) {
		return t.inside(name)
	}
	dir := t.root
	if c.fd >= 0 && int32(info.args[c.fd]) != unix.AT_FDCWD {
		var err error
		if dir, err = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", t.pid, int32(info.args[c.fd]))); err != nil {
			return ""
		}
	}
	return t.inside(filepath.Join(dir, name))
}

func (t *tracer) inside(path string) string {
	if isOf(t.root, path) {
		return path
	}
	return ""
}

// text reads a string of the traced process.
func (t *tracer) text(tid int, at uint64) string {
	var out []byte
	for len(out) < unix.PathMax {
		// No further than the page's end: what follows it may not be there.
		b := make([]byte, min(256, 4096-int(at%4096)))
		n, err := unix.ProcessVMReadv(tid, []unix.Iovec{{Base: &b[0], Len: uint64(len(b))}}, []unix.RemoteIovec{{Base: uintptr(at), Len: len(b)}}, 0)
		if err != nil || n == 0 {
			return ""
		}
		if i := slices.Index(b[:n], 0); i >= 0 {
			return string(append(out, b[:i]...))
		}
		out = append(out, b[:n]...)
		at += uint64(n)
	}
	return string(out)
}
