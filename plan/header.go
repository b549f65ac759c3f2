package plan

import (
	"strings"
	"unicode"

	"github.com/planctl/planctl/internal/mdspan"
)

// columns is where a table has what; -1 for a column that it has not.
type columns struct {
	id, state, description, guidance, command int
	waits                                     int // what a row waits for: Depends on
	n                                         int // number of columns
	closed, led                               bool
	names                                     []string
	taskColumn                                bool // the description is headed Task or Description, not merely the first that is left
}

// readHeader finds the columns by the words in a header row.
func readHeader(src []byte, c cells) columns {
	col := columns{id: -1, state: -1, description: -1, guidance: -1, command: -1, waits: -1, n: len(c.at), closed: c.closed, led: c.led}
	for _, s := range c.at {
		col.names = append(col.names, words(s.Of(src)))
	}
	pick := func(into *int, fits ...func(string) bool) {
		for _, f := range fits {
			for i, n := range col.names {
				if *into < 0 && f(n) && i != col.id && i != col.state && i != col.description && i != col.guidance {
					*into = i
				}
			}
		}
	}
	is := func(want ...string) func(string) bool {
		return func(n string) bool {
			for _, w := range want {
				if n == w {
					return true
				}
			}
			return false
		}
	}
	has := func(want string) func(string) bool {
		return func(n string) bool { return strings.Contains(n, want) }
	}
	starts := func(want string) func(string) bool {
		return func(n string) bool { return strings.HasPrefix(n, want) }
	}
	pick(&col.id, is("id"), is("task id"), is("step id", "row id", "item id"), is("cluster id"),
		is("#", "no", "no.", "nr", "nr.", "№", "task #", "step #"), is("step"),
		func(n string) bool { return strings.HasSuffix(n, " id") || strings.HasPrefix(n, "id (") })
	pick(&col.state, stateName)
	pick(&col.guidance, has("guidance"), starts("how"), starts("why"), is("details", "detail"), is("instructions"), is("notes", "note"), is("comments", "comment"))
	pick(&col.description, is("task description"), is("task"), is("description"), starts("task"), has("description"))
	col.taskColumn = col.description >= 0
	pick(&col.description, is("item", "action", "work", "title", "what", "step", "goal"), is("summary", "feature", "deliverable", "activity", "requirement", "objective", "subject", "name"))
	pick(&col.command, is("command", "commands", "cmd", "command line"))
	if col.description < 0 { // the first column that is nothing else
		for i := range col.names {
			if i != col.id && i != col.state && i != col.guidance && i != col.command && (col.description < 0 || aside(col.names[col.description]) && !aside(col.names[i])) {
				col.description = i
			}
		}
	}
	if col.command < 0 {
		col.command = col.oneCommand()
	}
	for i, n := range col.names {
		if col.waits < 0 && waitsName(n) && i != col.id && i != col.state && i != col.guidance && i != col.description && i != col.command {
			col.waits = i
		}
	}
	return col
}

// oneCommand is the one column whose header says by its words that it holds the command of the task ("Test Command",
// "Command(s)", "Cmd / How"), -1 without one. Where there are two, a person has to say which of them ticks the row; and a
// "Rollback Command", or what a command gave, is none.
func (col *columns) oneCommand() int {
	found := -1
	for i, n := range col.names {
		if i == col.id || i == col.state || i == col.description || i == col.guidance || !namesCommand(n) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// namesCommand reports whether all words of a header lead to one that means a command.
func namesCommand(n string) bool {
	command := false
	for _, w := range strings.FieldsFunc(strings.ReplaceAll(n, "(s)", "s"), func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch w {
		case "command", "commands", "cmd", "cmds":
			command = true
		case "test", "tests", "verify", "verification", "validate", "validation", "check", "run", "build", "exact", "full", "shell", "bash", "cli", "line", "to", "the", "how", "execute", "repro", "reproduce", "proof", "acceptance", "task":
		default:
			return false
		}
	}
	return command
}

// waitsName reports whether a column with that header holds what a row waits for.
func waitsName(n string) bool {
	n, _, _ = strings.Cut(n, " (")
	switch n {
	case "depends on", "depends", "dependencies", "dependency", "deps", "dep", "task dependencies", "blocked by", "blocked on", "waits for", "waiting on", "prereqs", "prereq", "prerequisites", "prerequisite",
		"requires", "after":
		return true
	}
	return false
}

// aside reports a column that says something of a task and not what it is.
func aside(n string) bool {
	switch n {
	case "", "owner", "assignee", "who", "priority", "prio", "p", "est", "est.", "estimate", "effort", "size", "points", "due", "date", "when", "deadline", "type", "kind", "severity",
		"dependencies", "depends on", "deps", "links", "link", "ref", "refs", "artifacts", "evidence", "area", "component", "file", "files",
		"tag", "tags", "label", "labels", "category", "group", "team", "role", "sev", "sev.", "risk", "impact", "cost", "complexity", "hours", "time", "duration",
		"location", "where", "line", "lines", "path", "module", "package", "phase", "sprint", "iteration", "milestone", "epic", "week", "day", "quarter", "version",
		"release", "source", "order", "rank", "seq":
		return true
	}
	return waitsName(n)
}

// stateName reports whether a column with that header holds states.
func stateName(n string) bool {
	n, _, _ = strings.Cut(n, " (")
	switch n {
	case "state", "status", "task state", "task status", "current state", "current status", "state/status", "status/state":
		return true
	}
	return false
}

// delimiter is the number of cells of a delimiter row, 0 for other lines.
func delimiter(src []byte, s mdspan.Span, buf cells) (int, cells) {
	s = trim(src, s)
	dash := false
	for _, c := range s.Of(src) {
		switch c {
		case '-':
			dash = true
		case '|', ':', ' ', '\t', '\r':
		default:
			return 0, buf
		}
	}
	if !dash {
		return 0, buf
	}
	c := split(src, s, nil, buf)
	for _, at := range c.at {
		b := at.Of(src)
		b = []byte(strings.TrimSuffix(strings.TrimPrefix(string(b), ":"), ":"))
		if len(b) == 0 || strings.Trim(string(b), "-") != "" {
			return 0, c
		}
	}
	if len(c.pipes) == 0 {
		return 0, c
	}
	return len(c.at), c
}
