#!/usr/bin/env bash
# The packs of rules/, each by its cases (tests/cases/packs/PACK/cases.yaml): what it refuses, and by which rule; what it
# lets in. Every rule of a pack is shown biting and passing.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

for pack in baseline strict huggingface kubernetes pre-commit; do
    "$PYTHON" "$here/cases.py" "$root/tests/cases/packs/$pack/cases.yaml" "builtin:$pack" "$scratch/$pack" || failures=$((failures + 1))
done

cd "$scratch" || exit 1
make_model good.safetensors
expect "a pack that is not there is a usage error, with the packs that are" 4 "$HEADGATE" check --policy builtin:lax good.safetensors
says "and it names them" 'baseline.*strict.*huggingface.*kubernetes.*pre-commit'

# They go together: each only adds to what the others ask for.
cat >all.yaml <<'POLICY'
headgate: 1
policy: every-pack
extends: [builtin:baseline, builtin:strict, builtin:huggingface, builtin:kubernetes, builtin:pre-commit]
POLICY
"$PYTHON" "$root/tests/recipes/supply_chain.py" model model
expect "all packs together load, and let in what each of them lets in" 0 "$HEADGATE" check --policy all.yaml model
"$PYTHON" "$root/tests/recipes/supply_chain.py" torch weights.pt
expect "and refuse what one of them refuses" 1 "$HEADGATE" check --policy all.yaml weights.pt
