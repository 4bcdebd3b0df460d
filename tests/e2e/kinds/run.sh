#!/usr/bin/env bash
# What a file is judged as: a model does not become a package by what it holds besides, since packages are asked less.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
mkdir files && run "$PYTHON" "$root/tests/e2e/kinds/make.py" files
[ "$status" -eq 0 ] || { not_ok "the files are made" "$(cat err)"; exit 1; }
cd files || exit 1
kind() { jq -r '.subjects[0].kind' "$scratch/out"; }
# judged NAME KIND CODE COMMAND...
judged() {
    local name=$1 as=$2
    shift 2
    expect "$name" "$@" --output json
    if [ "$(kind)" = "$as" ]; then ok "$name: as a $as"; else not_ok "$name: as a $as" "$(kind)"; fi
}
for policy in baseline strict; do
    for file in weights.npz model.pt model.nemo named.nemo bert-1.0.tar.gz; do
        judged "$policy: $file, which is a package besides" model 1 "$HEADGATE" check "$file" --policy "builtin:$policy"
    done
done
judged "a wheel" package 0 "$HEADGATE" check x-1.0-py3-none-any.whl
judged "an sdist" package 0 "$HEADGATE" check x-1.0.tar.gz
judged "the same under a name that no index has" model 1 "$HEADGATE" check source.tar.gz
judged "and said to be one" package 0 "$HEADGATE" check source.tar.gz --kind package
judged "what is said to be a model" model 1 "$HEADGATE" check x-1.0.tar.gz --kind model

# A rule for models is asked of a model, whatever is in it.
make_key key.pem
cat >policy.yaml <<'YAML'
headgate: 1
policy: team/models
trust: { keys: { release: { public-key: key.pem.pub } } }
tiers: [ { tier: any, match: ["**"] } ]
rules: [ { id: signed, for: [model, dataset], check: signature, with: { any-of: [release] }, why: what is loaded is signed } ]
YAML
expect "a signature is asked for" 1 "$HEADGATE" check weights.npz --policy policy.yaml
says "by its rule" 'signed'
