package testreport

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// read gives a text to the reader that ReadLog would choose.
func read(t *testing.T, text string) Results {
	t.Helper()
	p := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	res, err := ReadLog(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// The reason of each red run of the captures stands in a failed test's own text, and where the
// reason is not a test's the text does not have it.
func TestFailureTextHoldsTheReason(t *testing.T) {
	for _, c := range []struct{ file, name, because string }{
		{"pytest_default.log", "tests/test_cycle.py::test_cycle", `NotImplementedError: infer is a stub`},
		{"pytest_v.log", "tests/test_cycle.py::test_cycle", `NotImplementedError: infer is a stub`},
		{"pytest_color.log", "tests/test_cycle.py::test_cycle", `(?m)^E +NotImplementedError: infer is a stub$`},
		{"pytest_vv_ra.log", "tests/test_cycle.py::TestGroup::test_inside", `Differing items`},
		{"pytest_v.log", "tests/test_cycle.py::test_shapes[shape0]", `\(2, 3\) == 'a-b c'`},
		{"pytest_q.log", "tests/test_cycle.py::test_cycle", `NotImplementedError`},
		{"pytest_qn.log", "test_cycle", `NotImplementedError`},
		{"pytest_tb_line.log", "tests/test_cycle.py::test_cycle", `NotImplementedError`},
		{"pytest_tb_no.log", "tests/test_cycle.py::test_cycle", `NotImplementedError`},
		{"pytest_nested.log", "tests/nested.py::test_outer", `the outer one`},
		{"gotest_text.log", "example.com/m/red.TestFail", `NotImplementedError: merge is a stub`},
		{"gotest_v.log", "example.com/m/red.TestFail", `NotImplementedError: merge is a stub`},
		{"gotest_json.log", "example.com/m/red.TestFail", `NotImplementedError: merge is a stub`},
		{"gotest_v.log", "example.com/m/red.TestParallel/b", `failure of b`},
		{"gotest_panic.log", "example.com/m/panics.TestPanics", `assignment to entry in nil map`},
		{"gotest_panic_v.log", "example.com/m/panics.TestPanics", `assignment to entry in nil map`},
		{"gotest_panic_json.log", "example.com/m/panics.TestPanics", `assignment to entry in nil map`},
		{"node_tap_red.log", "outer > inner bad", `NotImplementedError: stub`},
		{"node_spec_red.log", "outer > inner bad", `NotImplementedError: stub`},
		{"node_spec_red.log", "outer alone", `after its subtests`},
		{"node24_spec_red.log", "a suite > compares", `(?m)^\+     2$`},
		{"node24_spec_red.log", "outer > inner bad", `NotImplementedError: stub`},
		{"tap_perl_red.log", "one is two", `expected: '2'`},
		{"tap_bats_red.log", "fails # hash", `(?m)^# NotImplementedError: infer is a stub$`},
		{"junit_bats.xml", "red.bats::fails # hash", `(?m)^NotImplementedError: infer is a stub$`},
		{"pytest_xdist_v.log", "tests/test_red.py::test_bad", `NotImplementedError: infer is a stub`},
		{"surefire_red.log", "spans.SpansTest::stub", `UnsupportedOperationException: merge is a stub`},
		{"junit_surefire_red_TEST-spans.SpansTest.xml", "spans.SpansTest::compares", `wrong sum expected`},
		{"junit_gradle_red_TEST-spans.SpansTest.xml", "spans.SpansTest::stub", `UnsupportedOperationException: merge is a stub`},
		{"../written/nextest_red.log", "cycle tests::cycle", `not implemented: infer is a stub`},
		{"../written/nextest_old.log", "cycle tests::cycle", `not implemented: infer is a stub`},
		{"../written/junit_nextest.xml", "cycle::tests::cycle", `not implemented: infer is a stub`},
		{"ctest_red.log", "cycle.bad", `NotImplementedError: infer is a stub`},
		{"ctest_verbose.log", "cycle.bad", `^some output\nNotImplementedError: infer is a stub$`},
		{"ctest_output.log", "cycle.asserts", `Assertion .1 == 2' failed`},
		{"unittest_default.log", "test_cycle.Cycle.test_chained", `ValueError: wrapped`},
		{"unittest_v.log", "test_cycle.Cycle.test_chained", `ValueError: wrapped`},
		{"unittest_38_v.log", "test_cycle.Cycle.test_fail", `not the same`},
		{"junit_pytest.xml", "tests.test_cycle::test_cycle", `NotImplementedError: infer is a stub`},
		{"junit_node_red.xml", "test::inner bad", `NotImplementedError: stub`},
	} {
		res, err := ReadFiles(t.Context(), []string{"testdata/captured/" + c.file})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range res.Failures {
			matches := regexp.MustCompile(c.because).MatchString(f.Text)
			if f.Name == c.name {
				found = true
				if !matches {
					t.Errorf("%s: %s does not match the text of %s:\n%s", c.file, c.because, c.name, f.Text)
				}
			} else if matches {
				t.Errorf("%s: %s matches the text of %s too", c.file, c.because, f.Name)
			}
		}
		if !found {
			t.Errorf("%s: no failure %s", c.file, c.name)
		}
	}
}

// What is no test's verdict is a Problem, whatever tool had it.
func TestProblems(t *testing.T) {
	for file, want := range map[string]Problem{
		"pytest_collect_import.log": CollectionError, "pytest_collect_syntax.log": CollectionError, "pytest_collect_continue.log": CollectionError,
		"pytest_missing.log": CollectionError, "pytest_missing_test.log": CollectionError, "pytest_conftest.log": CollectionError,
		"pytest_crash.log": Crashed, "pytest_internal.log": Crashed, "pytest_interrupted.log": Crashed, "pytest_exits.log": Crashed, "pytest_usage.log": Crashed,
		"pytest_zero.log": NoTests, "pytest_zero_q.log": NoTests, "pytest_collect_only.log": NoTests, "pytest_qq.log": Unreadable,
		"gotest_build.log": BuildError, "gotest_build_json.log": BuildError, "gotest_vet.log": BuildError, "gotest_setup.log": BuildError,
		"gotest_setup_json.log": BuildError, "gotest_nopackage.log": BuildError,
		"gotest_exit.log": Crashed, "gotest_exit_json.log": Crashed, "gotest_timeout.log": Crashed, "gotest_timeout_json.log": Crashed,
		"gotest_none.log": NoTests, "gotest_none_json.log": NoTests, "gotest_empty.log": NoTests, "gotest_filter_v.log": NoTests, "gotest_filter_json.log": NoTests,
		"tap_perl_bail.log": Crashed, "tap_perl_dies.log": Crashed, "tap_perl_extra.log": Crashed, "tap_perl_skipall.log": NoTests,
		"node_spec_missing.log": CollectionError, "node_spec_broken.log": CollectionError, "node_spec_several.log": CollectionError, "node_spec_nowhere.log": CollectionError,
		"node_spec_exits.log": Crashed, "node_spec_aborts.log": Crashed, "node_spec_cut.log": Crashed, "node_spec_zero.log": NoTests, "node_spec_fakes.log": Unreadable,
		"node_tap_missing.log": CollectionError, "node_tap_broken.log": CollectionError, "node_tap_exits.log": Crashed, "node_tap_aborts.log": Crashed, "node_tap_zero.log": NoTests,
		"node24_spec_missing.log": CollectionError, "node24_spec_aborts.log": Crashed, "node24_spec_zero.log": NoTests, "node24_spec_pattern.log": NoTests,
		"node24_tap_missing.log": CollectionError, "node24_tap_aborts.log": Crashed, "node24_tap_zero.log": NoTests, "node24_tap_pattern.log": NoTests,
		"junit_node_missing.xml": CollectionError, "junit_node_exits.xml": Crashed, "junit_node_zero.xml": NoTests,
		"junit_node24_missing.xml": CollectionError, "junit_node24_zero.xml": NoTests,
		"junit_pytest_collect.xml": CollectionError, "junit_pytest_zero.xml": NoTests,
		"tap_bats_dies.log": Crashed, "tap_bats_filter.log": NoTests, "tap_bats_zero.log": NoTests, "tap_bats_load.log": CollectionError, "tap_bats_syntax.log": CollectionError,
		"tap_bats_setupfile.log": CollectionError, "tap_bats_nowhere.log": CollectionError, "junit_bats_syntax.xml": CollectionError,
		"prove_red.log": Unreadable, "prove_green.log": Unreadable, "prove_bail.log": Crashed, "prove_broken.log": Crashed, "prove_dies.log": Crashed, "prove_killed.log": Crashed,
		"prove_none.log": NoTests, "prove_nowhere.log": NoTests, "prove_skipall.log": NoTests, "prove_several.log": Crashed,
		"pytest_xdist_crash.log": Crashed, "pytest_xdist_crash_v.log": Crashed, "pytest_xdist_crash_tb_no.log": Crashed, "junit_xdist_crash.xml": Crashed,
		"pytest_xdist_import.log": CollectionError, "pytest_xdist_zero.log": NoTests, "pytest_xdist_missing_test.log": NoTests,
		"pytest_qq_green.log": Unreadable, "pytest_qq_missing.log": CollectionError,
		"surefire_zero.log": NoTests, "surefire_missing.log": NoTests, "surefire_exits.log": Crashed, "surefire_broken.log": BuildError, "junit_surefire_zero_TEST-spans.SpansTest.xml": NoTests,
		"../written/nextest_zero.log": NoTests, "../written/nextest_cut.log": Crashed, "../written/nextest_exits.log": Crashed, "../written/nextest_build.log": BuildError, "../written/junit_nextest.xml": Crashed,
		"ctest_zero.log": NoTests, "ctest_zero_error.log": NoTests, "ctest_no_config.log": NoTests, "ctest_nowhere.log": CollectionError,
		"ctest_missing.log": BuildError, "ctest_segv.log": Crashed, "ctest_killed.log": Crashed, "junit_ctest.xml": Unreadable, "junit_ctest_zero.xml": NoTests,
		"unittest_import.log": CollectionError, "unittest_import_alone.log": CollectionError, "unittest_syntax.log": CollectionError,
		"unittest_missing.log": CollectionError, "unittest_missing_test.log": CollectionError, "unittest_nowhere.log": CollectionError,
		"unittest_dies_v.log": Crashed, "unittest_exits_v.log": Crashed, "unittest_stops.log": Crashed, "unittest_stops_v.log": Crashed,
		"unittest_usage.log": Crashed, "unittest_zero.log": NoTests, "unittest_313_zero.log": NoTests,
	} {
		res, err := ReadFiles(t.Context(), []string{"testdata/captured/" + file})
		if err != nil || len(res.Problems) == 0 || res.Problems[0].Problem != want {
			t.Errorf("%s: %+v, %v; want %s", file, res.Problems, err, want)
		}
	}
}

func TestTexts(t *testing.T) {
	pad := func(c, title string) string { // as pytest rules its lines, 80 wide
		n := max((80-len(title)-2)/2, 1)
		line := strings.Repeat(c, n) + " " + title + " " + strings.Repeat(c, n)
		if len(line) < 80 {
			line += c
		}
		return line + "\n"
	}
	start := pad("=", "test session starts")
	utRule, utDash := strings.Repeat("=", 70)+"\n", strings.Repeat("-", 70)+"\n"
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "(no reader) total 0 passed 0 failed 0 skipped 0 errors 0"},
		{"prose", "all is ok\nnothing FAILED\n", "(no reader) total 0 passed 0 failed 0 skipped 0 errors 0"},
		{"binary", "\x00\xff\xfe\x1b[31\x1b]0;title\n", "(no reader) total 0 passed 0 failed 0 skipped 0 errors 0"},
		{"crlf", strings.ReplaceAll("=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\nok  \tm\t0.1s\n", "\n", "\r\n"), "gotest total 1 passed 1 failed 0 skipped 0 errors 0"},
		{"xdist", start + "[gw0] [ 50%] PASSED a.py::test_a \n[gw1] [100%] FAILED a.py::test_b \n" + pad("=", "1 failed, 1 passed in 0.10s"), "pytest total 2 passed 1 failed 1 skipped 0 errors 0"},
		{"hours", start + "a.py .\n" + pad("=", "1 passed in 3725.20s (1:02:05)"), "pytest total 1 passed 1 failed 0 skipped 0 errors 0"},
		{"words that are new", start + pad("=", "2 passed, 3 subtests passed, 1 warning in 0.10s"), "pytest total 2 passed 2 failed 0 skipped 0 errors 0"},
		{"the sum of a shop", "3 apples, 2 pears in 5s\n", "(no reader) total 0 passed 0 failed 0 skipped 0 errors 0"},
		{"a summary that a test prints", start + "a.py 9 passed in 0.10s\n9 passed in 0.10s\n=== 9 passed in 0.10s ===\nF\n" + pad("=", "FAILURES") + pad("_", "test_a") +
			"E  x\n=== 9 passed in 0.10s ===\n____ test_b ____\n" + pad("=", "1 failed in 0.10s"), "pytest total 1 passed 0 failed 1 skipped 0 errors 0"},
		{"a summary after the session's own", start + "a.py::test_a XFAIL [100%]\n" + pad("=", "1 xfailed in 0.10s") + "a.py::test_a PASSED [100%]\n=== 1 passed in 0.01s ===\n", "pytest total 1 passed 0 failed 0 skipped 1 errors 0 unreadable"},
		{"quiet counts after a session", start + "a.py::test_a XFAIL [100%]\n" + pad("=", "1 xfailed in 0.10s") + "1 passed in 0.01s\n", "pytest total 1 passed 0 failed 0 skipped 1 errors 0 unreadable"},
		{"a verdict after a quiet session", "x [100%]\n1 xfailed in 0.10s\na.py::test_a PASSED [100%]\n1 passed in 0.01s\n", "pytest total 2 passed 1 failed 0 skipped 1 errors 0"},
		{"half a session", start + "a.py ..F", "pytest total 0 passed 0 failed 0 skipped 0 errors 0 crashed"},
		{"a result that a test prints", "=== RUN   TestA\n--- PASS: TestB (0.00s)\n--- FAIL: TestA (0.00s)\nFAIL\nFAIL\tm\t0.1s\n", "gotest total 1 passed 0 failed 1 skipped 0 errors 0"},
		{"killed in a test", "=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n", "gotest total 2 passed 1 failed 0 skipped 0 errors 1 crashed crashed"},
		{"a binary run by hand", "=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\n", "gotest total 1 passed 1 failed 0 skipped 0 errors 0"},
		{"a goroutine panics", "--- FAIL: TestA (0.00s)\n    a_test.go:1: x\npanic: boom\n\ngoroutine 7 [running]:\nFAIL\tm\t0.1s\nFAIL\n", "gotest total 1 passed 0 failed 1 skipped 0 errors 0 crashed"},
		{"TestMain fails", "exit status 1\nFAIL\tm\t0.1s\nFAIL\n", "gotest total 0 passed 0 failed 0 skipped 0 errors 0 crashed"},
		{"json cut short", `{"Action":"start","Package":"m"}` + "\n" + `{"Action":"run","Package":"m","Test":"TestA"}` + "\n", "gotest-json total 1 passed 0 failed 0 skipped 0 errors 1 crashed crashed"},
		{"json of go 1.23", "# m\na.go:1:1: undefined: x\n" + `{"Action":"output","Package":"m","Output":"FAIL\tm [build failed]\n"}` + "\n" + `{"Action":"fail","Package":"m","Elapsed":0}` + "\n", "gotest-json total 0 passed 0 failed 0 skipped 0 errors 0 build-error"},
		{"a benchmark in json", `{"Action":"start","Package":"m"}` + "\n" + `{"Action":"run","Package":"m","Test":"BenchmarkA"}` + "\n" + `{"Action":"pass","Package":"m"}` + "\n", "gotest-json total 0 passed 0 failed 0 skipped 0 errors 0 no-tests"},
		{"ctest: tried again", "Test project /b\n    Start 1: a\n1/1 Test #1: a .....***Failed    0.00 sec\nx\n\n    Start 1: a\n    Test #1: a .....   Passed    0.00 sec\n\n100% tests passed, 0 tests failed out of 1\n\nTotal Test time (real) =   0.01 sec\n",
			"ctest total 1 passed 1 failed 0 skipped 0 errors 0"},
		{"ctest: a test runs another ctest", "Test project /b\n    Start 1: a\n1/1 Test #1: a .....***Failed    0.00 sec\nTest project /c\n    Start 1: b\n1/1 Test #1: b .....   Passed    0.00 sec\n\n100% tests passed, 0 tests failed out of 1\n\nTotal Test time (real) =   0.01 sec\n\n" +
			"0% tests passed, 1 tests failed out of 1\n\nTotal Test time (real) =   0.02 sec\n", "ctest total 1 passed 1 failed 0 skipped 0 errors 0 unreadable"},
		{"ctest: a result of no test that runs", "Test project /b\n    Start 1: a\n2/2 Test #2: z .....***Failed    0.00 sec\n1/1 Test #1: a .....   Passed    0.00 sec\n\n100% tests passed, 0 tests failed out of 1\n\nTotal Test time (real) =   0.01 sec\n",
			"ctest total 1 passed 1 failed 0 skipped 0 errors 0"},
		{"ctest: names with dots", "Test project /b\n    Start 1: a...b.\n1/1 Test #1: a...b. ....***Failed    0.00 sec\n\n0% tests passed, 1 tests failed out of 1\n\nTotal Test time (real) =   0.01 sec\n", "ctest total 1 passed 0 failed 1 skipped 0 errors 0"},
		{"Surefire 3", "[INFO]  T E S T S\n[INFO] Running a.B\n[ERROR] Tests run: 2, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in a.B\n[ERROR] a.B.x -- Time elapsed: 0.010 s <<< FAILURE!\norg.opentest4j.AssertionFailedError: y\n\tat a.B.x(B.java:3)\n\n" +
			"[ERROR] a.B.z -- Time elapsed: 0.010 s <<< ERROR!\njava.lang.IllegalStateException: y\n\tat a.B.setUp(B.java:3)\n\n[INFO] Results:\n[ERROR] Tests run: 2, Failures: 1, Errors: 1, Skipped: 0\n[INFO] BUILD FAILURE\n", "surefire total 2 passed 0 failed 1 skipped 0 errors 1"},
		{"Surefire: killed", "[INFO]  T E S T S\n[INFO] Running a.B\n", "surefire total 0 passed 0 failed 0 skipped 0 errors 0 crashed"},
		{"Surefire: a test prints a failure", "[INFO]  T E S T S\n[ERROR] a.B.x -- Time elapsed: 0.010 s <<< FAILURE!\n\n[INFO] Results:\n[INFO] Tests run: 1, Failures: 0, Errors: 0, Skipped: 0\n[INFO] BUILD SUCCESS\n", "surefire total 2 passed 1 failed 1 skipped 0 errors 0 unreadable"},
		{"Maven: a dependency that is not there", "[INFO] BUILD FAILURE\n[ERROR] Failed to execute goal on project spans: Could not resolve dependencies for project a:b:jar:1: x\n", "surefire total 0 passed 0 failed 0 skipped 0 errors 0 build-error"},
		{"nextest: a signal", "    Starting 2 tests across 1 binary\n        PASS [   0.004s] (1/2) a b\n     Summary [   0.1s] 1/2 tests run: 1 passed, 0 skipped\nwarning: 1/2 tests were not run due to signal\n", "nextest total 1 passed 1 failed 0 skipped 0 errors 0 crashed"},
		{"nextest: only what failed is listed", "    Starting 2 tests across 1 binary\n        FAIL [   0.004s] (1/2) a b\n────────────\n     Summary [   0.1s] 2 tests run: 1 passed, 1 failed, 0 skipped\n", "nextest total 2 passed 1 failed 1 skipped 0 errors 0"},
		{"unittest: a rule that a test prints", utRule + "FAIL: test_a (m.C.test_a)\n" + utDash + "Traceback (most recent call last):\n  File \"m.py\", line 3, in test_a\nAssertionError: " +
			utRule + "no heading\n" + utDash + "Ran 7 apples\n\n" + utDash + "Ran 2 tests in 0.001s\n\nFAILED (failures=1)\n", "unittest total 2 passed 1 failed 1 skipped 0 errors 0"},
		{"unittest: counts without sections", utDash + "Ran 2 tests in 0.001s\n\nFAILED (failures=1)\n", "unittest total 2 passed 2 failed 0 skipped 0 errors 0 unreadable"},
		{"unittest: counts and no verdict", utDash + "Ran 2 tests in 0.001s\n", "unittest total 0 passed 0 failed 0 skipped 0 errors 0 crashed"},
		{"unittest: all skipped", utDash + "Ran 2 tests in 0.001s\n\nOK (skipped=2)\n", "unittest total 2 passed 0 failed 0 skipped 2 errors 0"},
		{"unittest: verdicts behind output", "test_a (m.C.test_a) ... x\ny\nok\ntest_b (m.C.test_b)\nDoc. ... ok\n\n" + utDash + "Ran 2 tests in 0.001s\n\nOK\n", "unittest total 2 passed 2 failed 0 skipped 0 errors 0"},
		{"TAP 14", "TAP version 14\n1..2\nok 1 - a \\# b # SKIP no c\nnot ok 2 - d # todo e\n", "tap total 2 passed 0 failed 0 skipped 2 errors 0"},
		{"TAP: a skip that fails", "1..2\nnot ok 1 - a # SKIP b\nok 2\n", "tap total 2 passed 1 failed 0 skipped 0 errors 1"},
		{"TAP: an answer in a diagnostic", "1..2\nnot ok 1 - a\n  ---\n  got: |\n  ok 2 - no\n  ok 3 - no\n  ...\nok 2 - b\n", "tap total 2 passed 1 failed 1 skipped 0 errors 0"},
		{"TAP: a script that another one calls skips all", "1..0 # SKIP no GPU\n1..1\nok 1 - a\n", "tap total 1 passed 1 failed 0 skipped 0 errors 0"},
		{"TAP: a script's name that is none of node's", "1..1\nok 1 - lib/a.js\n", "tap total 1 passed 1 failed 0 skipped 0 errors 0"},
		{"TAP: node's fields in an error's text", "1..1\nnot ok 1 - a\n  ---\n  error: |-\n    failureType: 'hookFailed'\n  failureType: 'testCodeFailure'\n  ...\n", "tap total 1 passed 0 failed 1 skipped 0 errors 0"},
		{"node: of an older version", "▶ outer\n  ✔ in (1ms)\n  ✖ bad (1.5ms)\n    Error: x\n▶ outer (3ms)\n\nℹ tests 3\nℹ pass 1\nℹ fail 2\n", "node total 2 passed 1 failed 1 skipped 0 errors 0"},
		{"node: two runs", "✔ a (1ms)\nℹ tests 1\nℹ suites 0\nℹ pass 1\n✖ a (1ms)\nℹ tests 1\nℹ suites 0\nℹ fail 1\n\n✖ failing tests:\n\ntest at a.js:1:1\n✖ a (1ms)\n  Error: x\n✔ b (1ms)\nℹ tests 1\nℹ suites 0\n", "node total 3 passed 2 failed 1 skipped 0 errors 0"},
		{"node: a test named as a script", "✖ a.js (1ms)\n  Error: x\nℹ tests 1\nℹ suites 0\nℹ fail 1\n", "node total 1 passed 0 failed 1 skipped 0 errors 0"},
		{"TAP: no plan", "ok 1 - a\nok 2 - b\n", "tap total 2 passed 2 failed 0 skipped 0 errors 0 crashed"},
		{"TAP: a parent fails alone", "1..1\n    ok 1 - in\n    1..2\nnot ok 1 - out\n", "tap total 2 passed 1 failed 1 skipped 0 errors 0"},
	} {
		var b strings.Builder
		res := read(t, c.text)
		show(&b, "x", res)
		got, _, _ := strings.Cut(strings.TrimPrefix(b.String(), "== x: "), "\n")
		for _, p := range res.Problems {
			got += " " + string(p.Problem)
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s\n%s", c.name, got, c.want, b.String())
		}
	}
}

func TestJUnit(t *testing.T) {
	for _, c := range []struct{ name, text, want, says string }{
		{"nested suites", `<testsuites><testsuite><testsuite><testcase name="a"/></testsuite><testcase classname="C" name="b"><failure/></testcase></testsuite></testsuites>`, "1 1 0 0", ""},
		{"no suite at all", `<testcase classname="C"/>`, "1 0 0 0", ""},
		{"without attributes", `<testsuite><testcase/><testcase><skipped/></testcase></testsuite>`, "1 0 1 0", ""},
		{"an error", `<testsuite><testcase name="a"><error type="java.lang.NullPointerException">at x</error></testcase></testsuite>`, "0 0 0 1", ""},
		{"passed at the second try", `<testsuite><testcase name="a"><flakyFailure message="m"/></testcase></testsuite>`, "1 0 0 0", ""},
		{"output beside it", `<testsuite><testcase name="a"><system-out>ok <![CDATA[<b>]]></system-out></testcase><system-err>x</system-err></testsuite>`, "1 0 0 0", ""},
		{"GoogleTest", `<testsuites><testsuite><testcase name="A" status="run" result="completed" classname="S"/><testcase name="DISABLED_B" status="notrun" result="suppressed" classname="S"/></testsuite></testsuites>`, "1 0 1 0", ""},
		{"a display name, in a test of JUnit 5", `<testsuite><testcase name="merges two" classname="a.B"><failure>x` + "\n\tat a.B.x(B.java:3)" + `</failure></testcase></testsuite>`, "0 1 0 0", ""},
		{"parameters", `<testsuite><testcase name="x(int)[1]" classname="a.B"><error>y` + "\n\tat a.B.x(B.java:3)" + `</error></testcase></testsuite>`, "0 1 0 0", ""},
		{"a lambda of the test", `<testsuite><testcase name="x" classname="a.B"><error>y` + "\n\tat a.B.lambda$x$0(B.java:3)" + `</error></testcase></testsuite>`, "0 1 0 0", ""},
		{"an assertion in setUp", `<testsuite><testcase name="x" classname="a.B"><failure>y` + "\n\tat a.B.setUp(B.java:3)" + `</failure></testcase></testsuite>`, "0 0 0 1", ""},
		{"no stack of Java's", `<testsuite><testcase name="x" classname="a.B"><failure>y` + "\n    at async Promise.all (index 0)" + `</failure></testcase></testsuite>`, "0 1 0 0", ""},
		{"its own time limit", `<testsuite><testcase name="x" classname="a.B"><error type="org.junit.runners.model.TestTimedOutException">org.junit.runners.model.TestTimedOutException: test timed out after 10 milliseconds` + "\n\tat a.B.x(B.java:3)" + `</error></testcase></testsuite>`, "0 0 0 1", ""},
		{"a BOM", "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<testsuite><testcase name=\"a\"/></testsuite>", "1 0 0 0", ""},
		{"latin 1", `<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="gr` + "\xfc" + `n"/></testsuite>`, "1 0 0 0", ""},
		{"no tests", `<testsuites></testsuites>`, "0 0 0 0", "no test ran"},
		{"empty", "", "0 0 0 0", "the report is empty"},
		{"blank", " \n", "0 0 0 0", "the report is empty"},
		{"cut short", `<testsuites><testsuite><testcase name="a"/>`, "1 0 0 0", "unexpected EOF"},
		{"cut in a case", `<testsuites><testcase name="a"><failure>x`, "0 0 0 0", "unexpected EOF"},
		{"a colour", "<testsuites><testcase name=\"a\"><failure>\x1b[31mred</failure></testcase></testsuites>", "0 0 0 0", "raw ESC byte"},
		{"bytes that are no text", "<testsuites><testcase name=\"\xff\"/></testsuites>", "0 0 0 0", "invalid UTF-8"},
		{"another document", `<coverage/>`, "0 0 0 0", "the XML is <coverage>"},
		{"no document", `{"a": 1}`, "0 0 0 0", "no known format"},
	} {
		p := filepath.Join(t.TempDir(), "junit.xml")
		if err := os.WriteFile(p, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		res, err := ReadFiles(t.Context(), []string{p})
		if err != nil {
			t.Fatal(err)
		}
		says := ""
		if len(res.Problems) > 0 {
			says = res.Problems[0].Text
		}
		if got := fmt.Sprint(res.Passed, res.Failed, res.Skipped, res.Errors); got != c.want || !strings.Contains(says, c.says) || (c.says == "") != (says == "") {
			t.Errorf("%s: %s %q, want %s %q", c.name, got, says, c.want, c.says)
		}
		if res.Reader == "" {
			t.Errorf("%s: a report that was asked for has no reader", c.name)
		}
	}
}

func TestFilesAreAddedUp(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	one := write("one.xml", `<testsuite><testcase name="a"/><testcase name="b"><failure message="why"/></testcase></testsuite>`)
	two := write("two.xml", `<testsuite><testcase name="a"><failure/></testcase><testcase name="c"/></testsuite>`)
	hollow := write("hollow.xml", `<testsuite tests="0"/>`)
	empty := write("empty.xml", ``)

	res, err := ReadFiles(t.Context(), []string{one, two, hollow})
	if err != nil || res.Total != 4 || res.Passed != 2 || res.Failed != 2 || len(res.Problems) != 0 || res.Reader != "junit" {
		t.Errorf("%+v, %v", res, err)
	}
	if res.Names["a"] != Failed {
		t.Errorf("a passed in one file and failed in the next: %s, want failed", res.Names["a"])
	}
	if res, err = ReadFiles(t.Context(), []string{one, empty}); err != nil || len(res.Problems) != 1 || res.Problems[0].Text != "empty.xml: the report is empty" || res.Reader != "junit" {
		t.Errorf("with an empty file: %+v, %v", res, err)
	}
	if res, err = ReadFiles(t.Context(), []string{hollow, hollow}); err != nil || len(res.Problems) != 1 || res.Problems[0].Problem != NoTests {
		t.Errorf("two without a test: %+v, %v", res, err)
	}
	if _, err = ReadFiles(t.Context(), []string{one, filepath.Join(dir, "gone.xml")}); err == nil || !strings.Contains(err.Error(), "gone.xml") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// A test is shown by no other of its name: not by one of another file, binary or script, and a skip is worse than a pass.
func TestNamesakes(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for name, text := range map[string]string{"a.xml": `<testsuite><testcase classname="T" name="a"><skipped/></testcase></testsuite>`, "b.xml": `<testsuite><testcase classname="T" name="a"/></testsuite>`} {
		paths = append(paths, filepath.Join(dir, name))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, order := range [][]string{paths, {paths[1], paths[0]}} {
		if res, err := ReadFiles(t.Context(), order); err != nil || res.Names["T::a"] != Skipped {
			t.Errorf("skipped in one file and passed in the other: %+v, %v", res, err)
		}
	}
	cargo := func(one, two string) string {
		return "     Running unittests src/lib.rs (target/debug/deps/cycle-676927a6cf9f8c88)\n\nrunning 1 test\ntest works ... " + one + "\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n" +
			"     Running tests/it.rs (target/debug/deps/it-e39373fc9a02377d)\n\nrunning 1 test\ntest works ... " + two + "\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n" +
			"   Doc-tests cycle\n\nrunning 1 test\ntest src/lib.rs - works (line 3) ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n"
	}
	res := read(t, cargo("ok", "ok"))
	for _, name := range []string{"cycle src/lib.rs works", "it tests/it.rs works", "Doc-tests cycle src/lib.rs - works (line 3)"} {
		if res.Names[name] != Passed {
			t.Errorf("cargo: %s is %q: %+v", name, res.Names[name], res.Names)
		}
	}
	res = read(t, "t/a.t .. \nok 1 - works # SKIP later\n1..1\nok\nt/b.t .. \n1..1\nok 1 - works\nok\nAll tests successful.\nFiles=2, Tests=2,  0 wallclock secs\nResult: PASS\n")
	if res.Names["t/a.t > works"] != Skipped || res.Names["t/b.t > works"] != Passed || len(res.Problems) > 0 {
		t.Errorf("prove: %+v", res)
	}
}

// Hostile sizes: what is kept is bounded, and what is read costs linear time.
func TestBounds(t *testing.T) {
	long := strings.Repeat("x", 300_000)
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "=== RUN   Test%d\n%s\n    reason %d\n--- FAIL: Test%d (0.00s)\n", i, long[:200], i, i)
	}
	b.WriteString("=== RUN   TestLast\n" + long + "\n" + strings.Repeat("line of output\n", 20_000) + "the reason at the end\n--- FAIL: TestLast (0.00s)\nFAIL\tm\t0.1s\n")
	res := read(t, b.String())
	if res.Failed != 3001 || len(res.Failures) != maxFailures {
		t.Errorf("%d failed, %d kept", res.Failed, len(res.Failures))
	}
	res = read(t, b.String()[strings.Index(b.String(), "=== RUN   TestLast"):])
	text := res.Failures[0].Text
	if len(text) > maxText || !strings.HasSuffix(text, "the reason at the end") || !strings.HasPrefix(text, "xxx") {
		t.Errorf("%d bytes: %.20s … %s", len(text), text, text[len(text)-30:])
	}
}

// endless gives a text again and again, n bytes in all, without holding them.
type endless struct {
	text []byte
	n    int
}

func (e *endless) Read(b []byte) (int, error) {
	if e.n <= 0 {
		return 0, io.EOF
	}
	k := copy(b, e.text)
	e.n -= k
	return k, nil
}

// TestReadersReachTheEnd reads hostile shapes; one that takes more than linear time would not end here.
func TestReadersReachTheEnd(t *testing.T) {
	shapes := map[string]string{
		"a line without an end": "x", "spaces": " ", "results": "    ok 1 - a\n", "deep": strings.Repeat(" ", 2000) + "ok 1\n", "events": `{"Action":"run","Package":"a","Test":"b"}` + "\n",
		"escapes": "\x1b]", "rules": "=== a ===\n", "heads": "____ a ____\n", "verdicts": "a::b[ PASSED x ", "failures": "--- FAIL: A (0.00s)\n", "packages": "FAIL\ta\n",
		"sections": strings.Repeat("=", 70) + "\nFAIL: test_a (m.C.test_a)\n", "tests with dots": "test_a (m.C.test_a) ... \n",
		"starts of ctest": "    Start 1: a\n", "results of ctest": "    Start 1: a\n1/1 Test #1: a .....***Failed    0.00 sec\nx\n",
		"stacks of bats": "not ok 1 a\n# (from function `setup' in test file a.bats, line 1)\n", "workers": "[gw0] node down: x\n", "summaries of prove": "Test Summary Report\na.t (Wstat: 1 Tests: 1 Failed: 1)\n  Failed tests:  1-999999\n",
		"failures of Surefire": "[ERROR] a.B.x -- Time elapsed: 0.010 s <<< FAILURE!\n\tat a.B.x(B.java:3)\n", "failures of nextest": "    Starting 2 tests across 1 binary\n        FAIL [   0.004s] (1/2) a b\nx\n",
		"groups": "▶ a\n", "crosses": "✖ a (1ms)\n  Error: x\n", "ends": "ℹ tests 1\n✖ failing tests:\ntest at a:1:1\n✖ a (1ms)\n",
		"counts": "1 passed, ", "starts": strings.Repeat("=", 10) + " test session starts ==========\n",
	}
	for name, shape := range shapes {
		for _, r := range readers() {
			if _, err := r.Read(&endless{text: bytes.Repeat([]byte(shape), 1+4096/len(shape)), n: 1 << 19}); err != nil {
				t.Errorf("%s: %s: %v", r.Name(), name, err)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/*/*[gl]")
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, r := range readers() {
			r.Detect(b, b)
			res, err := r.Read(bytes.NewReader(b))
			check(t, r.Name(), res, err)
		}
		res, err := junit(bytes.NewReader(b))
		check(t, "junit", res, err)
	})
}

// check holds for whatever is read: the verdicts add up, nothing is too long, and a report that holds
// no test says why.
func check(t *testing.T, reader string, res Results, err error) {
	t.Helper()
	switch {
	case err != nil:
		t.Fatalf("%s: %v", reader, err)
	case res.Passed+res.Failed+res.Skipped+res.Errors != res.Total:
		t.Fatalf("%s: the verdicts do not add up: %+v", reader, res)
	case res.Total == 0 && len(res.Problems) == 0:
		t.Fatalf("%s: no test and no problem: %+v", reader, res)
	case res.Passed < 0 || res.Failed < 0 || res.Skipped < 0 || res.Errors < 0:
		t.Fatalf("%s: a negative count: %+v", reader, res)
	}
	for _, fl := range res.Failures {
		if len(fl.Text) > maxText {
			t.Fatalf("%s: %d bytes of %s", reader, len(fl.Text), fl.Name)
		}
	}
}
