# pytest in each style of its tracebacks, and unittest with what the tests print kept: STUB stands in comments, in source,
# in a local variable and in output, and is no test's reason.
mkdir -p "$work/pw" && cd "$work/pw" || exit
cat > test_words.py <<'PY'
import sys
import unittest


def helper(x, E="STUB"):
    # STUB for now
    import nothing_of_that_name  # STUB


def test_import():
    print("STUB\nE   STUB")
    sys.stderr.write("STUB\n")
    helper("STUB")


def test_message():
    STUB = {"a": 2}
    assert {"a": 1} == STUB, "not the same\nsecond line"


def test_chained():
    try:
        int("STUBBY"[:0])  # STUB
    except ValueError as e:
        raise RuntimeError("wrapped\nmore") from e


def test_group():
    STUB = [ValueError("in the group")]
    raise ExceptionGroup("several", STUB)


class Words(unittest.TestCase):
    def test_buffered(self):
        print("STUB")
        for case in [1]:
            with self.subTest(case=case):
                self.fail("of a case")  # STUB
PY
w() { name=$1; shift; "$PYTHON" -m pytest -p no:cacheprovider -p no:xdist test_words.py "$@" > "$out/words_$name.log" 2>&1; }
for style in long short line native no; do w $style --tb=$style; done
w locals --showlocals
w junit --junitxml="$out/junit_words.xml"
w junit_native --tb=native --junitxml="$out/junit_words_native.xml"
rm "$out/words_junit.log" "$out/words_junit_native.log"
"$PYTHON" -m unittest -b test_words > "$out/words_unittest.log" 2>&1
