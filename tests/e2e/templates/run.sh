#!/usr/bin/env bash
# The CI templates are well formed: public schemas (where a copy is at hand), inputs only as data, shellcheck.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

schemas=${HEADGATE_CORPUS:-$root/../shared/corpus}/schemas
"$PYTHON" "$root/tests/e2e/templates/schemas.py" "$schemas" || not_ok "the templates' shape" "schemas.py failed"

"$PYTHON" - "$root/ci-templates/gitlab/templates/headgate.yml" >"$scratch/gitlab.sh" <<'PY'
import sys, yaml
job = next(iter(list(yaml.safe_load_all(open(sys.argv[1])))[1].values()))
print("#!/bin/sh\n" + "\n".join(job["script"]))
PY
# Unquoted on purpose: subjects are words. The branch may be a plain sh.
expect "shellcheck of the component's script" 0 shellcheck --exclude=SC2086 "$scratch/gitlab.sh"
