package engine

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"

	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
)

// summaryHead is how a summary begins: the mark, its stamp, and how many of its tasks passed.
var summaryHead = regexp.MustCompile(`^(` + regexp.QuoteMeta(evidence.SummaryMark) + `)# Run (\S+)\n\n\d+ of \d+ passed\.\n\n`)

// MergeSummaries joins the summaries of two calls that took one stamp on two branches: the tasks of ours, then those that only
// theirs has. ok is false where either is no summary, or they are of two stamps.
func MergeSummaries(ours, theirs []byte) (joined []byte, ok bool) {
	o, t := summaryHead.FindSubmatch(ours), summaryHead.FindSubmatch(theirs)
	if o == nil || t == nil || !bytes.Equal(o[2], t[2]) {
		return nil, false
	}
	tasks := summaryTasks(ours[len(o[0]):])
	for _, task := range summaryTasks(theirs[len(t[0]):]) {
		if !slices.ContainsFunc(tasks, func(have []byte) bool { return bytes.Equal(have, task) }) {
			tasks = append(tasks, task)
		}
	}
	passed := 0
	for _, task := range tasks {
		if bytes.Contains(task, []byte("\n- Result: **"+string(manifest.Pass)+"** ")) {
			passed++
		}
	}
	return slices.Concat(o[1], summaryLead(string(o[2]), passed, len(tasks)), bytes.Join(tasks, nil)), true
}

func summaryLead(stamp string, passed, n int) []byte {
	return fmt.Appendf(nil, "# Run %s\n\n%d of %d passed.\n\n", stamp, passed, n)
}

// summaryTasks cuts a summary's rest where each task begins.
func summaryTasks(rest []byte) (tasks [][]byte) {
	var task []byte
	for line := range bytes.Lines(rest) {
		if bytes.HasPrefix(line, []byte("## ")) && len(task) > 0 {
			tasks, task = append(tasks, task), nil
		}
		task = append(task, line...)
	}
	if len(task) > 0 {
		tasks = append(tasks, task)
	}
	return tasks
}
