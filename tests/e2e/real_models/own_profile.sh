# shellcheck shell=bash
# own_profile.sh: a false alarm is answered without C++: by a name in a policy, or by a profile that is a file of one's own. Both let
# in what they name and nothing else. Sourced by run.sh.
# shellcheck disable=SC2154  # $scratch is lib.sh's
cd "$scratch" || exit 1
mkdir own && cat >own/forest.py <<'PY'
"""A library that Headgate has never heard of."""
import pickle
import sys


class Forest:
    def __init__(self):
        self.trees = [1, 2, 3]


Forest.__module__ = "acme.models"
sys.modules["acme"] = sys.modules["acme.models"] = sys.modules[__name__]
with open("forest.pkl", "wb") as out:
    pickle.dump({"model": Forest()}, out, protocol=4)
honest = open("forest.pkl", "rb").read()
with open("planted.pkl", "wb") as out:
    out.write(honest[:2] + b"cposix\nsystem\n(S'true'\ntR0" + honest[2:])
PY
expect "a library that no profile knows writes a pickle" 0 env -C own "$PYTHON" forest.py
expect "its pickle is refused: a false alarm" 1 "$HEADGATE" check own/forest.pkl
says "the finding names the import" 'imports|makes|calls "acme\.models\.Forest"'
says "and the byte" 'where: +own/forest\.pkl at byte [0-9]+'
says "and how a policy answers it" 'allow-globals'

cat >names.yaml <<'YAML'
headgate: 1
policy: acme/names
owner: acme
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.safe-format
    for: [model]
    check: serialization
    with: { allow-globals: [acme.models.Forest] }
    why: Reviewed by us.
YAML
expect "its name in a policy answers it" 0 "$HEADGATE" check --policy names.yaml own/forest.pkl
expect "and nothing else" 1 "$HEADGATE" check --policy names.yaml own/planted.pkl
says "the gadget is named" 'calls "posix\.system" with "true"'
says "and where" 'own/planted\.pkl at byte 2$'

mkdir -p rules/globals
echo 'acme.models Forest new,build BUILD sets attributes; it has no __setstate__' >rules/globals/acme.txt
sed 's/with: .*/with: { profiles: [python-data, acme] }/' names.yaml >profiles.yaml
expect "a profile is a file of one's own" 0 env HEADGATE_RULES="$scratch/rules" "$HEADGATE" check --profile acme own/forest.pkl
expect "also named in a policy" 0 env HEADGATE_RULES="$scratch/rules" "$HEADGATE" check --policy profiles.yaml own/forest.pkl
expect "it lets in nothing else" 1 env HEADGATE_RULES="$scratch/rules" "$HEADGATE" check --profile acme own/planted.pkl
says "the gadget is named there too" 'calls "posix\.system" with "true"'
expect "without the folder there is no such profile" 4 "$HEADGATE" check --profile acme own/forest.pkl
echo 'acme.models Forest new BUILD is not allowed here' >rules/globals/acme.txt
expect "a profile says what may be done with a name" 1 env HEADGATE_RULES="$scratch/rules" "$HEADGATE" check --profile acme own/forest.pkl
says "and the finding, what may not" 'sets the state of "acme\.models\.Forest", which is allowed for other uses only'
echo 'acme.models Forest' >rules/globals/acme.txt
expect "a profile without reasons is an error, never a pass" '2|4' env HEADGATE_RULES="$scratch/rules" "$HEADGATE" check --profile acme own/forest.pkl
says "with file and line" 'globals/acme\.txt:1: expected .module name uses reason'
