//go:build linux

package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestReliabilityPage holds the numbers of docs/reliability.md that are those of lists in the tests to the lists.
func TestReliabilityPage(t *testing.T) {
	targets, seeds := 0, 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			targets += len(fuzzTarget.FindAllString(read(t, path), -1))
		case d.Type().IsRegular() && strings.Contains(filepath.ToSlash(path), "testdata/fuzz/"):
			seeds++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Lines of the page end where they end.
	page := strings.Join(strings.Fields(read(t, "../../docs/reliability.md")), " ")
	for _, c := range []struct {
		words string
		n     []int
	}{
		{"puts each of %d payloads into a workspace", []int{len(payloads())}},
		{"tries %d commands on it", []int{len(hostileCommands)}},
		{"in %d forms", []int{len(encodings())}},
		{"%d targets with %d seeds", []int{targets, seeds}},
	} {
		said := regexp.MustCompile(strings.ReplaceAll(c.words, "%d", `(\d+)`)).FindStringSubmatch(page)
		if said == nil {
			t.Errorf("the page does not say %q", c.words)
			continue
		}
		for i, n := range c.n {
			if said[i+1] != strconv.Itoa(n) {
				t.Errorf("the page says %q; it is %s", said[0], fmt.Sprint(c.n))
				break
			}
		}
	}
	if !strings.Contains(page, "Twelve shapes of commands") || len(shapes()) != 12 {
		t.Errorf("%d shapes of commands", len(shapes()))
	}
}

var fuzzTarget = regexp.MustCompile(`(?m)^func Fuzz\w*\(f \*testing\.F\)`)
