# Perl with Test::More, alone and under prove.
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
prove red.t green.t > "$out/prove_red.log" 2>&1
for f in green dies bail skipall broken; do prove $f.t > "$out/prove_$f.log" 2>&1; done
prove green.t red.t dies.t skipall.t > "$out/prove_several.log" 2>&1
prove -j 4 green.t red.t extra.t > "$out/prove_parallel.log" 2>&1
prove -q red.t green.t > "$out/prove_quiet.log" 2>&1
prove nowhere.t > "$out/prove_nowhere.log" 2>&1
printf 'use Test::More tests => 2;\nok(1, "one");\nkill 9, $$;\n' > killed.t
prove killed.t > "$out/prove_killed.log" 2>&1
mkdir -p none && prove none > "$out/prove_none.log" 2>&1
