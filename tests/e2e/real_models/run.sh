#!/usr/bin/env bash
# Model files by real frameworks: each is allowed under baseline or with one named profile, and its twin with one inert gadget is
# refused by a finding that names the import, the member, the offset and the remedy. This is the measure of false alarms.
#   HEADGATE_REAL_LARGE=0   without PyTorch, PaddlePaddle, transformers, Keras, CatBoost and coremltools (3 GB, some minutes to install, once)
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here="$root/tests/e2e/real_models"

# large: the frameworks of large.txt into the same environment, once, and what stands in for the CUDA libraries of PyTorch.
large() {
    local place="$root/build/python/real_models"
    cmp -s "$here/large.txt" "$place/large" && return 0
    rm -f "$place/large"
    limit=900 run "$python_tools/pip" install --quiet --no-deps --no-compile --require-hashes --only-binary :all: -r "$here/large.txt"
    [ "$status" -ne 0 ] || limit=120 run "$PYTHON" "$here/cuda_stand_ins.py" "$place"/lib/python3.*/site-packages/torch "$place/stand-ins"
    if [ "$status" -eq 0 ]; then cp "$here/large.txt" "$place/large"; else tail -n 5 "$scratch/out" "$scratch/err"; return 1; fi
}

if python_tools "$here" >"$scratch/install" 2>&1; then
    if [ "${HEADGATE_REAL_LARGE:-1}" = 0 ]; then
        skip "PyTorch, PaddlePaddle, transformers, Keras, CatBoost and coremltools take part" "HEADGATE_REAL_LARGE is 0"
    elif ! large >"$scratch/install" 2>&1; then
        skip "PyTorch, PaddlePaddle, transformers, Keras, CatBoost and coremltools take part" "they cannot be installed here: $(tr '\n' ' ' <"$scratch/install" | head -c 300)"
    fi
    LD_LIBRARY_PATH="$root/build/python/real_models/stand-ins" HF_HUB_OFFLINE=1 limit=900 \
        run "$python_tools/python" "$here/make.py" "$scratch/files"
    grep -a -e '^# ' -e '^skip ' "$scratch/out"
    if [ "$status" -eq 0 ]; then
        ok "the files are made"
        "$PYTHON" "$here/judge.py" "$scratch/files" || not_ok "the files are judged" "exit $?"
        made=$(wc -l <"$scratch/files/rows.jsonl")
        if [ "$made" -ge 60 ]; then ok "at least 60 files are made"; else not_ok "at least 60 files are made" "$made"; fi
    else
        not_ok "the files are made" "exit $status: $(tail -n 3 "$scratch/err")"
    fi
else
    skip "real frameworks take part" "they cannot be installed here: $(tr '\n' ' ' <"$scratch/install" | head -c 300)"
fi

# shellcheck source=own_profile.sh
. "$here/own_profile.sh"
