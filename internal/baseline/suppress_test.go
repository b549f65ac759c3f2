package baseline_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// brief is line:col>target codes (tasks) reason, one suppression a line.
func brief(sups []baseline.Suppression) string {
	var b strings.Builder
	for _, s := range sups {
		fmt.Fprintf(&b, "%d:%d>%d %s (%s) %s\n", s.Line, s.Col, s.Target, strings.Join(s.Codes, " "), strings.Join(s.Tasks, "|"), s.Reason)
	}
	return b.String()
}

const ok = "<!-- planctl: allow ledger-date — why -->"

func TestSuppressionsMarkdown(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"above":             {"a\n" + ok + "\nb\n", "2:1>3 ledger-date () why\n"},
		"above blank lines": {ok + "\n\n \n> \nb\n", "1:1>5 ledger-date () why\n"},
		"above the end":     {"a\n\n" + ok + "\n\n", "3:1>0 ledger-date () why\n"},
		"two above":         {ok + "\n\n<!-- planctl: allow tick-by-hand — so -->\nb\n", "1:1>4 ledger-date () why\n3:1>4 tick-by-hand () so\n"},
		"two on one line":   {ok + " <!-- planctl: allow tick-by-hand — so -->\nb\n", "1:1>2 ledger-date () why\n1:43>2 tick-by-hand () so\n"},
		"after another":     {"<!-- x --> " + ok + "\nb\n", "1:12>2 ledger-date () why\n"},
		"at the end":        {"é b " + ok + "\nc\n", "1:5>1 ledger-date () why\n"},
		"before text":       {ok + " b\nc\n", "1:1>1 ledger-date () why\n"},
		"BOM, CRLF":         {"\uFEFF" + ok + "\r\nb\r\n", "1:1>2 ledger-date () why\n"},
		"in a row":          {"| A1 | t | [ ] " + ok + " |\n", "1:16>1 ledger-date () why\n"},
		"in a heading":      {"## a " + ok + "\n", "1:6>1 ledger-date () why\n"},
		"in a list":         {"- a\n  " + ok + "\n- b\n", "2:3>3 ledger-date () why\n"},
		"an item":           {"- " + ok + "\n- b\n", "1:3>2 ledger-date () why\n"},
		"in a quote":        {"> " + ok + "\n> b\n", "1:3>2 ledger-date () why\n"},
		"on several lines":  {"<!--\nplanctl: allow ledger-date — it\n  is so\n-->\n\nb\n", "1:1>6 ledger-date () it is so\n"},
		"in a div":          {"<div>\n" + ok + "\nb\n</div>\n", "2:1>3 ledger-date () why\n"},
		"above a fence":     {ok + "\n```\nb\n```\n", "1:1>2 ledger-date () why\n"},
		"above another":     {ok + "\n<!-- x -->\nb\n", "1:1>2 ledger-date () why\n"},
		"no spaces":         {"<!--planctl:allow ledger-date—why-->\nb\n", "1:1>2 ledger-date () why\n"},

		"in a fence":          {"```\n" + ok + "\n```\n", ""},
		"in a nested fence":   {"```markdown\n```sh\n```\n" + ok + "\n```\n", ""},
		"in a tilde fence":    {"~~~\n" + ok + "\n~~~\n", ""},
		"indented":            {"a\n\n    " + ok + "\n", ""},
		"in a code span":      {"write `" + ok + "` there\n", ""},
		"in a longer span":    {"write ``a ` " + ok + "`` there\n", ""},
		"after a code span":   {"a `b` " + ok + " `c`\n", "1:7>1 ledger-date () why\n"},
		"after a lone tick":   {"a ` b " + ok + "\n", "1:7>1 ledger-date () why\n"},
		"in a comment":        {"<!-- old\n| A1 | [x] | " + ok + "\n", ""},
		"in a closed comment": {"<!-- old\n" + ok + "\nb\n", ""},
		"in front matter":     {"---\na: b\n# planctl: allow ledger-date — why\n---\n", ""},
		"never closed":        {"a <!-- planctl: allow ledger-date — why\nb\n", ""},
		"another word":        {"<!-- planctl: allowed ledger-date — why -->\n", ""},
		"not to planctl":      {"<!-- allow ledger-date — why -->\n", ""},

		"in a spec":            {"```yaml planctl\nA1:\n  # planctl: allow spec-no-plan — so\n  run: x # planctl: allow spec-no-because — why\n```\n", "3:3>4 spec-no-plan () so\n4:10>4 spec-no-because () why\n"},
		"at the end of a spec": {"```yaml planctl\nA1:\n  # planctl: allow spec-no-plan — so\n```\nb\n", "3:3>0 spec-no-plan () so\n"},
		"in other YAML":        {"```yaml\na: b # planctl: allow spec-no-plan — so\n```\n", ""},
		"in a quoted spec":     {"> ```yaml planctl\n> a: b # planctl: allow spec-no-plan — so\n> ```\n", ""},
		"HTML in a spec":       {"```yaml planctl\n" + ok + "\n```\n", ""},
		"YAML in Markdown":     {"# planctl: allow spec-no-plan — so\n", ""},
	} {
		sups, list := baseline.Suppressions("p.md", []byte(c.src), known())
		if got := brief(sups); got != c.want || len(list) > 0 {
			t.Errorf("%s: %q\n got %s\nwant %s\n%s", name, c.src, got, c.want, said(list))
		}
	}
}

func TestSuppressionsYAML(t *testing.T) {
	const c = "# planctl: allow spec-no-plan — why"
	const is = " spec-no-plan () why\n"
	for _, v := range []struct{ src, want string }{
		{"a: b " + c + "\n", "1:6>1" + is},
		{c + "\n# more\n\na: b\n", "1:1>4" + is},
		{"a:\n  " + c + "\n  b: c\n", "2:3>3" + is},
		{"a: b\n" + c, "2:1>0" + is},
		{"a: 'b' " + c + "\n", "1:8>1" + is},
		{"a: \"b \\\" " + c + "\"\n", ""},
		{"a: 'b '' " + c + "'\n", ""},
		{"a: 'b\n " + c + "\n c'\nd: e " + c + "\n", "4:6>4" + is},
		{"a: [\"b " + c + "\", 'c " + c + "'] " + c + "\n", "1:87>1" + is},
		{"a: it's " + c + "\nb: isn't " + c + "\n", "1:9>1" + is + "2:10>2" + is},
		{"a: b" + c + "\n", ""},
		{"a: b # see " + c + "\n", ""},
		{"run: |\n  x " + c + "\n\n  " + c + "\nb: c " + c + "\n", "5:6>5" + is},
		{"run: >-  # folded\n  x\n " + c + "\nb: |2\n   y\n" + c + "\n", "6:1>0" + is},
		{"- run: |\n    x " + c + "\n  log: y " + c + "\n- |\n x " + c + "\n- - k: |+\n     " + c + "\n    l: m " + c + "\n", "3:10>3" + is + "8:10>8" + is},
		{"a: b |\nc: d " + c + "\n", "2:6>2" + is},
		{"a: |\n  # " + c + "\nb: c\n", ""},
	} {
		for _, file := range []string{"p.planctl.yaml", "a/.planctl.YML"} {
			sups, list := baseline.Suppressions(file, []byte(v.src), known())
			if got := brief(sups); got != v.want || len(list) > 0 {
				t.Errorf("%q\n got %s\nwant %s\n%s", v.src, got, v.want, said(list))
			}
		}
	}
}

// What a comment says: its rules, IDs and reason.
func TestSuppressionGrammar(t *testing.T) {
	const needsReason = "p.md:1:1: error[suppress-no-reason]: the comment does not say why\n"
	for _, c := range []struct{ says, want, list string }{
		{" ledger-date — why", "ledger-date () why", ""},
		{" ledger-date – why", "ledger-date () why", ""},
		{" ledger-date - why - not", "ledger-date () why - not", ""},
		{" ledger-date -- why", "ledger-date () why", ""},
		{" ledger-date : why", "ledger-date () why", ""},
		{" ledger-date: why: so", "ledger-date () why: so", ""},
		{"   ledger-date ,tick-by-hand—why ", "ledger-date tick-by-hand () why", ""},
		{" plan-* evidence-cited — why", "plan-* evidence-cited () why", ""},
		{" * — why", "* () why", ""},
		{" plan-missing-path C1.D — why", "plan-missing-path (C1.D) why", ""},
		{" plan-missing-path ledger-date C1.D a-1 `the second` \"a, b\" — why", "plan-missing-path ledger-date (C1.D|a-1|the second|a, b) why", ""},
		{" plan-missing-path A1 ledger-date — why", "plan-missing-path ledger-date (A1) why", ""},
		{" ledger-date 1.2 2 — why", "ledger-date (1.2|2) why", ""},

		{" ledger-date", "", needsReason},
		{" ledger-date —", "", needsReason},
		{" ledger-date — …", "", needsReason},
		{" ledger-date because of that", "", needsReason},
		{"", "", needsReason},
		{": why", "", "p.md:1:1: warning[suppress-unknown-rule]: the comment names no rule\n"},
		{" — why", "", "p.md:1:1: warning[suppress-unknown-rule]: the comment names no rule\n"},
		{" A1 — why", "", "p.md:1:1: warning[suppress-unknown-rule]: there is no rule A1\n"},
		{" plan-missing — why", "", "p.md:1:1: warning[suppress-unknown-rule]: there is no rule plan-missing\n"},
		{" ledger-date pln-missing-path plan-x nothing-* — why", "ledger-date () why", "p.md:1:1: warning[suppress-unknown-rule]: there is no rule nothing-*\n" +
			"p.md:1:1: warning[suppress-unknown-rule]: there is no rule plan-x\np.md:1:1: warning[suppress-unknown-rule]: there is no rule pln-missing-path\n"},
		{" ledger-date [ — why", "ledger-date () why", "p.md:1:1: warning[suppress-unknown-rule]: there is no rule [\n"},
		{" history-tick ledger-date history-* — why", "ledger-date () why", "p.md:1:1: error[suppress-protected]: no comment can allow history-*\np.md:1:1: error[suppress-protected]: no comment can allow history-tick\n"},
		{" suppress-unused — why", "", "p.md:1:1: error[suppress-protected]: no comment can allow suppress-unused\n"},
	} {
		sups, list := baseline.Suppressions("p.md", []byte("<!-- planctl: allow"+c.says+" -->\nx\n"), known())
		want := ""
		if c.want != "" {
			want = "1:1>2 " + c.want + "\n"
			if strings.Contains(c.want, "(") && !strings.Contains(c.want, "()") {
				want = "1:1>0 " + c.want + "\n"
			}
		}
		if brief(sups) != want || said(list) != c.list {
			t.Errorf("%q\n got %s%s\nwant %s%s", c.says, brief(sups), said(list), want, c.list)
		}
	}
	_, list := baseline.Suppressions("p.md", []byte("<!-- planctl: allow plan-mising-path — why -->\nx\n"), known())
	if len(list) != 1 || list[0].Help != "did you mean plan-missing-path?" || list[0].Source == "" {
		t.Errorf("%+v", list)
	}
}

const allowed = `<!-- planctl: allow plan-missing-path C1 C2 — generated -->
# p <!-- planctl: allow plan-broken-table — so -->
| ID | Task | State |
| --- | --- | --- |
<!-- planctl: allow plan-duplicate-id ledger-* — old -->
| C1 | t | [ ] |
`

func TestApplySuppressions(t *testing.T) {
	sups, list := baseline.Suppressions("p.md", []byte(allowed), known())
	if len(list) > 0 || len(sups) != 3 {
		t.Fatal(sups, list)
	}
	taken := finding.List{
		warn("plan-missing-path", "p.md", 99, "C1", "m"),
		warn("plan-missing-path", "p.md", 0, "C2", "m"),
		warn("plan-broken-table", "p.md", 2, "", "m"),
		warn("plan-duplicate-id", "p.md", 6, "C1", "m"),
		warn("plan-duplicate-id", "p.md", 6, "", "n"),
		{Code: "ledger-date", Severity: finding.Note, File: "p.md", Line: 6, Message: "m"},
	}
	left := finding.List{
		warn("plan-missing-path", "p.md", 99, "C3", "m"),
		warn("plan-missing-path", "p.md", 1, "", "m"),
		warn("plan-missing-path", "q.md", 99, "C1", "m"),
		warn("plan-broken-table", "p.md", 3, "", "m"),
		warn("plan-broken-table", "p.md", 0, "", "m"),
		warn("plan-duplicate-id", "p.md", 5, "C1", "m"),
		warn("plan-duplicate-id", "q.md", 6, "C1", "m"),
		warn("history-tick", "p.md", 6, "C1", "m"),
	}
	rest, unused := baseline.ApplySuppressions(append(slices.Clone(taken), left...), sups, everything())
	if !slices.Equal(rest, left) || len(unused) > 0 {
		t.Errorf("rest:\n%sunused:\n%s", said(rest), said(unused))
	}

	rest, unused = baseline.ApplySuppressions(finding.List{taken[0], taken[3]}, sups, everything())
	const want = "p.md:1:1: warning[suppress-unused]: the comment allows C2, and no such finding is of C1, C2\n" +
		"p.md:2:5: warning[suppress-unused]: the comment allows plan-broken-table, and no such finding is on the line that it is for\n" +
		"p.md:5:1: warning[suppress-unused]: the comment allows ledger-*, and no such finding is on the line that it is for\n"
	if len(rest) > 0 || said(unused) != want {
		t.Errorf("rest:\n%sunused:\n%s", said(rest), said(unused))
	}
	// Of a glob it can be said only where all its rules were looked for.
	some := everything()
	some.Looked = func(_ string, code finding.Code) bool { return code == "ledger-date" || code == "plan-missing-path" }
	if _, unused := baseline.ApplySuppressions(nil, sups, some); len(unused) != 1 || unused[0].Line != 1 {
		t.Errorf("of some rules:\n%s", said(unused))
	}
	// A glob of everything guards what must not be accepted.
	sups[0].Codes, sups[0].Tasks, sups[0].Target = []string{"*"}, nil, 1
	guarded := finding.List{warn("history-tick", "p.md", 1, "", "m"), warn("suppress-unused", "p.md", 1, "", "m")}
	if rest, _ := baseline.ApplySuppressions(guarded, sups, everything()); !slices.Equal(rest, guarded) {
		t.Errorf("a glob took out guarded findings, and left\n%s", said(rest))
	}
}

const why = "<!-- planctl: allow plan-missing-path A1 — why -->"

// The places that docs/baseline.md names leave every row, its text and its state as they were; those
// that it warns of do not.
func TestCommentInPlan(t *testing.T) {
	const plain = "## Phase A — One\nGoal: x\n\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n| A1 | t | [ ] | g |\n| A2 | u | [x] | |\n"
	type task struct {
		ID, Description, Guidance, Token, Phase, Title string
		Editable                                       bool
	}
	read := func(src string) (out []task, list finding.List) {
		p := plan.Parse("p.md", []byte(src), plan.Tokens{})
		for _, x := range p.Tasks() {
			out = append(out, task{x.ID, x.Description, x.Guidance, x.Token, x.Phase.ID, x.Phase.Title, x.Editable})
		}
		return out, p.Findings
	}
	want, list := read(plain)
	if len(want) != 2 || len(list) > 0 {
		t.Fatal(want, list)
	}
	for name, src := range map[string]string{
		"above the heading": why + "\n" + plain,
		"above the header":  strings.Replace(plain, "| ID", why+"\n| ID", 1),
		"below the table":   plain + why + "\n",
		"in the State cell": strings.Replace(plain, "[ ] |", "[ ] "+why+" |", 1),
		"after a goal line": strings.Replace(plain, "\n\n", "\n"+why+"\n", 1),
	} {
		if got, list := read(src); !reflect.DeepEqual(got, want) || len(list) > 0 {
			t.Errorf("%s: read as\n%+v\n%s", name, got, said(list))
		}
		if sups, list := baseline.Suppressions("p.md", []byte(src), known()); len(sups) != 1 || len(list) > 0 {
			t.Errorf("%s: %v %v", name, sups, list)
		}
	}
	for name, c := range map[string]struct {
		src  string
		code finding.Code
	}{
		"after the last pipe": {strings.Replace(plain, "g |", "g | "+why, 1), plan.CodeExtraCells},
		"between rows":        {strings.Replace(plain, "| A2", why+"\n| A2", 1), plan.CodeBrokenTable},
		"in a heading":        {strings.Replace(plain, "One\n", "One "+why+"\n", 1), ""},
		"in the description":  {strings.Replace(plain, "| t ", "| t "+why+" ", 1), ""},
	} {
		got, list := read(c.src)
		if reported := slices.ContainsFunc(list, func(f finding.Finding) bool { return f.Code == c.code }); reported != (c.code != "") || c.code == "" && reflect.DeepEqual(got, want) {
			t.Errorf("%s is no worse than elsewhere:\n%+v\n%s", name, got, said(list))
		}
	}
}

// A flip beside a comment changes the token alone.
func TestFlipBesideComment(t *testing.T) {
	src := []byte("## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | t | [ ] " + why + " |\n")
	p := plan.Parse("p.md", src, plan.Tokens{})
	edit, err := p.SetState(p.Tasks()[0], plan.Done, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Apply(src, edit)
	if want := bytes.Replace(src, []byte("[ ]"), []byte("[x]"), 1); err != nil || !bytes.Equal(out, want) {
		t.Errorf("%v\n%s", err, out)
	}
}

// A comment in a ledger leaves every attempt as it is read, and the place of the next one.
func TestCommentInLedger(t *testing.T) {
	const first = "# L\n\n## [A-1] t\n- Status: in_progress\n- Attempts History:\n  * [2025-01-01] Attempt #1 — A1 x: pass (exit 0).\n    Command: `x`\n"
	const second = "  * [2025-01-02] Attempt #2 — Result: partial. foo\n    Artifacts: `a/b`\n"
	const after = "\n## [B-1] u\n- Status: done\n"
	read := func(src string) string {
		l := ledger.Parse("l.md", []byte(src))
		var b strings.Builder
		for _, s := range l.Sections {
			fmt.Fprintf(&b, "[%s] %s %s\n", s.ID, s.Title, s.Status)
		}
		for _, a := range l.Attempts() {
			fmt.Fprintf(&b, "#%d %s %s %v %s\n", a.Number, a.Date, a.Result, a.Tasks, a.Text)
		}
		for _, f := range l.Findings {
			b.WriteString(f.Error() + "\n")
		}
		s, err := l.Section("A-1")
		if err != nil {
			t.Fatal(err)
		}
		entry := ledger.Entry{Date: "2025-01-03", Task: "A1", Title: "x", Result: "pass", Run: "sha256:" + strings.Repeat("0", 64)}
		ins, err := l.Append(s, entry, ledger.Block)
		if err != nil {
			fmt.Fprintf(&b, "no place for the next: %v\n", err)
		} else {
			next := ledger.Parse("l.md", ledger.Insert([]byte(src), ins)).Attempts()
			fmt.Fprintf(&b, "next: #%d of %d\n", next[len(next)-1].Number, len(next))
		}
		return b.String()
	}
	want := read(first + second + after)
	if !strings.Contains(want, "#2 2025-01-02 partial") || !strings.HasSuffix(want, "next: #3 of 3\n") {
		t.Fatal(want)
	}
	const c = "<!-- planctl: allow ledger-date — why -->\n"
	for name, src := range map[string]string{
		"above the section":            strings.Replace(first, "## [A-1]", c+"## [A-1]", 1) + second + after,
		"above the status":             strings.Replace(first, "- Status", c+"- Status", 1) + second + after,
		"after the status":             strings.Replace(first, "in_progress\n", "in_progress "+c, 1) + second + after,
		"above an entry":               first + c + second + after,
		"above an entry, indented":     first + "  " + c + second + after,
		"above an entry, as its text":  first + "    " + c + second + after,
		"inside an entry":              first + strings.Replace(second, "    Art", "    "+c+"    Art", 1) + after,
		"below the last entry":         first + second + c + after,
		"after a line of an entry":     first + strings.Replace(second, "`a/b`\n", "`a/b` "+c, 1) + after,
		"above the section that comes": first + second + "\n" + c + after[1:],
	} {
		if got := read(src); got != want {
			t.Errorf("%s: read as\n%s\nwant\n%s", name, got, want)
		}
		if sups, list := baseline.Suppressions("l.md", []byte(src), known()); len(sups) != 1 || len(list) > 0 {
			t.Errorf("%s: %v %v", name, sups, list)
		}
	}
}
