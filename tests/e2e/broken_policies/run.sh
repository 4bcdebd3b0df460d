#!/usr/bin/env bash
# Broken policies: each is refused with exit 4 and the whole message that its golden file holds, and there is one for every
# key of the language and every setting of every checker. UPDATE=1 writes the golden files anew, for review.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

"$PYTHON" "$root/tests/e2e/broken_policies/compare.py" "$root/tests/cases/policy/broken" "$scratch" || failures=1
