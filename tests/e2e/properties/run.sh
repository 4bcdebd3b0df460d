#!/usr/bin/env bash
# What must hold whatever the policy: taking away evidence, files or loosenings, and adding waivers for something else, never
# turns deny into allow; what a child policy allows, its parent allows. Random, with the seed printed:
#   HEADGATE_SEED=N HEADGATE_SECONDS=S bash tests/run e2e/properties
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

"$PYTHON" "$root/tests/e2e/properties/properties.py" "$root" "$scratch/world" || failures=1
