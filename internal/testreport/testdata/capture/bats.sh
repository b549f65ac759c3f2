# bats, whose output without a terminal is TAP.
mkdir -p "$work/bats" && cd "$work/bats" || exit
cat > red.bats <<'B'
helper() { [ "$BATS_TEST_DESCRIPTION" != "no setup" ]; }
setup() { helper; }
@test "passes" { true; }
@test "fails # hash" { echo "NotImplementedError: infer is a stub"; [ 1 = 2 ]; }
@test "skipped" { skip "needs a GPU"; }
@test "no setup" { true; }
@test "not found" { no_such_command; }
B
printf 'teardown() { false; }\n@test "no teardown" { true; }\n' > teardown.bats
printf 'setup_file() { echo "no database"; false; }\n@test "never" { true; }\n@test "nor this" { true; }\n' > setupfile.bats
printf '@test "first" { true; }\n@test "dies" { kill -9 $$; }\n@test "after" { true; }\n' > dies.bats
printf '@test "first" { true\n' > syntax.bats
printf 'load nothing_there\n@test "first" { true; }\n' > load.bats
printf '# none\n' > zero.bats
printf '@test "only" { true; }\n' > green.bats
for f in red teardown setupfile dies syntax load zero green nowhere; do
	timeout 60 bats $f.bats > "$out/tap_bats_$f.log" 2>&1
done
bats -T red.bats > "$out/tap_bats_timed.log" 2>&1
bats -f nothing green.bats > "$out/tap_bats_filter.log" 2>&1
bats --formatter tap13 red.bats > "$out/tap_bats_tap13.log" 2>&1
bats --formatter junit red.bats > "$out/junit_bats.xml" 2>&1
bats --formatter junit syntax.bats > "$out/junit_bats_syntax.xml" 2>&1
