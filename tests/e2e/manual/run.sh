#!/usr/bin/env bash
# rules/README.md as it stands: every policy in it loads, every command prints what is shown. rules/reference.md: what the
# schema says. And rules/examples: ten policies from small to large, each run by its own tests.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
recipes="$root/tests/recipes/supply_chain.py"

page="$scratch/page"
mkdir "$page"
"$PYTHON" "$recipes" model "$page/model"
"$PYTHON" "$recipes" pickle-calls-system "$page/evil.pkl"
"$PYTHON" "$recipes" torch "$page/weights.pt"
"$PYTHON" "$here/blocks.py" "$root/rules/README.md" "$page" || failures=$((failures + 1))

"$PYTHON" "$here/reference.py" "$root/rules/reference.md" || failures=$((failures + 1))

cp -r "$root/rules/examples" "$scratch/examples"
for example in "$scratch"/examples/*/; do
    name=$(basename "$example")
    for policy in "$example"*.yaml; do
        "$PYTHON" "$here/policy_tests.py" "$policy" || failures=$((failures + 1))
        expect "$name/$(basename "$policy"): lint has nothing to say" 0 "$HEADGATE" policy lint "$policy"
    done
    if grep -q "examples/$name/" "$root/rules/README.md"; then ok "$name: the manual tells of it"; else not_ok "$name: the manual tells of it" "no link"; fi
done

# The data can be made anew, with new keys, and the examples still hold.
if expect "make.py makes the data of the examples" 0 "$PYTHON" "$here/make.py" "$scratch/examples"; then
    "$PYTHON" "$here/policy_tests.py" "$scratch"/examples/*/*.yaml >"$scratch/anew" || true
    expect "and with it every test of every example passes" 1 grep -v '^ok ' "$scratch/anew"
fi
