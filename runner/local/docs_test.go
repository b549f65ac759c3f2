//go:build linux

package local_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/planctl/planctl/runner"
)

// An example of docs/running.md: a script, perhaps its log, and how it ends.
var example = regexp.MustCompile("(?s)```bash\n(.*?)```\n\n(?:logs\n\n```text\n(.*?)```\n\n)?((?:exit|signal) [^\n]*\\.)?")

func TestDocs(t *testing.T) {
	page := readFile(t, "../../docs/running.md")
	found := example.FindAllStringSubmatch(page, -1)
	if n := strings.Count(page, "```bash\n"); n != len(found) || n < 8 {
		t.Fatalf("%d examples, %d understood", n, len(found))
	}
	var jobs []runner.Job
	for _, ex := range found {
		j := newJob(t, ex[1])
		j.Env = append(j.Env, "API_TOKEN=s3cr3t-0f-m1ne", "HOME="+os.Getenv("HOME"))
		if strings.Contains(ex[1], "API_TOKEN") {
			j.Secrets = []string{"s3cr3t-0f-m1ne"}
		}
		if strings.HasSuffix(ex[3], "timed out.") {
			j.Timeout = 2 * time.Second
		}
		jobs = append(jobs, j)
	}
	for i, r := range runJobs(t, jobs...) {
		script, log, end := found[i][1], found[i][2], found[i][3]
		if end == "" {
			continue
		}
		got := fmt.Sprintf("exit %d", r.Exit)
		if r.Signal != "" {
			got = "signal " + r.Signal
		}
		if r.TimedOut {
			got += ", timed out"
		}
		if r.Killed > 0 && !r.TimedOut {
			got += fmt.Sprintf(", ended %d", r.Killed)
		}
		if got += "."; got != end || r.Err != "" {
			t.Errorf("%s\nends with %q, the page says %q; %s", script, got, end, r.Err)
		}
		// A fence cannot show a log without a line end.
		if l := readFile(t, jobs[i].Log); strings.TrimSuffix(l, "\n") != strings.TrimSuffix(log, "\n") {
			t.Errorf("%s\nlogs %q, the page says %q", script, l, log)
		}
	}
}
