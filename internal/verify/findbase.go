package verify

import (
	"context"
	"fmt"
	"strings"

	"github.com/planctl/planctl/internal/workspace"
)

// Base is the commit that history is compared with.
type Base struct {
	Gone   bool     // HEAD has not got the commit: a push took it away
	Commit string   // "" where there is none
	More   []string // further ones: branches that were merged into each other have several
	Name   string   // what led to it: origin/main
	Why    string   // why there is none
}

// BaseError says that the base that was asked for cannot be compared with.
type BaseError struct{ Why, Help string }

func (e *BaseError) Error() string { return e.Why }

// Asked is the base that a call names; the zero value leaves it to be found.
type Asked struct {
	Ref    string // compare with the commit where HEAD left it
	Before string // compare with the commit itself, which a push replaced; only zeros, as CI has it of a new branch, are none
}

// FindBase is the commit where HEAD left a revision: the one that is asked for, else the target of the change that CI
// names in its environment, else the main branch. Having none is no error where nobody asked for one; in CI a clone that
// lacks the target is one, for a check that looks at less than it was set up for must not pass in silence.
func FindBase(ctx context.Context, w *workspace.Workspace, ask Asked, getenv func(string) string) (Base, error) {
	ref := ask.Ref
	asked := ref != ""
	before := strings.Trim(ask.Before, "0") != ""
	switch {
	case w.Git == nil && before:
		return Base{}, &BaseError{"--before " + ask.Before + ": this is no git checkout", "leave --before out, or run it in a clone"}
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
	if before {
		return replaced(ctx, w, ask.Before, head)
	}
	names, targets := []string{ref}, 0
	if !asked {
		names, targets = mainBranches(getenv)
	}
	for i, name := range names {
		if i == targets && targets > 0 {
			break // another branch would be compared with, in the place of the target
		}
		commit, err := tip(ctx, w, name, asked)
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

// replaced is the commit that a push replaced. It is compared with as it is: where HEAD left it says nothing of what stood
// between, which is what a force push takes away.
func replaced(ctx context.Context, w *workspace.Workspace, name, head string) (Base, error) {
	commit, err := w.Git.Resolve(ctx, name)
	if err != nil {
		return Base{}, err
	}
	if commit == "" {
		return Base{}, &BaseError{fmt.Sprintf("--before %s names no commit of this clone", name),
			"git fetch origin " + name + " brings it, as long as the server keeps what a push took away"}
	}
	there, err := w.Git.IsAncestor(ctx, commit, head)
	return Base{Commit: commit, Name: name, Gone: !there}, err
}

// tip is the commit that a base's name means: that of a branch before anything else. What nobody asked for by name is a
// branch or a commit's own name, and no tag.
func tip(ctx context.Context, w *workspace.Workspace, name string, asked bool) (string, error) {
	if objectName(name) {
		return w.Git.Resolve(ctx, name)
	}
	commit, err := w.Git.Tip(ctx, name)
	if commit == "" && err == nil && asked {
		return w.Git.Resolve(ctx, name)
	}
	return commit, err
}

func deeper(w *workspace.Workspace, ref string) string {
	if w.Git.Shallow() {
		return "this clone is shallow: git fetch --unshallow origin, or fetch-depth: 0 in the checkout of CI"
	}
	return "git fetch origin, or name a branch that this one came from; " + ref + " is looked up as git rev-parse does, branches first"
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
	targets = len(out)
	out = append(out, "origin/HEAD")
	for _, name := range usual() {
		out = append(out, "origin/"+name)
	}
	return append(out, usual()...), targets
}

// usual is what people call a main branch.
func usual() []string { return []string{"main", "master", "trunk"} }

// MainBranch is the name of the branch that changes go into: the one that the remote's HEAD names, else one of a usual name, else the
// one that is checked out; "" where none is.
func MainBranch(ctx context.Context, w *workspace.Workspace) (string, error) {
	if w.Git == nil {
		return "", nil
	}
	name, err := w.Git.RemoteHead(ctx, "origin")
	if err != nil || name != "" {
		return name, err
	}
	for _, name := range usual() {
		for _, ref := range []string{"refs/remotes/origin/" + name, "refs/heads/" + name} {
			if commit, err := w.Git.Resolve(ctx, ref); err != nil || commit != "" {
				return name, err
			}
		}
	}
	ref, err := w.Git.Branch(ctx)
	return strings.TrimPrefix(ref, "refs/heads/"), err
}
