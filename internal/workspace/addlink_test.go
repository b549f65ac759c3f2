package workspace

import (
	"strings"
	"testing"
)

func TestAddLink(t *testing.T) {
	const plan, id = "plans/a b.md", "NEW-001"
	for _, c := range []struct{ name, src, want string }{
		{"none", "version: 1\n", "version: 1\nlinks:\n  \"plans/a b.md\": NEW-001\n"},
		{"no final newline", "version: 1", "version: 1\nlinks:\n  \"plans/a b.md\": NEW-001\n"},
		{"block", "version: 1\nlinks: # why\n    plans/x.md: X-1\nledger: l.md\n", "version: 1\nlinks: # why\n    \"plans/a b.md\": NEW-001\n    plans/x.md: X-1\nledger: l.md\n"},
		{"flow", "version: 1\nlinks: {plans/x.md: X-1}\n", "version: 1\nlinks: {\"plans/a b.md\": NEW-001, plans/x.md: X-1}\n"},
		{"empty flow", "version: 1\nlinks: {}\n", "version: 1\nlinks: {\"plans/a b.md\": NEW-001}\n"},
		{"crlf", "version: 1\r\nlinks:\r\n  plans/x.md: X-1\r\n", "version: 1\r\nlinks:\r\n  \"plans/a b.md\": NEW-001\r\n  plans/x.md: X-1\r\n"},
	} {
		got, err := AddLink(".planctl.yaml", []byte(c.src), plan, id)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\ngot  %q\nwant %q", c.name, err, got, c.want)
		}
	}
	if got, err := AddLink("c", []byte("version: 1\nlinks: {\"plans/a b.md\": NEW-001}\n"), plan, id); got != nil || err != nil {
		t.Errorf("a link that is there: %q, %v; want no change", got, err)
	}
	if _, err := AddLink("c", []byte("version: 1\nlinks: {\"plans/a b.md\": OLD-001}\n"), plan, id); err == nil || !strings.Contains(err.Error(), "OLD-001") {
		t.Errorf("another link of the plan: %v; want an error that names it", err)
	}
	if _, err := AddLink("c", []byte("nonsense: 1\n"), plan, id); err == nil {
		t.Error("a config with an unknown key was written to")
	}
}
