package verify_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/report"
)

var update = flag.Bool("update", false, "rewrite what docs/rules.md and its pages say of severities, meanings and output; never their prose")

const (
	rulesIndex = "../../docs/rules.md"
	rulePages  = "../../docs/rules"
)

// pageParts are the headings of a rule's page, in their order.
func pageParts() []string { return []string{"Why", "Example", "Mend it"} }

// inText marks an example that is only shown: what makes its finding is no small document.
const inText = "<!-- example: text -->"

// onlyShown says, for each rule whose example is only shown, why no document that the page could show makes its finding.
func onlyShown() map[finding.Code]string {
	const (
		run      = "a run's own files make it"
		commits  = "the commits of a repository make it"
		starting = "a run that is to start makes it"
		bytes    = "bytes that no page can show make it"
		modes    = "the permissions of a file make it"
		writing  = "planctl makes it where it is to write an entry"
	)
	out := map[finding.Code]string{
		"plan-binary": bytes, "plan-encoding": bytes, "plan-line-ends": bytes, "ledger-binary": bytes, "ledger-encoding": bytes,
		"plan-unreadable": modes, "spec-unreadable": modes, "ledger-unreadable": modes, "config-unreadable": modes,
		"plan-second-reading": "a table that planctl and Markdown read in two ways makes it, and none is known",
		"spec-inputs":         starting, "spec-pins": starting, "spec-secret": starting,
		"ledger-doubtful-append": writing, "ledger-entry": writing, "ledger-no-section": writing,
		"tick-after": run, "tick-missing": run, "tick-refuted": run, "tick-row": run, "tick-spec": run, "tick-superseded": run,
		"tick-suspect": run, "tick-unentered": run, "fresh-input": run, "fresh-pin": run,
		"ledger-entry-artifacts": run, "ledger-entry-command": run, "ledger-entry-note": run, "ledger-entry-criteria": run, "ledger-entry-date": run,
		"ledger-entry-number": run, "ledger-entry-result": run, "ledger-entry-section": run, "ledger-entry-task": run,
		"tdd-no-command": "", "evidence-cited": "", "evidence-unreadable": "", "evidence-manifest-changed": "", "evidence-manifest-missing": "",
	}
	for _, r := range verify.Rules() {
		switch why, said := out[r.Code]; {
		case said && why == "":
			delete(out, r.Code) // of its family, and made by a document all the same
		case said:
		case r.Family == "evidence" || r.Family == "tdd":
			out[r.Code] = run
		case r.Family == "history":
			out[r.Code] = commits
		}
	}
	return out
}

// alsoMade is the rules that an example cannot but make besides its own.
func alsoMade() map[finding.Code][]finding.Code {
	return map[finding.Code][]finding.Code{
		"plan-nested-fence": {"plan-unread-row"}, // what hides rows, and the rows
		"plan-unclosed":     {"plan-unread-row"},
	}
}

// TestRulesIndex holds the tables of docs/rules.md and Rules together.
func TestRulesIndex(t *testing.T) {
	src, err := os.ReadFile(rulesIndex)
	if err != nil {
		t.Fatal(err)
	}
	text := string(src)
	const header = "| rule | severity | what it says |\n| --- | --- | --- |\n"
	for _, family := range verify.Families() {
		heading := "\n## " + family + "\n"
		i := strings.Index(text, heading)
		if i < 0 {
			if !*update {
				t.Errorf("%s has no family %s; -update adds it", rulesIndex, family)
				continue
			}
			i = len(text)
			text += heading + "\n" + header
		}
		from := strings.Index(text[i:], header)
		if from < 0 {
			t.Errorf("family %s has no table", family)
			continue
		}
		from += i
		to := from
		for line := range strings.Lines(text[from:]) {
			if !strings.HasPrefix(line, "|") {
				break
			}
			to += len(line)
		}
		table := header
		for _, r := range verify.Rules() {
			if r.Family == family {
				table += fmt.Sprintf("| [%s](rules/%s.md) | %s | %s |\n", r.Code, r.Code, r.Severity, strings.ReplaceAll(r.Doc, "|", `\|`))
			}
		}
		text = text[:from] + table + text[to:]
	}
	rewrite(t, rulesIndex, string(src), text)
}

// rewrite writes what a page should say under -update, and else says that it does not.
func rewrite(t *testing.T, file, is, want string) {
	t.Helper()
	switch {
	case is == want:
	case !*update:
		t.Errorf("%s says something else than planctl does; -update rewrites it. It should be\n%s", file, want)
	default:
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRulesPages holds a page to each rule and a rule to each page, and each page to its form.
func TestRulesPages(t *testing.T) {
	known := map[string]bool{}
	for _, r := range verify.Rules() {
		known[string(r.Code)+".md"] = true
		if r.Doc == "" || r.Severity == finding.Unknown || !slices.Contains(verify.Families(), r.Family) {
			t.Errorf("%s lacks a sentence, a severity or a family", r.Code)
		}
		pg, err := readPage(r)
		if err != nil {
			t.Errorf("%v\nits form is\n\n%s", err, skeleton(r))
			continue
		}
		rewrite(t, pg.file, pg.text, pg.begin(r)+pg.text[pg.prose:])
		for _, part := range []string{"Why", "Mend it"} {
			if len(strings.TrimSpace(pg.part[part])) < 12 {
				t.Errorf("%s: ## %s says nothing", pg.file, part)
			}
		}
		if strings.HasSuffix(pg.text, "\n\n") || !strings.HasSuffix(pg.text, "\n") {
			t.Errorf("%s does not end with one line end", pg.file)
		}
	}
	there, err := os.ReadDir(rulePages)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range there {
		if !known[f.Name()] {
			t.Errorf("%s explains what is no rule", f.Name())
		}
	}
}

// page is one rule's page.
type page struct {
	file, text string
	prose      int               // where the first heading begins
	part       map[string]string // what stands under each heading
	fences     []fence           // of the example
	shown      bool              // the example is only shown
}

// fence is a block of code of an example.
type fence struct {
	info, text string
	from, to   int // the text, in the page
}

func (pg *page) begin(r verify.Rule) string {
	return fmt.Sprintf("# %s\n\n**%s.** %s\n\n", r.Code, r.Severity, r.Doc)
}

func skeleton(r verify.Rule) string {
	return (&page{}).begin(r) + "## Why\n\nWhat goes wrong for a user who passes it over.\n\n## Example\n\n```markdown\nThe document.\n```\n\n" +
		"```console\n$ planctl lint\n```\n\n## Mend it\n\nThe edit, or the command.\n\n" +
		"The document may be `markdown`, `markdown ledger`, `yaml`, `yaml planctl` or `txtar`; -update fills in what planctl says of it.\n" +
		"What no document makes is only shown: write " + inText + " in its place, and why into onlyShown of this test."
}

// readPage reads a rule's page into its parts.
func readPage(r verify.Rule) (*page, error) {
	pg := &page{file: filepath.Join(rulePages, string(r.Code)+".md"), part: map[string]string{}}
	src, err := os.ReadFile(pg.file)
	if err != nil {
		return nil, fmt.Errorf("write %s", pg.file)
	}
	pg.text = string(src)
	doc := mdspan.Scan(src)
	var names []string
	var starts, ends []int
	offset := 0
	inside := func(line int) bool {
		return slices.ContainsFunc(doc.Fences, func(f mdspan.Fence) bool { return f.Open <= line && line <= f.Last })
	}
	n := 0
	for line := range strings.Lines(pg.text) {
		n++
		if name, ok := strings.CutPrefix(line, "## "); ok && !inside(n) {
			names, ends, starts = append(names, strings.TrimSpace(name)), append(ends, offset), append(starts, offset+len(line))
		}
		offset += len(line)
	}
	if !slices.Equal(names, pageParts()) {
		return nil, fmt.Errorf("%s has the headings %q", pg.file, names)
	}
	pg.prose, ends = ends[0], append(ends[1:], len(pg.text))
	for i, name := range names {
		pg.part[name] = pg.text[starts[i]:ends[i]]
	}
	for _, f := range doc.Fences {
		if f.Outer < 0 && f.Content.Start >= starts[1] && f.Content.End <= ends[1] {
			pg.fences = append(pg.fences, fence{f.Info, string(f.Content.Of(src)), f.Content.Start, f.Content.End})
		}
	}
	pg.shown = strings.Contains(pg.part["Example"], inText)
	return pg, nil
}

// documents are the files of an example, by their paths.
func (pg *page) documents() map[string]string {
	files := map[string]string{}
	for _, f := range pg.fences {
		switch f.info {
		case "markdown":
			files["plans/example.md"] = f.text
		case "markdown ledger":
			files["docs/fix_plan.md"] = f.text
		case "yaml":
			files[".planctl.yaml"] = f.text
		case "yaml planctl":
			files["plans/example.md"] = "## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | First | [ ] |\n| A2 | Second | [ ] |\n\n```yaml planctl\n" + f.text + "```\n"
		case "txtar":
			maps.Copy(files, archive(f.text))
		}
	}
	return files
}

// fileMark is the line before a file in a txtar archive.
var fileMark = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

func archive(text string) map[string]string {
	files := map[string]string{}
	marks := fileMark.FindAllStringSubmatchIndex(text, -1)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		files[text[m[2]:m[3]]] = text[m[1]:end]
	}
	return files
}

// TestRulesExamples makes the finding of each page from its example, and holds the page to what planctl says of it. An
// example that is only shown is held to what the sources say.
func TestRulesExamples(t *testing.T) {
	shown, beside, formats := onlyShown(), alsoMade(), messageFormats(t)
	for _, r := range verify.Rules() {
		t.Run(string(r.Code), func(t *testing.T) {
			pg, err := readPage(r)
			if err != nil {
				t.Skip("it has no page in form, which another test says")
			}
			i := slices.IndexFunc(pg.fences, func(f fence) bool { return f.info == "console" })
			if i < 0 {
				t.Fatalf("%s: the example has no console block with what planctl says", pg.file)
			}
			out := pg.fences[i]
			command, says, _ := strings.Cut(out.text, "\n")
			if _, ok := shown[r.Code]; ok != pg.shown {
				t.Errorf("%s: %q stands there: %v, and the test's list of what is only shown has the rule: %v", pg.file, inText, pg.shown, ok)
			}
			if pg.shown {
				asSources(t, r, says, formats)
				return
			}
			list := examined(t, command, pg.documents())
			made := false
			for _, f := range list {
				made = made || f.Code == r.Code
				if f.Code != r.Code && !slices.Contains(beside[r.Code], f.Code) {
					t.Errorf("the example makes a finding of another rule: %v", f)
				}
				if f.Code == r.Code && f.Help == "" {
					t.Errorf("the finding does not say what to do: %v", f)
				}
			}
			if !made {
				t.Fatalf("the example does not make %s, but:\n%v", r.Code, list)
			}
			var b strings.Builder
			shownBy := &report.Printer{W: &b}
			for _, f := range list {
				if f.Code == r.Code {
					report.Finding(shownBy, f)
				}
			}
			rewrite(t, pg.file, pg.text, pg.text[:out.from]+command+"\n"+b.String()+pg.text[out.to:])
		})
	}
}

// examined is what a command finds in files.
func examined(t *testing.T, command string, files map[string]string) finding.List {
	t.Helper()
	dir := t.TempDir()
	if name, alone := strings.CutPrefix(command, "$ planctl lint "); alone {
		return sourced(verify.Alone(name, []byte(files[name]), nil, plan.DefaultTokens()), files)
	}
	for name, text := range map[string]string{".planctl.yaml": "version: 1\n", "docs/fix_plan.md": "# Ledger\n\n## [example] Example\n- Attempts History:\n"} {
		if _, ok := files[name]; !ok {
			files[name] = text // what the example needs and is not about
		}
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var list finding.List
	w, err := workspace.Open(t.Context(), workspace.Options{Dir: dir})
	switch {
	case errors.As(err, &list):
	case err != nil:
		t.Fatal(err)
	default:
		list = looked(t, command, w)
	}
	return sourced(list, files)
}

// sourced gives findings their lines.
func sourced(list finding.List, files map[string]string) finding.List {
	for i, f := range list {
		src := []byte(files[f.File])
		if f.Line > 0 && f.Source == "" && len(src) > 0 {
			list[i].Source = string(mdspan.NewIndex(src).Line(f.Line).Of(src))
		}
	}
	return list
}

func looked(t *testing.T, command string, w *workspace.Workspace) finding.List {
	t.Helper()
	var o verify.Options
	switch command {
	case "$ planctl lint":
		return verify.Lint(w, nil)
	case "$ planctl verify":
	case "$ planctl verify --ledger all -v":
		o.Ledger = verify.All
	default:
		t.Fatalf("%q is no command of an example", command)
	}
	res, err := verify.Verify(t.Context(), w, o)
	if err != nil {
		t.Fatal(err)
	}
	return res.Findings
}
