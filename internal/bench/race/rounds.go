package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/bench/checkout"
)

// kind is one kind of round.
type kind struct {
	name  string
	open  opening
	mode  string // what command.sh does
	force bool
	gated bool // the command goes on when everybody else has ended
	kill  bool // a holder is killed while its command runs, before the others start
	amid  bool // it is killed while they start
}

// opening is how the task is made one that can be claimed.
type opening uint8

const (
	asIs    opening = iota
	untick          // a person takes the tick back
	restale         // an input changes, so that the tick is there and no longer fresh
)

func kinds() []kind {
	return []kind{
		// All but one are told who has it.
		{name: "held", open: untick, mode: "wait", gated: true},
		// They come when they come: the others are told who has it, or that it is done.
		{name: "open", open: untick},
		// The row is ticked all the while.
		{name: "stale", open: restale},
		{name: "stale and held", open: restale, mode: "wait", gated: true},
		// Everybody who gets the lock runs it, one after another.
		{name: "forced", force: true},
		{name: "failing", open: untick, mode: "fail"},
		// A holder that was killed leaves no lock, and what it left is recorded once.
		{name: "killed", open: untick, kill: true},
		{name: "killed meanwhile", open: untick, kill: true, amid: true},
	}
}

func kindOf(name string) (kind, error) {
	for _, k := range kinds() {
		if k.name == name {
			return k, nil
		}
	}
	return kind{}, fmt.Errorf("there is no kind of round %q", name)
}

// verdict is what one process said.
type verdict string

const (
	ran     verdict = "ran it and passed"
	failed  verdict = "ran it and failed"
	current verdict = "was told that it is done"
	locked  verdict = "was told who has it"
)

// tally counts verdicts by kind of round.
type tally map[string]map[verdict]int

func (t tally) add(kind string, v verdict) {
	if t[kind] == nil {
		t[kind] = map[verdict]int{}
	}
	t[kind][v]++
}

func (t tally) print(procs, rounds int, took time.Duration) {
	fmt.Printf("| round | %s | %s | %s | %s |\n| --- | --- | --- | --- | --- |\n", ran, failed, locked, current)
	all := 0
	for _, k := range slices.Sorted(maps.Keys(t)) {
		fmt.Printf("| %s | %d | %d | %d | %d |\n", k, t[k][ran], t[k][failed], t[k][locked], t[k][current])
		for _, n := range t[k] {
			all += n
		}
	}
	fmt.Printf("\n%d rounds of %d processes, %d with those of the second worktree, in %s: each claim ran once, no entry lost, no number twice\n",
		rounds, procs, all, took.Round(time.Second))
}

// judge reads what a process said. An exit code without its words, or the other way round, is none of them.
func judge(e checkout.Ended, pids []int) (verdict, error) {
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(e.Said, w) })
	}
	switch {
	case e.Exit == 5 && says("is locked by process "):
		for _, pid := range pids {
			if says(fmt.Sprintf("is locked by process %d on ", pid)) {
				return locked, nil
			}
		}
		return "", fmt.Errorf("process %d was told of a holder that is none of %d:\n%s", e.PID, pids, e.Said)
	case e.Exit == 0 && says("another process has just done it", "nothing that it depends on has changed since"):
		return current, nil
	case e.Exit == 0 && says("passed"):
		return ran, nil
	case e.Exit == 1 && says("failed"):
		return failed, nil
	}
	return "", fmt.Errorf("process %d ended with %d and said:\n%s", e.PID, e.Exit, e.Said)
}
