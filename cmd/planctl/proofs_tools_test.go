package main

import "slices"

// The files of Go that most cases share.
const (
	goSpec = "A1: {kind: red, run: $GO test -count=1 -run '^TestAdd$' -v ./..., because: zero}\nB1: {kind: green, red: A1}"
	goMod  = "-- go.mod --\nmodule example.com/add\n\ngo 1.21\n"
	goTest = "-- add_test.go --\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tif Add(2, 2) != 4 {\n\t\tt.Fatal(\"zero\")\n\t}\n}\n"
	goStub = "-- add.go --\npackage add\n\nfunc Add(a, b int) int { return 0 }\n"
	goDone = "-- add.go --\npackage add\n\nfunc Add(a, b int) int { return a + b }\n"
)

func goImpostors() []proofCase {
	cases := []proofCase{
		{name: "go: a typo in the name of the test", spec: vain("{kind: red, run: $GO test -count=1 -run '^TestAd$' -v ./...}"), files: goMod + goTest + goStub, red: "exit 0: a red run must fail"},
		{name: "go: a typo in the name of the test, and exit 1 all the same", spec: vain("{kind: red, run: $GO test -count=1 -run '^TestAd$' -v ./... && false}"), files: goMod + goTest + goStub, red: "zero tests ran"},
		{name: "go: a package that is not there", spec: vain("{kind: red, run: $GO test -count=1 ./nowhere}"), files: goMod + goTest + goStub, red: "the tests could not be built"},
		{name: "go: it does not build", spec: vain("{kind: red, run: $GO test -count=1 -v ./..., because: zero}"), files: goMod + goTest, red: "the tests could not be built"},
		{name: "go: what the test says cannot be formatted", spec: vain("{kind: red, run: $GO test -count=1 -v ./...}"),
			files: goMod + goStub + "-- add_test.go --\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) { t.Errorf(\"%d\", \"zero\") }\n", red: "the tests could not be built"},
		{name: "go: the test ends the process", spec: vain("{kind: red, run: $GO test -count=1 -v ./...}"),
			files: goMod + "-- add_test.go --\npackage add\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestAdd(t *testing.T) { os.Exit(1) }\n", red: "the test runner crashed"},
		{name: "go: the test takes too long for go", spec: vain("{kind: red, run: $GO test -count=1 -timeout 1ms -v ./...}"),
			files: goMod + "-- add_test.go --\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) { select {} }\n", red: "the test runner crashed"},
		{name: "go: main fails before the tests", spec: vain("{kind: red, run: $GO test -count=1 -v ./...}"),
			files: goMod + "-- add_test.go --\npackage add\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(3) }\nfunc TestAdd(t *testing.T) {}\n", red: "the test runner crashed"},
		{name: "go: a build error that is meant, for another reason", spec: vain("{kind: red, run: $GO test -count=1 -v ./..., because: 'undefined: Add', allow: build-error}"),
			files: goMod + "-- add_test.go --\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) { Ad() }\n", red: "neither an error nor a failure says"},
		{name: "go: the failing test is skipped", spec: goSpec, files: goMod + goTest + goStub,
			then: "-- add_test.go --\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) { t.Skip() }\n", green: "no test passed"},
		{name: "go: the failing subtest is left out", spec: goSpec, files: goMod + goStub + "-- add_test.go --\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tt.Run(\"two\", func(t *testing.T) {\n\t\tif Add(2, 2) != 4 {\n\t\t\tt.Fatal(\"zero\")\n\t\t}\n\t})\n}\n",
			then: "-- add_test.go --\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tt.Run(\"none\", func(t *testing.T) {})\n}\n", green: "failed in the red run and is not in this one"},
		{name: "go: all tests skipped, and the report names none", spec: "A1: {kind: red, run: $GO test -count=1 ./..., because: zero}\nB1: {kind: green, red: A1}", files: goMod + goTest + goStub,
			then: "-- add_test.go --\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) { t.Skip() }\n", green: "this report does not name what passed"},
		{name: "go: the pinned test is built no more", spec: "A1: {kind: red, run: $GO test -count=1 -v ./..., because: zero, pins: ['add_test.go::TestAdd']}\nB1: {kind: green, red: A1}", files: goMod + goTest + goStub,
			then:  "-- add_test.go --\n//go:build never\n\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tif Add(2, 2) != 4 {\n\t\tt.Fatal(\"zero\")\n\t}\n}\n-- b_test.go --\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {}\n",
			green: "add_test.go::TestAdd changed"},
		{name: "go: the pinned test was rewritten", spec: "A1: {kind: red, run: $GO test -count=1 -v ./..., because: zero, pins: ['add_test.go::TestAdd']}\nB1: {kind: green, red: A1}",
			files: goMod + goTest + goStub, then: "-- add_test.go --\npackage add\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {}\n", green: "add_test.go::TestAdd changed (+1 −5 lines)"},
	}
	for i := range cases {
		cases[i].tool = "go"
	}
	return cases
}

// The cases of bash alone: a command need not be a test runner, and TAP is what a script can print.
func shellImpostors() []proofCase {
	return []proofCase{
		{name: "a command that is not there", spec: vain("{kind: red, run: no-such-runner}"), files: "-- a --\n", red: "exit 127: the command was not found; that is no failing test (the log ends with: "},
		{name: "a file that cannot be executed", spec: vain("{kind: red, run: ./a}"), files: "-- a --\n", red: "exit 126"},
		{name: "a command that is killed", spec: vain("{kind: red, run: 'echo 1..1; echo not ok 1; kill -KILL $$'}"), files: "-- a --\n", red: "SIGKILL"},
		{name: "a command that takes too long", spec: vain("{kind: red, run: 'echo 1..1; echo not ok 1; exec tail -f /dev/null', timeout: 200ms}"), files: "-- a --\n", red: "timed out"},
		{name: "a script that prints no report", spec: vain("{kind: red, run: 'echo the test failed: zero; exit 1', because: zero}"), files: "-- a --\n", red: "no test runner's report was recognised"},
		{name: "a test that is meant to be done later", spec: vain("{kind: red, run: 'echo 1..1; echo \"not ok 1 - add # TODO later\"; exit 1'}"), files: "-- a --\n", red: "no test failed"},
		{name: "a plan of two tests of which one ran", spec: vain("{kind: red, run: 'echo 1..2; echo not ok 1 - add; exit 1'}"), files: "-- a --\n", red: "the test runner crashed"},
		{name: "tests that bailed out", spec: vain("{kind: red, run: 'echo 1..2; echo not ok 1 - add; echo Bail out! no database; exit 1'}"), files: "-- a --\n", red: "the test runner crashed"},
		{name: "a green that exits 0 over a failing test", spec: "A1: {kind: red, run: bash t.sh}\nB1: {kind: green, red: A1}",
			files: "-- t.sh --\necho 1..1; echo not ok 1 - add; exit 1\n", then: "-- t.sh --\necho 1..1; echo not ok 1 - add; exit 0\n", green: "not every test passed"},
		{name: "a green without a test", spec: "A1: {kind: red, run: bash t.sh}\nB1: {kind: green, red: A1}",
			files: "-- t.sh --\necho 1..1; echo not ok 1 - add; exit 1\n", then: "-- t.sh --\necho 1..0\n", green: "zero tests ran"},
	}
}

func otherImpostors() []proofCase {
	return []proofCase{
		{name: "cargo: it does not compile", tool: "cargo", spec: vain("{kind: red, run: $CARGO test --offline}"),
			files: rustMod + "-- src/lib.rs --\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() { assert_eq!(super::add(2, 2), 4); }\n}\n", red: "the tests could not be built"},
		{name: "cargo: a typo in the name of the test", tool: "cargo", spec: vain("{kind: red, run: $CARGO test --offline no_such && false}"), files: rustMod + rustStub, red: "zero tests ran"},
		{name: "node: a module that is missing", tool: "node", spec: vain("{kind: red, run: $NODE --test --test-reporter=tap add.test.mjs}"),
			files: "-- add.test.mjs --\nimport './nowhere.mjs';\n", red: "the tests could not be collected"},
		{name: "ctest: it does not build", tool: "ctest", spec: vain("{kind: red, run: cmake -S . -B build >/dev/null && cmake --build build && $CTEST --test-dir build}"),
			files: cMake + "-- add.c --\nint main(void) { return add(2, 2) != 4 }\n", red: "name report files in `tests` (the log ends with: "},
		{name: "cargo: the failing test is renamed, and a part of its name selects it", tool: "cargo", spec: "A1: {kind: red, run: $CARGO test --offline -q adds}\nB1: {kind: green, red: A1}",
			files: rustMod + "-- src/lib.rs --\n#[test]\nfn adds() { assert!(false) }\n", then: "-- src/lib.rs --\n#[test]\nfn adds_nothing() {}\n", green: "this report does not name what passed"},
	}
}

// The files of Rust, JavaScript, Perl and C.
const (
	rustMod  = "-- Cargo.toml --\n[package]\nname = \"add\"\nversion = \"0.1.0\"\nedition = \"2018\"\n"
	rustTest = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() { assert_eq!(super::add(2, 2), 4, \"zero\"); }\n}\n"
	rustStub = "-- src/lib.rs --\npub fn add(_a: i32, _b: i32) -> i32 { 0 }\n" + rustTest
	rustDone = "-- src/lib.rs --\npub fn add(a: i32, b: i32) -> i32 { a + b }\n" + rustTest
	nodeTest = "-- add.test.mjs --\nimport test from 'node:test';\nimport assert from 'node:assert';\nimport { add } from './add.mjs';\n\ntest('adds', () => { assert.strictEqual(add(2, 2), 4, 'zero'); });\n"
	nodeStub = "-- add.mjs --\nexport const add = (a, b) => 0;\n"
	nodeDone = "-- add.mjs --\nexport const add = (a, b) => a + b;\n"
	perlTest = "-- add.t --\nuse Test::More tests => 1;\nuse lib '.';\nuse Add;\nis(Add::add(2, 2), 4, 'adds');\n"
	cMake    = "-- CMakeLists.txt --\ncmake_minimum_required(VERSION 3.13)\nproject(add C)\nenable_testing()\nadd_executable(t add.c)\nadd_test(NAME adds COMMAND t)\n"
)

func otherProofs() []proofCase {
	return []proofCase{
		{name: "go test", tool: "go", spec: goSpec, files: goMod + goTest + goStub, then: goDone},
		{name: "go test -json", tool: "go", spec: "A1: {kind: red, run: $GO test -count=1 -json ./..., because: zero, pins: ['add_test.go::TestAdd']}\nB1: {kind: green, red: A1}", files: goMod + goTest + goStub, then: goDone},
		{name: "go test, a build error that is meant", tool: "go", spec: "A1: {kind: red, run: $GO test -count=1 -v ./..., because: 'undefined: Add', allow: build-error, pins: [add_test.go]}\nB1: {kind: green, red: A1}", files: goMod + goTest, then: goDone},
		{name: "cargo test", tool: "cargo", spec: "A1: {kind: red, run: $CARGO test --offline, because: zero}\nB1: {kind: green, red: A1}", files: rustMod + rustStub, then: rustDone},
		{name: "node, TAP", tool: "node", spec: "A1: {kind: red, run: $NODE --test --test-reporter=tap add.test.mjs, because: zero}\nB1: {kind: green, red: A1}", files: nodeTest + nodeStub, then: nodeDone},
		{name: "node, JUnit", tool: "node20", spec: "A1: {kind: red, run: $NODE --test --test-reporter=junit --test-reporter-destination=out.xml add.test.mjs, because: zero, tests: [out.xml], pins: [add.test.mjs]}\nB1: {kind: green, red: A1}", files: nodeTest + nodeStub, then: nodeDone},
		{name: "node, spec", tool: "node", spec: "A1: {kind: red, run: $NODE --test --test-reporter=spec add.test.mjs, because: zero}\nB1: {kind: green, red: A1}", files: nodeTest + nodeStub, then: nodeDone},
		{name: "prove", tool: "prove", spec: "A1: {kind: red, run: $PROVE -v --merge add.t, because: 'expected: .4'}\nB1: {kind: green, red: A1}",
			files: perlTest + "-- Add.pm --\npackage Add;\nsub add { 0 }\n1;\n", then: "-- Add.pm --\npackage Add;\nsub add { $_[0] + $_[1] }\n1;\n"},
		{name: "TAP of a shell script", spec: "A1: {kind: red, run: bash t.sh, because: zero}\nB1: {kind: green, red: A1}",
			files: "-- t.sh --\n. ./add.sh\necho 1..1\nif test \"$(add 2 2)\" = 4; then echo ok 1 - adds; else echo not ok 1 - adds; echo '# zero'; exit 1; fi\n-- add.sh --\nadd() { echo 0; }\n",
			then:  "-- add.sh --\nadd() { echo $(($1 + $2)); }\n"},
		{name: "ctest", tool: "ctest", spec: "A1: {kind: red, run: cmake -S . -B build >/dev/null && cmake --build build >/dev/null && $CTEST --test-dir build --output-on-failure, because: zero}\nB1: {kind: green, red: A1}",
			files: cMake + "-- add.c --\n#include <stdio.h>\nstatic int add(int a, int b) { return 0; }\nint main(void) { if (add(2, 2) != 4) { puts(\"zero\"); return 1; } return 0; }\n",
			then:  "-- add.c --\n#include <stdio.h>\nstatic int add(int a, int b) { return a + b; }\nint main(void) { if (add(2, 2) != 4) { puts(\"zero\"); return 1; } return 0; }\n"},
	}
}

func impostors() []proofCase {
	return slices.Concat(pythonImpostors(), goImpostors(), shellImpostors(), otherImpostors())
}

func honest() []proofCase { return slices.Concat(pythonProofs(), otherProofs()) }
