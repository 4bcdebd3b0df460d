#!/usr/bin/env bash
# Exceptions, from the first run in an old repository to their end: waiver generate, add, list, expiring, sign; check --base.
# shellcheck source=tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 2
mkdir work && cd work || exit 2
make_attack old.pkl
make_model good.safetensors
cat >policy.yaml <<'END'
headgate: 1
policy: acme/ai
extends: [builtin:baseline]
# what comes behind stays behind
END
cp policy.yaml first.yaml
digest=$(sha256sum old.pkl | cut -d' ' -f1)
by=(--owner jane@acme.example --approved-by joe@acme.example)

expect "before: the old model is refused" 1 "$HEADGATE" check --policy policy.yaml old.pkl
expect "generate prints a waiver for it" 0 "$HEADGATE" waiver generate --policy policy.yaml --expires 30d "${by[@]}" old.pkl
says "which names its digest and finding" "digest: \"sha256:$digest\""
expect "nobody approves what they own" 4 "$HEADGATE" waiver generate --policy policy.yaml --write --expires 30d --owner jane --approved-by JANE old.pkl
says "and the message says so" "approved by its owner"
expect "the file is as it was" 0 cmp policy.yaml first.yaml
expect "generate --write adds it" 0 "$HEADGATE" waiver generate --policy policy.yaml --write --expires 30d "${by[@]}" old.pkl
expect "after: it is let in" 0 "$HEADGATE" check --policy policy.yaml old.pkl
says "visibly" "waiver used WVR-[0-9]{4}-001"
later=$(date -u -d '+31 days' +%Y-%m-%dT%H:%M:%SZ)
expect "31 days later it is refused again" 1 "$HEADGATE" check --policy policy.yaml --at "$later" old.pkl
says "and the end is told" "waiver expired WVR-"
cp old.pkl other.pkl && echo >>other.pkl
expect "another file with the same flaw is refused" 1 "$HEADGATE" check --policy policy.yaml other.pkl
expect "list" 0 "$HEADGATE" waiver list policy.yaml
says "shows that it holds" "^holds +WVR-"
expect "expiring finds it within 60 days" 1 "$HEADGATE" waiver expiring policy.yaml --within 60d
expect "expiring within 14 days finds none" 0 "$HEADGATE" waiver expiring policy.yaml
expect "strict: a used waiver is fine" 0 "$HEADGATE" check --strict-waivers --policy policy.yaml old.pkl
expect "strict: an unused one is not" 4 "$HEADGATE" check --strict-waivers --policy policy.yaml good.safetensors
says "and is counted" "1 waivers unused"

expect "add" 0 "$HEADGATE" waiver add policy.yaml --rule package.registry --reference pkg:pypi/torch@2.3.1 --source https://pypi.example/simple \
    --finding registry.not-allowed --reason "mirror moves in March" "${by[@]}" --expires 20d --ticket SEC-7
says "takes the next number" "added WVR-[0-9]{4}-002"
expect "comments stay" 0 grep '^# what comes behind stays behind' policy.yaml
expect "add to a rule that is not there" 4 "$HEADGATE" waiver add policy.yaml --rule package.regstry --digest "sha256:$digest" --finding a.b \
    --reason r "${by[@]}" --expires 20d
says "names the nearest" "did you mean 'package.registry'"
expect "add to a pack" 4 "$HEADGATE" waiver add builtin:baseline --rule model.card --digest "sha256:$digest" --finding a.b --reason r "${by[@]}" --expires 20d

# --- signed waivers
make_key appsec.pem
make_key stranger.pem
mkdir signed && cp old.pkl signed/ && cd signed || exit 2
cat >policy.yaml <<'END'
headgate: 1
policy: acme/signed
extends: [builtin:baseline]
trust: { keys: { appsec: { public-key: ../appsec.pem.pub } } }
waiver-limits: { signed-by: [appsec] }
END
expect "add where signatures are asked for" 0 "$HEADGATE" waiver add policy.yaml --rule model.safe-format --digest "sha256:$digest" \
    --finding serialization.executes-code --reason "to be retrained" "${by[@]}" --expires 20d
says "says that they must be signed" "waiver sign"
expect "unsigned waivers do not load" 4 "$HEADGATE" check --policy policy.yaml old.pkl
"$HEADGATE" waiver sign policy.yaml --key ../stranger.pem >/dev/null
expect "signed by a stranger, neither" 4 "$HEADGATE" check --policy policy.yaml old.pkl
"$HEADGATE" waiver sign policy.yaml --key ../appsec.pem >/dev/null
expect "signed, they hold" 0 "$HEADGATE" check --policy policy.yaml old.pkl
sed -i 's/to be retrained/to be kept/' policy.yaml
expect "changed after that, they do not" 4 "$HEADGATE" check --policy policy.yaml old.pkl
says "and the message names the line" "policy.yaml:[0-9]+:[0-9]+: the waivers are not signed as they stand"
cd .. || exit 2

# --- check --base
git init -q repo && cd repo || exit 2
git config user.email dev@acme.example
git config user.name dev
cp ../old.pkl a.pkl
printf 'reqeusts==1.0\n' >requirements.txt
git add . && git commit -qm first
expect "what was there before does not fail the run" 0 "$HEADGATE" check --base HEAD .
says "and is told" "known since [0-9a-f]{12}: file:a.pkl"
cat >../known.py <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
assert report["decision"] == "deny"
assert set(report["base"]["known_denials"]) == {"file:a.pkl", "file:requirements.txt"}, report["base"]
END
"$HEADGATE" check --base HEAD --output json . >../known.json
expect "the report still says deny" 0 "$PYTHON" ../known.py ../known.json
printf '# a comment\nreqeusts==1.0\nnumpy==1.26.4\n' >requirements.txt
expect "an honest line more in a known manifest" 0 "$HEADGATE" check --base HEAD .
printf 'reqeusts==1.0\npadnas==1.0\n' >requirements.txt
expect "a bad line more is new" 1 "$HEADGATE" check --base HEAD .
git checkout -q requirements.txt
printf "cposix\nsystem\n(S'echo other'\ntR." >a.pkl
expect "a known file with other bytes is new" 1 "$HEADGATE" check --base HEAD .
git checkout -q a.pkl
printf 'reqeusts==1.0 --hash=sha256:%064d\n' 1 >requirements.txt
expect "a known member with another hash is new" 1 "$HEADGATE" check --base HEAD .
git checkout -q requirements.txt
mkdir tm && printf 'requests==2.31.0\n' >tm/requirements.txt
printf "cposix\nsystem\n(S'%s;echo one'\ntR." "$(head -c 3000 /dev/zero | tr '\0' a)" >tm/w.pkl
git add tm && git commit -qm second
expect "a folder that was refused before" 0 "$HEADGATE" check --base HEAD --kind model tm
sed -i 's/echo one/echo two/' tm/w.pkl
expect "with other bytes is new, whatever manifest lies in it" 1 "$HEADGATE" check --base HEAD --kind model tm
git checkout -q tm
cp a.pkl b.pkl
expect "a copy under another name is new" 1 "$HEADGATE" check --base HEAD .
expect "no such revision" 4 "$HEADGATE" check --base nowhere .
expect "an option for a revision" 4 "$HEADGATE" check --base=--output=x .
cd "$scratch" || exit 2
mkdir plain && cd plain || exit 2
expect "no repository" 4 env GIT_CEILING_DIRECTORIES="$scratch" "$HEADGATE" check --base HEAD .
