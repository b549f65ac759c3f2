package adopt

import "fmt"

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

// CI is the file of a job that verifies each change. version is what is installed, as `go install` names it; "" and
// "devel" are the latest. ok is false for a system that is none.
func CI(s System, version string) (f File, ok bool) {
	if version == "" || version == "devel" {
		version = "latest"
	}
	install := fmt.Sprintf("go install %s@%s", module, version)
	switch s {
	case GitHub:
		return File{Path: ".github/workflows/planctl.yml", Data: []byte(fmt.Sprintf(githubJob, install)), Why: "a job of GitHub Actions"}, true
	case GitLab:
		return File{Path: ".gitlab/planctl.yml", Data: []byte(fmt.Sprintf(gitlabJob, install)), Why: "a job of GitLab CI; add `include: .gitlab/planctl.yml` to .gitlab-ci.yml"}, true
	case Generic:
		return File{Path: "ci/planctl-verify.sh", Data: []byte(fmt.Sprintf(genericJob, install)), Why: "a script for any CI: sh ci/planctl-verify.sh"}, true
	}
	return File{}, false
}

// Names of branches reach the shell through the environment, never by being pasted into a command.
const githubJob = `name: planctl
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
            planctl verify --format github --base "$BEFORE"
          else
            planctl verify --format github
          fi
`

const gitlabJob = `planctl:
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
        planctl verify --format junit --base "$CI_COMMIT_BEFORE_SHA" > planctl.xml
      else
        planctl verify --format junit > planctl.xml
      fi
  artifacts:
    when: always
    reports:
      junit: planctl.xml
`

const genericJob = `#!/bin/sh
# Verifies plans, ledger and evidence. BASE is the branch or commit that the change
# goes into, such as origin/main; without it planctl looks for one. The whole history
# has to be there: git fetch --unshallow.
set -eu
command -v planctl >/dev/null 2>&1 || {
	%s
	PATH="$PATH:$(go env GOPATH)/bin"
}
if [ -n "${BASE:-}" ]; then
	exec planctl verify --base "$BASE"
fi
exec planctl verify
`
