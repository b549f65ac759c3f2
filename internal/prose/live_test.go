package prose

import (
	"strings"
	"testing"
)

func TestStanding(t *testing.T) {
	for text, want := range map[string]string{ // ? stands for a blank where something was
		"a <!-- b --> c":                "a ?????????? c",
		"a <!-- `b -->` c`":             "a ???????????` c`",
		"`<!--` a <!-- b":               "`<!--` a ??????",
		"`a <!-- b` c --> d":            "`a <!-- b` c --> d",
		"\\<!-- a -->":                  "\\<!-- a -->",
		"~~a~~ b ~~c~~":                 "????? b ?????",
		"~~Run `a ~~ b`~~ c":            "???????????????? c",
		"`~~` a ~~b":                    "`~~` a ~~b",
		"~a~ b":                         "??? b",
		"~5 min, then ~10 min":          "~5 min, then ~10 min",
		"see ~/a and ~/b":               "see ~/a and ~/b",
		"a~b~c":                         "a~b~c",
		"~~~a~~~":                       "~~~a~~~",
		"\\~~a~~":                       "\\~~a~~",
		"<del>a `</del>`</del> b":       "????????????????????? b",
		"<S>a</s> <strike x>b</strike>": "???????? ????????????????????",
		"<del>a":                        "<del>a",
		"<span>a</span> <stamp>":        "<span>a</span> <stamp>",
		"cp `<s>` `</s>`":               "cp `<s>` `</s>`",
		"<!-- ~~ --> a ~~ b":            "??????????? a ~~ b",
	} {
		got := standing(text)
		shown := []byte(got.live)
		for i := range shown {
			if len(got.live) == len(text) && shown[i] == ' ' && (text[i] != ' ' || i < len(want) && want[i] == '?') {
				shown[i] = '?'
			}
		}
		if string(shown) != want {
			t.Errorf("%q:\n got %q\nwant %q", text, shown, want)
		}
	}
	if got := standing("~~a~~ <!-- b -->").said; got != "      <!-- b -->" {
		t.Errorf("a comment is still said: %q", got)
	}
}

// A command that was taken back is not run in any of the three places, and what stands beside it is.
func TestTakenBack(t *testing.T) {
	const gone = "it is struck through, or stands in a comment"
	for cell, want := range map[string]string{ // to the command, and "!" where it is shown
		"<!-- Run `make a -x` --> nothing yet":           "make a -x !",
		"~~Run `make a -x`~~ see A1":                     "make a -x !",
		"<del>Run `make a -x`</del>":                     "make a -x !",
		"~~`A=1 make a -x`~~ by hand":                    "make a -x !",
		"~~Run `make a -x`~~ Run `make b -x`":            "make b -x",
		"Run `make b -x` <!-- was `make a -x` -->":       "make b -x",
		"Run `grep '<!--' a.html` and `grep '-->' a`":    "grep '<!--' a.html !",
		"Run `make b -x`. <!-- keep":                     "make b -x",
		"~~Run~~ `make b -x`":                            "",
		"Run `make b -x` on ~/a or ~/b, ~5 min (~x~)":    "make b -x",
		"Run `cat ~~a~~`":                                "cat ~~a~~",
		"~~Run `make a -x`~~ then `make b -x` ~~twice~~": "make a -x !",
	} {
		p, task := row(cell)
		s := In(p).Suggest(task)
		run, shown := strings.CutSuffix(want, " !")
		if (s == nil) != (want == "") || s != nil && (!strings.HasSuffix(s.Run, run) || s.Runnable == shown || strings.HasPrefix(run, "make a") && s.Why != gone) {
			t.Errorf("%s: %+v, want %q", cell, s, want)
		}
	}
	for cell, want := range map[string]string{
		"~~`make a -x`~~": "make a -x !", "~~`make a -x`~~ `make b -x`": "make b -x", "<!-- `make a -x` --> `make b -x`": "make b -x !", "make b -x <!-- ask first -->": "make b -x !",
		"<!-- make a -x -->": "",
	} {
		p, task := document("| ID | Task | State | Command |\n|--|--|--|--|\n| A1 | Do | [ ] | " + cell + " |\n")
		s := In(p).Suggest(task)
		run, shown := strings.CutSuffix(want, " !")
		if (s == nil) != (want == "") || s != nil && (s.Run != run || s.Runnable == shown) {
			t.Errorf("%s: %+v, want %q", cell, s, want)
		}
	}
	for entry, want := range map[string]string{
		"- A1: ~~`make a -x`~~ `make b -x`": "make b -x", "- ~~A1: `make a -x`~~": "", "- A1: <!-- `make a -x` -->": "", "- A1:\n  <!-- `make a -x`\n  -->\n  `make b -x`": "make b -x",
		"<!--\n- A1: `make a -x`\n-->": "", "<!-- - A1: `make a -x` -->": "",
	} {
		p, task := document("| ID | Task | State |\n|--|--|--|\n| A1 | Do | [ ] |\n\n## Command Reference\n" + entry + "\n")
		if s := In(p).Suggest(task); (s == nil) != (want == "") || s != nil && (s.Run != want || !s.Runnable) {
			t.Errorf("%s: %+v, want %q", entry, s, want)
		}
	}
	// nor does it make a row red, or name another row
	p, task := document("| ID | Task | State | Guidance |\n|--|--|--|--|\n| A1 | ~~Capture RED run~~ Look | [ ] | Run `go test .` ~~must fail~~ |\n| A2 | Look | [ ] | ~~Same command as A1~~ |\n")
	if s := In(p).Suggest(task); s == nil || s.Kind.String() != "check" || !s.Runnable {
		t.Errorf("%+v", s)
	}
	if s := SameAs(p, p.Task("A2")); s != nil {
		t.Errorf("%+v", s)
	}
}
