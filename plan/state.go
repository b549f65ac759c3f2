package plan

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
