#!/usr/bin/env bash
# tests/bench/weights.sh: values of tensors looked at, and compared with those of a base, on one core; BF16, 512 MB each. Ends with 1
# if a target is missed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
release=$root/build/release/gate
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Values as models have them: small, of both signs; every one of the base's is another.
python3 - "$folder" <<'END'
import random, struct, sys
rng = random.Random(1)
def block(seed):
    rng.seed(seed)
    return b"".join(struct.pack("<H", rng.getrandbits(1) << 15 | 0x3B00 + rng.getrandbits(10)) for _ in range(1 << 18))
for name, seed in (("here.bin", 1), ("base.bin", 100)):
    blocks = [block(seed + i) for i in range(8)]
    with open(f"{sys.argv[1]}/{name}", "wb") as file:
        for i in range(1024):
            file.write(blocks[(i * 5 + i // 8) % 8])
END
g++ -std=c++20 -O2 -D_GLIBCXX_ASSERTIONS -I"$root/gate" "$root/tests/bench/weights_bench.cpp" -o "$folder/weights_bench" \
    "$release"/libheadgate_{formats,io,crypto,codec,model,base}.a -lcrypto -lssl -lyaml-cpp -lpthread
"$folder/weights_bench" "$folder" >"$folder/figures"
figure() { awk -v name="$1" '$1 == name {print $2}' "$folder/figures"; }
echo "values, NaN and norms  $(figure scan) GB/s per core (target 3)"
echo "pair with the base     $(figure pair) GB/s per core, both files counted (target 5)"
awk '$1 == "scan" && $2 < 3 {exit 1} $1 == "pair" && $2 < 5 {exit 1}' "$folder/figures"
