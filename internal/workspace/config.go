package workspace

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/yamlstrict"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// ConfigName is the file that holds the settings and marks the workspace's root.
const ConfigName = ".planctl.yaml"

// Config is the decoded .planctl.yaml, with the defaults where a key is
// absent. Paths are slash-separated and relative to the root.
type Config struct {
	Version    int
	Plans      []string          // globs of the files that may be plans
	Archived   []string          // globs of those plans that are kept and never worked on
	Ledger     string            // the ledger that is written
	Ledgers    []string          // read-only ledgers with older entries
	Reports    string            // template with {plan_dir} {initiative} {phase}; "" leaves it to the plan's place
	Links      map[string]string // plan path → initiative ID
	Annotate   Annotate          // whether a tick adds a note to the guidance cell
	Secrets    []string          // patterns of variable names whose values are masked
	Env        []string          // variables that a manifest records by value
	Executor   string
	Rules      []Rule // in the order of the file
	PatchLimit int64  // bytes of the largest patch that is kept with a run; over it digests only

	tokens  plan.Tokens
	attempt ledger.Style
}

// Annotate is the `annotate` key.
type Annotate string

// Off leaves the guidance cell alone; Append adds a note at its end.
const (
	Off    Annotate = "off"
	Append Annotate = "append"
)

// PlanTokens is the known state tokens and those that a flip writes.
func (c Config) PlanTokens() plan.Tokens { return c.tokens }

// AttemptStyle is the shape of a ledger entry.
func (c Config) AttemptStyle() ledger.Style { return c.attempt }

// Rule changes the severity of findings.
type Rule struct {
	Pattern  string   // a code, or a glob of codes such as evidence-*
	Paths    []string // globs of the files that it is about; empty: every file
	Severity finding.Severity
}

// DefaultConfig is what holds without a .planctl.yaml.
func DefaultConfig() Config {
	return Config{
		Version:    1,
		Plans:      []string{"plans/**/*.md"},
		Archived:   []string{"plans/archive/**"},
		Ledger:     "docs/fix_plan.md",
		Annotate:   Off,
		Secrets:    []string{"*TOKEN*", "*SECRET*", "*PASSWORD*", "*_KEY"},
		Env:        []string{"PATH", "HOME", "LANG", "CUDA_VISIBLE_DEVICES"},
		Executor:   "local",
		PatchLimit: 1 << 20,
		tokens:     plan.DefaultTokens(),
		attempt:    ledger.Block,
	}
}

// configKeys are the keys of the file, in the order in which a message lists them.
var configKeys = []string{
	"version", "plans", "archived", "ledger", "ledgers", "reports", "links", "tokens", "annotate",
	"attempt", "secrets", "env", "executor", "rules", "patch_limit",
}

// DecodeConfig reads the text of a .planctl.yaml strictly: `version: 1` is
// required, and an unknown key, a wrong type, a path that leaves the
// workspace, a malformed glob or an unknown state is a finding of the config
// family with its place. All problems are reported, not the first. The Config
// is usable only where no finding is an error.
func DecodeConfig(file string, text []byte) (Config, finding.List) {
	c := DefaultConfig()
	doc := yamlstrict.Parse(yamlstrict.Source{Family: "config", File: file, Text: text, Line: 1})
	version := false
	for _, f := range doc.Root.Fields("the config", configKeys...) {
		switch v := f.Value; f.Key {
		case "version":
			version = true
			if n, ok := v.Int(); ok && n != 1 {
				v.Report("version", fmt.Sprintf("config version %d is not known", n), "this planctl reads version 1; a newer planctl may read this file")
			}
		case "plans":
			c.Plans = globs(v)
			if v.IsList() && len(v.List()) == 0 {
				v.Report("value", "plans lists no pattern, so that there would be no plan", "leave the key out for plans/**/*.md")
			}
		case "archived":
			c.Archived = globs(v)
		case "ledger":
			c.Ledger = onePath(v, c.Ledger)
		case "ledgers":
			c.Ledgers = paths(v)
		case "reports":
			c.Reports = template(v)
		case "links":
			c.Links = links(v)
		case "tokens":
			c.tokens = tokens(v)
		case "annotate":
			if word, ok := v.OneOf(string(Off), string(Append)); ok {
				c.Annotate = Annotate(word)
			}
		case "attempt":
			if word, _ := v.OneOf("block", "line"); word == "line" {
				c.attempt = ledger.Line
			}
		case "secrets":
			c.Secrets = namePatterns(v)
		case "env":
			c.Env = v.Strings()
		case "executor":
			if s, ok := v.String(); ok {
				c.Executor = s
			}
		case "rules":
			c.Rules = rules(v)
		case "patch_limit":
			if n, ok := v.Int64(); ok && n < 0 {
				v.Report("value", fmt.Sprintf("patch_limit is %d bytes", n), "write 0 to keep digests only")
			} else if ok {
				c.PatchLimit = n
			}
		}
	}
	list := doc.Findings()
	if !version && len(list.Errors()) == 0 {
		list = append(list, finding.Finding{
			Code: "config-version", Severity: finding.Error, File: file, Line: 1, Col: 1,
			Message: "the config does not say its version", Help: "write `version: 1` as the first line",
		})
	}
	return c, list
}

// inside says what is wrong with a path or glob of the config; "" when it stays in the workspace.
func inside(p string) string {
	switch {
	case p == "":
		return "the path is empty"
	case strings.Contains(p, `\`):
		return "the path has a backslash"
	case path.IsAbs(p):
		return "the path is absolute"
	case slices.Contains(strings.Split(p, "/"), ".."):
		return "the path leaves the workspace"
	case strings.ContainsRune(p, 0):
		return "the path has a zero byte"
	}
	return ""
}

const relative = "write a path relative to the workspace's root, with slashes"

// each gives every text of the list that is a path inside the workspace, cleaned.
func each(v *yamlstrict.Node, more func(s string) (problem, help string)) []string {
	out := []string{}
	nodes := []*yamlstrict.Node{v}
	if v.IsList() {
		nodes = v.List()
	}
	for _, n := range nodes {
		s, ok := n.String()
		if !ok {
			continue
		}
		problem, help := inside(s), relative
		if problem == "" && more != nil {
			problem, help = more(s)
		}
		if problem != "" {
			n.Report("path", fmt.Sprintf("%s: %q", problem, s), help)
			continue
		}
		out = append(out, path.Clean(s))
	}
	return out
}

func globs(v *yamlstrict.Node) []string {
	return each(v, func(s string) (string, string) {
		if !glob.Valid(s) {
			return "the pattern is malformed", "close every [ and {; * ? [a-z] ** and {a,b} are known"
		}
		return "", ""
	})
}

func paths(v *yamlstrict.Node) []string { return each(v, nil) }

func onePath(v *yamlstrict.Node, def string) string {
	if v.IsList() {
		v.Report("type", "ledger is one path; planctl writes one ledger", "list older ones under `ledgers`, which are only read")
		return def
	}
	if p := each(v, nil); len(p) == 1 {
		return p[0]
	}
	return def
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}?`)

// template is the reports key. {plan_dir} is a path inside the workspace; the other two are made safe when they are put in.
func template(v *yamlstrict.Node) string {
	p := each(v, func(s string) (string, string) {
		for _, name := range placeholder.FindAllString(s, -1) {
			switch name {
			case "{plan_dir}", "{initiative}", "{phase}":
			default:
				near := yamlstrict.Nearest(strings.Trim(name, "{}"), []string{"plan_dir", "initiative", "phase"})
				if near != "" {
					return "the template has no " + name, "did you mean `{" + near + "}`?"
				}
				return "the template has no " + name, "known are {plan_dir}, {initiative} and {phase}"
			}
		}
		if slices.Contains(strings.Split(s, "/"), ".git") {
			return "the path lies in git's own directory", relative
		}
		return "", ""
	})
	if len(p) != 1 {
		return ""
	}
	return p[0]
}

func links(v *yamlstrict.Node) map[string]string {
	out := map[string]string{}
	for _, e := range v.Mapping("links") {
		id, ok := e.Value.String()
		if !ok {
			continue
		}
		key := strings.TrimPrefix(path.Clean(e.Key), "./")
		switch problem := inside(e.Key); {
		case problem != "":
			e.ReportAt("path", fmt.Sprintf("%s: %q", problem, e.Key), "a link's key is a plan's path relative to the workspace's root")
		case strings.TrimSpace(id) == "" || strings.ContainsAny(id, "\r\n[]"):
			e.Value.Report("value", fmt.Sprintf("%q is no initiative ID", id), "write the ID as the ledger's heading has it, without brackets")
		case out[key] != "" && out[key] != id:
			e.ReportAt("duplicate-key", fmt.Sprintf("%s is linked twice, to %s and %s", key, out[key], id), "keep one of the two")
		default:
			out[key] = id
		}
	}
	return out
}

// stateNames are the words that name a state in the config.
var stateNames = []string{"todo", "active", "blocked", "skipped", "done"}

func tokens(v *yamlstrict.Node) plan.Tokens {
	extra, write := map[plan.State][]string{}, map[plan.State]string{}
	for _, f := range v.Fields("tokens", append(slices.Clone(stateNames), "write")...) {
		if f.Key != "write" {
			if s, err := plan.ParseState(f.Key); err == nil {
				extra[s] = f.Value.Strings()
			}
			continue
		}
		for _, w := range f.Value.Fields("tokens.write", stateNames...) {
			s, err := plan.ParseState(w.Key)
			if text, ok := w.Value.String(); ok && err == nil {
				write[s] = text
			}
		}
	}
	t, err := plan.DefaultTokens().With(extra, write)
	if err != nil {
		v.Report("token", err.Error(), "a token stands for one state; `write` names a token of that state")
	}
	return t
}

// namePatterns are patterns of variable names, which have no slashes and need no workspace.
func namePatterns(v *yamlstrict.Node) []string {
	out := []string{}
	for _, t := range v.Texts() {
		if _, err := path.Match(t.Value, "NAME"); err != nil || t.Value == "" {
			v.Report("value", fmt.Sprintf("the pattern %q is malformed", t.Value), "* ? and [A-Z] are known")
			continue
		}
		out = append(out, t.Value)
	}
	return out
}

func rules(v *yamlstrict.Node) []Rule {
	var out []Rule
	for _, e := range v.Mapping("rules") {
		r := Rule{Pattern: e.Key}
		if !glob.Valid(e.Key) || e.Key == "" || strings.Contains(e.Key, "/") {
			e.ReportAt("value", fmt.Sprintf("%q is no rule code and no glob of codes", e.Key), "write a code such as fresh-input, or a glob such as evidence-*")
			continue
		}
		if !e.Value.IsMapping() {
			r.Severity = severity(e.Value)
		} else {
			given := false
			for _, f := range e.Value.Fields("the rule "+e.Key, "paths", "severity") {
				if f.Key == "paths" {
					r.Paths = globs(f.Value)
					continue
				}
				given = true
				r.Severity = severity(f.Value)
			}
			if !given {
				e.ReportAt("value", "the rule "+e.Key+" does not say a severity", "add `severity: note`, `warning` or `error`")
			}
		}
		if r.Severity != finding.Unknown {
			out = append(out, r)
		}
	}
	return out
}

func severity(v *yamlstrict.Node) finding.Severity {
	var s finding.Severity
	if word, ok := v.OneOf("note", "warning", "error"); ok {
		// The words of OneOf are those that UnmarshalText knows.
		if err := s.UnmarshalText([]byte(word)); err != nil {
			v.Report("value", err.Error(), "")
		}
	}
	return s
}

// Severity is the severity of a finding with this code about this file, def
// where no rule speaks of it. A rule that names the code comes before a glob,
// one that names paths before one that does not, and of two alike the later
// in the file decides.
func (c Config) Severity(code finding.Code, file string, def finding.Severity) finding.Severity {
	best, rank := def, 0
	for _, r := range c.Rules {
		if !glob.Match(r.Pattern, string(code)) && r.Pattern != string(code) {
			continue
		}
		if len(r.Paths) > 0 && !slices.ContainsFunc(r.Paths, func(p string) bool { return glob.Match(p, file) }) {
			continue
		}
		n := 1
		if r.Pattern == string(code) {
			n += 2
		}
		if len(r.Paths) > 0 {
			n++
		}
		if n >= rank {
			best, rank = r.Severity, n
		}
	}
	return best
}

// matchesAny reports whether the path matches one of the globs.
func matchesAny(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(g string) bool { return glob.Match(g, p) })
}

// PlanRoots is the directories below which plans are looked for: the parts of the patterns before the first wildcard.
func (c *Config) PlanRoots() []string { return bases(c.Plans) }

// IsPlan reports whether the config's patterns take a path for a plan. Whether it is one its tables say.
func (c *Config) IsPlan(rel string) bool {
	return matchesAny(c.Plans, rel) && rel != c.Ledger && !slices.Contains(c.Ledgers, rel)
}

// IsArchived reports whether the config takes a plan for one that is kept and never worked on.
func (c *Config) IsArchived(rel string) bool { return matchesAny(c.Archived, rel) }
