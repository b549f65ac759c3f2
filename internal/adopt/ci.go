package adopt

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
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
		command += " -C " + shellWord(j.Below)
		up = filepath.ToSlash(strings.Repeat("../", strings.Count(path.Clean(j.Below), "/")+1))
	}
	switch j.System {
	case GitHub:
		return File{Path: path.Join(up, ".github/workflows", name+".yml"), Why: "a job of GitHub Actions",
			Data: []byte(fmt.Sprintf(githubJob, strings.Replace(name, "-", " ", 1), install, command))}, true
	case GitLab:
		file := ".gitlab/" + name + ".yml"
		return File{Path: path.Join(up, file), Why: "a job of GitLab CI; add `include: " + file + "` to .gitlab-ci.yml",
			Data: []byte(fmt.Sprintf(gitlabJob, name, install, command))}, true
	case Generic:
		return File{Path: "ci/planctl-verify.sh", Why: "a script for any CI: sh ci/planctl-verify.sh",
			Data: []byte(fmt.Sprintf(genericJob, install))}, true
	}
	return File{}, false
}

var (
	notInNames = regexp.MustCompile(`[^A-Za-z0-9_.]+`)
	plainWord  = regexp.MustCompile(`^[A-Za-z0-9_./][A-Za-z0-9_./-]*$`)
)

// shellWord is a word of the shell that means s.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	if strings.HasPrefix(s, "-") {
		s = "./" + s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Names of branches reach the shell through the environment, never by being pasted into a command.
const githubJob = `name: %s
on:
  push:
    branches: [main, master]
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
      - run: %s
      - name: planctl verify
        env:
          BEFORE: ${{ github.event_name == 'push' && github.event.before || '' }}
        run: |
          # A pull request is compared with its target, a push with what was there before it.
          if [ -n "$BEFORE" ] && git cat-file -e "$BEFORE^{commit}" 2>/dev/null; then
            %[3]s verify --format github --base "$BEFORE"
          else
            %[3]s verify --format github
          fi
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
      # A merge request is compared with its target, a push with what was there before it.
      if [ -z "$CI_MERGE_REQUEST_IID" ] && git cat-file -e "$CI_COMMIT_BEFORE_SHA^{commit}" 2>/dev/null; then
        %[3]s verify --format junit --base "$CI_COMMIT_BEFORE_SHA" > planctl.xml
      else
        %[3]s verify --format junit > planctl.xml
      fi
  artifacts:
    when: always
    reports:
      junit: planctl.xml
`

const genericJob = `#!/bin/sh
# Verifies plans, ledger and evidence of the directory above this one. BASE is the branch
# or commit that the change goes into, such as origin/main; without it planctl looks for
# one. The whole history has to be there: git fetch --unshallow.
set -eu
cd "$(dirname "$0")/.."
command -v planctl >/dev/null 2>&1 || {
	%s
	PATH="$PATH:$(go env GOPATH)/bin"
}
if [ -n "${BASE:-}" ]; then
	exec planctl verify --base "$BASE"
fi
exec planctl verify
`
