package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The specs and files of Python that most cases share.
const (
	pySpec = "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: zero}\nB1: {kind: green, red: A1}"
	pyTest = "-- test_add.py --\nfrom add import add\n\ndef test_add():\n    assert add(2, 2) == 4, 'zero'\n"
	pyStub = "-- add.py --\ndef add(a, b):\n    return 0\n"
	pyDone = "-- add.py --\ndef add(a, b):\n    return a + b\n"
)

// vain is a red that no green follows.
func vain(spec string) string { return "A1: " + spec + "\nB1: {kind: green, red: A1}" }

func pythonImpostors() []proofCase {
	cases := []proofCase{
		{name: "a typo in the name of the test", spec: vain("{kind: red, run: '$PY -m pytest -q test_add.py::test_ad'}"), files: pyTest + pyStub,
			red: "the tests could not be collected"},
		{name: "a typo in the name of the file", spec: vain("{kind: red, run: $PY -m pytest -q test_ad.py}"), files: pyTest + pyStub,
			red: "the tests could not be collected"},
		{name: "an expression that selects nothing", spec: vain("{kind: red, run: $PY -m pytest -q -k subtract}"), files: pyTest + pyStub,
			red: "zero tests ran"},
		{name: "a dependency that is missing", spec: vain("{kind: red, run: $PY -m pytest -q test_add.py, because: zero}"),
			files: "-- test_add.py --\nimport no_such_module\n\ndef test_add():\n    assert False, 'zero'\n", red: "the tests could not be collected"},
		{name: "a syntax error in the test", spec: vain("{kind: red, run: $PY -m pytest -q test_add.py}"),
			files: "-- test_add.py --\ndef test_add(:\n    assert False\n", red: "the tests could not be collected"},
		{name: "a conftest that cannot be imported", spec: vain("{kind: red, run: $PY -m pytest -q test_add.py}"),
			files: pyTest + pyStub + "-- conftest.py --\nimport no_such_module\n", red: "the tests could not be collected"},
		{name: "a fixture that fails", spec: vain("{kind: red, run: $PY -m pytest -q test_add.py}"),
			files: "-- test_add.py --\nimport pytest\n\n@pytest.fixture\ndef db():\n    raise RuntimeError('no database')\n\ndef test_add(db):\n    pass\n", red: "no test failed"},
		{name: "an option that pytest does not have", spec: vain("{kind: red, run: $PY -m pytest -q --no-such-option test_add.py}"), files: pyTest + pyStub,
			red: "the test runner crashed"},
		{name: "a plugin that breaks pytest itself", spec: vain("{kind: red, run: $PY -m pytest -q test_add.py}"),
			files: pyTest + pyStub + "-- conftest.py --\ndef pytest_collection_modifyitems(items):\n    raise RuntimeError('plugin')\n", red: "the test runner crashed"},
		{name: "a test that ends the process", spec: vain("{kind: red, run: $PY -m pytest -q test_add.py}"),
			files: "-- test_add.py --\nimport os\n\ndef test_add():\n    os._exit(1)\n", red: "no test runner's report was recognised"},
		{name: "a test that aborts", spec: vain("{kind: red, run: $PY -m pytest -vv test_add.py}"),
			files: "-- test_add.py --\nimport os\n\ndef test_add():\n    os.abort()\n", red: "SIGABRT"},
		{name: "all tests skipped, and exit 1 all the same", spec: vain("{kind: red, run: '$PY -m pytest -q test_add.py; exit 1'}"),
			files: "-- test_add.py --\nimport pytest\n\n@pytest.mark.skip\ndef test_add():\n    assert False\n", red: "no test failed"},
		{name: "a failure that is expected, and exit 1 all the same", spec: vain("{kind: red, run: '$PY -m pytest -q test_add.py; exit 1'}"),
			files: "-- test_add.py --\nimport pytest\n\n@pytest.mark.xfail\ndef test_add():\n    assert False\n", red: "no test failed"},
		{name: "all tests pass, and what comes after fails", spec: vain("{kind: red, run: $PY -m pytest -q test_add.py && false}"), files: pyTest + pyDone,
			red: "no test failed"},
		{name: "tests are listed and not run", spec: vain("{kind: red, run: '$PY -m pytest -q --collect-only test_add.py; exit 1'}"), files: pyTest + pyStub,
			red: "zero tests ran"},
		{name: "what comes before the tests fails", spec: vain("{kind: red, run: false && $PY -m pytest -q test_add.py}"), files: pyTest + pyStub,
			red: "no test runner's report was recognised"},
		{name: "it fails for another reason", spec: vain("{kind: red, run: $PY -m pytest -q test_add.py, because: zero}"),
			files: "-- test_add.py --\ndef test_add():\n    assert ad(2, 2) == 4, 'zer' + 'o'\n", red: "no failure says"},
		{name: "the reason stands in the log, of a test that passed", spec: vain("{kind: red, run: $PY -m pytest -vv -rA test_add.py, because: NotImplementedError}"),
			files: "-- test_add.py --\ndef test_a():\n    print('NotImplementedError')\n\ndef test_b():\n    assert 1 == 2\n", red: "no failure says"},
		{name: "the reason stands in a comment of the test that failed", spec: vain("{kind: red, run: $PY -m pytest -v test_add.py, because: NotImplementedError}"),
			files: "-- test_add.py --\ndef test_add():\n    # red for now: add() raises NotImplementedError\n    import no_such_module\n    assert no_such_module.add(2, 2) == 4\n", red: "no failure says"},
		{name: "the reason stands in what the test that failed prints", spec: vain("{kind: red, run: $PY -m pytest -v test_add.py, because: NotImplementedError}"),
			files: "-- test_add.py --\ndef test_add():\n    print('NotImplementedError')\n    assert 1 == 2\n", red: "no failure says"},
		{name: "the reason stands in the source of a JUnit report", spec: vain("{kind: red, run: $PY -m pytest -q --junitxml out.xml test_add.py, because: NotImplementedError, tests: [out.xml]}"),
			files: "-- test_add.py --\ndef test_add():\n    # NotImplementedError\n    import no_such_module\n", red: "no failure says"},
		{name: "unittest: the reason stands in a comment", tool: "python", spec: vain("{kind: red, run: $PY -m unittest -v test_add, because: NotImplementedError}"),
			files: "-- test_add.py --\nimport unittest\n\nclass TestAdd(unittest.TestCase):\n    def test_add(self):\n        self.fail('x')  # NotImplementedError\n", red: "no failure says"},
		{name: "an error that is meant, for another reason", spec: vain("{kind: red, run: $PY -m pytest -q test_add.py, because: No module named 'add', allow: collection-error}"),
			files: "-- test_add.py --\nimport no_such_module\nfrom add import add\n", red: "neither an error nor a failure says"},
		{name: "a report of an earlier run", spec: vain("{kind: red, run: 'exit 1', tests: [report.xml]}"),
			files: "-- report.xml --\n<testsuite tests=\"1\" failures=\"1\"><testcase classname=\"t\" name=\"add\"><failure message=\"zero\">zero</failure></testcase></testsuite>\n", red: "stale artifact"},
		{name: "an empty report", spec: vain("{kind: red, run: 'echo > report.xml; exit 1', tests: [report.xml]}"), files: "-- a --\n", red: "zero tests ran"},
		{name: "a report that was cut short", spec: vain("{kind: red, run: 'head -c 60 whole.xml > report.xml; exit 1', tests: [report.xml]}"),
			files: "-- whole.xml --\n<testsuite tests=\"1\" failures=\"1\"><testcase classname=\"t\" name=\"add\"><failure message=\"zero\">zero</failure></testcase></testsuite>\n", red: "the test report cannot be read"},

		{name: "a green with || true", spec: "A1: {kind: red, run: sh t.sh, because: zero}\nB1: {kind: green, red: A1}",
			files: pyTest + pyStub + "-- t.sh --\n$PY -m pytest -q test_add.py\n", then: "-- t.sh --\n$PY -m pytest -q test_add.py || true\n", green: "not every test passed"},
		{name: "a green with || true in its command", spec: "A1: {kind: red, run: $PY -m pytest -q test_add.py, because: zero}\nB1: {kind: green, red: A1, run: $PY -m pytest -q test_add.py || true}",
			files: pyTest + pyStub, green: "the command is not that of its red run"},
		{name: "a green by another command", spec: "A1: {kind: red, run: $PY -m pytest -q test_add.py, because: zero}\nB1: {kind: green, red: A1, run: '$PY -m pytest -q test_add.py -k \"not add\" test_other.py'}",
			files: pyTest + pyStub + "-- test_other.py --\ndef test_other():\n    pass\n", green: "the command is not that of its red run"},
		{name: "the failing test is deleted", spec: pySpec, files: pyTest + pyStub + "-- conftest.py --\n",
			then: "-- test_add.py --\ndef test_other():\n    pass\n", green: "test_add.py::test_add failed in the red run and is not in this one"},
		{name: "the failing test is renamed", spec: pySpec, files: pyTest + pyStub,
			then: strings.ReplaceAll(pyTest, "test_add()", "test_sum()") + pyDone, green: "test_add.py::test_add failed in the red run and is not in this one"},
		{name: "the failing test is skipped", spec: pySpec, files: pyTest + pyStub,
			then: "-- test_add.py --\nimport pytest\n\n@pytest.mark.skip\ndef test_add():\n    assert False\n\ndef test_other():\n    pass\n", green: "test_add.py::test_add failed in the red run and is skipped in this one"},
		{name: "the failing test is expected to fail", spec: pySpec, files: pyTest + pyStub,
			then: "-- test_add.py --\nimport pytest\n\n@pytest.mark.xfail\ndef test_add():\n    assert False\n\ndef test_other():\n    pass\n", green: "test_add.py::test_add failed in the red run and is skipped in this one"},
		{name: "the failing test is expected to fail, and a second summary says otherwise", spec: strings.ReplaceAll(pySpec, "-v", "-v -s"), files: pyTest + pyStub,
			then:  "-- conftest.py --\nimport pytest\n\ndef pytest_collection_modifyitems(items):\n    for i in items:\n        i.add_marker(pytest.mark.xfail)\n\ndef pytest_unconfigure():\n    print('test_add.py::test_add PASSED [100%]\\n=== 1 passed in 0.01s ===')\n",
			green: "the test report cannot be read"},
		{name: "the failing test is skipped, and a namesake passes", spec: "A1: {kind: red, run: '$PY -m pytest -q --junitxml a.xml a; $PY -m pytest -q --junitxml b.xml b; ! grep -q \"<failure\" a.xml', tests: [a.xml, b.xml]}\nB1: {kind: green, red: A1}",
			files: "-- a/test_add.py --\ndef test_add():\n    assert False\n-- b/test_add.py --\ndef test_add():\n    pass\n-- a/pytest.ini --\n[pytest]\n-- b/pytest.ini --\n[pytest]\n",
			then:  "-- a/test_add.py --\nimport pytest\n\n@pytest.mark.skip\ndef test_add():\n    assert False\n", green: "test_add failed in the red run and is skipped in this one"},
		{name: "the failing test is renamed, and the report names none that passes", spec: "A1: {kind: red, run: $PY -m pytest test_add.py, because: zero}\nB1: {kind: green, red: A1}", files: pyTest + pyStub,
			then: "-- test_add.py --\ndef test_other():\n    pass\n", green: "this report does not name what passed"},
		{name: "the failing test is renamed, and -k takes a part of its name", spec: "A1: {kind: red, run: $PY -m pytest -q -k test_add test_add.py, because: zero}\nB1: {kind: green, red: A1}", files: pyTest + pyStub,
			then: "-- test_add.py --\ndef test_address():\n    pass\n", green: "this report does not name what passed"},
		{name: "unittest: the failing test is renamed, and -k takes a part of its name", tool: "python", spec: "A1: {kind: red, run: $PY -m unittest -k test_add test_add, because: zero}\nB1: {kind: green, red: A1}",
			files: "-- test_add.py --\nimport unittest\n\nclass TestAdd(unittest.TestCase):\n    def test_add(self):\n        self.fail('zero')\n",
			then:  "-- test_add.py --\nimport unittest\n\nclass TestAdd(unittest.TestCase):\n    def test_address(self):\n        pass\n", green: "this report does not name what passed"},
		{name: "an error that is meant, and another test afterwards", spec: "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: No module named 'add', allow: collection-error}\nB1: {kind: green, red: A1}", files: pyTest,
			then: "-- test_add.py --\ndef test_other():\n    pass\n", green: "its red was an error that names no test, and pinned nothing"},
		{name: "a report that names no test at all", spec: "A1: {kind: red, run: $PY -m pytest -q -rN test_add.py, because: zero}\nB1: {kind: green, red: A1}", files: pyTest + pyStub,
			then: "-- test_add.py --\ndef test_other():\n    pass\n", green: "does not name what failed there"},
		{name: "the same code, in another environment", spec: "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: assert, env: {MODE: old}}\nB1: {kind: green, red: A1, env: {MODE: new}}",
			files: "-- test_add.py --\nimport os\n\ndef test_add():\n    assert os.environ['MODE'] == 'new'\n", green: "`env` is not that of its red run: MODE differs"},
		{name: "the same command, in another directory", spec: "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: assert, dir: a}\nB1: {kind: green, red: A1, dir: b}",
			files: "-- a/test_add.py --\ndef test_add():\n    assert False\n-- b/test_add.py --\ndef test_add():\n    pass\n", green: "`dir` is not that of its red run"},
		{name: "the command puts another file in the place of its pin", spec: "A1: {kind: red, run: 'if [ -e easy.py ]; then cp easy.py test_add.py; fi; $PY -m pytest -v test_add.py', because: zero, pins: ['test_add.py::test_add']}\nB1: {kind: green, red: A1}",
			files: pyTest + pyStub, then: "-- easy.py --\ndef test_add():\n    pass\n", green: "test_add.py::test_add changed while the command ran"},
		{name: "the pinned test is there, and another one bears its name", spec: "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: zero, pins: ['test_add.py::test_add']}\nB1: {kind: green, red: A1}",
			files: pyTest + pyStub, then: pyTest + "\nfrom easy import test_add\n-- easy.py --\ndef test_add():\n    pass\n", green: "test_add.py::test_add changed"},
		{name: "one of two failing tests is left out", spec: pySpec, files: pyTest + "def test_more():\n    assert add(1, 1) == 2, 'zero'\n" + pyStub,
			then: pyTest + pyDone, green: "test_add.py::test_more failed in the red run and is not in this one"},
		{name: "another test fails in the green", spec: pySpec, files: pyTest + pyStub, then: pyTest + "def test_more():\n    assert False\n" + pyDone, green: "not every test passed: 1 passed, 1 failed"},
		{name: "nothing is collected in the green", spec: pySpec, files: pyTest + pyStub,
			then: "-- conftest.py --\ndef pytest_collection_modifyitems(items):\n    items.clear()\n", green: "is not in this one; zero tests ran"},
		{name: "nothing was changed", spec: pySpec, files: pyTest + pyStub, green: "not every test passed: 0 passed, 1 failed"},
		{name: "the pinned test was rewritten", spec: "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: zero, pins: ['test_add.py::test_add']}\nB1: {kind: green, red: A1}",
			files: pyTest + pyStub, then: strings.ReplaceAll(pyTest, "== 4", "== 0"), green: "test_add.py::test_add changed (+1 −1 lines)"},
		{name: "a pinned helper was rewritten", spec: "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: zero, pins: [test_add.py, want.py]}\nB1: {kind: green, red: A1}",
			files: "-- test_add.py --\nfrom add import add\nfrom want import want\n\ndef test_add():\n    assert add(2, 2) == want(), 'zero'\n-- want.py --\ndef want():\n    return 4\n" + pyStub,
			then:  "-- want.py --\ndef want():\n    return 0\n", green: "want.py changed (+1 −1 lines)"},
		{name: "a pin is gone", spec: "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: zero, pins: [test_add.py, data.txt]}\nB1: {kind: green, red: A1}",
			files: pyTest + pyStub + "-- data.txt --\n4\n", then: "-- rm:data.txt --\n" + pyDone, green: "data.txt is gone"},
		{name: "a pin that the red had not", spec: "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: zero}\nB1: {kind: green, red: A1, pins: [test_add.py]}",
			files: pyTest + pyStub, then: pyDone, green: "test_add.py was not pinned by the red run"},
		{name: "a changed pin that is accepted", spec: "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: zero, pins: [test_add.py]}\nB1: {kind: green, red: A1}",
			files: pyTest + pyStub, then: strings.ReplaceAll(pyTest, "== 4", "== 0"), args: []string{"--accept-pins", "--note", "why not"},
			after: func(t *testing.T, p *crashPlace) {
				p.says(t, 0, "warning[tdd-pins-accepted]: pins were accepted although they differ from the red run: test_add.py changed", "verify")
				p.says(t, 1, "the old sources pass: the pin holds the implementation itself, or its test no longer asks for it", "replay", "B1")
			}},
		{name: "a log that was copied from elsewhere", spec: pySpec, files: pyTest + pyStub, then: pyDone,
			after: func(t *testing.T, p *crashPlace) {
				p.swap("A1.log", "B1.log")
				p.says(t, 1, "error[evidence-file-changed]", "verify")
			}},
		{name: "a record of a failure that did not happen", spec: pySpec, files: pyTest + pyStub, then: pyDone,
			after: func(t *testing.T, p *crashPlace) {
				p.forge("B1.run.json", `"exit": 0`, `"exit": 1`)
				p.says(t, 1, "error[evidence-manifest-changed]", "verify")
			}},
		{name: "a green before its red", spec: pySpec, files: pyTest + pyDone, whole: func(t *testing.T, p *crashPlace) {
			p.verdict("B1", "A1 (its red run has not been recorded)")
			p.verdict("A1", "exit 0: a red run must fail")
		}},
		{name: "a green whose red does not count any more", spec: pySpec, files: pyTest + pyStub, whole: func(t *testing.T, p *crashPlace) {
			p.verdict("A1", "")
			p.says(t, 0, "", "mark", "A1", "invalidated", "--note", "it failed for its database")
			p.lay(pyDone)
			p.verdict("B1", "A1 (its red run has not been recorded)")
		}},
		{name: "a green that somebody ticked", spec: pySpec, files: pyTest + pyStub, whole: func(t *testing.T, p *crashPlace) {
			p.verdict("A1", "")
			p.write("plan.md", strings.Replace(string(p.read("plan.md")), "| Pass then | [ ] |", "| Pass then | [x] |", 1))
			p.says(t, 1, "error[tick-no-attempt]: B1 is ticked", "verify")
		}},
	}
	for i := range cases {
		if cases[i].tool == "" {
			cases[i].tool = "pytest"
		}
	}
	return cases
}

func pythonProofs() []proofCase {
	return []proofCase{
		{name: "pytest", tool: "pytest", spec: pySpec, files: pyTest + pyStub, then: pyDone},
		{name: "pytest, verbose, two tests, one passed before", tool: "pytest", spec: strings.ReplaceAll(pySpec, "-v", "-vv"), files: pyTest + "\ndef test_nothing():\n    assert add(0, 0) == 0\n" + pyStub, then: pyDone},
		{name: "pytest, quiet, the test asked for by its name", tool: "pytest", spec: "A1: {kind: red, run: '$PY -m pytest -q test_add.py::test_add', because: zero}\nB1: {kind: green, red: A1}", files: pyTest + pyStub, then: pyDone},
		{name: "pytest, with parameters", tool: "pytest", spec: pySpec,
			files: "-- test_add.py --\nimport pytest\nfrom add import add\n\n@pytest.mark.parametrize('a,b', [(0, 0), (2, 2), (1, 2)])\ndef test_add(a, b):\n    assert add(a, b) == a + b, 'zero'\n" + pyStub, then: pyDone},
		{name: "pytest, JUnit report", tool: "pytest", spec: "A1: {kind: red, run: $PY -m pytest -q --junitxml out.xml test_add.py, because: zero, tests: [out.xml]}\nB1: {kind: green, red: A1}", files: pyTest + pyStub, then: pyDone},
		{name: "pytest, the stub in the test's own file, the test pinned", tool: "pytest", spec: "A1: {kind: red, run: $PY -m pytest -v test_add.py, because: NotImplementedError, pins: ['test_add.py::test_add']}\nB1: {kind: green, red: A1}",
			files: "-- test_add.py --\ndef add(a, b):\n    raise NotImplementedError\n\ndef test_add():\n    assert add(2, 2) == 4\n",
			then:  "-- test_add.py --\ndef add(a, b):\n    return a + b\n\ndef test_add():\n    assert add(2, 2) == 4\n"},
		{name: "pytest, an import error that is meant", tool: "pytest", spec: "A1: {kind: red, run: $PY -m pytest -q test_add.py, because: No module named 'add', allow: collection-error, pins: [test_add.py]}\nB1: {kind: green, red: A1}",
			files: pyTest, then: pyDone},
		{name: "unittest", tool: "python", spec: "A1: {kind: red, run: $PY -m unittest -v test_add, because: zero}\nB1: {kind: green, red: A1}",
			files: "-- test_add.py --\nimport unittest\nfrom add import add\n\nclass TestAdd(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(2, 2), 4, 'zero')\n" + pyStub, then: pyDone},
	}
}

// says runs planctl and holds it to its exit code and to a part of what it prints.
func (p *crashPlace) says(t *testing.T, code int, part string, args ...string) {
	t.Helper()
	got, out := p.planctl(args...)
	if got != code || !strings.Contains(out, part) {
		t.Errorf("planctl %v, exit %d, want %d and %q:\n%s", args, got, code, part, out)
	}
}

// evidenceOf is the path of the one file of that name below reports.
func (p *crashPlace) evidenceOf(name string) string {
	p.t.Helper()
	found, err := filepath.Glob(filepath.Join(p.dir, "reports", "*", "*", name))
	if err != nil || len(found) != 1 {
		p.t.Fatalf("%s: %q %v", name, found, err)
	}
	return found[0]
}

// swap puts the bytes of one piece of evidence in the place of another.
func (p *crashPlace) swap(from, to string) {
	p.t.Helper()
	b, err := os.ReadFile(p.evidenceOf(from))
	if err == nil {
		err = os.WriteFile(p.evidenceOf(to), b, 0o644)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// forge replaces a text in a piece of evidence.
func (p *crashPlace) forge(name, old, text string) {
	p.t.Helper()
	path := p.evidenceOf(name)
	b, err := os.ReadFile(path)
	if err == nil && !strings.Contains(string(b), old) {
		p.t.Fatalf("%s has no %s", name, old)
	}
	if err == nil {
		err = os.WriteFile(path, []byte(strings.ReplaceAll(string(b), old, text)), 0o644)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}
