package baseline_test

import (
	"flag"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/finding"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// known is a few rules of each kind.
func known() map[finding.Code]bool {
	out := map[finding.Code]bool{}
	for _, c := range []finding.Code{"plan-missing-path", "plan-duplicate-id", "plan-broken-table", "spec-no-plan", "spec-no-because",
		"ledger-date", "ledger-number-twice", "tick-by-hand", "evidence-cited", "history-tick", "config-link"} {
		out[c] = true
	}
	for _, r := range baseline.Rules() {
		out[r.Code] = true
	}
	return out
}

func everything() baseline.Scope { return baseline.Scope{Known: known()} }

func warn(code finding.Code, file string, line int, task, message string) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Warning, File: file, Line: line, Task: task, Message: message}
}

func said(l finding.List) string {
	var b strings.Builder
	for _, f := range l {
		b.WriteString(f.Error() + "\n")
	}
	return b.String()
}

func old() finding.List {
	return finding.List{
		warn("plan-missing-path", "plans/c.md", 12, "", "Dependencies cites `docs/a.md`, which is not there"),
		warn("plan-missing-path", "plans/c.md", 13, "", "Dependencies cites `docs/a.md`, which is not there"),
		{Code: "plan-duplicate-id", Severity: finding.Error, File: "plans/c.md", Line: 30, Task: "A1", Message: "duplicate ID A1: line 27 has it already"},
		warn("tick-by-hand", "plans/b.md", 4, "B1", "B1 is ticked by hand: docs/fix_plan.md:120 names it and has no evidence"),
		warn("ledger-date", "docs/fix_plan.md", 7, "", "2025-02-30 is no date"),
		{Code: "evidence-cited", Severity: finding.Note, File: "docs/fix_plan.md", Line: 8, Message: "a note"},
		warn("history-tick", "plans/b.md", 4, "B1", "B1 was ticked"),
		warn("config-link", ".planctl.yaml", 2, "", "no plan"),
		warn("suppress-unused", "plans/b.md", 2, "", "needless"),
		warn("baseline-unused", ".planctl-baseline.yaml", 2, "", "gone"),
	}
}

func TestFormatGolden(t *testing.T) {
	b := baseline.Update(nil, append(old(),
		warn("spec-no-plan", "", 0, "", "null"),
		warn("spec-no-plan", "a: b.md", 1, "- x", "it's `a: b`\nand \"c\" \t\u202e"),
	), baseline.Scope{})
	b.Entries[0].Reason = "the old build had it; see docs/why.md #3"
	got := b.Format()
	const golden = "testdata/old.yaml"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func reread(t interface {
	Helper()
	Fatalf(string, ...any)
}, b *baseline.Baseline) *baseline.Baseline {
	out, list := baseline.Parse(b.File, b.Format())
	if len(list) > 0 {
		t.Fatalf("%v\n%s", list, b.Format())
	}
	return out
}

// A repository is quiet once its baseline is written, and stays so while lines move.
func TestApply(t *testing.T) {
	b := reread(t, baseline.Update(nil, old(), baseline.Scope{}))
	rest, unused := b.Apply(old(), everything())
	if len(unused) > 0 {
		t.Errorf("unused: %v", unused)
	}
	if want := old()[5:]; !slices.Equal(rest, want) {
		t.Errorf("rest:\n%swant:\n%s", said(rest), said(want))
	}
	moved := old()
	for i := range moved {
		moved[i].Line += 100
		moved[i].Message = strings.ReplaceAll(moved[i].Message, "line 27", "line 127")
	}
	if rest, unused := b.Apply(moved, everything()); len(rest) != 5 || len(unused) > 0 {
		t.Errorf("after an edit elsewhere:\n%s%s", said(rest), said(unused))
	}
}

func TestApplyNew(t *testing.T) {
	b := reread(t, baseline.Update(nil, old(), baseline.Scope{}))
	third := old()[0]
	third.Line = 99
	list := append(old()[:5], third,
		warn("plan-missing-path", "plans/d.md", 12, "", "Dependencies cites `docs/a.md`, which is not there"), // another file
		warn("tick-by-hand", "plans/b.md", 4, "B2", "B1 is ticked by hand: docs/fix_plan.md:120 names it and has no evidence"),
		warn("ledger-number-twice", "docs/fix_plan.md", 7, "", "2025-02-30 is no date"),
		warn("ledger-date", "docs/fix_plan.md", 7, "", "2025-02-31 is no date"),
	)
	rest, unused := b.Apply(list, everything())
	if len(rest) != 5 || len(unused) > 0 {
		t.Fatalf("rest:\n%sunused:\n%s", said(rest), said(unused))
	}
	if rest[0].Line != 99 || !strings.Contains(rest[0].Help, "the baseline holds 2 that look like this one") {
		t.Errorf("one more than counted: %+v", rest[0])
	}
}

func TestApplyUnused(t *testing.T) {
	b := reread(t, baseline.Update(nil, old(), baseline.Scope{}))
	list := old()[1:4] // one of the two paths is mended, and the date
	rest, unused := b.Apply(list, everything())
	if len(rest) > 0 {
		t.Errorf("rest:\n%s", said(rest))
	}
	text := string(b.Format())
	want := ".planctl-baseline.yaml:" + lineOf(text, "- rule: ledger-date") + ":5: warning[baseline-unused]: ledger-date in docs/fix_plan.md is gone: 2025-02-30 is no date\n" +
		".planctl-baseline.yaml:" + lineOf(text, "- rule: plan-missing-path") + ":5: warning[baseline-unused]: plan-missing-path in plans/c.md: of 2 findings that this entry holds 1 is left: Dependencies cites `docs/a.md`, which is not there\n"
	if said(unused) != want {
		t.Errorf("got\n%swant\n%s", said(unused), want)
	}
	// What was not looked for is not gone.
	lint := everything()
	lint.Looked = func(file string, code finding.Code) bool { return file == "plans/c.md" && code == "plan-missing-path" }
	if _, unused := b.Apply(nil, lint); len(unused) != 1 {
		t.Errorf("of one rule and file:\n%s", said(unused))
	}
	var none *baseline.Baseline
	if rest, unused := none.Apply(list, everything()); len(rest) != len(list) || unused != nil {
		t.Error("no baseline takes something out")
	}
}

func lineOf(text, part string) string {
	before, _, _ := strings.Cut(text, part)
	n := strings.Count(before, "\n") + 1
	return string(rune('0'+n/10)) + string(rune('0'+n%10))
}

// What an update takes in and out, and the order that people count in.
func TestDifference(t *testing.T) {
	entry := func(message string, count int) baseline.Entry {
		return baseline.Entry{Rule: "ledger-date", File: "docs/fix_plan.md", Message: message, Count: count}
	}
	was := &baseline.Baseline{Entries: []baseline.Entry{entry("attempt #10", 1), entry("attempt #2", 3), entry("attempt #3", 1), entry("attempt", 1)}}
	next := &baseline.Baseline{Entries: []baseline.Entry{entry("attempt #2", 1), entry("attempt #3", 2), entry("attempt #111", 1), entry("attempt #11", 1), entry("attempt", 1)}}
	came, went := was.Difference(next)
	if want := []baseline.Entry{entry("attempt #3", 1), entry("attempt #11", 1), entry("attempt #111", 1)}; !slices.Equal(came, want) {
		t.Errorf("came %v, want %v", came, want)
	}
	if want := []baseline.Entry{entry("attempt #2", 2), entry("attempt #10", 1)}; !slices.Equal(went, want) {
		t.Errorf("went %v, want %v", went, want)
	}
	var none *baseline.Baseline
	if came, went := none.Difference(next); len(came) != len(next.Entries) || len(went) != 0 || next.Findings() != 6 || none.Findings() != 0 {
		t.Errorf("from none: %v, %v", came, went)
	}
}

// A line in the baseline must not be able to hide a rewritten attempt.
func TestApplyProtected(t *testing.T) {
	b, list := baseline.Parse("b.yaml", []byte("version: 1\nfindings:\n- {rule: history-tick, file: p.md, message: m}\n- {rule: config-link, file: p.md, message: m}\n- {rule: plan-gone, file: p.md, message: m}\n- {rule: suppress-unused, file: p.md, message: m}\n"))
	if len(list) > 0 {
		t.Fatal(list)
	}
	var all finding.List
	for _, c := range []finding.Code{"history-tick", "config-link", "plan-gone", "suppress-unused"} {
		all = append(all, warn(c, "p.md", 1, "", "m"))
	}
	rest, unused := b.Apply(all, everything())
	if !slices.Equal(rest, all) {
		t.Errorf("taken out: only\n%sis left", said(rest))
	}
	const want = "b.yaml:3:3: error[baseline-protected]: no baseline can hold a finding of history-tick\n" +
		"b.yaml:4:3: error[baseline-protected]: no baseline can hold a finding of config-link\n" +
		"b.yaml:5:3: warning[baseline-unknown-rule]: there is no rule plan-gone\n" +
		"b.yaml:6:3: error[baseline-protected]: no baseline can hold a finding of suppress-unused\n"
	if said(unused) != want {
		t.Errorf("got\n%swant\n%s", said(unused), want)
	}
}

func TestUpdateKeepsReasons(t *testing.T) {
	b := baseline.Update(nil, old(), baseline.Scope{})
	for i := range b.Entries {
		b.Entries[i].Reason = "because of " + string(b.Entries[i].Rule)
	}
	moved := old()[:4]
	moved[2].Message = "duplicate ID A1: line 500 has it already"
	moved = append(moved, warn("ledger-number-twice", "docs/fix_plan.md", 1, "", "new"))
	next := baseline.Update(reread(t, b), moved, baseline.Scope{})
	var got []string
	for _, e := range next.Entries {
		got = append(got, string(e.Rule)+": "+e.Reason)
	}
	want := []string{"ledger-number-twice: ", "tick-by-hand: because of tick-by-hand", "plan-duplicate-id: because of plan-duplicate-id", "plan-missing-path: because of plan-missing-path"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestParseErrors(t *testing.T) {
	const head = "version: 1\nfindings:\n"
	for name, c := range map[string]struct{ src, want string }{
		"empty":            {"", "b.yaml:1:1: error[baseline-invalid]: the baseline does not say its version\n"},
		"no version":       {"findings: []\n", "b.yaml:1:1: error[baseline-invalid]: the baseline does not say its version\n"},
		"newer":            {"version: 2\n", "b.yaml:1:10: error[baseline-invalid]: baseline version 2 is not known\n"},
		"no YAML":          {head + "  - rule: [\n", "b.yaml:3:3: error[baseline-invalid]: this is no YAML"},
		"a list":           {"- a\n", "b.yaml:1:1: error[baseline-invalid]: want a mapping"},
		"unknown key":      {head + "  - {rule: a-b, message: m, line: 3}\n", "b.yaml:3:29: error[baseline-invalid]: an entry has no key line\n"},
		"no rule":          {head + "  - message: m\n", "b.yaml:3:5: error[baseline-invalid]: an entry has no rule, or no message\n"},
		"no message":       {head + "  - rule: a-b\n", "b.yaml:3:5: error[baseline-invalid]: an entry has no rule, or no message\n"},
		"none of them":     {head + "  - {rule: a-b, message: m, count: 0}\n", "b.yaml:3:36: error[baseline-invalid]: the entry counts 0 findings\n"},
		"count of words":   {head + "  - {rule: a-b, message: m, count: two}\n", "b.yaml:3:36: error[baseline-invalid]: want a whole number"},
		"a text":           {head + "  - a-b\n", "b.yaml:3:5: error[baseline-invalid]: an entry is a mapping"},
		"twice":            {head + "  - {rule: a-b, message: at line 1}\n  - {rule: a-b, message: at line 2}\n", "b.yaml:4:5: error[baseline-invalid]: the entry stands on line 3 already\n"},
		"a key twice":      {head + "  - {rule: a-b, rule: c-d, message: m}\n", "b.yaml:3:17: error[baseline-invalid]: "},
		"not UTF-8":        {head + "  - {rule: a-b, message: \xff}\n", "b.yaml:3:26: error[baseline-invalid]: byte 0xff is not UTF-8\n"},
		"second document":  {head + "  []\n---\na: b\n", "b.yaml:4:1: error[baseline-invalid]: a second YAML document starts here"},
		"two things wrong": {"version: 3\nfinding: []\n", "b.yaml:1:10: error[baseline-invalid]: baseline version 3 is not known\nb.yaml:2:1: error[baseline-invalid]: the baseline has no key finding\n"},
	} {
		if _, list := baseline.Parse("b.yaml", []byte(c.src)); !strings.HasPrefix(said(list), c.want) {
			t.Errorf("%s: got\n%swant\n%s", name, said(list), c.want)
		}
	}
}

func same(a, b *baseline.Baseline) bool {
	return slices.EqualFunc(a.Entries, b.Entries, func(x, y baseline.Entry) bool {
		x.Line, x.Col, y.Line, y.Col = 0, 0, 0, 0
		return x == y
	})
}

// Any finding may go in, and comes back the same.
func TestFormatProperty(t *testing.T) {
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "null", "~", "a: b", "a #b", "- a", "'", "\"", "a:", " a", "a ", "|", "x\ny", "\r", "\u0085", "\u2028", "\uFEFF", "line 3", "lines 3, 4 and 5", "p.md:3:4", "3 of 4 rows open: a:5", "1 rows are open", "%", "@", "`", "12", "true", "..", "---", "\x00", "\xff"}))
	long := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(texts, 0, 4).Draw(t, "parts"), "") })
	rapid.Check(t, func(t *rapid.T) {
		list := finding.List(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) finding.Finding {
			return finding.Finding{Code: finding.Code(rapid.StringMatching(`(plan|tick)-[a-z]{1,2}`).Draw(t, "rule")), Severity: finding.Error,
				File: long.Draw(t, "file"), Task: long.Draw(t, "task"), Message: long.Draw(t, "message")}
		}), 0, 8).Draw(t, "list"))
		b := baseline.Update(nil, list, baseline.Scope{})
		for i := range b.Entries {
			b.Entries[i].Reason = strings.ToValidUTF8(long.Draw(t, "reason"), "?")
		}
		back := reread(t, b)
		if !same(b, back) {
			t.Fatalf("read back as %+v\n%s", back.Entries, b.Format())
		}
		// The order of findings does not matter, nor does it to write an update that changes nothing.
		shuffled := slices.Clone(list)
		rand.New(rand.NewSource(1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if again := baseline.Update(back, shuffled, baseline.Scope{}); string(again.Format()) != string(b.Format()) {
			t.Fatalf("got\n%s\nwant\n%s", again.Format(), b.Format())
		}
		codes := map[finding.Code]bool{}
		for _, f := range list {
			codes[f.Code] = true
		}
		if rest, unused := back.Apply(shuffled, baseline.Scope{Known: codes}); len(rest)+len(unused) > 0 {
			t.Fatalf("not quiet:\n%s%s", said(rest), said(unused))
		}
	})
}

// FuzzParse holds that no bytes panic, and that what can be read is written so that it reads the same.
func FuzzParse(f *testing.F) {
	f.Add(baseline.Update(nil, old(), baseline.Scope{}).Format())
	f.Add([]byte("version: 1\nfindings:\n- {rule: a-b, file: 'x', task: \"\\u202e\", message: |\n    lines 3 and 4\n  , count: 3}\n"))
	f.Add([]byte("version: 1\nfindings:\n  - rule: a\n    message: >-\n      x\n\n      y: z #\n    reason: '  '\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		b, list := baseline.Parse("b.yaml", src)
		for _, x := range list {
			if x.Code != baseline.CodeInvalid || x.Line < 1 || x.Col < 1 {
				t.Fatalf("%+v", x)
			}
		}
		text := b.Format()
		back, wrong := baseline.Parse("b.yaml", text)
		if len(wrong) > 0 {
			t.Fatalf("%v\n%s", wrong, text)
		}
		if len(back.Entries) != len(b.Entries) || string(back.Format()) != string(text) {
			t.Fatalf("%+v\n%s", b.Entries, text)
		}
	})
}
