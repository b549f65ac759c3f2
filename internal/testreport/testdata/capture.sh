#!/bin/bash
# Writes every file under captured/ anew, from the real tools. Needs go, pytest (PYTHON, default
# python3), node, prove and cargo. The machine's paths and the times of runs are taken out at the end.
set -u
out=$(cd "$(dirname "$0")" && pwd)/captured
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$out"
mkdir -p "$out"
: "${PYTHON:=python3}"
export PYTHONDONTWRITEBYTECODE=1 COLUMNS=80 GOFLAGS=-count=1 NO_COLOR=1
unset FORCE_COLOR CI

# --- pytest
mkdir -p "$work/py/tests" && cd "$work/py" || exit
cat > tests/test_cycle.py <<'PY'
import pytest


def infer():
    raise NotImplementedError("infer is a stub")


def test_pass():
    print("some output")


def test_cycle():
    print("before the stub")
    infer()


class TestGroup:
    def test_inside(self):
        assert {"a": 1} == {"a": 2}

    def test_good(self):
        pass


@pytest.mark.parametrize("shape", [(2, 3), "a-b c"])
def test_shapes(shape):
    assert shape == "a-b c"


@pytest.mark.skip(reason="needs a GPU")
def test_gpu():
    pass


@pytest.mark.xfail(reason="known")
def test_known():
    assert False


@pytest.mark.xfail(reason="was fixed")
def test_fixed():
    pass


@pytest.mark.xfail(strict=True, reason="must fail")
def test_strict():
    pass


@pytest.fixture
def broken():
    raise RuntimeError("no device")


@pytest.fixture
def breaks_later():
    yield
    raise RuntimeError("cannot clean up")


def test_setup(broken):
    pass


def test_teardown(breaks_later):
    pass


def test_warns():
    import warnings
    warnings.warn("old api", DeprecationWarning)
PY
cat > tests/test_ok.py <<'PY'
def test_one():
    pass


def test_two():
    pass
PY
printf 'class TestALongNameThatIsWiderThanTheTerminal:\n    def test_with_a_name_that_is_even_longer_than_that_of_its_class_is_and_goes_on(self):\n        assert 0, "reason of the long one"\n' > tests/test_long.py
echo 'import nothing_of_that_name' > tests/broken_import.py
echo 'def test_x(:' > tests/broken_syntax.py
echo 'import os, signal' > tests/crash.py
printf 'def test_first():\n    pass\n\n\ndef test_dies():\n    import os, signal, sys\n    sys.stdout.flush()\n    os.kill(os.getpid(), signal.SIGKILL)\n' > tests/crash.py
printf 'def test_first():\n    pass\n\n\ndef test_stops():\n    raise KeyboardInterrupt\n' > tests/interrupt.py
printf 'import pytest\n\n\ndef test_first():\n    pass\n\n\ndef test_out():\n    pytest.exit("enough")\n' > tests/exits.py
mkdir -p internal && echo 'def pytest_collection_modifyitems(items): raise ValueError("a bad hook")' > internal/conftest.py
echo 'def test_a(): pass' > internal/test_a.py
mkdir -p badconf && echo 'import nothing_of_that_name' > badconf/conftest.py && echo 'def test_a(): pass' > badconf/test_a.py
printf 'import subprocess, sys\n\n\ndef test_outer():\n    print("=== 3 passed in 0.10s ===")\n    print("____ test_fake ____")\n    print("--- FAIL: TestFake (0.00s)")\n    assert 1 == 2, "the outer one"\n' > tests/nested.py
py() { name=$1; shift; "$PYTHON" -m pytest -p no:cacheprovider "$@" > "$out/pytest_$name.log" 2>&1; }
py default tests/test_cycle.py
py v tests/test_cycle.py -v
py vv_ra tests/test_cycle.py -vv -rA
py q tests/test_cycle.py -q
py qq tests/test_cycle.py -qq
py tb_line tests/test_cycle.py --tb=line
py tb_no tests/test_cycle.py -v --tb=no
py color tests/test_cycle.py -v --color=yes
py one tests/test_cycle.py::test_cycle -vv
py green tests/test_ok.py -v
py green_q tests/test_ok.py -q
py deselected tests/test_ok.py -v -k two
py maxfail tests/test_cycle.py -x
py zero tests/test_ok.py -k nothing
py zero_q tests/test_ok.py -q -k nothing
py empty tests/broken_import.py::test_x
py missing tests/not_there.py
py missing_test tests/test_ok.py::test_not_there
py collect_import tests/test_ok.py tests/broken_import.py
py collect_syntax tests/broken_syntax.py -q
py collect_continue tests/test_ok.py tests/broken_import.py --continue-on-collection-errors
py collect_only tests/test_ok.py --collect-only -q
py interrupted tests/interrupt.py -v
py exits tests/exits.py -v
py crash tests/crash.py -v 2> /dev/null
py nested tests/nested.py
py qn tests/test_cycle.py -q -rN
py two_sessions tests/test_ok.py
"$PYTHON" -m pytest -p no:cacheprovider tests/test_cycle.py >> "$out/pytest_two_sessions.log" 2>&1
py two_q tests/test_ok.py -q
"$PYTHON" -m pytest -p no:cacheprovider -q tests/test_ok.py >> "$out/pytest_two_q.log" 2>&1
py s tests/nested.py -s
py long_name tests/test_long.py
py usage --no-such-option
(cd internal && py internal test_a.py)
(cd badconf && py conftest test_a.py)
"$PYTHON" -m pytest -p no:cacheprovider tests/test_cycle.py --junitxml="$out/junit_pytest.xml" > /dev/null 2>&1
"$PYTHON" -m pytest -p no:cacheprovider tests/test_ok.py --junitxml="$out/junit_pytest_green.xml" > /dev/null 2>&1
"$PYTHON" -m pytest -p no:cacheprovider tests/broken_import.py --junitxml="$out/junit_pytest_collect.xml" > /dev/null 2>&1
"$PYTHON" -m pytest -p no:cacheprovider tests/test_ok.py -k nothing --junitxml="$out/junit_pytest_zero.xml" > /dev/null 2>&1

# --- go
mkdir -p "$work/go"/{red,green,bench,broken,brokenvet,panics,exits,slow,none,empty,init} && cd "$work/go" || exit
printf 'module example.com/m\n\ngo 1.24\n' > go.mod
cat > red/red_test.go <<'GO'
package red

import (
	"fmt"
	"testing"
)

func TestPass(t *testing.T) { fmt.Println("some output") }

func TestFail(t *testing.T) {
	t.Log("a note")
	t.Error("NotImplementedError: merge is a stub")
}

func TestSkip(t *testing.T) { t.Skip("needs a GPU") }

func TestTable(t *testing.T) {
	t.Run("good", func(t *testing.T) {})
	t.Run("bad case", func(t *testing.T) { t.Fatalf("got %d,\nwant %d", 1, 2) })
	t.Run("deep", func(t *testing.T) {
		t.Run("er", func(t *testing.T) { t.Error("deep down") })
	})
}

func TestParallel(t *testing.T) {
	for _, n := range []string{"a", "b"} {
		t.Run(n, func(t *testing.T) {
			t.Parallel()
			t.Log("log of", n)
			if n == "b" {
				t.Error("failure of", n)
			}
		})
	}
}

func TestNoNewline(t *testing.T) { fmt.Print("no newline") }
GO
cat > green/green_test.go <<'GO'
package green

import "testing"

func TestOne(t *testing.T) {}
func TestTwo(t *testing.T) { t.Run("sub", func(t *testing.T) {}) }

func FuzzThree(f *testing.F) {
	f.Add(1)
	f.Fuzz(func(t *testing.T, n int) {})
}
GO
printf 'package green\n\nimport "fmt"\n\nfunc Example() {\n\tfmt.Println("hello")\n\t// Output: hello\n}\n' > green/example_test.go
printf 'package bench\n\nimport "testing"\n\nfunc BenchmarkNothing(b *testing.B) {\n\tfor b.Loop() {\n\t}\n}\n' > bench/bench_test.go
printf 'package broken\n\nimport "testing"\n\nfunc TestX(t *testing.T) { undefinedName() }\n' > broken/broken_test.go
printf 'package brokenvet\n\nimport "testing"\n\nfunc TestX(t *testing.T) { t.Errorf("%%d", "x") }\n' > brokenvet/vet_test.go
printf 'package init\n\nimport (\n\t"testing"\n\n\t_ "example.com/m/gone"\n)\n\nfunc TestX(t *testing.T) {}\n' > init/init_test.go
printf 'package panics\n\nimport "testing"\n\nfunc TestFirst(t *testing.T) {}\n\nfunc TestPanics(t *testing.T) {\n\tvar m map[string]int\n\tm["a"] = 1\n}\n\nfunc TestNever(t *testing.T) {}\n' > panics/panics_test.go
printf 'package exits\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestFirst(t *testing.T) {}\n\nfunc TestExits(t *testing.T) { os.Exit(3) }\n' > exits/exits_test.go
printf 'package slow\n\nimport (\n\t"testing"\n\t"time"\n)\n\nfunc TestSlow(t *testing.T) { time.Sleep(time.Minute) }\n' > slow/slow_test.go
printf 'package none\n' > none/none.go
printf 'package empty\n' > empty/empty_test.go
g() { name=$1; shift; go test "$@" > "$out/gotest_$name.log" 2>&1; }
g text ./red
g v -v ./red
g json -json ./red
g green ./green
g green_v -v ./green
g green_json -json ./green
g bench -run '^$' -bench . ./bench
g all ./green ./none ./red
g all_v -v ./green ./none ./red
g all_json -json ./green ./none ./red
g build ./broken ./green
g build_json -json ./broken ./green
g vet ./brokenvet
g setup ./init
g setup_json -json ./init
g panic ./panics
g panic_v -v ./panics
g panic_json -json ./panics
g exit -v ./exits
g exit_json -json ./exits
g timeout -timeout 50ms ./slow
g timeout_json -timeout 50ms -json ./slow
g none ./none
g none_json -json ./none
g empty ./empty
g filter_v -v -run Nothing ./green
g filter_json -json -run Nothing ./green
g nopackage ./not/there
g run_v -v -run 'TestTable/bad' ./red
unset GOFLAGS
go test ./green > /dev/null 2>&1
go test ./green > "$out/gotest_cached.log" 2>&1
go test -json ./green > "$out/gotest_cached_json.log" 2>&1

# --- node
mkdir -p "$work/js" && cd "$work/js" || exit
cat > red.test.js <<'JS'
const test = require('node:test')
const assert = require('node:assert')
test('passes', () => {})
test('fails # hash', () => { assert.strictEqual(1, 2, 'one is not two') })
test('skipped', { skip: 'needs a GPU' }, () => {})
test('todo', { todo: 'later' }, () => { throw new Error('not done') })
test('outer', async (t) => {
  await t.test('inner good', () => {})
  await t.test('inner bad', () => { throw new Error('NotImplementedError: stub') })
})
test('outer good', async (t) => {
  await t.test('inner one', () => {})
  await t.test('inner two', () => {})
})
JS
echo "require('node:test')('only', () => {})" > green.test.js
echo "this is no script" > broken.test.js
echo "" > zero.test.js
n() { name=$1; shift; node --test --test-reporter "$@" > "$out/$name" 2>&1; }
n tap_node.log tap red.test.js
n tap_node_green.log tap green.test.js
n tap_node_broken.log tap broken.test.js
n tap_node_zero.log tap zero.test.js
node --test --test-reporter junit red.test.js > "$out/junit_node.xml" 2>/dev/null

# --- perl
mkdir -p "$work/pl" && cd "$work/pl" || exit
cat > red.t <<'PL'
use strict; use warnings;
use Test::More tests => 7;
ok(1, 'passes');
is(1, 2, 'one is two');
SKIP: { skip 'needs a GPU', 1; ok(0, 'skipped'); }
TODO: { local $TODO = 'later'; ok(0, 'not done'); }
TODO: { local $TODO = 'was later'; ok(1, 'done after all'); }
subtest 'outer' => sub { plan tests => 2; ok(1, 'inner good'); ok(0, 'inner bad'); };
ok(0);
PL
printf 'use Test::More;\nok(1, "one");\nsubtest "sub" => sub { ok(1, "in it"); done_testing; };\ndone_testing;\n' > green.t
printf 'use Test::More tests => 3;\nok(1, "one");\ndie "out of memory\\n";\n' > dies.t
printf 'use Test::More tests => 3;\nok(1, "one");\nBAIL_OUT("no database");\n' > bail.t
printf 'use Test::More skip_all => "no GPU here";\n' > skipall.t
printf 'use Test::More tests => 1;\nok(1, "one");\nok(1, "two");\n' > extra.t
printf 'use NoSuchModule;\nuse Test::More tests => 1;\nok(1);\n' > broken.t
for f in red green dies bail skipall extra broken; do perl $f.t > "$out/tap_perl_$f.log" 2>&1; done
prove -v red.t > "$out/tap_prove_v.log" 2>&1
prove -v red.t green.t > "$out/tap_prove_v_two.log" 2>&1
prove red.t green.t > "$out/tap_prove.log" 2>&1

# --- cargo
export CARGO_TERM_COLOR=never RUST_BACKTRACE=0
mkdir -p "$work/rs/src" "$work/rs/tests" && cd "$work/rs" || exit
printf '[package]\nname = "cycle"\nversion = "0.1.0"\nedition = "2021"\n' > Cargo.toml
cat > src/lib.rs <<'RS'
/// Adds one.
///
/// ```
/// assert_eq!(cycle::infer(1), 2);
/// ```
pub fn infer(n: i32) -> i32 {
    if n == 7 { unimplemented!("infer is a stub") }
    n + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good() { println!("some output"); assert_eq!(infer(1), 2); }

    #[test]
    fn cycle() { println!("before the stub"); infer(7); }

    #[test]
    fn compare() { assert_eq!(infer(2), 4, "wrong sum"); }

    #[test]
    #[ignore = "needs a GPU"]
    fn gpu() {}

    #[test]
    #[should_panic]
    fn panics() { infer(7); }

    #[test]
    #[should_panic]
    fn calm() { infer(1); }

    #[test]
    fn result() -> Result<(), String> { Err("no cycle".into()) }
}
RS
printf '#[test]\nfn outside() { assert_eq!(cycle::infer(3), 4); }\n' > tests/it.rs
c() { name=$1; shift; cargo test --offline "$@" > "$out/$name" 2>&1; }
c cargo_default.log
c cargo_all.log --no-fail-fast
c cargo_quiet.log -q
c cargo_nocapture.log --lib -- --nocapture --test-threads=1
c cargo_green.log --test it
c cargo_green_quiet.log -q --test it
c cargo_filter.log nothing_matches
c cargo_no_target.log --test missing
c cargo_no_run.log --no-run
printf '#[test]\nfn ends() { std::process::exit(3); }\n' > tests/exits.rs
c cargo_exits.log --test exits
printf '#[test]\nfn aborts() { std::process::abort(); }\n' > tests/aborts.rs
c cargo_aborts.log --test aborts
printf '#[test]\nfn typo() { assert_eq!(cycle::infr(3), 4); }\n' > tests/typo.rs
c cargo_build.log --test typo
printf 'fn typo( {\n' > tests/syntax.rs
c cargo_syntax.log --test syntax

# --- not of any of them
printf 'building\n42 passed the gate\nok\nFAIL\n' > "$out/none_other.log"

pyprefix=$("$PYTHON" -c 'import pytest, os; print(os.path.dirname(os.path.dirname(pytest.__file__)))')
goroot=$(go env GOROOT)
for f in "$out"/*; do
	sed -i -E \
		-e "s#$work#/home/dev#g" -e "s#$pyprefix#/usr/lib/python3/dist-packages#g" -e "s#$goroot#/usr/lib/go#g" \
		-e "s#hostname=\"[^\"]*\"#hostname=\"host\"#g" -e "s#^cpu: .*#cpu: a CPU#" -e "s#0x[0-9a-f]{6,}#0x7f00#g" -e "s#\"Time\":\"[^\"]*\"#\"Time\":\"2026-01-02T15:04:05Z\"#" "$f"
done
