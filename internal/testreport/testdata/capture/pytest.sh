# pytest; PYTHON names the Python that has it.
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
