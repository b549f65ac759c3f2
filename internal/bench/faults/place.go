package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// place is one workspace on disk, made new for each fault from a copy of one that is sound.
type place struct {
	planctl string // the program
	dir     string
	said    string            // a file outside of it, for what planctl prints
	secret  bool              // a secret is in the environment
	texts   map[string]string // the plans and the ledger as a person wrote them
	saved   string            // a document in which a person saved a line while planctl replaced it, and which has it by now
}

// The documents as a person wrote them: line ends of two kinds, no line end at the end, spaces that nobody sees.
const (
	planText = "# T\r\n- Initiative: T-001\r\n\r\n## Phase A\r\n| ID | Task | State |\r\n| --- | --- | --- |\r\n" +
		"| A1 | One\t\u00a0 | `[ ]` |  \r\n| A2 | By hand | `[ ]` |\r\n\r\n```yaml planctl\r\n" +
		"A1: {run: sh command.sh, artifacts: [made.txt], inputs: [source.txt], criteria: ['file(\"made.txt\").size > 1']}\r\n" +
		"A2: {kind: manual}\r\n" +
		"```\r\nno newline at the end"
	aboveText = "# Above\n- Initiative: U-002\n\n## Phase Z\n| ID | Task | State |\n| --- | --- | --- |\n| Z1 | All of A | [ ] |\n\n" +
		"```yaml planctl\nZ1: {plan: plan.md, phase: A}\n```\n"
	ledgerText = "# Ledger\n\n## [T-001] T\n- Attempts History:\n  * [2025-10-01] Attempt #4 — Result: by hand.\n\n## [U-002] Other\n- trailing   \n"
)

// otherText is what the documents end with on the other branch.
const otherText = "\nof the other branch\n"

// savedText is what a person saves while planctl replaces a document.
const savedText = "\nsaved meanwhile\n"

// scratch is behind the name of a workspace that of the directory in which planctl makes what it throws away: beside the
// workspace, which is no place for it, and each call on it is a point, too.
const scratch = ".tmp"

// The documents of planctl's work, and what a person wrote in each.
func documents() map[string]string {
	return map[string]string{"plan.md": planText, "above.md": aboveText, "docs/fix_plan.md": ledgerText}
}

// newPlace makes the workspace from which the others are copied.
func newPlace(planctl, dir string) (*place, error) {
	p := &place{planctl: planctl, dir: dir, said: dir + ".said", texts: documents()}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	files := map[string]string{
		".planctl.yaml": "version: 1\nplans: [plan.md, above.md]\n", "source.txt": "one\n",
		"command.sh": "echo it runs\necho made > made.txt\n",
	}
	for name, text := range documents() {
		files[name] = text
	}
	for name, text := range files {
		if err := p.write(name, text); err != nil {
			return nil, err
		}
	}
	// Another branch, on which the plan and the ledger read otherwise.
	for _, args := range [][]string{{"init", "-q", "-b", "main", "--template="}, {"config", "gc.auto", "0"}, {"config", "core.autocrlf", "false"},
		{"add", "."}, {"commit", "-q", "-m", "base"}, {"checkout", "-q", "-b", "other"}} {
		if err := p.git(args...); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"plan.md", "docs/fix_plan.md"} {
		if err := p.write(name, documents()[name]+otherText); err != nil {
			return nil, err
		}
	}
	for _, args := range [][]string{{"commit", "-q", "-a", "-m", "other"}, {"checkout", "-q", "main"}} {
		if err := p.git(args...); err != nil {
			return nil, err
		}
	}
	if err := os.Mkdir(p.dir+scratch, 0o755); err != nil {
		return nil, err
	}
	return p, p.write("source.txt", "changed since the commit\n") // so that there is a patch to keep
}

// copy makes another place that has all that this one has. The path of a workspace is in no file of it.
func (p *place) copy(dir string) (*place, error) {
	for _, part := range []string{"", scratch} {
		if out, err := exec.Command("cp", "-a", p.dir+part, dir+part).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("cp: %w\n%s", err, out)
		}
	}
	return &place{planctl: p.planctl, dir: dir, said: dir + ".said", secret: p.secret, texts: p.texts, saved: p.saved}, nil
}

func (p *place) remove() error {
	return errors.Join(os.RemoveAll(p.dir), os.RemoveAll(p.dir+scratch), os.RemoveAll(p.said))
}

func (p *place) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *place) write(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(p.path(name), []byte(text), 0o644)
}

func (p *place) append(name, text string) error {
	b, err := os.ReadFile(p.path(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return p.write(name, string(b)+text)
}

func (p *place) env() []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "TMPDIR=" + p.dir + scratch, "LC_ALL=C", "TZ=UTC", "NO_COLOR=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0",
		"GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@planctl.invalid", "GIT_COMMITTER_NAME=T", "GIT_COMMITTER_EMAIL=t@planctl.invalid"}
	if p.secret {
		env = append(env, "API_TOKEN=hunter2-hunter2")
	}
	return env
}

func (p *place) git(args ...string) error {
	c := exec.Command("git", args...)
	c.Dir, c.Env = p.dir, p.env()
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// run runs planctl to its end and gives its exit code and what it said.
func (p *place) run(args ...string) (int, string, error) {
	c := exec.Command(p.planctl, args...)
	c.Dir, c.Env = p.dir, p.env()
	out, err := c.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return 0, "", err
	}
	return c.ProcessState.ExitCode(), string(out), nil
}

// must is run for what has to end with 0.
func (p *place) must(args ...string) (string, error) {
	code, said, err := p.run(args...)
	if err == nil && code != 0 {
		err = fmt.Errorf("planctl %s: exit %d\n%s", strings.Join(args, " "), code, said)
	}
	return said, err
}

// traced runs planctl with a fault.
func (p *place) traced(f fault, args ...string) (_ *result, err error) {
	out, err := os.Create(p.said)
	if err != nil {
		return nil, err
	}
	r, err := trace(p.dir, f, append([]string{p.planctl}, args...), p.env(), out)
	if err = errors.Join(err, out.Close()); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(p.said)
	r.said = string(b)
	return r, err
}

// ahead reports whether there is a stamp of this second or a later one, so that a call of this moment would look for a
// free one longer than one a second later.
func (p *place) ahead() (bool, error) {
	stamps, err := filepath.Glob(p.path("reports/*Z"))
	now := time.Now().UTC().Format("2006-01-02T150405Z")
	return slices.ContainsFunc(stamps, func(s string) bool { return filepath.Base(s) >= now }), err
}

// snapshot is every byte of the workspace, planctl's own files in .git included, git's own left out, and the names of what
// was made to be thrown away.
func (p *place) snapshot() (map[string]string, error) {
	all := map[string]string{}
	err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(p.dir, path)
		if err != nil {
			return err
		}
		if strings.HasPrefix(rel, ".git/") && rel != ".git/planctl" && !strings.HasPrefix(rel, ".git/planctl/") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			all[rel+"/"] = ""
			return nil
		}
		b, err := os.ReadFile(path)
		all[rel] = string(b)
		return err
	})
	if err != nil {
		return nil, err
	}
	aside, err := os.ReadDir(p.dir + scratch)
	for _, d := range aside {
		all[scratch+"/"+d.Name()] = ""
	}
	return all, err
}

// differences names what is not the same in two snapshots.
func differences(a, b map[string]string) []string {
	var out []string
	for name, text := range a {
		now, ok := b[name]
		switch {
		case !ok:
			out = append(out, name+" is gone")
		case now != text:
			out = append(out, fmt.Sprintf("%s was %q and is %q", name, text, now))
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			out = append(out, name+" is new")
		}
	}
	return out
}

// standing is what is on disk of the work.
type standing struct {
	ticked    map[string]bool   // by row
	entries   map[string]string // run digest to result word
	manifests map[string]string
	plan      string
	above     string
	ledger    string
	left      []string // temporary files, and intents
}

var (
	entryText = regexp.MustCompile(`(?m)^  \* \[\d{4}-\d\d-\d\d\] Attempt #(\d+) — (A\d \w[\w ]*): (\w+)[^\n]*\n(?:    [^\n]*\n)*?    Run: (sha256:[0-9a-f]{64})\n`)
	leftover  = regexp.MustCompile(`\.planctl-[0-9a-f]{16}$|/?planctl/(intents|notes)/.|^\.tmp/.|\.making$`)
)

// look reads the workspace and holds it to what has to be so at every instant: a tick has its attempt, and an attempt its
// manifest.
func (p *place) look() (*standing, error) {
	s, err := p.read()
	if err != nil {
		return nil, err
	}
	var wrong []error
	passes := 0
	for run, word := range s.entries {
		if s.manifests[run] != word {
			wrong = append(wrong, fmt.Errorf("the entry of %s says %s, its manifest %q", run, word, s.manifests[run]))
		}
		if word == "pass" || word == "done" {
			passes++
		}
	}
	if len(s.ticked) > 0 && passes == 0 {
		wrong = append(wrong, errors.New("a tick without a passing attempt"))
	}
	return s, errors.Join(wrong...)
}

// read reads the workspace. It is an error when a byte of a person's is gone, or when a file is half written.
func (p *place) read() (*standing, error) {
	all, err := p.snapshot()
	if err != nil {
		return nil, err
	}
	s := &standing{ticked: map[string]bool{}, entries: map[string]string{}, manifests: map[string]string{},
		plan: all["plan.md"], above: all["above.md"], ledger: all["docs/fix_plan.md"]}
	var wrong []error
	for name, text := range all {
		if leftover.MatchString(name) {
			s.left = append(s.left, name)
			continue
		}
		if !strings.HasSuffix(name, ".run.json") {
			continue
		}
		sum := sha256.Sum256([]byte(text))
		var m struct {
			Predicate struct{ Result, State string }
		}
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			wrong = append(wrong, fmt.Errorf("%s is no manifest: %w", name, err))
		}
		word := m.Predicate.Result
		if m.Predicate.State != "" {
			word = m.Predicate.State
		}
		s.manifests["sha256:"+hex.EncodeToString(sum[:])] = word
	}
	wrong = append(wrong, s.documents(p)...)
	return s, errors.Join(wrong...)
}

// documents compares plans and ledger with what a person wrote.
func (s *standing) documents(p *place) (wrong []error) {
	for name, text := range map[string]*string{"plan.md": &s.plan, "above.md": &s.above, "docs/fix_plan.md": &s.ledger} {
		without := strings.Replace(*text, savedText, "", 1)
		if p.saved == name && without == *text {
			wrong = append(wrong, fmt.Errorf("what was saved while %s was replaced is not in it:\n%q", name, *text))
		}
		*text = without
	}
	untick := func(name, text, row, from, to string) string {
		was := strings.Replace(text, row+to, row+from, 1)
		if was != text {
			s.ticked[name] = true
		}
		return was
	}
	plan := untick("A1", s.plan, "| A1 | One\t\u00a0 | ", "`[ ]`", "`[x]`")
	plan = untick("A2", plan, "| A2 | By hand | ", "`[ ]`", "`[x]`")
	plan = untick("A3", plan, "| A3 | Fails | ", "[ ]", "[x]")
	plan = untick("A4", plan, "| A4 | Mended | ", "[ ]", "[x]")
	above := untick("Z1", s.above, "| Z1 | All of A | ", "[ ]", "[x]")
	for _, d := range [][2]string{{"plan.md", plan}, {"above.md", above}} {
		want := p.texts[d[0]]
		if strings.HasSuffix(d[1], otherText) {
			want = documents()[d[0]] + otherText
		}
		if d[1] != want {
			wrong = append(wrong, fmt.Errorf("%s differs in more than its tokens:\n%q", d[0], d[1]))
		}
	}
	last := 4
	for _, m := range entryText.FindAllStringSubmatch(s.ledger, -1) {
		// One that a person took away leaves a gap.
		if n, err := strconv.Atoi(m[1]); err != nil || n <= last {
			wrong = append(wrong, fmt.Errorf("attempt #%s after #%d", m[1], last))
		} else {
			last = n
		}
		if s.entries[m[4]] != "" {
			wrong = append(wrong, fmt.Errorf("two entries of %s", m[4]))
		}
		s.entries[m[4]] = m[3]
	}
	rest := entryText.ReplaceAllString(s.ledger, "")
	if strings.TrimSuffix(rest, otherText) != p.texts["docs/fix_plan.md"] {
		wrong = append(wrong, fmt.Errorf("the ledger without its entries is not what it was:\n%s", s.ledger))
	}
	return wrong
}

func (s *standing) String() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "ticked %v, entries %v, manifests %v, left %v", s.ticked, s.entries, s.manifests, s.left)
	return b.String()
}
