#!/bin/bash
# Writes the files under captured/ anew, from the real tools: all of them, or those of the parts that are
# named, as in `capture.sh node ctest`. Each part is a file of capture/ and needs its own tool; README.md
# has the versions. The machine's paths and the times of runs are taken out at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=$here/captured
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: "${PYTHON:=python3}"
export PYTHONDONTWRITEBYTECODE=1 COLUMNS=80 GOFLAGS=-count=1 NO_COLOR=1
unset FORCE_COLOR CI

mkdir -p "$out"
[ $# -gt 0 ] || set -- $(cd "$here/capture" && ls -- *.sh | sed 's/\.sh$//')
touch "$work/before"
for part; do
	(. "$here/capture/$part.sh")
done

# Not of any of them.
printf 'building\n42 passed the gate\nok\nFAIL\n' > "$out/none_other.log"

pyprefix=$("$PYTHON" -c 'import pytest, os; print(os.path.dirname(os.path.dirname(pytest.__file__)))')
goroot=$(go env GOROOT)
find "$out" -type f -newer "$work/before" -print0 | while IFS= read -r -d '' f; do
	sed -i -E \
		-e "s#$work#/home/dev#g" -e "s#/[^ \"]*/lib/(python3\.[0-9]+)/#/usr/lib/\1/#g" -e "s#$pyprefix#/usr/lib/python3/dist-packages#g" -e "s#$goroot#/usr/lib/go#g" \
		-e "s#hostname=\"[^\"]*\"#hostname=\"host\"#g" -e "s#^cpu: .*#cpu: a CPU#" -e "s#0x[0-9a-f]{6,}#0x7f00#g" -e "s#\"Time\":\"[^\"]*\"#\"Time\":\"2026-01-02T15:04:05Z\"#" "$f"
done
