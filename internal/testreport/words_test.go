package testreport

import (
	"strings"
	"testing"
)

// A failure's text is its own words, in every style that pytest has and in unittest's: STUB stands in comments, in source,
// in the values of variables and in what the tests print, and is the reason of none.
func TestWordsOfAFailure(t *testing.T) {
	said := map[string]string{"test_import": "ModuleNotFoundError: No module named 'not", "test_message": "AssertionError: not the same",
		"test_chained": "RuntimeError: wrapped", "test_group": "several (1 sub-exception)", "test_buffered": "AssertionError: of a case"}
	long := map[string]string{"test_message": "Differing items:", "test_chained": "invalid literal for int()", "test_group": "ValueError: in the group"}
	for file, whole := range map[string]bool{"words_long.log": true, "words_short.log": true, "words_line.log": false, "words_native.log": true, "words_no.log": false,
		"words_locals.log": true, "words_unittest.log": false, "junit_words.xml": true, "junit_words_native.xml": true} {
		res, err := ReadFiles(t.Context(), []string{"testdata/captured/" + file})
		if want := map[bool]int{true: 1, false: 5}[file == "words_unittest.log"]; err != nil || len(res.Failures) != want {
			t.Fatalf("%s: %d failures, want %d; %v", file, len(res.Failures), want, err)
		}
		for _, f := range res.Failures {
			name := f.Name[strings.LastIndexAny(f.Name, ":.")+1:]
			if said[name] == "" || !strings.Contains(f.Text, said[name]) || whole && !strings.Contains(f.Text, long[name]) {
				t.Errorf("%s: %s does not say %q and %q:\n%s", file, f.Name, said[name], long[name], f.Text)
			}
			if strings.Contains(f.Text, "STUB") {
				t.Errorf("%s: %s says what stands around it:\n%s", file, f.Name, f.Text)
			}
		}
	}
}

// What is printed between a test's result and the next one is no diagnostic of it, and what a test of Rust prints before
// it panics is not its panic.
func TestOutputIsNoReason(t *testing.T) {
	for name, log := range map[string]string{
		"TAP":          "1..2\nnot ok 1 - a\n# why\nSTUB, says the next one\nok 2 - b\n",
		"TAP, nested":  "1..1\n# Subtest: s\n    not ok 1 - a\n    # why\n    STUB\n    1..1\nnot ok 1 - s\n",
		"TAP, YAML":    "TAP version 13\n1..2\nnot ok 1 - a\n  ---\n  message: why\n  ...\nSTUB\nok 2 - b\n",
		"cargo":        "\nrunning 1 test\ntest a ... FAILED\n\nfailures:\n\n---- a stdout ----\nSTUB\n\nthread 'a' panicked at src/lib.rs:5:9:\nwhy\nstack backtrace:\n   0: STUB\n\nfailures:\n    a\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
		"cargo, a Err": "\nrunning 1 test\ntest a ... FAILED\n\nfailures:\n\n---- a stdout ----\nError: \"why\"\n\nfailures:\n    a\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
	} {
		res := read(t, log)
		if len(res.Failures) != 1 {
			t.Errorf("%s: %+v", name, res)
			continue
		}
		if said := res.Failures[0].Text; !strings.Contains(said, "why") || strings.Contains(said, "STUB") {
			t.Errorf("%s says %q", name, said)
		}
	}
}
