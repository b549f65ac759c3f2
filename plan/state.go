package plan

import "fmt"

// State is what a state token means. The zero value means not known.
type State uint8

// The states of a task.
const (
	Unknown State = iota
	Todo
	Active
	Blocked
	Skipped
	Done
)

var stateNames = [...]string{"unknown", "todo", "active", "blocked", "skipped", "done"}

// States is every state that a token can mean, in the order in which they are
// listed to people.
func States() []State { return []State{Todo, Active, Blocked, Skipped, Done} }

func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return stateNames[Unknown]
}

// MarshalText writes the state as its word.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts the words that MarshalText writes.
func (s *State) UnmarshalText(b []byte) error {
	for i, n := range stateNames {
		if n == string(b) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("unknown state %q: want todo, active, blocked, skipped or done", b)
}

// ParseState reads the name of a state that a task can be set to: todo,
// active, blocked, skipped or done.
func ParseState(name string) (State, error) {
	var s State
	if err := s.UnmarshalText([]byte(name)); err != nil || s == Unknown {
		return Unknown, fmt.Errorf("unknown state %q: want todo, active, blocked, skipped or done", name)
	}
	return s, nil
}
