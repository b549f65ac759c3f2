package gitrepo

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Rule is the line that makes git ignore a path.
type Rule struct {
	Source  string // the file, relative to Top where it is in the checkout
	Line    int    // from 1
	Pattern string // as written
}

// Ignored tells which of the paths, relative to Top, git ignores and does not
// track. A directory that is not there is asked for with a slash at its end, one
// that is there without: git would apply the rules inside it to it.
func (r *Repo) Ignored(ctx context.Context, paths []string) (map[string]bool, error) {
	rules, err := r.IgnoredBy(ctx, paths)
	if err != nil {
		return nil, err
	}
	ignored := make(map[string]bool, len(rules))
	for p := range rules {
		ignored[p] = true
	}
	return ignored, nil
}

// IgnoredBy is Ignored with the reason: the last rule that decides about the
// path, or about a directory above it.
func (r *Repo) IgnoredBy(ctx context.Context, paths []string) (map[string]Rule, error) {
	rules := map[string]Rule{}
	fields, err := r.about(ctx, paths, 4, "check-ignore", "-v", "-z", "--stdin")
	if exit(err) == 1 {
		return rules, nil // none
	}
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		line, err := strconv.Atoi(f[1])
		if err != nil {
			return nil, fmt.Errorf("git check-ignore: %q is not understood", f)
		}
		if !strings.HasPrefix(f[2], "!") { // a rule that lets it in is printed too
			rules[strings.TrimPrefix(f[3], here)] = Rule{Source: f[0], Line: line, Pattern: f[2]}
		}
	}
	return rules, nil
}

// IgnoredBelow lists what is there below a directory, relative to Top, and git ignores and does not track: a directory of
// which git keeps nothing once, with a slash at its end. The paths are relative to the directory.
func (r *Repo) IgnoredBelow(ctx context.Context, dir string) ([]string, error) {
	dir = filepath.ToSlash(filepath.Clean(dir))
	args := []string{"ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--"}
	if dir != "." {
		args = append(args, ":(top,literal)"+dir)
	}
	out, err := r.git(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	var list []string
	for p := range strings.SplitSeq(string(out), "\x00") {
		if dir != "." {
			p = strings.TrimPrefix(p, dir+"/")
		}
		if p != "" {
			list = append(list, p)
		}
	}
	return list, nil
}

// Attributes are the values of git attributes for paths relative to Top, which
// need not exist: "set", "unset", "unspecified" or the value itself.
func (r *Repo) Attributes(ctx context.Context, paths []string, names ...string) (map[string]map[string]string, error) {
	fields, err := r.about(ctx, paths, 3, append([]string{"check-attr", "-z", "--stdin"}, names...)...)
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]string{}
	for _, f := range fields {
		p := strings.TrimPrefix(f[0], here)
		if out[p] == nil {
			out[p] = map[string]string{}
		}
		out[p][f[1]] = f[2]
	}
	return out, nil
}

const here = "./" // before a path: a leading colon would be magic to git

// about asks a command about paths and splits its answer into records of n fields.
func (r *Repo) about(ctx context.Context, paths []string, n int, args ...string) ([][]string, error) {
	var in []byte
	for _, p := range paths {
		if p == "" || strings.Contains(p, "\x00") {
			return nil, fmt.Errorf("git %s: %q is no path", args[0], p)
		}
		in = append(append(append(in, here...), p...), 0)
	}
	if len(in) == 0 {
		return nil, nil
	}
	out, err := r.git(ctx, in, args...)
	if err != nil {
		return nil, err
	}
	fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	var records [][]string
	for len(fields) >= n {
		records = append(records, fields[:n])
		fields = fields[n:]
	}
	if len(fields) > 0 {
		return nil, fmt.Errorf("git %s: %q is not understood", args[0], fields)
	}
	return records, nil
}
