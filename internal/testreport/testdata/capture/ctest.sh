# ctest, over programs that are built here; needs cmake and a C compiler.
mkdir -p "$work/ct" && cd "$work/ct" || exit
cat > CMakeLists.txt <<'CM'
cmake_minimum_required(VERSION 3.20)
project(cycle C)
enable_testing()
foreach(t good bad exits aborts segv asserts gpu slow)
  add_executable(${t} main.c)
  target_compile_definitions(${t} PRIVATE CASE_${t})
  add_test(NAME cycle.${t} COMMAND ${t})
endforeach()
set_tests_properties(cycle.gpu PROPERTIES SKIP_RETURN_CODE 77)
set_tests_properties(cycle.slow PROPERTIES TIMEOUT 1)
add_test(NAME "with space" COMMAND good)
add_test(NAME cycle.missing COMMAND no-such-program)
add_test(NAME cycle.off COMMAND good)
set_tests_properties(cycle.off PROPERTIES DISABLED TRUE)
add_test(NAME cycle.regex COMMAND good)
set_tests_properties(cycle.regex PROPERTIES PASS_REGULAR_EXPRESSION "quartz")
add_test(NAME cycle.failregex COMMAND good)
set_tests_properties(cycle.failregex PROPERTIES FAIL_REGULAR_EXPRESSION "some")
add_test(NAME cycle.willfail COMMAND bad)
set_tests_properties(cycle.willfail PROPERTIES WILL_FAIL TRUE)
add_test(NAME cycle.fixture COMMAND bad)
set_tests_properties(cycle.fixture PROPERTIES FIXTURES_SETUP dev)
add_test(NAME cycle.needs COMMAND good)
set_tests_properties(cycle.needs PROPERTIES FIXTURES_REQUIRED dev)
CM
cat > main.c <<'C'
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
    puts("some output");
    fflush(stdout);
#if defined CASE_bad
    puts("NotImplementedError: infer is a stub");
    return 1;
#elif defined CASE_exits
    return 127;
#elif defined CASE_aborts
    abort();
#elif defined CASE_segv
    raise(SIGSEGV);
#elif defined CASE_asserts
    assert(1 == 2);
#elif defined CASE_gpu
    return 77;
#elif defined CASE_slow
    sleep(3);
#endif
    return 0;
}
C
(cmake -S . -B b && cmake --build b) > build.log 2>&1 || { cat build.log; exit 1; }
cd b || exit
ct() { name=$1; shift; timeout 60 ctest "$@" > "$out/ctest_$name.log" 2>&1; }
ct default
ct output --output-on-failure
ct verbose -V -R 'good|bad|segv|asserts'
ct parallel -j 4 --output-on-failure
ct quiet_progress --progress -R 'good|bad'
ct green -R 'good|space'
ct red --output-on-failure -R 'good|bad'
ct zero -R nothing
ct zero_error --no-tests=error -R nothing
ct segv -R segv
ct missing -R missing
ct skipped -R gpu
ct fixture -R needs
ct no_config --test-dir "$work"
ct nowhere --test-dir "$work/nowhere"
ctest --output-junit "$out/junit_ctest.xml" > /dev/null 2>&1
ctest -R 'good|space' --output-junit "$out/junit_ctest_green.xml" > /dev/null 2>&1
ctest -R nothing --output-junit "$out/junit_ctest_zero.xml" > /dev/null 2>&1
timeout -s KILL 0.9 ctest -V -R 'good|slow' > "$out/ctest_killed.log" 2>&1 # in the middle of a test
