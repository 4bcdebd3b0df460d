#!/usr/bin/env bash
# tests/lint/tidy.sh [ROOM...]: clang-tidy-19 over gate/ (or some rooms of it) with the checks of .clang-tidy. Takes
# minutes, so tests/run leaves it out. One line a warning; the exit code is 0 only if there is none.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
command -v clang-tidy-19 >/dev/null || { echo "clang-tidy-19 is missing: apt-get install clang-tidy-19" >&2; exit 2; }

# clang reads the commands of a build without sanitizers and without precompiled headers.
cmake -G Ninja -B build/tidy -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_C_COMPILER=clang-19 \
    -DHEADGATE_TESTS=OFF --log-level=WARNING .
folders=()
for room in "${@:-}"; do folders+=("gate/$room"); done
found=$(git ls-files --cached --others --exclude-standard -- "${folders[@]/%//*.cpp}" |
    xargs --no-run-if-empty --max-args=1 --max-procs="$(nproc)" clang-tidy-19 --quiet -p build/tidy 2>/dev/null |
    grep -E '(warning|error): ' | sed "s#$root/##" | sort -u || true)
[ -z "$found" ] && { echo "ok clang-tidy"; exit 0; }
printf '%s\n' "$found"
echo "not ok clang-tidy - $(printf '%s\n' "$found" | wc -l) warnings"
exit 1
