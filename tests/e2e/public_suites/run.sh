#!/usr/bin/env bash
# The public conformance suites, unchanged, against the adapters in tests/conformance. No package registry has them: HEADGATE_SUITES
# names a folder with checkouts of them, and what is not there is skipped. HEADGATE_TRUSTED_ROOT is what their bundles are verified
# under where they bring no root of their own (default: the corpus's copy of the public-good instance's).
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here="$root/tests/e2e/public_suites"
suites=${HEADGATE_SUITES:-$root/../suites}
corpus=${HEADGATE_CORPUS:-$root/../shared/corpus}
export HEADGATE_TRUSTED_ROOT=${HEADGATE_TRUSTED_ROOT:-$corpus/trusted-roots/production-2026-08-21.json}

# requirements FOLDER: what the suite itself asks for, into build/python/ once; sets $python.
requirements() {
    local place
    place="$root/build/python/$(basename "$(realpath "$1")")"
    python="$place/bin/python"
    cmp -s "$1/requirements.txt" "$place/installed" && return 0
    rm -rf "$place"
    limit=300 run "$PYTHON" -m venv "$place"
    [ "$status" -ne 0 ] || limit=300 run "$place/bin/pip" install --quiet --only-binary :all: -r "$1/requirements.txt"
    [ "$status" -eq 0 ] && cp "$1/requirements.txt" "$place/installed"
}

# suite NAME FOLDER ADAPTER OPTION...: FOLDER is that of the suite in its checkout.
suite() {
    local name=$1 folder=$suites/$2 adapter=$root/tests/conformance/$3 revision
    shift 3
    [ -d "$folder/test" ] || { skip "$name" "HEADGATE_SUITES names no folder with a checkout of it"; return; }
    [ -r "$HEADGATE_TRUSTED_ROOT" ] || { skip "$name" "no trusted root for its bundles: HEADGATE_TRUSTED_ROOT, or the corpus"; return; }
    requirements "$folder" || { skip "$name" "its requirements cannot be installed: $(tail -n 1 "$scratch/err" | head -c 200)"; return; }
    revision=$(git -C "$folder" rev-parse --short HEAD 2>/dev/null || echo "no checkout")
    limit=600 run env -C "$folder" PYTHONPATH="$here" "$python" -m pytest test -q -p offline -p no:cacheprovider --rootdir "$folder" \
        --entrypoint="$adapter" --junitxml "$scratch/$name.xml" "$@"
    [ -s "$scratch/$name.xml" ] || { not_ok "$name runs" "$(tail -n 5 "$scratch/out" "$scratch/err")"; return; }
    "$PYTHON" "$here/lines.py" "$name ($revision)" "$scratch/$name.xml" || failures=$((failures + 1))
}

suite sigstore-conformance sigstore-conformance sigstore --skip-signing
suite model-signing-conformance model-signing-spec/conformance oms --skip-sigstore
