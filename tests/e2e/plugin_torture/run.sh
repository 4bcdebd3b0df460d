#!/usr/bin/env bash
# What a plugin may do to its host, a row each: whatever it does, the rule could not decide, the subject is refused, and another
# subject of the same run is judged as ever. tests/recipes/probe_plugin.py has the rows.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
"$PYTHON" "$here/torture.py" "$scratch" || failures=1
