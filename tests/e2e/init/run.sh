#!/usr/bin/env bash
# `headgate init`: the policy that it writes loads, its comments load once they are in force, and its CI files do their work.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
export GIT_CONFIG_GLOBAL="$scratch/gitconfig" GIT_CONFIG_SYSTEM=/dev/null PRE_COMMIT_HOME="$scratch/cache"
printf '[user]\n\tname = t\n\temail = t@team.example\n[safe]\n\tdirectory = *\n[init]\n\tdefaultBranch = main\n' >"$GIT_CONFIG_GLOBAL"
init=("$HEADGATE" init)
mkdir "$scratch/bin"
ln -s "$HEADGATE" "$scratch/bin/headgate"
# is_file NAME FILE: it is there and not empty.
is_file() { if [ -s "$2" ]; then ok "$1"; else not_ok "$1" "$2 is missing"; fi; }

# uncommented FILE: what the comments offer, in force: every "# key:" block and all that is below it.
uncommented() { sed -E 's/^# ((names|trust|rules|blocked):.*|  .*)$/\1/' "$1" | sed -E '/^  +headgate /d'; }

# --- a folder with a bit of everything -----------------------------------------------------------------------------------
mkdir -p "$scratch/all/models" "$scratch/all/data" "$scratch/all/web/node_modules/other" "$scratch/all/hub/models--acme--bert/snapshots/$(printf 'a%.0s' {1..40})" "$scratch/all/keys"
cd "$scratch/all" || exit 1
make_model models/a.safetensors
make_model "hub/models--acme--bert/snapshots/$(printf 'a%.0s' {1..40})/model.safetensors"
printf 'text,label\nfine,1\n' >data/train.csv
printf -- '---\nlicense: mit\n---\n' >data/README.md
printf 'requests==2.32.3\n' >requirements.txt
printf 'FROM alpine:3.20\n' >Dockerfile
printf '{"name": "@acme/site", "version": "1.0.0"}\n' >web/package.json
printf '{"name": "someone-elses"}\n' >web/node_modules/other/package.json
printf '[build-system]\nname = "wrong"\n[project]\nname = "acme-tool"\n' >pyproject.toml
make_key keys/release && mv keys/release.pub keys/release.pub.pem && mv keys/release.pub.pem keys/release.pub
expect "a policy for a folder" 0 "${init[@]}"
says "says what was found" 'Found: 2 models, 1 dataset, Dockerfile \(1\), package\.json \(1\), pyproject\.toml \(1\), requirements\.txt \(1\) \(a Hugging Face cache'
says "judges the folder" '[0-9]+ allowed, [0-9]+ denied'
says "says what to do next" '^Next:'
says "and how CI comes into it" 'init --force --ci github'
is_file "headgate.yaml is there" headgate.yaml
expect "it loads as it is" 0 "$HEADGATE" policy lint headgate.yaml
expect "it is the baseline" 0 "$HEADGATE" policy show headgate.yaml
says "with all of its rules" 'container\.digest'
cp headgate.yaml own.yaml
expect "a name of the folder is offered" 0 grep -E '^# .*scopes: \["?@acme"?\]' headgate.yaml
expect "and that of the Python project" 0 grep -E '^# .*packages: \["?acme-tool"?\]' headgate.yaml
expect "and the organisation of the cache" 0 grep -E '^# .*organizations: \["?acme"?\]' headgate.yaml
if grep -qE 'someone-elses|wrong' headgate.yaml; then not_ok "names of others are not" "$(grep -nE 'someone-elses|wrong' headgate.yaml)"; else ok "names of others are not"; fi
if grep -qE '^(names|trust|rules|blocked):' headgate.yaml; then not_ok "no suggestion is in force" "$(cat headgate.yaml)"; else ok "no suggestion is in force"; fi
uncommented headgate.yaml >enabled.yaml
expect "every suggestion loads once it is in force" 0 "$HEADGATE" policy show enabled.yaml
says "the signature rule among them" 'model\.signed'
says "and what it enforces" 'package\.pinned'
expect "and judges" 1 "$HEADGATE" check --policy enabled.yaml models
says "by the new rule" 'signature\.missing'

expect "an existing policy is not replaced" 4 "${init[@]}"
says "the message names it and the way out" 'headgate\.yaml: exists already.*--force'
if cmp -s headgate.yaml own.yaml; then ok "it is untouched"; else not_ok "it is untouched" "it changed"; fi
echo '# mine' >>headgate.yaml
expect "--force replaces it" 0 "${init[@]}" --force
if grep -q '# mine' headgate.yaml; then not_ok "whole" "the old text is still there"; else ok "whole"; fi

# --- other folders -----------------------------------------------------------------------------------------------------
mkdir "$scratch/empty"
expect "an empty folder gets a policy too" 0 "${init[@]}" "$scratch/empty/"
says "and a word that nothing is there yet" 'Nothing here is a model'
is_file "in the folder that was named" "$scratch/empty/headgate.yaml"
expect "it loads" 0 "$HEADGATE" check --allow-empty --policy "$scratch/empty/headgate.yaml" "$scratch/empty"
mkdir "$scratch/-O dd: [name]"
make_attack "$scratch/-O dd: [name]/bad.pkl"
cd "$scratch" || exit 1
expect "a folder by an odd name" 0 "${init[@]}" -- "./-O dd: [name]"
says "what is denied is shown" 'DENY'
says "with the way to look into it" 'headgate explain ID'
expect "and its policy loads" 1 "$HEADGATE" check --policy "./-O dd: [name]/headgate.yaml" "./-O dd: [name]"
mkdir "$scratch/hostile"
printf '{"name": "@evil\\"\\nrules: []/x"}\n' >"$scratch/hostile/package.json"
printf '[project]\nname = "x: y # z"\n' >"$scratch/hostile/pyproject.toml"
expect "names that are none are not offered" 0 "${init[@]}" "$scratch/hostile"
if grep -qE '@evil|rules: \[\]|x: y' "$scratch/hostile/headgate.yaml"; then not_ok "not even in a comment" "$(cat "$scratch/hostile/headgate.yaml")"; else ok "not even in a comment"; fi
expect "a folder that is not there" 2 "${init[@]}" "$scratch/absent"
expect "a file instead of a folder" 4 "${init[@]}" "$scratch/all/requirements.txt"
expect "an unknown CI system" 4 "${init[@]}" --ci travis
expect "help shows examples" 0 "${init[@]}" --help
says "of --ci" 'init models --ci github'
mkdir "$scratch/locked"
chmod 555 "$scratch/locked"
chmod 755 "$scratch"
expect "a folder that cannot be written to" 2 "${unprivileged[@]}" "${init[@]}" "$scratch/locked"
says "is named" 'locked/headgate\.yaml'

# repository NAME: a git repository with an honest model; the shell is in it.
repository() {
    mkdir -p "$scratch/$1"
    cd "$scratch/$1" || exit 1
    git init -q .
    make_model good.safetensors
}
commit() { git add -A && git commit -qm "$1" && git rev-parse HEAD; }
# loosened: a policy that lets the attack in, as a change would like it.
loosened() {
    printf 'headgate: 1\npolicy: local/loose\ntiers: [ { tier: all, match: ["**"] } ]\nrules:\n' >headgate.yaml
    printf '  - { id: model.card, for: [model], check: card, mode: warn, why: x }\n  - { id: model.name, for: [model], check: typosquat, why: x }\n' >>headgate.yaml
}

# --- GitHub --------------------------------------------------------------------------------------------------------------
repository github
expect "github: a workflow is written" 0 "${init[@]}" --ci github
workflow=.github/workflows/headgate.yml
is_file "github: in its place" "$workflow"
expect "github: an existing workflow is not replaced" 4 bash -c "rm headgate.yaml && $HEADGATE init --ci github"
if [ -e headgate.yaml ]; then not_ok "github: then nothing is written" "headgate.yaml is there"; else ok "github: then nothing is written"; fi
"${init[@]}" --force --ci github >/dev/null
base=$(commit base)
"$PYTHON" - "$workflow" >"$scratch/step.sh" <<'PY'
import sys, yaml
steps = yaml.safe_load(open(sys.argv[1]))["jobs"]["headgate"]["steps"]
assert len(steps[0]["uses"].split("@")[1].split()[0]) == 40, "checkout is not pinned to a commit"
assert steps[1]["env"] == {"BASE": "${{ github.event.pull_request.base.sha || github.sha }}"}
print(steps[1]["run"])
PY
is_file "github: the workflow is YAML with a pinned checkout" "$scratch/step.sh"
step() { step=(env PATH="$scratch/bin:$PATH" BASE="$1" bash -e "$scratch/step.sh"); }
step "$base"
expect "github: the base passes" 0 "${step[@]}"
loosened
make_attack bad.pkl
head=$(commit "a change with its own policy")
expect "github: control: its own policy would let it in" 0 "$HEADGATE" check --policy headgate.yaml bad.pkl
expect "github: a change is judged by the base's policy" 1 "${step[@]}"
says "github: which refuses it" 'bad\.pkl'
is_file "github: a SARIF report is left" headgate.sarif
git rm -q --cached headgate.yaml && git commit -qm "no policy"
step "$(git rev-parse HEAD)"
expect "github: a base without policy lets nothing in" 2 "${step[@]}"
says "github: and says why" 'has no headgate\.yaml yet'

# --- GitLab --------------------------------------------------------------------------------------------------------------
repository gitlab
expect "gitlab: a job is written" 0 "${init[@]}" --ci gitlab
is_file "gitlab: as a file of its own" .gitlab/headgate.yml
expect "gitlab: which .gitlab-ci.yml includes" 0 grep -q 'local: .gitlab/headgate.yml' .gitlab-ci.yml
base=$(commit base)
git clone -q --bare . "$scratch/origin.git"
git remote add origin "$scratch/origin.git"
git checkout -qb change
loosened
make_attack bad.pkl
head=$(commit change)
"$PYTHON" -c 'import sys, yaml; print(yaml.safe_load(open(".gitlab/headgate.yml"))["headgate"]["script"][0])' >"$scratch/job.sh"
expect "gitlab: a merge request is judged by the target's policy" 1 env PATH="$scratch/bin:$PATH" CI_COMMIT_SHA="$head" \
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main bash -e "$scratch/job.sh"
says "gitlab: which refuses it" 'bad\.pkl'
echo 'stages: [test]' >.gitlab-ci.yml
expect "gitlab: an existing .gitlab-ci.yml" 0 "${init[@]}" --force --ci gitlab
says "gitlab: is left alone, and what to add is shown" 'Add to it'
expect "gitlab: it is untouched" 0 grep -qx 'stages: \[test\]' .gitlab-ci.yml

# --- pre-commit --------------------------------------------------------------------------------------------------------
repository hook
expect "pre-commit: a hook is written" 0 "${init[@]}" --ci pre-commit
is_file "pre-commit: in its place" .pre-commit-config.yaml
# shellcheck disable=SC2016
expect "pre-commit: it takes the files that our own hook takes" 0 "$PYTHON" -c '
import sys, yaml
ours = yaml.safe_load(open(sys.argv[1] + "/.pre-commit-hooks.yaml"))[0]["files"]
assert yaml.safe_load(open(".pre-commit-config.yaml"))["repos"][0]["hooks"][0]["files"].split() == ours.split(), ours' "$root"
if [ -x /usr/bin/pre-commit ]; then
    git add -A
    expect "pre-commit: an honest repository passes" 0 env PATH="$scratch/bin:$PATH" /usr/bin/pre-commit run --all-files
    make_attack bad.pkl
    git add -A
    expect "pre-commit: an attack does not" 1 env PATH="$scratch/bin:$PATH" /usr/bin/pre-commit run --all-files
    says "pre-commit: and is named" 'bad\.pkl'
else
    skip "pre-commit: the hook runs" "pre-commit is not installed"
fi
printf 'repos: []\n' >.pre-commit-config.yaml
expect "pre-commit: an existing configuration" 0 "${init[@]}" --force --ci pre-commit
says "pre-commit: is left alone, and what to add is shown" 'repo: local'
