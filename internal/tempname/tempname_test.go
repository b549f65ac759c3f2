package tempname

import (
	"strings"
	"testing"
	"unicode/utf8"
)

const some = "0123456789abcdef"

// Every file has names for temporary files that a file system takes, and they are known again as that file's.
func TestNames(t *testing.T) {
	for _, base := range []string{"plan.md", ".gitignore", "a b", "x.planctl-" + some, strings.Repeat("n", 255), strings.Repeat("é", 127), "\xff"} {
		name := Prefix(base) + some
		if !Is(name) || !Of(name, base) || len(name) > 255 {
			t.Errorf("%q: %q is one: %v, its: %v, %d bytes", base, name, Is(name), Of(name, base), len(name))
		}
		if utf8.ValidString(base) != utf8.ValidString(name) {
			t.Errorf("%q has a character cut in two", name)
		}
		if Of(name, base+"x") && len(base) < 200 || Of(name, "x"+base) {
			t.Errorf("%q is taken for another file's", name)
		}
	}
}

// What people call their files is not planctl's to take away.
func TestOthersNames(t *testing.T) {
	for _, name := range []string{"", "plan.md", ".planctl-" + some, "plan.md.planctl-" + some, ".plan.md.planctl-" + some[1:], ".plan.md.planctl-" + some + "0",
		".plan.md.planctl-" + strings.Repeat("z", Digits), ".plan.md.planctl-" + some + ".md", ".planctl.yaml"} {
		if Is(name) {
			t.Errorf("%q is taken for a temporary file", name)
		}
	}
	if Of(".a.planctl-"+some+".planctl-"+some, "a") {
		t.Error("the temporary file of a temporary file is taken for the file's")
	}
}
