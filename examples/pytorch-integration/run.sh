#!/usr/bin/env bash
# Builds a fresh git repository in DIR from this project and works through its
# plan: RED on the stub, GREEN on the implementation, then validation.
#
#   examples/pytorch-integration/run.sh DIR
#
# PLANCTL  the planctl binary (default: planctl on the PATH)
# PYTHON   an interpreter that has torch, numpy and pytest (default: the first
#          of python3 and /usr/bin/python3 that has)
#
# Ends with 0 when every step ended with the exit code that it must have.
set -euo pipefail

die() { printf 'run.sh: %s\n' "$*" >&2; exit 2; }

[ $# -eq 1 ] || die "usage: run.sh DIR (a directory that is empty or not there yet)"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
[ -z "$(ls -A "$dir")" ] || die "$dir is not empty"

planctl=$(command -v "${PLANCTL:-planctl}") || die "no ${PLANCTL:-planctl}: set PLANCTL to the planctl binary"
planctl=$(cd "$(dirname "$planctl")" && pwd)/$(basename "$planctl")

candidates=(python3 /usr/bin/python3)
[ -z "${PYTHON:-}" ] || candidates=("$PYTHON")
python=
for candidate in "${candidates[@]}"; do
  if "$candidate" -c 'import numpy, pytest, torch' 2>/dev/null; then
    python=$(command -v "$candidate")
    break
  fi
done
[ -n "$python" ] || die "no torch, numpy and pytest in ${candidates[*]}: apt-get install python3-torch python3-numpy python3-pytest, or set PYTHON"

# The plan says python3, as its readers do. Here that means $python: a script
# and not a link, because a link would lead out of a virtual environment.
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
printf '#!/bin/sh\nexec "%s" "$@"\n' "$python" >"$bin/python3"
chmod +x "$bin/python3"
export PATH="$bin:$PATH"

# A caller that is itself a git hook would have its repository found instead.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX

say() { printf '\n== %s\n' "$*"; }

# expect CODE ARG...: planctl with these arguments has to end with CODE.
expect() {
  local want=$1 got=0
  shift
  printf '\n$ planctl %s\n' "$*"
  "$planctl" "$@" </dev/null || got=$?
  if [ "$got" -ne "$want" ]; then
    printf 'run.sh: planctl %s ended with %d, want %d; the repository is in %s\n' "$*" "$got" "$want" "$dir" >&2
    exit 1
  fi
}

commit() {
  git add -A
  git commit -q -m "$1"
  git log -1 --format='   commit %h %s'
}

say "Commit 1: the test, against a stub (Python: $python)"
cd "$dir"
git init -q
git symbolic-ref HEAD refs/heads/main
git config user.name "Example Engineer"
git config user.email engineer@example.com
git config commit.gpgsign false
for item in .gitignore .planctl.yaml README.md pytest.ini recon tests plans docs; do
  cp -R "$here/$item" .
done
find . -name __pycache__ -prune -exec rm -rf {} +
cp -R "$here/stages/red/." .
commit "Integration test for train, save, load, infer; the helper is a stub"
expect 0 lint
expect 0 run C1.A
expect 0 mark C1.B done --note "_run_workflow raises NotImplementedError"
expect 0 mark C1.C done --note "test_train_save_load_infer"
expect 1 run C2.D           # its phase waits for C1: refused, and nothing is run
expect 0 run C1.D           # passes because the test fails, for the reason that the spec names

say "Commit 2: the implementation"
cp "$here/tests/test_integration.py" tests/test_integration.py
commit "The helper runs training and inference as two processes"
expect 0 mark C2.A done --note "two subprocesses that share only the checkpoint"
expect 0 run C2.B C2.C
expect 0 run C2.D           # the same test, the same command

say "Validation"
expect 0 run C3.A C3.B
expect 0 mark C3.C done --note "README.md"
sed -i.bak -e 's/| High | in_progress |/| High | done |/' -e 's/^- Status: in_progress/- Status: done/' docs/fix_plan.md
rm docs/fix_plan.md.bak
expect 0 replay C2.D        # the stub still fails with today's test, and today's sources pass
expect 0 mark C3.D done --note "section and Index say done"
commit "TRAIN-INFER-001 is done, with its evidence"

expect 0 status
expect 0 lint
expect 0 audit C2.D

say "What is there must be what was promised"
for log in pytest_red.log pytest_green.log artifact_audit.md; do
  found=$(find plans/active/TRAIN-INFER-001/reports -name "$log")
  [ -n "$found" ] || { printf 'run.sh: no %s below reports\n' "$log" >&2; exit 1; }
  printf '   %s\n' "$found"
done
open=$(grep -c '^| C[1-3]\.[A-D] |.*| \[ \] |' plans/active/TRAIN-INFER-001/plan.md || true)
ticked=$(grep -c '^| C[1-3]\.[A-D] |.*| \[x\] |' plans/active/TRAIN-INFER-001/plan.md || true)
entries=$(grep -c '^    Run: `\{0,1\}sha256:[0-9a-f]\{64\}' docs/fix_plan.md || true)
printf '   %d rows ticked, %d open, %d ledger entries that name their run\n' "$ticked" "$open" "$entries"
if [ "$ticked" -ne 12 ] || [ "$open" -ne 0 ] || [ "$entries" -lt 12 ]; then
  printf 'run.sh: want 12 rows ticked, 0 open, and an entry for each; see %s\n' "$dir" >&2
  exit 1
fi
say "What CI asks: plan, ledger and evidence agree"
expect 0 verify -v
say "pass: the repository is in $dir"
