#!/usr/bin/env bash
# tests/lint/tidy.sh [ROOM or FILE...]: clang-tidy-19 over gate/, some rooms of it (`formats io`) or some files
# (`gate/io/directory.cpp`), with the checks of .clang-tidy. Takes minutes, so tests/run leaves it out. JOBS=1 for one at
# a time. One line a warning; the exit code is 0 only if every file was read and none has a warning.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
command -v clang-tidy-19 >/dev/null || { echo "clang-tidy-19 is missing: apt-get install clang-tidy-19" >&2; exit 2; }

# clang reads the commands of a build without sanitizers and without precompiled headers.
cmake -G Ninja -B build/tidy -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_C_COMPILER=clang-19 \
    -DHEADGATE_TESTS=OFF --log-level=WARNING . >/dev/null
wanted=()
for name in "${@:-gate}"; do
    if [ -d "gate/$name" ]; then name="gate/$name"; fi
    if [ -d "$name" ]; then name="${name%/}/*.cpp"; fi
    wanted+=("$name")
done
listed=$(git ls-files --cached --others --exclude-standard --error-unmatch -- "${wanted[@]}")
mapfile -t files <<<"$listed"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
ended=0
printf '%s\0' "${files[@]}" | xargs -0 --max-args=1 --max-procs="${JOBS:-$(nproc)}" clang-tidy-19 --quiet -p build/tidy >"$log" 2>&1 || ended=$?
found=$(grep -E '(warning|error): ' "$log" | sed "s#$root/##" | sort -u || true)
if [ "$ended" -eq 0 ] && [ -z "$found" ]; then echo "ok clang-tidy (${#files[@]} files)"; exit 0; fi
if [ -z "$found" ]; then cat "$log"; else printf '%s\n' "$found"; fi
echo "not ok clang-tidy - $(printf '%s' "$found" | grep -c '^') warnings"
exit 1
