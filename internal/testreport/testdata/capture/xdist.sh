# pytest with pytest-xdist, whose workers may die; and pytest with as few words as it has.
mkdir -p "$work/px/tests" && cd "$work/px" || exit
printf 'def test_one():\n    pass\n\n\ndef test_two():\n    pass\n' > tests/test_ok.py
printf 'def test_first():\n    pass\n\n\ndef test_bad():\n    raise NotImplementedError("infer is a stub")\n' > tests/test_red.py
printf 'def test_first():\n    pass\n\n\ndef test_dies():\n    import os\n    os.abort()\n' > tests/crash.py
echo 'import nothing_of_that_name' > tests/broken_import.py
x() { name=$1; shift; timeout 120 "$PYTHON" -m pytest -p no:cacheprovider "$@" > "$out/pytest_$name.log" 2>&1; }
x xdist -n 2 tests/test_red.py
x xdist_v -n 2 -v tests/test_red.py
x xdist_green_q -n 2 -q tests/test_ok.py
x xdist_import -n 2 tests/test_ok.py tests/broken_import.py
x xdist_zero -n 2 tests/test_ok.py -k nothing
x xdist_missing_test -n 2 tests/test_ok.py::test_not_there
x xdist_crash -n 2 tests/crash.py tests/test_red.py 2> /dev/null
x xdist_crash_v -n 2 -v tests/crash.py
x xdist_crash_tb_no -n 2 --tb=no tests/crash.py
timeout 120 "$PYTHON" -m pytest -p no:cacheprovider -n 1 tests/crash.py --junitxml="$out/junit_xdist_crash.xml" > /dev/null 2>&1
x qq_green tests/test_ok.py -qq
x qq_zero tests/test_ok.py -qq -k nothing
x qq_missing tests/not_there.py -qq
