package evidence

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/gitrepo"
)

// The files that keep git from changing evidence, or from leaving it out.
const (
	attributesFile = ".gitattributes"
	attributes     = `# Evidence is kept byte for byte: its hashes stand in the manifests.
* -text -ident -whitespace !working-tree-encoding
# Two branches that ran in one second share a directory: their summaries are joined, and no other file is mixed of two.
summary*.md merge=planctl
*.run.json -merge
*.log -merge
*.patch -merge
`
	ignoreFile = ".gitignore"
	ignore     = `# Evidence is committed, also where the rules above leave out logs and outputs.
!*
.*.planctl-????????????????
`
)

// Guard prepares the directory REPORTS, absolute and below root. On its first
// use it writes a .gitattributes and a .gitignore there; files of these names
// that are there already are left as they are. warning says, with the fix, what
// git would still do to a log below REPORTS; repo may be nil.
//
// It is an error when REPORTS leaves the workspace, by its path or by a link.
//
// steps are told of the files that are written.
func Guard(ctx context.Context, root, reports string, repo *gitrepo.Repo, steps atomicfile.Steps) (warning string, err error) {
	if err := inside(root, reports); err != nil {
		return "", err
	}
	if err := makeDirs(reports); err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(reports)
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(reports, root); err == nil && local(rel) || repo != nil && below(real, repo.Top) {
		// The rules would hold for the sources too.
		return fmt.Sprintf("%s holds the workspace itself, so no rules for git were written there; set `reports:` to a directory of its own", reports), nil
	}
	for _, f := range []struct{ name, content string }{{attributesFile, attributes}, {ignoreFile, ignore}} {
		err := steps.Create(filepath.Join(reports, f.name), []byte(f.content), 0o666)
		if err == nil {
			continue
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
		// git would wait for a FIFO, as would every later call.
		at := filepath.Join(reports, f.name)
		info, err := os.Stat(at)
		if err == nil {
			err = onlyFile(at, info)
		}
		if err != nil {
			return "", err
		}
	}
	if repo == nil || !below(repo.Top, real) {
		return "", nil
	}
	rel, err := filepath.Rel(repo.Top, real)
	if err != nil {
		return "", err
	}
	warning, err = gitSays(ctx, repo, filepath.ToSlash(rel))
	var failed *gitrepo.Error
	if errors.As(err, &failed) {
		// A submodule, for one, whose rules are not this repository's. Evidence can be made all the same.
		return fmt.Sprintf("git does not say what it does to %s: %v", filepath.ToSlash(rel), err), nil
	}
	return warning, err
}

// gitSays asks git about a log as a run would write it, since rules can also
// come from directories above, the user's settings and .git/info.
func gitSays(ctx context.Context, repo *gitrepo.Repo, reports string) (string, error) {
	sample := path.Join(reports, StampLayout, "phase", "task.log")
	attrs, err := repo.Attributes(ctx, []string{sample}, "text", "ident", "working-tree-encoding", "filter")
	if err != nil {
		return "", err
	}
	var said []string
	set := func(name string) bool {
		v := attrs[sample][name]
		return v != "unset" && v != "unspecified"
	}
	if attrs[sample]["text"] != "unset" || set("ident") || set("working-tree-encoding") {
		said = append(said, fmt.Sprintf("git may convert the text of logs below %s; put the line `* -text -ident !working-tree-encoding` at the end of %s",
			reports, path.Join(reports, attributesFile)))
	}
	// git-lfs gives back what it took; of other filters nobody knows.
	if f := attrs[sample]["filter"]; set("filter") && f != "lfs" {
		said = append(said, fmt.Sprintf("git's filter %q would change logs below %s; put the line `* -filter` at the end of %s",
			f, reports, path.Join(reports, attributesFile)))
	}
	// Asked from the top down: git never looks into a directory that it ignores. Without a slash at
	// the end, which makes git apply the rules inside a directory to the directory itself.
	var asked []string
	for i := range reports {
		if reports[i] == '/' {
			asked = append(asked, reports[:i])
		}
	}
	asked = append(asked, reports, sample)
	rules, err := repo.IgnoredBy(ctx, asked)
	if err != nil {
		return "", err
	}
	for _, p := range asked {
		rule, ok := rules[p]
		if !ok {
			continue
		}
		where, line := letIn(rule, p)
		if p == sample {
			where, line = path.Join(reports, ignoreFile), "!*"
		}
		said = append(said, fmt.Sprintf("%s is ignored by git (%s:%d: `%s`), so evidence would not be committed; put the line `%s` at the end of %s",
			p, rule.Source, rule.Line, rule.Pattern, line, where))
		break
	}
	return strings.Join(said, "; "), nil
}

// letIn is the line that undoes a rule for a directory, and the file that it
// must stand in: that of the rule, or the top one, which wins over the user's
// settings and over .git/info.
func letIn(rule gitrepo.Rule, dir string) (file, line string) {
	file = rule.Source
	at := path.Dir(file)
	if path.Base(file) != ignoreFile || path.IsAbs(file) || !strings.HasPrefix(dir, strings.TrimPrefix(at+"/", "./")) {
		return ignoreFile, "!/" + escape(dir) + "/"
	}
	return file, "!/" + escape(strings.TrimPrefix(dir, strings.TrimPrefix(at+"/", "./"))) + "/"
}

// escape takes their meaning from the characters that are special in .gitignore.
func escape(p string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(p)
}

// inside reports where dir, or what of it exists, leaves the workspace.
func inside(root, dir string) error {
	rel, err := filepath.Rel(root, dir)
	if err != nil || !local(rel) {
		return fmt.Errorf("%s is outside the workspace %s; set `reports:` to a directory inside", dir, root)
	}
	top, err := filepath.EvalSymlinks(root)
	if err != nil {
		return err
	}
	for at := dir; ; at = filepath.Dir(at) {
		real, err := filepath.EvalSymlinks(at)
		if errors.Is(err, fs.ErrNotExist) {
			if info, lerr := os.Lstat(at); lerr == nil {
				return fmt.Errorf("%s is a %s that leads nowhere; remove it, or make the directory that it names", at, kindOf(info))
			}
			continue
		}
		if err != nil {
			return err
		}
		if !below(top, real) {
			return fmt.Errorf("%s leads out of the workspace to %s; evidence must lie in the workspace, so that it moves with the plan", at, real)
		}
		return nil
	}
}

func kindOf(info fs.FileInfo) string {
	if info.Mode()&fs.ModeSymlink != 0 {
		return "link"
	}
	return "path"
}

// below reports whether path is top or lies in it; both are clean and absolute.
func below(top, path string) bool {
	rel, err := filepath.Rel(top, path)
	return err == nil && local(rel)
}

func local(rel string) bool {
	return rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) && !filepath.IsAbs(rel)
}
