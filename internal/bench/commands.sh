#!/usr/bin/env bash
# Times whole planctl processes on a generated workspace and prints the median of each command in
# milliseconds. The commands take turns, so that a machine that slows down slows all of them.
#
#   internal/bench/commands.sh [PLANS] [RUNS]      default: 100 plans of 30 rows, 15 runs
set -euo pipefail
plans=${1:-100}
runs=${2:-15}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

go build -C "$root" -o "$scratch/planctl" ./cmd/planctl
mkdir -p "$scratch/ws/docs"
{
  printf '# Fix Plan Ledger\n\n'
  for ((p = 1; p <= plans; p++)); do
    printf '## [BENCH-%03d] Plan %d\n- Status: in_progress\n- Attempts History:\n' "$p" "$p"
    for ((a = 1; a <= 20; a++)); do
      printf '  * [2025-10-%02d] Attempt #%d — Result: success. Row A%d looked at again, with the numbers that were asked for.\n' $((a % 28 + 1)) "$a" "$a"
    done
    printf '\n'
  done
} >"$scratch/ws/docs/fix_plan.md"
for ((p = 1; p <= plans; p++)); do
  dir=$(printf '%s/ws/plans/active/BENCH-%03d' "$scratch" "$p")
  mkdir -p "$dir"
  {
    printf '# Plan %d\n\n- Initiative: BENCH-%03d\n' "$p" "$p"
    for ph in A B C; do
      printf '\n### Phase %s — Work\nGoal: To be timed.\n\n| ID | Task Description | State | How/Why & Guidance |\n| --- | --- | --- | --- |\n' "$ph"
      for ((r = 1; r <= 10; r++)); do
        printf '| %s%d | Do what row %d asks | [%s] | Run `make row-%d` and read what it says. |\n' "$ph" "$r" "$r" "$([ "$ph" = A ] && echo x || echo ' ')" "$r"
      done
    done
    printf '\n```yaml planctl\nB1:\n  run: "true"\n  criteria: [seconds < 10]\n```\n'
  } >"$dir/plan.md"
done
git -C "$scratch/ws" init -q

commands=("version" "status" "next" "lint" "show BENCH-001#B1" "run BENCH-001#B1 --force")
declare -A times
for ((i = 0; i <= runs; i++)); do
  for c in "${commands[@]}"; do
    begin=$(date +%s%N)
    # shellcheck disable=SC2086 # the words of a command
    "$scratch/planctl" -C "$scratch/ws" $c >/dev/null 2>&1 || true
    end=$(date +%s%N)
    [ "$i" -eq 0 ] || times[$c]+="$(((end - begin) / 10000)) " # the first round warms up
  done
done
printf '%d plans, %d rows, ledger of %d bytes, median of %d runs\n' "$plans" $((plans * 30)) "$(stat -c %s "$scratch/ws/docs/fix_plan.md")" "$runs"
for c in "${commands[@]}"; do
  median=$(tr ' ' '\n' <<<"${times[$c]}" | grep . | sort -n | sed -n "$((runs / 2 + 1))p")
  printf '%8s ms  planctl %s\n' "$((median / 100)).$(printf '%02d' $((median % 100)))" "$c"
done
