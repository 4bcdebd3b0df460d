#!/usr/bin/env bash
# tests/fuzz/run.sh [SECONDS] [NAME...]: builds the fuzz targets (clang-19) and runs each for SECONDS (default 60) from
# its seeds. New inputs go to build/fuzz/corpus, crashes to build/fuzz/crashes. Exit 0 only if nothing was found.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
seconds=${1:-60}
shift || true
command -v clang++-19 >/dev/null || { echo "clang-19 is missing: apt-get install clang-19 libclang-rt-19-dev" >&2; exit 2; }
[ -f build/fuzz/build.ninja ] || cmake --preset fuzz --log-level=WARNING
cmake --build build/fuzz -- -j"$(nproc)" --quiet

status=0
for target in build/fuzz/tests/fuzz_*; do
    name=${target##*/fuzz_}
    if [ ! -x "$target" ] || { [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; }; then continue; fi
    mkdir -p "build/fuzz/corpus/$name" build/fuzz/crashes
    inputs=("build/fuzz/corpus/$name")
    [ -d "tests/fuzz/seeds/$name" ] && inputs+=("tests/fuzz/seeds/$name")
    if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="build/fuzz/crashes/$name-" \
        "${inputs[@]}" >"build/fuzz/$name.log" 2>&1; then
        echo "ok fuzz $name - $(grep -oE 'DONE.*' "build/fuzz/$name.log" | head -n 1)"
    else
        echo "not ok fuzz $name - see build/fuzz/$name.log"
        status=1
    fi
done
exit "$status"
