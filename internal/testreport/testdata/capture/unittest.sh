# Python's unittest. PYTHON38 and PYTHON313 name other Pythons, whose words differ; without them their files
# stay as they are.
mkdir -p "$work/ut" && cd "$work/ut" || exit
cat > test_cycle.py <<'PY'
import unittest


def infer():
    raise NotImplementedError("infer is a stub")


class Cycle(unittest.TestCase):
    def test_pass(self):
        print("some output")

    def test_fail(self):
        self.assertEqual({"a": 1}, {"a": 2}, "not the same")

    def test_stub(self):
        """Infers a cycle."""
        infer()

    def test_chained(self):
        try:
            infer()
        except NotImplementedError as e:
            raise ValueError("wrapped") from e

    @unittest.skip("needs a GPU")
    def test_gpu(self):
        pass

    @unittest.expectedFailure
    def test_known(self):
        self.fail("known")

    @unittest.expectedFailure
    def test_fixed(self):
        pass

    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertEqual(i, 1)
        with self.subTest("named"):
            self.skipTest("not here")


class NoSetup(unittest.TestCase):
    def setUp(self):
        raise RuntimeError("no device")

    def test_x(self):
        pass


class AssertsInSetup(unittest.TestCase):
    def setUp(self):
        self.assertTrue(False, "setup asserts")

    def test_x(self):
        pass


class NoTeardown(unittest.TestCase):
    def tearDown(self):
        raise RuntimeError("cannot clean up")

    def test_y(self):
        pass


class NoClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("no class")

    def test_z(self):
        pass


class SkippedClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise unittest.SkipTest("whole class")

    def test_s(self):
        pass


class Async(unittest.IsolatedAsyncioTestCase):
    async def test_async(self):
        infer()
PY
printf 'import unittest\n\n\nclass Ok(unittest.TestCase):\n    def test_one(self):\n        pass\n\n    def test_two(self):\n        """Says something."""\n' > test_ok.py
echo 'import nothing_of_that_name' > test_import.py
echo 'def test_x(:' > test_syntax.py
printf 'import os\nimport unittest\n\n\nclass Dies(unittest.TestCase):\n    def test_a(self):\n        pass\n\n    def test_dies(self):\n        os.abort()\n\n    def test_never(self):\n        pass\n' > test_dies.py
sed 's/os.abort()/raise KeyboardInterrupt/' test_dies.py > test_stops.py
sed 's/os.abort()/os._exit(3)/' test_dies.py > test_exits.py
u() { name=$1; shift; timeout 60 "$py" -m unittest "$@" > "$out/unittest_$name.log" 2>&1; }
py=$PYTHON
u default test_cycle
u v -v test_cycle
u one test_cycle.Cycle.test_stub
u fail_buffer -b test_cycle.Cycle.test_pass test_cycle.Cycle.test_fail
u green test_ok
u green_v -v test_ok
u failfast -v -f test_cycle.Cycle
u import -v test_ok test_import
u import_alone test_import
u syntax test_syntax
u missing test_nope
u missing_test test_ok.Ok.test_nope
u zero -k nothing test_ok
u nowhere discover -s nowhere
u usage --no-such-option
u dies_v -v test_dies 2> /dev/null
u dies test_dies 2> /dev/null
u exits_v -v test_exits
u stops_v -v test_stops
u stops test_stops
"$py" -m unittest test_cycle.Cycle > "$out/unittest_two.log" 2>&1
"$py" -m unittest -v test_ok >> "$out/unittest_two.log" 2>&1
if [ -n "${PYTHON38-}" ]; then
	py=$PYTHON38
	u 38 test_cycle
	u 38_v -v test_cycle
fi
if [ -n "${PYTHON313-}" ]; then
	py=$PYTHON313
	u 313_v -v test_cycle
	u 313_zero -k nothing test_ok
fi
