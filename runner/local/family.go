//go:build unix

package local

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// family is what belongs to a command: its session and process group; every
// process that has its key in the environment, wherever a double fork or a
// session of its own brought it; every process that has the command's output
// as its own; and all their descendants.
type family struct {
	leader int    // pid, group and session; 0: not known
	birth  uint64 // the leader's; 0: not known
	key    string
	places []place
	child  bool         // the leader is our child and unreaped: its number is nobody else's
	proven bool         // the group of that number is the command's
	spared map[int]bool // never ours
	alone  func() bool  // no other job of this process runs: an orphan that nothing else tells of can only be this one's
	killAt time.Time    // when TERM has had its time; zero: nothing was asked to end yet

	known  map[int]uint64 // every process ever seen to belong, by birth
	asked  map[int]uint64 // those that got TERM: a second one means "at once" to many programs
	denied error          // why a process could not be signalled
}

func newFamily(leader int, birth uint64, key string, places []place) *family {
	return &family{leader: leader, birth: birth, key: key, places: places, known: map[int]uint64{}, asked: map[int]uint64{}}
}

// living lists the members that run, or are stopped.
func (f *family) living() []process {
	all, ok := listProcesses()
	if !ok {
		return f.livingUnlisted()
	}
	self := os.Getpid()
	ours := f.orphans(all)
	for _, p := range all {
		if p.pid == self || f.spared[p.pid] || p.birth < f.birth {
			continue // what is older than the leader is none of its descendants
		}
		if f.known[p.pid] == p.birth && p.birth != 0 || f.inGroup(p) || !p.zombie && (carries(p.pid, f.key) || writesTo(p.pid, f.places)) {
			ours[p.pid] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if !ours[p.pid] && ours[p.ppid] && p.pid != self && !f.spared[p.pid] {
				ours[p.pid], grown = true, true
			}
		}
	}
	var out []process
	for _, p := range all {
		if !ours[p.pid] {
			continue
		}
		f.known[p.pid] = p.birth
		if !p.zombie {
			out = append(out, p)
		}
	}
	return out
}

// orphans are the children that this process has adopted, and that have neither the key nor the output nor the session of a
// command: what was started with an empty environment and cut every tie. While one job runs they are that one's.
func (f *family) orphans(all []process) map[int]bool {
	ours := map[int]bool{}
	if f.alone == nil {
		return ours
	}
	self := os.Getpid()
	var found []process
	for _, p := range all {
		if p.ppid == self && p.pid != f.leader && !p.zombie && f.known[p.pid] != p.birth && adopted(p) {
			found = append(found, p)
		}
	}
	// A process that is just being started has for an instant neither an environment nor a program of its own.
	if len(found) == 0 || !f.alone() {
		return ours
	}
	wait(nil, firstLook)
	for _, p := range found {
		if now, ok := readProcess(p.pid); ok && now.birth == p.birth && adopted(now) && f.alone() {
			ours[p.pid] = true
		}
	}
	return ours
}

func (f *family) inGroup(p process) bool {
	return f.proven && f.leader != 0 && (p.pgid == f.leader || p.sid == f.leader)
}

// livingUnlisted is living where processes cannot be listed: the group as a whole.
func (f *family) livingUnlisted() []process {
	if !f.child || unix.Kill(-f.leader, 0) != nil {
		return nil
	}
	return []process{{pid: f.leader, pgid: f.leader}}
}

// signal sends sig to the members: to the group at once where that is safe, to
// others one by one. TERM goes to each process once; stopped ones are
// continued, so that they can end.
func (f *family) signal(members []process, sig syscall.Signal) {
	inside := func(p process) bool { return p.pgid == f.leader }
	grouped := f.child && slices.ContainsFunc(members, inside) &&
		!slices.ContainsFunc(members, func(p process) bool { return inside(p) && !f.wants(p, sig) })
	if grouped {
		f.note(unix.Kill(-f.leader, sig))
	}
	for _, p := range members {
		if !f.wants(p, sig) {
			continue
		}
		if !grouped || !inside(p) {
			f.note(signalProcess(p, sig))
		}
		if sig == unix.SIGTERM {
			f.asked[p.pid] = p.birth
		}
		if p.stopped && sig != unix.SIGKILL {
			f.note(signalProcess(p, unix.SIGCONT))
		}
	}
}

func (f *family) wants(p process, sig syscall.Signal) bool {
	b, ok := f.asked[p.pid]
	return sig != unix.SIGTERM || !ok || b != p.birth
}

// note keeps why somebody could not be signalled. One that is gone is no trouble.
func (f *family) note(err error) {
	if err != nil && !errors.Is(err, unix.ESRCH) && !errors.Is(err, os.ErrProcessDone) {
		f.denied = err
	}
}

// gone looks until nothing lives, or until the time is up: whether nothing does.
func (f *family) gone(until time.Time) bool {
	for pause := firstLook; ; pause = min(2*pause, lastLook) {
		if len(f.living()) == 0 {
			return true
		}
		left := time.Until(until)
		if left <= 0 {
			return false
		}
		wait(nil, min(pause, left))
	}
}

// end ends what lives: TERM, KILL at killAt or when stop is closed. It gives
// how many there were. An error says who is still there long after the KILL.
func (f *family) end(stop <-chan struct{}) (int, error) {
	seen := map[int]bool{}
	look := func() []process {
		ps := f.living()
		for _, p := range ps {
			seen[p.pid] = true
		}
		return ps
	}
	left := look()
	for pause := firstLook; len(left) > 0 && time.Now().Before(f.killAt); pause = min(2*pause, lastLook) {
		f.signal(left, unix.SIGTERM) // each time: there may be new ones
		if wait(stop, min(pause, time.Until(f.killAt))) {
			break
		}
		left = look()
	}
	last := time.Now().Add(lastWait)
	for pause := firstLook; len(left) > 0; pause = min(2*pause, lastLook) {
		if time.Now().After(last) {
			return len(seen), f.remain(left)
		}
		f.signal(left, unix.SIGKILL)
		wait(nil, pause)
		left = look()
	}
	return len(seen), nil
}

func (f *family) remain(left []process) error {
	pids := make([]int, len(left))
	for i, p := range left {
		pids[i] = p.pid
	}
	if f.denied != nil {
		return fmt.Errorf("processes %d of the command could not be ended: %w", pids, f.denied)
	}
	return fmt.Errorf("processes %d of the command do not end: the system holds them", pids)
}

// reap clears away members that ended as orphans: this process has adopted
// them, and nobody else will ask how they ended.
func (f *family) reap() {
	self := os.Getpid()
	for pid, birth := range f.known {
		if p, ok := readProcess(pid); ok && pid != f.leader && p.zombie && p.ppid == self && p.birth == birth {
			_, err := unix.Wait4(pid, nil, unix.WNOHANG, nil)
			f.note(err)
		}
	}
}
