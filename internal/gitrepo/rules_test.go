package gitrepo

import (
	"context"
	"slices"
	"testing"
)

func TestIgnoredBy(t *testing.T) {
	dir := repository(t, map[string]string{".gitignore": "# logs\n*.log\n", "d/.gitignore": "!*.log\nout/\n"})
	got, err := open(t, dir).IgnoredBy(context.Background(), []string{"a.log", "d/a.log", "d/out/x.txt", "d/out/"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Rule{"a.log": {".gitignore", 2, "*.log"}, "d/out/x.txt": {"d/.gitignore", 2, "out/"}, "d/out/": {"d/.gitignore", 2, "out/"}}
	if len(got) != len(want) {
		t.Errorf("%v, want %v", got, want)
	}
	for p, rule := range want {
		if got[p] != rule {
			t.Errorf("%s: %+v, want %+v", p, got[p], rule)
		}
	}
}

func TestIgnoredBelow(t *testing.T) {
	dir := repository(t, map[string]string{".gitignore": "*.log\nout/\n", "d/kept": "", "d/out/e/f": "", "d/a.log": "", "b.log": "", "d/x\ny.log": ""})
	repo := open(t, dir)
	for below, want := range map[string][]string{".": {"b.log", "d/a.log", "d/out/", "d/x\ny.log"}, "d": {"a.log", "out/", "x\ny.log"}, "nowhere": nil} {
		got, err := repo.IgnoredBelow(context.Background(), below)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("below %s: %q, want %q", below, got, want)
		}
	}
}

func TestAttributes(t *testing.T) {
	dir := repository(t, map[string]string{".gitattributes": "*.txt text eol=crlf\n*.npz filter=lfs -text\n"})
	got, err := open(t, dir).Attributes(context.Background(), []string{"a.txt", "new\nline.npz", ":(top)x"}, "text", "eol", "filter")
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string][3]string{
		"a.txt": {"set", "crlf", "unspecified"}, "new\nline.npz": {"unset", "unspecified", "lfs"}, ":(top)x": {"unspecified", "unspecified", "unspecified"},
	} {
		if has := [3]string{got[p]["text"], got[p]["eol"], got[p]["filter"]}; has != want {
			t.Errorf("%q: %q, want %q", p, has, want)
		}
	}
}
