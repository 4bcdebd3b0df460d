#!/usr/bin/env bash
# Every key of the language and every setting of every checker has an effect: a case in tests/cases/keys each, two policies
# that differ in that key alone, and what comes out of each. The keys are those of `headgate policy schema`.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

"$PYTHON" "$root/tests/e2e/keys/keys.py" "$root/tests/cases/keys" "$scratch/world" || failures=1
