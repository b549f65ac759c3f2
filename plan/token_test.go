package plan

import (
	"slices"
	"testing"
)

func TestTokensWith(t *testing.T) {
	got, err := Tokens{}.With(map[State][]string{Done: {"[OK]", "[x]"}, Active: {"[…]"}}, map[State]string{Done: "[D]"})
	if err != nil {
		t.Fatal(err)
	}
	for tok, want := range map[string]State{"[OK]": Done, "`[OK]`": Done, "[…]": Active, "[ ]": Todo, "[ok]": Unknown, "": Unknown} {
		if s := got.State(tok); s != want {
			t.Errorf("%q means %s, want %s", tok, s, want)
		}
	}
	if of := got.Of(Active); !slices.Equal(of, []string{"[P]", "[~]", "[/]", "[…]"}) {
		t.Errorf("active tokens %q", of)
	}
	for _, bad := range []struct {
		read  map[State][]string
		write map[State]string
	}{
		{map[State][]string{Done: {"OK"}}, nil}, {map[State][]string{Done: {"[]"}}, nil}, {map[State][]string{Done: {"[a|b]"}}, nil},
		{map[State][]string{Done: {"[ ]"}}, nil}, {map[State][]string{Unknown: {"[z]"}}, nil}, {map[State][]string{Done: {"[a\nb]"}}, nil},
		{nil, map[State]string{Done: "[OK]"}}, {nil, map[State]string{Done: "[ ]"}}, {nil, map[State]string{Unknown: "[?]"}},
		{map[State][]string{Done: {"[z]"}, Todo: {"[z]"}}, nil},
	} {
		if _, err := (Tokens{}).With(bad.read, bad.write); err == nil {
			t.Errorf("With(%v, %v) gave no error", bad.read, bad.write)
		}
	}
	if s := DefaultTokens().State("[OK]"); s != Unknown {
		t.Errorf("With changed the defaults: [OK] means %s", s)
	}
}

func TestTokensOfTheConfigurationAreRead(t *testing.T) {
	tokens, err := Tokens{}.With(map[State][]string{Skipped: {"[SKIP]"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := Parse("f.md", []byte("# p\n"+h3+"| 1 | t | [SKIP] |\n"), tokens)
	if task := p.Task("1"); task == nil || task.State != Skipped || !task.Editable {
		t.Errorf("read %+v, findings %v", task, p.Findings)
	}
}

func TestStateText(t *testing.T) {
	for _, s := range States() {
		if got, err := ParseState(s.String()); err != nil || got != s {
			t.Errorf("ParseState(%s) = %v, %v", s, got, err)
		}
	}
	for _, bad := range []string{"", "unknown", "Done", "x"} {
		if s, err := ParseState(bad); err == nil {
			t.Errorf("ParseState(%q) = %s", bad, s)
		}
	}
	if State(99).String() != "unknown" {
		t.Errorf("a state out of range is %s", State(99))
	}
}

func TestRulesAreListedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[string(r.Code)] || r.Doc == "" || r.Severity == 0 {
			t.Errorf("rule %+v", r)
		}
		seen[string(r.Code)] = true
	}
}
