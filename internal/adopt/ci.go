package adopt

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/planctl/planctl/internal/workspace"
)

// System is a CI system that a job can be written for. The zero value means not known.
type System string

// The systems. Generic is a script of the POSIX shell for all others.
const (
	GitHub  System = "github"
	GitLab  System = "gitlab"
	Generic System = "generic"
)

// Systems is every system, as the command line names them.
func Systems() []System { return []System{GitHub, GitLab, Generic} }

// module is what the jobs install.
const module = "github.com/planctl/planctl/cmd/planctl"

// Job is what is asked of a CI job.
type Job struct {
	System  System
	Version string // what is installed, as `go install` names it; "" and "devel" are the latest
	Branch  string // the main branch; "" where none was found
	Below   string // the workspace as the top of the repository names it, slash-separated; "" and "." are the top itself
}

// CI is the file of a job that verifies each change. A CI system looks for its jobs, and starts them, at the top of the
// repository: where the workspace lies below that, the file's path leads out of it. ok is false for a system that is none,
// and for a directory whose name cannot stand in a job.
func CI(j Job) (f File, ok bool) {
	if j.Version == "" || j.Version == "devel" {
		j.Version = "latest"
	}
	install := fmt.Sprintf("go install %s@%s", module, j.Version)
	command, name, up := "planctl", "planctl", "."
	if j.Below != "" && j.Below != "." {
		if strings.ContainsFunc(j.Below, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.Contains(j.Below, "${{") {
			return File{}, false
		}
		name += "-" + strings.Trim(notInNames.ReplaceAllString(j.Below, "-"), "-")
		command += " -C " + workspace.ShellWord(j.Below)
		up = filepath.ToSlash(strings.Repeat("../", strings.Count(path.Clean(j.Below), "/")+1))
	}
	switch j.System {
	case GitHub:
		return File{Path: path.Join(up, ".github/workflows", name+".yml"), Why: "a job of GitHub Actions",
			Data: []byte(fmt.Sprintf(githubJob, strings.Replace(name, "-", " ", 1), install, command, branches(j.Branch)))}, true
	case GitLab:
		file := ".gitlab/" + name + ".yml"
		return File{Path: path.Join(up, file), Why: "a job of GitLab CI; add `include: " + file + "` to .gitlab-ci.yml",
			Data: []byte(fmt.Sprintf(gitlabJob, name, install, command))}, true
	case Generic:
		return File{Path: "ci/planctl-verify.sh", Executable: true, Why: "a script for any CI",
			Data: []byte(fmt.Sprintf(genericJob, install))}, true
	}
	return File{}, false
}

// branches is the main branch as a list of YAML has it, and as a filter of GitHub takes it literally.
func branches(name string) string {
	if name == "" {
		return "main, master"
	}
	name = strings.NewReplacer("+", `\+`, "!", `\!`).Replace(name)
	if !plainBranch.MatchString(name) {
		return strconv.Quote(name)
	}
	return name
}

var (
	plainBranch = regexp.MustCompile(`^[a-z]{3,}(?:[/_-][a-z0-9]+)*$`)
	notInNames  = regexp.MustCompile(`[^A-Za-z0-9_.]+`)
)

// What others can name, a branch say, reaches the shell through the environment and never by being pasted into a command. A
// commit that a force push took away is in no clone: it is fetched by its name. Where it cannot be, git says why and
// planctl ends with an error.
const githubJob = `name: %s
on:
  push:
    branches: [%[4]s]
  pull_request:
permissions:
  contents: read
jobs:
  verify:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # verify compares with the commit where the branch began
      - uses: actions/setup-go@v5
        with:
          go-version: stable
      - run: %[2]s
      - name: planctl verify
        env:
          BEFORE: ${{ github.event_name == 'push' && github.event.before || '' }}
        run: |
          # A pull request is compared with its target, a push with what the branch had before it.
          case "$BEFORE" in
            *[!0]*) git cat-file -e "$BEFORE" 2>/dev/null || git fetch -q origin "$BEFORE" || true ;;
          esac
          %[3]s verify --format github --before "$BEFORE"
`

const gitlabJob = `%s:
  image: golang:latest
  variables:
    GIT_DEPTH: "0" # verify compares with the commit where the branch began
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - %s
    - |
      # A merge request is compared with its target, a push with what the branch had before it.
      BEFORE=$CI_COMMIT_BEFORE_SHA
      case "$BEFORE" in
        *[!0]*) git cat-file -e "$BEFORE" 2>/dev/null || git fetch -q origin "$BEFORE" || true ;;
      esac
      %[3]s verify --format junit --before "$BEFORE" > planctl.xml || {
        %[3]s verify --before "$BEFORE" # the same once more, for the job's log
        exit 1
      }
  artifacts:
    when: always
    reports:
      junit: planctl.xml
`

const genericJob = `#!/bin/sh
# Verifies plans, ledger and evidence of the directory above this one. BASE is the branch
# or commit that a change goes into, such as origin/main; BEFORE, for a push, the commit
# that the branch had before it. Without them planctl looks for a main branch. The whole
# history has to be there: git fetch --unshallow.
set -eu
cd "$(dirname "$0")/.."
command -v planctl >/dev/null 2>&1 || {
	%s
	bin=$(go env GOBIN)
	PATH="$PATH:${bin:-$(go env GOPATH)/bin}"
}
if [ -n "${BASE:-}" ]; then
	exec planctl verify --base "$BASE"
fi
exec planctl verify --before "${BEFORE:-}"
`
