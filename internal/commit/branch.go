package commit

import (
	"context"
	"fmt"
	"strings"
)

// BranchError says that another branch is checked out than the one that an intent was made on, to which what it announces
// belongs.
type BranchError struct {
	Began  string // the branch of the intent, a full ref; "" for a detached HEAD
	Now    string // likewise
	Gone   bool   // Began is no more
	Commit string // the one that was checked out when it began; "" without
}

func (e *BranchError) Error() string {
	began := "began on " + branchName(e.Began)
	if e.Gone {
		began += ", which is gone"
	}
	return fmt.Sprintf("it %s, and you are on %s", began, branchName(e.Now))
}

// Waits is what the intent waits for.
func (e *BranchError) Waits() string {
	switch {
	case e.Began == "":
		return "waits for a detached HEAD"
	case e.Gone:
		return "waits for branch " + branchName(e.Began) + ", which is gone"
	}
	return "waits for branch " + branchName(e.Began)
}

// Help is how it comes to be recorded.
func (e *BranchError) Help() string {
	switch {
	case e.Began == "" && e.Commit != "":
		return "after git checkout " + e.Commit + " planctl recover records it"
	case e.Began == "":
		return "after git checkout --detach planctl recover records it"
	case e.Gone:
		return "planctl recover --here records it on " + branchName(e.Now)
	}
	return "after git checkout " + quoted(branchName(e.Began)) + " planctl recover records it"
}

// elsewhere says that an intent has to wait for its branch; nil where that is checked out. A branch that was renamed since
// is the same one.
func (s *Store) elsewhere(ctx context.Context, in *Intent) (*BranchError, error) {
	if s.Repo == nil {
		return nil, nil
	}
	now, err := s.Repo.Branch(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the branch: %w", err)
	}
	if now == in.Branch {
		return nil, nil
	}
	e := &BranchError{Began: in.Branch, Now: now, Commit: in.Partial.Source.Commit}
	if in.Branch == "" {
		return e, nil
	}
	there, err := s.Repo.HasRef(ctx, in.Branch)
	if err != nil {
		return nil, fmt.Errorf("look for %s: %w", in.Branch, err)
	}
	if e.Gone = !there; !e.Gone || now == "" {
		return e, nil
	}
	renamed, err := s.Repo.Renamed(ctx, in.Branch, now, in.Begun)
	if err != nil {
		return nil, fmt.Errorf("look what became of %s: %w", in.Branch, err)
	}
	if renamed {
		return nil, nil
	}
	return e, nil
}

// branchName is a branch as people write it.
func branchName(b string) string {
	if b == "" {
		return "a detached HEAD"
	}
	return strings.TrimPrefix(b, "refs/heads/")
}

// quoted is a branch's name as a shell takes it; few have to be quoted.
func quoted(name string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+@", r)
	}
	if strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
