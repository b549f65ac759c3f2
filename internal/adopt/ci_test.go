package adopt

import (
	"os"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/yamlstrict"
)

// TestCI: each job is a document that reads, installs the version that was asked for, and calls verify.
func TestCI(t *testing.T) {
	for _, s := range Systems() {
		f, ok := CI(Job{System: s, Version: "v1.2.3", Branch: "a+b", Below: "svc"})
		text := string(f.Data)
		if !ok || !strings.Contains(text, "go install github.com/planctl/planctl/cmd/planctl@v1.2.3") || !strings.Contains(text, map[bool]string{true: "planctl verify", false: "planctl -C svc verify"}[s == Generic]) {
			t.Errorf("%s: %s", s, text)
		}
		if s == Generic {
			continue
		}
		if doc := yamlstrict.Parse(yamlstrict.Source{Family: "config", File: f.Path, Text: f.Data, Line: 1}); len(doc.Findings()) > 0 {
			t.Errorf("%s: %v", s, doc.Findings())
		}
		// What others can name, such as a branch, is no part of a command's text.
		for line := range strings.Lines(text) {
			if strings.Contains(line, "${{") && !strings.Contains(line, "BEFORE:") {
				t.Errorf("%s: an expression in a command: %s", s, line)
			}
		}
	}
	for branch, want := range map[string]string{"": "[main, master]", "trunk": "[trunk]", "a+b": `["a\\+b"]`, "no": `["no"]`, "1.0": `["1.0"]`} {
		if f, _ := CI(Job{System: GitHub, Branch: branch}); !strings.Contains(string(f.Data), "branches: "+want+"\n") {
			t.Errorf("%q: %s", branch, f.Data)
		}
	}
	if _, ok := CI(Job{System: "travis"}); ok {
		t.Error("a job for a system that is none")
	}
	if f, _ := CI(Job{System: GitHub, Version: "devel"}); !strings.Contains(string(f.Data), "@latest") {
		t.Error("devel is no version that can be installed")
	}
}

// TestPreCommitHooks: the hooks that the project offers call commands that there are.
func TestPreCommitHooks(t *testing.T) {
	b, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"- id: planctl-lint\n", "- id: planctl-verify\n", "entry: planctl lint\n", "entry: planctl verify\n", "language: golang\n"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%q is not in the hooks", want)
		}
	}
}
