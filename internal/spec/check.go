package spec

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/tempname"
	"github.com/planctl/planctl/internal/yamlstrict"
)

// maxNames bounds the names that one brace pattern is expanded to for its check.
const maxNames = 1000

// The names of POSIX XBD 8.1, lower case too.
var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// paths reads a list of paths or patterns that lie in the workspace.
func (r *reading) paths(s *Spec, e yamlstrict.Entry) []string {
	var out []string
	for _, t := range r.list(s, e) {
		r.path(s, e.Key, t)
		out = append(out, t.Value)
	}
	return out
}

func (r *reading) path(s *Spec, key string, t yamlstrict.Text) {
	name := t.Value
	fail := func(message, help string) {
		r.add(s.File, t.Line, t.Col, CodePath, s.ID, fmt.Sprintf("`%s`: %s", key, message), help)
	}
	switch key {
	case "artifacts":
		name = strings.TrimSuffix(name, "?")
	case "pins":
		name, _, _ = strings.Cut(name, "::")
	}
	if strings.TrimSpace(name) == "" {
		fail(fmt.Sprintf("%q names no file", t.Value), "")
		return
	}
	if strings.ContainsAny(name, "\n\r") {
		fail(fmt.Sprintf("%q is more than one line", t.Value), "write a list, one path an item")
		return
	}
	switch key {
	case "artifacts", "inputs", "tests":
		if !glob.Valid(name) {
			r.add(s.File, t.Line, t.Col, CodeGlob, s.ID, fmt.Sprintf("`%s`: the pattern %q is not well formed", key, t.Value), "close every [ and {; a backslash takes the meaning off the next character")
			return
		}
	case "pins", "dir":
		if strings.ContainsAny(name, "*?") {
			fail(fmt.Sprintf("%q is a pattern", t.Value), "name each path on its own")
			return
		}
	}
	names, all := glob.Braces(name, maxNames)
	if !all {
		r.add(s.File, t.Line, t.Col, CodeGlob, s.ID, fmt.Sprintf("`%s`: %q stands for more than %d names", key, t.Value, maxNames), "write a shorter pattern")
		return
	}
	for _, n := range names {
		switch clean := path.Clean(n); {
		case strings.HasPrefix(n, "/") || strings.HasPrefix(n, "~") || strings.HasPrefix(n, `\\`) || driveLetter(n):
			fail(fmt.Sprintf("%q is absolute", n), "write it relative to the workspace")
			return
		case clean == ".." || strings.HasPrefix(clean, "../"):
			fail(fmt.Sprintf("%q leaves the workspace", n), "write it relative to the workspace, without `..` before it")
			return
		case tempname.Is(strings.ToLower(path.Base(clean))) && key != "dir":
			fail(fmt.Sprintf("%q is the name of a temporary file of planctl's, which no run collects", n), "take another name")
			return
		}
	}
}

func driveLetter(s string) bool {
	return len(s) >= 3 && s[1] == ':' && (s[2] == '\\' || s[2] == '/') && (s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z')
}

func (r *reading) env(s *Spec, n *yamlstrict.Node) map[string]*string {
	out := map[string]*string{}
	for _, p := range n.StringMap("env") {
		switch {
		case !envName.MatchString(p.Key):
			r.add(s.File, p.Line, p.Col, CodeEnv, s.ID, fmt.Sprintf("%q is not the name of a variable", p.Key), "letters, digits and _, no digit first")
			continue
		case strings.HasPrefix(p.Key, "PLANCTL_"):
			r.add(s.File, p.Line, p.Col, CodeEnv, s.ID, p.Key+" is set by planctl", "take another name")
			continue
		case p.Value != nil && strings.ContainsRune(*p.Value, 0):
			r.add(s.File, p.Line, p.Col, CodeEnv, s.ID, p.Key+" holds a NUL, which no variable can", "")
			continue
		}
		out[p.Key] = p.Value
	}
	return out
}

func (r *reading) resources(s *Spec, n *yamlstrict.Node) map[string]string {
	out := map[string]string{}
	for _, p := range n.StringMap("resources") {
		if p.Value == nil {
			r.empty(s, "resources."+p.Key, p.Line, p.Col)
			continue
		}
		out[p.Key] = *p.Value
	}
	return out
}

// Allowable is the problems that a red may count as its failure: they are no verdict of a test, and in some languages the
// first failure of a test that is written before its code.
func Allowable() []string { return []string{"collection-error", "build-error"} }

func (r *reading) allow(s *Spec, e yamlstrict.Entry) []string {
	var out []string
	for _, t := range r.list(s, e) {
		if !slices.Contains(Allowable(), t.Value) {
			r.add(s.File, t.Line, t.Col, CodeType, s.ID, fmt.Sprintf("`allow`: %q is none of %s", t.Value, strings.Join(Allowable(), ", ")),
				"only what a compiler or a collector says can stand for a failure; a missing command, a crash or zero tests cannot")
			continue
		}
		out = append(out, t.Value)
	}
	return out
}

// maxBecause is how long a regular expression may be, in bytes, as those of criteria are: matching takes time with its length.
const maxBecause = 4 << 10

// Because compiles the reason of a red.
func Because(text string) (*regexp.Regexp, error) {
	if len(text) > maxBecause {
		return nil, fmt.Errorf("the regular expression has %d bytes; %d is the most", len(text), maxBecause)
	}
	return regexp.Compile(text)
}

func (r *reading) regular(s *Spec, e yamlstrict.Entry, re string) {
	if _, err := Because(re); err != nil {
		line, col := e.Value.Pos()
		r.add(s.File, line, col, CodeBecause, s.ID, "`because`: "+err.Error(), "write a regular expression (RE2); a backslash makes ( [ . * + ? plain characters")
	}
}

// log checks that the name cannot leave the run's directory or take the place of what planctl writes there.
func (r *reading) log(s *Spec, line, col int) {
	problem := LogProblem(s.Log)
	if problem == "" {
		return
	}
	help := "write a file name; the log goes to the run's directory"
	if s.ID != "" {
		help += ", as " + s.ID + ".log does by default"
	}
	r.add(s.File, line, col, CodeLog, s.ID, fmt.Sprintf("`log`: %q %s", s.Log, problem), help)
}

// LogProblem says why a name cannot be that of a log, "" where it can.
func LogProblem(name string) string {
	lower := strings.ToLower(name) // some file systems do not tell case
	switch {
	case name == "":
		return "is empty"
	case strings.ContainsAny(name, `/\`):
		return "is a path"
	case name == "." || name == "..":
		return "is a directory"
	case strings.ContainsFunc(name, func(c rune) bool { return c < 0x20 || c == 0x7F }):
		return "holds a control character"
	case len(name) > 200: // most file systems end at 255 bytes, and a stamp may be put in
		return "is too long for a file name"
	case lower == "summary.md" || lower == ".gitattributes" || lower == ".gitignore" || strings.HasSuffix(lower, ".run.json") || strings.HasSuffix(lower, ".patch"):
		return "is a name that planctl writes itself"
	case tempname.Is(lower):
		return "is the name of a temporary file of planctl's, which a recovery takes away"
	}
	return ""
}

// contradictions reports keys that cannot be together, by what the task says
// itself: a default that does not concern it is no mistake of its author.
func (set *Set) contradictions(s *Spec) {
	has := func(key string) bool { _, ok := s.FieldPos[key]; return ok }
	if s.IsRollup() || has("plan") || has("phase") {
		set.rollup(s)
		return
	}
	switch {
	case s.Kind == Manual:
		for _, key := range []string{"run", "because", "allow", "red", "pins", "log", "timeout", "tty", "review", "executor", "resources"} {
			if has(key) {
				set.Findings = append(set.Findings, s.Finding(CodeKind, key, "a manual task is never run: `"+key+"` says nothing there", "take the key out, or write another `kind`"))
			}
		}
	default:
		if has("because") && s.Kind != Red {
			set.Findings = append(set.Findings, s.Finding(CodeKind, "because", "`because` is for a red, and this is a "+s.Kind.String(), "write `kind: red`, or a criterion such as `log matches \"…\"`"))
		}
		if has("allow") && s.Kind != Red {
			set.Findings = append(set.Findings, s.Finding(CodeKind, "allow", "`allow` is for a red, and this is a "+s.Kind.String(), "write `kind: red`, or take the key out"))
		}
		if has("allow") && s.Kind == Red && s.Because == "" {
			set.Findings = append(set.Findings, s.Finding(CodeKind, "allow", "`allow` without `because`: any error of that kind would count as the failure", "write `because` with the words of the error that is expected"))
		}
		if has("red") && s.Kind != Green {
			set.Findings = append(set.Findings, s.Finding(CodeKind, "red", "`red` is for a green, and this is a "+s.Kind.String(), "write `kind: green`, or `after` for a task that must be done first"))
		}
	}
	if s.Kind == Green {
		red := set.Tasks[s.Red]
		switch {
		case s.Red == "" && !has("red"):
			set.Findings = append(set.Findings, s.Finding(CodeGreenRed, "kind", "a green that names no red: nothing shows that its test failed first", "write `red: ID` of the task that captured the failure"))
		case s.Red == s.ID && s.Red != "":
			set.Findings = append(set.Findings, s.Finding(CodeRed, "red", "`red` names the task itself", "name the task that captured the failure"))
		case red != nil && red.Kind != Red && (red.KindSet || red.Run != ""):
			set.Findings = append(set.Findings, s.Finding(CodeRed, "red", fmt.Sprintf("`red` names %s, which is a %s", s.Red, kindOrRollup(red)), "write `kind: red` at "+red.Where()))
		}
	}
	for _, id := range s.After {
		if id == s.ID {
			set.Findings = append(set.Findings, s.Finding(CodeAfter, "after", "`after` names the task itself", "take it out"))
		}
	}
}

func kindOrRollup(s *Spec) string {
	if s.IsRollup() {
		return "roll-up row"
	}
	return s.Kind.String()
}

func (set *Set) rollup(s *Spec) {
	if _, ok := s.FieldPos["phase"]; !ok {
		set.Findings = append(set.Findings, s.Finding(CodeRollup, "plan", "a roll-up row names a plan and no phase", "write `phase: ID` of the phase that must be complete"))
	}
	if _, ok := s.FieldPos["plan"]; !ok {
		set.Findings = append(set.Findings, s.Finding(CodeRollup, "phase", "a roll-up row names a phase and no plan", "write `plan:` with the path, stem or initiative of the plan that has the phase"))
	}
	for _, key := range taskKeys() {
		if _, ok := s.FieldPos[key]; ok && key != "plan" && key != "phase" && key != "after" {
			set.Findings = append(set.Findings, s.Finding(CodeRollup, key, "a roll-up row is done when its phase is: `"+key+"` says nothing there", "take the key out; a phase's own criteria stand under `phases` of its plan"))
		}
	}
}
