//go:build unix

package local

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/planctl/planctl/runner"
)

// EndGroup ends what survives of a job whose planctl is gone, and gives how
// many processes that were: TERM, after grace KILL, or at once when ctx ends. A
// process is touched only if it is proved to be the job's: it carries the job's
// key in its environment, or it descends from such a one, or it is in the
// handle's session or group, and either its leader lives and was born when the
// handle says or one of its members carries the key. So a number that the
// system has used again since is nobody's. A handle without an ID (the crash
// came before it was known) is found by its key.
//
// An error means that somebody could not be ended. This process itself, and
// those it was started by, are never touched.
func EndGroup(ctx context.Context, h runner.Handle, grace time.Duration) (killed int, err error) {
	f, err := foreign(h)
	if err != nil {
		return 0, err
	}
	f.killAt = time.Now().Add(grace)
	return f.end(ctx.Done())
}

// Surviving gives the process numbers of what EndGroup would end, the oldest first, and touches nothing.
func Surviving(h runner.Handle) ([]int, error) {
	f, err := foreign(h)
	if err != nil {
		return nil, err
	}
	living := f.living()
	slices.SortFunc(living, func(a, b process) int { return cmp.Or(cmp.Compare(a.birth, b.birth), cmp.Compare(a.pid, b.pid)) })
	pids := make([]int, len(living))
	for i, p := range living {
		pids[i] = p.pid
	}
	return pids, nil
}

// foreign is the family of a job that another process started.
func foreign(h runner.Handle) (*family, error) {
	var leader int
	var birth uint64
	var err error
	if h.ID != "" {
		if leader, err = strconv.Atoi(h.ID); err != nil || leader <= 1 {
			return nil, fmt.Errorf("job %q: %q is no process group", h.Key, h.ID)
		}
	}
	if h.Birth != "" {
		if birth, err = strconv.ParseUint(h.Birth, 10, 64); err != nil {
			return nil, fmt.Errorf("job %q: %q is no start time of a process", h.Key, h.Birth)
		}
	}
	f := newFamily(leader, birth, h.Key, nil)
	all, _ := listProcesses()
	f.proven = leader != 0 && slices.ContainsFunc(all, func(p process) bool {
		return p.pid == leader && birth != 0 && p.birth == birth || (p.pgid == leader || p.sid == leader) && carries(p.pid, h.Key)
	})
	f.spared = ancestors(all)
	return f, nil
}

// ancestors are this process and those that it was started by.
func ancestors(all []process) map[int]bool {
	parent := map[int]int{}
	for _, p := range all {
		parent[p.pid] = p.ppid
	}
	out := map[int]bool{}
	for pid := os.Getpid(); pid > 0 && !out[pid]; pid = parent[pid] {
		out[pid] = true
	}
	return out
}

// leaderLives reports whether a job's own process runs.
func leaderLives(h runner.Handle) bool {
	if h.ID == "" {
		_, found, err := findLeader(h.Key)
		return found && err == nil
	}
	pid, err := strconv.Atoi(h.ID)
	if err != nil {
		return false
	}
	p, ok := readProcess(pid)
	return ok && !p.zombie && (p.birthText() == h.Birth || h.Birth == "" && carries(pid, h.Key))
}

// findLeader looks for a living command by its key. Where only descendants
// live, the handle has no ID.
func findLeader(key string) (runner.Handle, bool, error) {
	all, ok := listProcesses()
	if !ok || key == "" {
		return runner.Handle{}, false, nil
	}
	self := os.Getpid()
	all = slices.DeleteFunc(all, func(p process) bool { return p.zombie || p.pid == self || !carries(p.pid, key) })
	if len(all) == 0 {
		return runner.Handle{}, false, nil
	}
	first := slices.MinFunc(all, func(a, b process) int {
		return cmp.Or(cmp.Compare(a.birth, b.birth), cmp.Compare(a.pid, b.pid))
	})
	h := runner.Handle{Executor: Name, Key: key, Started: first.started()}
	if first.pid == first.pgid && first.pid == first.sid {
		h.ID, h.Birth = strconv.Itoa(first.pid), first.birthText()
	}
	return h, true, nil
}
