#!/usr/bin/env bash
# tests/fuzz/run.sh [SECONDS] [NAME...]: builds the fuzz targets (clang-19), proves that the build can find something
# (broken.cpp), and runs each target for SECONDS (default 60) from its seeds. New inputs go to build/fuzz/corpus, crashes
# to build/fuzz/crashes. JOBS targets at once (default 1). Exit 0 only if nothing was found.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
seconds=${1:-60}
shift || true
command -v clang++-19 >/dev/null || { echo "clang-19 is missing: apt-get install clang-19 libclang-rt-19-dev" >&2; exit 2; }
[ -f build/fuzz/build.ninja ] || cmake --preset fuzz --log-level=WARNING
cmake --build build/fuzz -- -j"$(nproc)" --quiet

mkdir -p build/fuzz/broken build/fuzz/crashes
for alarm in 'o oracle broken' 'a deadly signal' 'r AddressSanitizer' 'u signed integer overflow' 'v __n < this->size()'; do
    printf %s "${alarm%% *}" >"build/fuzz/broken/${alarm%% *}"
    said=$(build/fuzz/tests/fuzz_broken "build/fuzz/broken/${alarm%% *}" 2>&1) && said="nothing"
    if [[ $said == *"${alarm#* }"* ]]; then continue; fi
    echo "not ok fuzz - this build does not notice '${alarm#* }': configure it anew with cmake --preset fuzz --fresh"
    exit 1
done

# one NAME: its line; it fails if the target found something.
one() {
    local name=$1 inputs=("build/fuzz/corpus/$1")
    mkdir -p "build/fuzz/corpus/$name"
    [ -d "tests/fuzz/seeds/$name" ] && inputs+=("tests/fuzz/seeds/$name")
    if "build/fuzz/tests/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="build/fuzz/crashes/$name-" \
        "${inputs[@]}" >"build/fuzz/$name.log" 2>&1; then
        echo "ok fuzz $name - $(grep -oE 'DONE.*' "build/fuzz/$name.log" | head -n 1)"
    else
        echo "not ok fuzz $name - see build/fuzz/$name.log"
        return 1
    fi
}
export -f one
export seconds

names=()
for target in build/fuzz/tests/fuzz_*; do
    name=${target##*/fuzz_}
    if [ ! -x "$target" ] || [ "$name" = broken ]; then continue; fi
    if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
    names+=("$name")
done
[ "${#names[@]}" -gt 0 ] || { echo "not ok fuzz - no target is called $*"; exit 1; }
printf '%s\n' "${names[@]}" | xargs --max-procs="${JOBS:-1}" -I{} bash -c 'one {}' || exit 1
