package verify

import (
	"context"
	"fmt"

	"github.com/planctl/planctl/internal/workspace"
)

// Base is the commit that history is compared with.
type Base struct {
	Commit string   // "" where there is none
	More   []string // further ones: branches that were merged into each other have several
	Name   string   // what led to it: origin/main
	Why    string   // why there is none
}

// BaseError says that the base that was asked for cannot be compared with.
type BaseError struct{ Why, Help string }

func (e *BaseError) Error() string { return e.Why }

// FindBase is the commit where HEAD left a revision: the one that is asked for, else the target of the change that CI
// names in its environment, else the main branch. Having none is no error where nobody asked for one; in CI a clone that
// lacks the target is one, for a check that looks at less than it was set up for must not pass in silence.
func FindBase(ctx context.Context, w *workspace.Workspace, ref string, getenv func(string) string) (Base, error) {
	asked := ref != ""
	switch {
	case w.Git == nil && asked:
		return Base{}, &BaseError{"--base " + ref + ": this is no git checkout", "leave --base out, or run it in a clone"}
	case w.Git == nil:
		return Base{Why: "no git checkout"}, nil
	}
	head, _, err := w.Git.Head(ctx)
	if err != nil {
		return Base{}, err
	}
	if head == "" {
		return Base{Why: "no commit yet"}, nil
	}
	apart := "" // a main branch that is there, and has no commit in common with HEAD
	names, targets := []string{ref}, 0
	if !asked {
		names, targets = mainBranches(getenv)
	}
	for i, name := range names {
		if i == targets && targets > 0 && w.Git.Shallow() {
			break // another branch would be compared with, in the place of the target that was not fetched
		}
		commit, err := w.Git.Resolve(ctx, name)
		if err != nil {
			return Base{}, err
		}
		if commit == "" {
			continue
		}
		bases, err := w.Git.MergeBases(ctx, commit, head)
		switch {
		case err != nil:
			return Base{}, err
		case len(bases) > 0:
			return Base{Commit: bases[0], More: bases[1:], Name: name}, nil
		case asked || i < targets || w.Git.Shallow():
			return Base{}, &BaseError{fmt.Sprintf("HEAD and %s have no commit in common here", name), deeper(w, name)}
		}
		if apart == "" {
			apart = name
		}
	}
	switch {
	case asked:
		return Base{}, &BaseError{fmt.Sprintf("--base %s names no commit of this clone", ref), deeper(w, ref)}
	case targets > 0:
		target := names[targets-1]
		return Base{}, &BaseError{fmt.Sprintf("the target of this change, %s, is not in this clone, so that its history cannot be compared", target), deeper(w, target)}
	case w.Git.Shallow() && getenv("CI") != "":
		return Base{}, &BaseError{"no main branch is in this clone, so that history cannot be compared", deeper(w, "origin/main")}
	}
	if apart != "" {
		return Base{Why: fmt.Sprintf("HEAD and %s have no commit in common; --base REF names another", apart)}, nil
	}
	return Base{Why: "no main branch was found; --base REF names one"}, nil
}

func deeper(w *workspace.Workspace, ref string) string {
	if w.Git.Shallow() {
		return "this clone is shallow: git fetch --unshallow origin, or fetch-depth: 0 in the checkout of CI"
	}
	return "git fetch origin, or name a branch that this one came from; " + ref + " is looked up as git rev-parse does"
}

// mainBranches is where a change may be going, best guess first. The variables are those of GitHub Actions, GitLab CI,
// Bitbucket Pipelines, Azure Pipelines, Jenkins and Buildkite. The first targets of the names are theirs.
func mainBranches(getenv func(string) string) (names []string, targets int) {
	var out []string
	if sha := getenv("CI_MERGE_REQUEST_DIFF_BASE_SHA"); sha != "" {
		out = append(out, sha)
	}
	for _, v := range []string{"GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "BITBUCKET_PR_DESTINATION_BRANCH",
		"SYSTEM_PULLREQUEST_TARGETBRANCHNAME", "CHANGE_TARGET", "BUILDKITE_PULL_REQUEST_BASE_BRANCH"} {
		if name := getenv(v); name != "" {
			out = append(out, "origin/"+name, name)
		}
	}
	return append(out, "origin/HEAD", "origin/main", "origin/master", "main", "master"), len(out)
}
