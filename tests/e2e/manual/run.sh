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

# tests_of FOLDER: the tests of every policy in it, a line each.
tests_of() {
    local policy name
    for policy in "$1"/*/*.yaml; do
        name=$(basename "$(dirname "$policy")")/$(basename "$policy")
        run "$HEADGATE" policy test "$policy"
        sed -nE "s#^(ok|not ok) +#\\1 $name: #p" "$scratch/out"
        if [ "$status" -ne 0 ] || ! grep -q '^ok ' "$scratch/out"; then not_ok "$name" "exit $status: $(cat "$scratch/out" "$scratch/err")"; fi
    done
}

cp -r "$root/rules/examples" "$scratch/examples"
tests_of "$scratch/examples"
for policy in "$scratch"/examples/*/*.yaml; do
    name=$(basename "$(dirname "$policy")")
    expect "$name/$(basename "$policy"): lint has nothing to say" 0 "$HEADGATE" policy lint "$policy"
    if grep -q "examples/$name/" "$root/rules/README.md"; then ok "$name: the manual tells of it"; else not_ok "$name: the manual tells of it" "no link"; fi
done

# A test that foretells something else than what happens fails, in each of them.
cp -r "$scratch/examples" "$scratch/wrong"
for policy in "$scratch"/wrong/*/policy.yaml; do sed -i -E -e '0,/expect: \{ decision: allow/s//expect: { decision: deny/' -e 's/, level: [a-z]+//' "$policy"; done
for policy in "$scratch"/wrong/*/policy.yaml; do
    expect "$(basename "$(dirname "$policy")"): a wrong expectation is noticed" 1 "$HEADGATE" policy test "$policy"
done

# The data can be made anew, with new keys, and the examples still hold.
if expect "make.py makes the data of the examples" 0 "$PYTHON" "$here/make.py" "$scratch/examples"; then
    tests_of "$scratch/examples" >"$scratch/anew"
    expect "and with it every test of every example passes" 1 grep -v '^ok ' "$scratch/anew"
fi
