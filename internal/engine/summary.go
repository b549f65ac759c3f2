package engine

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/ledger"
)

// summaries writes summary.md into each directory that this call made: what ran, how it ended, where
// the evidence is.
func (l *loop) summaries(ctx context.Context) error {
	var errs []error
	for _, k := range slices.Sorted(keys(l.call.dirs)) {
		dir := l.call.dirs[k]
		rel, err := filepath.Rel(l.w.Root, dir.Path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		text := l.summary(filepath.ToSlash(rel), dir.Stamp)
		if text == "" {
			errs = append(errs, evidence.RemoveEmpty(l.w.Root, filepath.ToSlash(rel)))
			continue
		}
		if err := evidence.WriteSummary(dir.Path, []byte(text), l.call.note.Steps()); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (l *loop) summary(rel, stamp string) string {
	var b strings.Builder
	n := 0
	for _, t := range l.out {
		if t.Dir != rel || t.Predicate == nil {
			continue
		}
		n++
		p := t.Predicate
		fmt.Fprintf(&b, "## %s %s\n\n", t.ID, inline(t.Title))
		fmt.Fprintf(&b, "- Result: **%s** (%s)\n", p.Result, p.Ending())
		if p.Reason != "" {
			fmt.Fprintf(&b, "- Reason: %s\n", inline(p.Reason))
		}
		if len(p.Argv) > 0 {
			fmt.Fprintf(&b, "- Command: %s\n", ledger.Code(p.Argv[len(p.Argv)-1]))
		}
		if p.Tests != nil {
			fmt.Fprintf(&b, "- Tests: %d passed, %d failed, %d skipped, %d errors\n", p.Tests.Passed, p.Tests.Failed, p.Tests.Skipped, p.Tests.Errors)
		}
		for _, c := range p.Criteria {
			word := "holds"
			if !c.Pass {
				word = "does not hold"
			}
			fmt.Fprintf(&b, "- Criterion %s %s", ledger.Code(c.Expr), word)
			if v := criteria.Seen(c, strings.TrimSpace); v != "" {
				fmt.Fprintf(&b, " (%s)", inline(v))
			}
			b.WriteByte('\n')
		}
		if t.Outcome.Manifest != "" {
			fmt.Fprintf(&b, "- Attempt #%d of `%s`, run `%s`\n", p.Attempt, p.Task.Initiative, t.Outcome.Digest)
		}
		b.WriteString("\n| File | Role | Size (bytes) | SHA-256 |\n| --- | --- | ---: | --- |\n")
		for _, f := range p.Files {
			fmt.Fprintf(&b, "| %s | %s | %d | `%s` |\n", cell(f.Name), f.Role, f.Size, f.SHA256)
		}
		if t.Outcome.Manifest != "" { // else it is not recorded yet
			fmt.Fprintf(&b, "| %s | manifest | | `%s` |\n", cell(path.Base(t.Outcome.Manifest)), strings.TrimPrefix(t.Outcome.Digest, "sha256:"))
		}
		b.WriteByte('\n')
	}
	if n == 0 {
		return ""
	}
	return string(summaryLead(stamp, l.passedIn(rel), n)) + b.String()
}

func (l *loop) passedIn(rel string) int {
	n := 0
	for _, t := range l.out {
		if t.Dir == rel && t.Predicate != nil && t.Predicate.Result == manifest.Pass {
			n++
		}
	}
	return n
}

// inline keeps outside text from becoming Markdown structure: one line, nothing that opens a block or a tag.
func inline(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.NewReplacer("<", "&lt;", "|", `\|`).Replace(s)
}

func cell(s string) string {
	return strings.ReplaceAll(ledger.Code(s), "|", `\|`)
}
