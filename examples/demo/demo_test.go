package demo

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const planPath = "plans/active/SPANS-001/plan.md"

// stageDir returns a directory that holds the project as it is after stage n.
func stageDir(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := 1; i <= n; i++ {
		if _, err := Write(dir, i); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs argv in dir as the plan's specs do, offline, and returns what it
// printed and its exit code.
func run(t *testing.T, dir string, argv ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOPROXY=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func TestRedFailsForTheReportedReason(t *testing.T) {
	dir := stageDir(t, 2)
	out, code := run(t, dir, "go", "test", "-count=1", "-run", "^TestMergeNested$", "-v", ".")
	if code != 1 || !strings.Contains(out, "--- FAIL: TestMergeNested") || !strings.Contains(out, "a nested span shortened its parent") {
		t.Errorf("exit %d, want the test's own failure:\n%s", code, out)
	}
	if out, code := run(t, dir, "go", "test", "-count=1", "-skip", "^TestMergeNested$", "./..."); code != 0 {
		t.Errorf("the other tests failed too:\n%s", out)
	}
	if out, code := run(t, dir, "go", "run", "./cmd/occupancy"); code != 0 || !strings.Contains(out, "12 of 48 hours") {
		t.Errorf("exit %d, want the wrong count that the ledger cites:\n%s", code, out)
	}
}

func TestGreenPasses(t *testing.T) {
	dir := stageDir(t, 3)
	out, code := run(t, dir, "go", "test", "-count=1", "-v", "./...")
	if n := strings.Count(out, "--- PASS: "); code != 0 || n < 5 {
		t.Errorf("exit %d, %d tests passed, want 0 and at least 5:\n%s", code, n, out)
	}
	if out, code := run(t, dir, "go", "vet", "./..."); code != 0 {
		t.Errorf("go vet:\n%s", out)
	}
	if out, code := run(t, dir, "go", "run", "./cmd/occupancy"); code != 0 || !strings.Contains(out, "23 of 48 hours taken, in 3 spans") {
		t.Errorf("exit %d, want the count of the plan's criteria:\n%s", code, out)
	}
}

func TestSourceIsFormatted(t *testing.T) {
	if out, code := run(t, stageDir(t, 3), "gofmt", "-l", "."); code != 0 || out != "" {
		t.Errorf("gofmt -l: exit %d\n%s", code, out)
	}
}

func TestWriteRefusesAnUnknownStage(t *testing.T) {
	for _, n := range []int{-1, 0, len(Stages()) + 1} {
		if _, err := Write(t.TempDir(), n); err == nil {
			t.Errorf("Write of stage %d: no error", n)
		}
	}
}

func TestEveryStageIsStored(t *testing.T) {
	entries, err := fs.ReadDir(FS, "files")
	if err != nil {
		t.Fatal(err)
	}
	var stored, named []string
	for _, e := range entries {
		stored = append(stored, e.Name())
	}
	for _, s := range Stages() {
		named = append(named, s.Dir)
	}
	if !slices.Equal(stored, named) {
		t.Errorf("stored %q, named %q", stored, named)
	}
}

// The first stage alone may not hold what the later ones bring.
func TestStagesArriveInOrder(t *testing.T) {
	dir := stageDir(t, 1)
	if _, err := os.Stat(filepath.Join(dir, "nested_test.go")); err == nil {
		t.Error("the test is there before its stage")
	}
	written, err := Write(dir, 3)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"CHANGELOG.md", "spans.go"}; !slices.Equal(written, want) {
		t.Errorf("the fix writes %q, want %q: a fix that touches a test is no proof", written, want)
	}
}

var rowID = regexp.MustCompile(`^[A-C][0-9]$`)

// rows returns the plan's checklist rows, ID to cells.
func rows(t *testing.T) map[string][]string {
	t.Helper()
	src, err := fs.ReadFile(FS, "files/1-library/"+planPath)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(src)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if !rowID.MatchString(cells[0]) {
			continue
		}
		if len(cells) != 4 || cells[2] != "[ ]" {
			t.Errorf("row %q: want four cells and an open state", line)
		}
		if found[cells[0]] != nil {
			t.Errorf("row %s stands twice", cells[0])
		}
		found[cells[0]] = cells
	}
	return found
}

// The story must work through every row once, and only those that are there.
func TestStoryCoversThePlan(t *testing.T) {
	var want, got []string
	for id := range rows(t) {
		want = append(want, id)
	}
	stage := 0
	for _, step := range Steps() {
		switch {
		case step.Stage > 0:
			stage++
			if step.Stage != stage {
				t.Errorf("%s: stage %d, want %d", step.Say, step.Stage, stage)
			}
		case len(step.Planctl) > 0 && step.Planctl[0] == "replay": // shows again what is ticked
		case step.Exit == 0:
			for _, arg := range step.Planctl {
				if rowID.MatchString(arg) {
					got = append(got, arg)
				}
			}
		}
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the story ticks %q, the plan has %q", got, want)
	}
	if stage != len(Stages()) {
		t.Errorf("the story uses %d stages of %d", stage, len(Stages()))
	}
}

func TestEditsApply(t *testing.T) {
	dir := stageDir(t, 3)
	for _, step := range Steps() {
		for _, e := range step.Edits {
			if err := e.Apply(dir); err != nil {
				t.Error(err)
			}
			if err := e.Apply(dir); err == nil {
				t.Errorf("%s: a second time the text is gone, and nothing was said", e.File)
			}
		}
	}
	body, err := os.ReadFile(filepath.Join(dir, "docs", "fix_plan.md"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), "in_progress") {
		t.Errorf("the ledger still says in_progress:\n%s", body)
	}
}

// The README tells the same story by hand.
func TestReadmeNamesTheStepsInOrder(t *testing.T) {
	body, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	rest := string(body)
	for _, step := range Steps() {
		var line string
		switch {
		case step.Planctl != nil:
			line = "planctl " + quote(step.Planctl)
		case step.Stage > 0:
			line = "stage " + Stages()[step.Stage-1].Dir + " " + quote([]string{Stages()[step.Stage-1].Message})
		default:
			line = `git commit -qam ` + quote([]string{step.Commit})
		}
		_, after, ok := strings.Cut(rest, "\n"+line)
		if !ok {
			t.Fatalf("README.md lacks, at its place in the order, the line\n%s", line)
		}
		rest = after
	}
}

func quote(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = a
		if strings.ContainsAny(a, " ():[,") {
			quoted[i] = "'" + a + "'"
		}
	}
	return strings.Join(quoted, " ")
}
