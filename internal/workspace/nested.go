package workspace

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/glob"
)

// A directory below the root that has a config of its own is another workspace, with locks and a ledger of its own. Were its
// plans read in both, one task could run in both at once, and either would miss the other's attempts in its ledger.

// NestedIn is the outermost directory above a path of the workspace that has a config of its own, as configAt says; ""
// where none has, and where the plan at that path, or the one beside which it is the sidecar, is named in full by `plans`.
func (c *Config) NestedIn(rel string, configAt func(dir string) bool) string {
	if c.namesBelow(func(name string) bool { return name == rel || SidecarOf(name) == rel }) {
		return ""
	}
	for i := range len(rel) {
		if rel[i] == '/' && configAt(rel[:i]) {
			return rel[:i]
		}
	}
	return ""
}

// namesBelow reports whether `plans` names a file in full that fits.
func (c *Config) namesBelow(fits func(name string) bool) bool {
	for _, p := range c.Plans {
		names, ok := glob.Braces(p, 100)
		if !ok {
			continue
		}
		for _, n := range names {
			if !glob.IsPattern(n) && !strings.ContainsAny(n, `\{}`) && fits(path.Clean(n)) {
				return true
			}
		}
	}
	return false
}

// configAt reports whether a directory below the root has a config that is not the one in use.
func (w *Workspace) configAt(dir string) bool {
	at := dir + "/" + ConfigName
	if dir == "." || at == w.ConfigPath {
		return false
	}
	_, err := os.Lstat(w.Abs(at)) // whatever has the name marks a root
	return err == nil
}

// checkNested says of each nested workspace that plans of it are left out, and of each plan in one that is read all the
// same.
func (w *Workspace) checkNested(f *found) {
	for _, dir := range names(f.nested) {
		plans := slices.DeleteFunc(f.nested[dir], func(rel string) bool {
			b, err := readAtMost(w.Abs(rel), MaxPlan+1)
			return err != nil || !IsPlanText(b)
		})
		if len(plans) == 0 {
			continue
		}
		this := "this plan is"
		if n := len(plans) - 1; n > 0 {
			this = fmt.Sprintf("this plan and %d more below it are", n)
		}
		w.Findings = append(w.Findings, finding.Finding{
			Code: "plan-nested-workspace", Severity: finding.Note, File: plans[0],
			Message: fmt.Sprintf("%s has a %s of its own: %s that workspace's, and left out here", dir, ConfigName, this),
			Help:    "planctl -C " + dir + " works on it",
		})
	}
	for _, p := range w.Plans {
		for i := range len(p.Path) {
			if dir := p.Path[:i]; p.Path[i] == '/' && w.configAt(dir) {
				w.Findings = append(w.Findings, finding.Finding{
					Code: "plan-nested-workspace", Severity: finding.Warning, File: p.Path,
					Message: fmt.Sprintf("`plans` names the plan in full, and %s has a %s of its own: two workspaces share it, and neither knows the other's locks and ledger", dir, ConfigName),
					Help:    "take it out of `plans` here, or remove " + dir + "/" + ConfigName,
				})
				break
			}
		}
	}
}
