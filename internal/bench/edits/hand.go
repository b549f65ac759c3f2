package main

import (
	"fmt"
	"os"
	"strings"
)

// hand does a person's steps in a thread of its own, one after another, so that one that the kernel holds up holds up
// nobody else.
type hand struct {
	steps chan func() error
	came  chan error
	held  bool // the last step has not come to its end
}

func newHand() *hand {
	h := &hand{steps: make(chan func() error), came: make(chan error, 1)}
	go func() {
		for step := range h.steps {
			h.came <- step()
		}
	}()
	return h
}

// do does a step and waits for its end, or until the kernel holds it up; after that nothing is done until it goes on.
func (h *hand) do(step func() error) error {
	if h.held {
		select {
		case err := <-h.came:
			h.held = false
			if err != nil {
				return err
			}
		default:
			return nil
		}
	}
	h.steps <- step
	for {
		select {
		case err := <-h.came:
			return err
		default:
		}
		held, err := heldUp()
		if err != nil || held {
			h.held = held
			return err
		}
	}
}

// wait waits for a step that was held up.
func (h *hand) wait() error {
	if !h.held {
		return nil
	}
	h.held = false
	return <-h.came
}

func (h *hand) close() { close(h.steps) }

// heldUp reports whether the kernel holds up somebody who wants to write to a file that this process watches.
func heldUp() (bool, error) {
	b, err := os.ReadFile("/proc/locks")
	if err != nil {
		return false, err
	}
	pid := fmt.Sprintf(" %d ", os.Getpid())
	for line := range strings.Lines(string(b)) {
		if strings.Contains(line, "BREAKING") && strings.Contains(line, pid) {
			return true, nil
		}
	}
	return false, nil
}
