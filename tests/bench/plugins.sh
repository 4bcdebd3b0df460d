#!/usr/bin/env bash
# tests/bench/plugins.sh: a plugin call beside a bare spawn of the same program with the same request, by turns in one run; medians of
# 101, and the least of both. Ends with 1 if a call costs more than 5 ms over the spawn.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
release=$root/build/release/gate
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
g++ -std=c++20 -O2 -D_GLIBCXX_ASSERTIONS -I"$root/gate" "$root/tests/bench/plugins_bench.cpp" -o "$folder/plugins_bench" \
    "$release"/libheadgate_{external,io,crypto,codec,model,base}.a -lcrypto -lssl -lyaml-cpp -lexpat -lseccomp -lpthread
cp "$root/plugins/shell-example/readme-there" "$folder/shell"
cp "$root/plugins/licence/licence" "$folder/python"
"$folder/plugins_bench" "$folder/shell" "$folder/python" >"$folder/figures"
status=0
while read -r program spawned called least_spawned least_called; do
    awk -v name="$(basename "$program")" -v a="$spawned" -v b="$called" -v c="$least_spawned" -v d="$least_called" \
        'BEGIN { printf "%-8s bare spawn %7.2f ms   plugin call %7.2f ms   difference %5.2f ms (limit 5)   ratio %.2f   least %.2f and %.2f ms\n", name, a, b, b - a, b / a, c, d
                 exit b - a > 5 }' || status=1
done <"$folder/figures"
exit "$status"
