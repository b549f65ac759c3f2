package plan

import "testing"

// A column is the command's by what its header says, where it is the only one.
func TestCommandHeader(t *testing.T) {
	const second = " | Rollback"
	for header, want := range map[string]string{
		"Command": "`a`", "Test Command": "`a`", "Verify Command": "`a`", "Command(s)": "`a`", "Cmd / How": "`a`", "**Verification command**": "`a`", "CLI cmd": "`a`", "Command to run": "`a`", "Commands (exact)": "`a`",
		"Rollback Command": "", "Command output": "", "Last command": "", "Test": "", "Recommended": "", "Commander": "", "Old Command": "", "Cleanup cmd": "", "Test Command | Build Command": "", "Command | Test Command": "`a`",
	} {
		p := Parse("p.md", []byte("| ID | Task | Status | "+header+second+" |\n|---|---|---|---|---|"+"---|\n| A1 | Do it | [ ] | `a` | `b` | `c` |\n"), Tokens{})
		if n := len(p.Tasks()); n != 1 || p.Tasks()[0].Description != "Do it" {
			t.Fatalf("%s: %d rows", header, n)
		}
		if got := p.Tasks()[0].Command; got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	// A table whose only text is there keeps it as its description.
	p := Parse("p.md", []byte("| ID | Test Command | Status |\n|---|---|---|\n| A1 | `a` | [ ] |\n"), Tokens{})
	if task := p.Task("A1"); task == nil || task.Description != "`a`" || task.Command != "" {
		t.Errorf("%+v", task)
	}
}
