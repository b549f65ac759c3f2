// Package gitrepo asks the git command about a checkout. It never changes the
// checkout, the index or a ref.
package gitrepo

// Repo is one checkout.
type Repo struct {
	Top       string // absolute top level
	GitDir    string // absolute; per worktree
	CommonDir string // absolute; shared by worktrees
}
