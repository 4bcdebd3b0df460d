#!/usr/bin/env bash
# The GitHub action's script in a scratch repository under a made-up GitHub environment.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@team.example GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@team.example

repository="$scratch/repository"
origin="$scratch/origin.git"
mkdir -p "$repository/.headgate" "$repository/models"
cd "$repository" || exit 1
git init -q -b main .
make_model models/good.safetensors
make_model "$scratch/blocked.safetensors"
digest=$(sha256sum "$scratch/blocked.safetensors" | cut -d' ' -f1)
make_policy .headgate/policy.yaml "blocked: [ { digest: \"sha256:$digest\", why: \"INC-1: poisoned\" } ]"
git add . && git commit -qm base
base=$(git rev-parse HEAD)
git clone -q --bare . "$origin"
git remote add origin "$origin"

# The pull request: the policy without the block, and the blocked model.
git checkout -qb pull-request
make_policy .headgate/policy.yaml
cp "$scratch/blocked.safetensors" models/new.safetensors
git add . && git commit -qm "a small fix"
head=$(git rev-parse HEAD)

export GITHUB_WORKSPACE=$repository GITHUB_ACTION_PATH=$root/ci-templates/github
export INPUT_HEADGATE=$HEADGATE INPUT_SUBJECTS=. INPUT_POLICY=.headgate/policy.yaml INPUT_SIGNING_KEY=
export EVENT_DEFAULT_BRANCH=main

# action NAME CODE [VARIABLE=VALUE...]: one run of the step, with a runner's folders of its own.
action() {
    local name=$1 code=$2
    shift 2
    export RUNNER_TEMP="$scratch/runner.$RANDOM"
    mkdir -p "$RUNNER_TEMP"
    GITHUB_OUTPUT="$RUNNER_TEMP/output" GITHUB_STEP_SUMMARY="$RUNNER_TEMP/summary"
    export GITHUB_OUTPUT GITHUB_STEP_SUMMARY
    : >"$GITHUB_OUTPUT"
    expect "$name" "$code" env "$@" bash "$root/ci-templates/github/run.sh"
}
output() { sed -n "s/^$1=//p" "$GITHUB_OUTPUT"; }
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "'$2', expected '$3'"; fi; }

expect "control: the pull request's own policy would admit it" 0 "$HEADGATE" check --policy .headgate/policy.yaml models/new.safetensors

pull=(GITHUB_EVENT_NAME=pull_request "EVENT_BASE_SHA=$base" "GITHUB_SHA=$head" GITHUB_REF_PROTECTED=false)
action "a pull request that edits policy and model is judged by the base's policy" 1 "${pull[@]}"
is "the decision is an output" "$(output decision)" deny
is "the exit code is an output" "$(output exit-code)" 1
is "the count of denied subjects is an output" "$(output denied-count)" 1
is "there is no attestation without a key" "$(output attestation-path)" ""
expect "the SARIF report is where the output says" 0 jq -e '.version == "2.1.0" and (.runs[0].results | length > 0)' "$(output sarif-path)"
expect "the JSON report is where the output says" 0 jq -e '.decision == "deny"' "$(output json-path)"
expect "the step summary says what was blocked and why" 0 grep -q "$digest is blocked .*INC-1: poisoned" "$GITHUB_STEP_SUMMARY"
expect "the step summary begins with the decision" 0 grep -q '^### Headgate: deny (exit code 1)$' "$GITHUB_STEP_SUMMARY"
status=$(git status --porcelain)
is "nothing is written into the checkout" "$status" ""

action "a pull request without a base commit cannot be judged" 2 GITHUB_EVENT_NAME=pull_request EVENT_BASE_SHA= "GITHUB_SHA=$head"
is "and says error" "$(output decision)" error
action "a branch that is not protected is judged by the default branch's policy" 1 GITHUB_EVENT_NAME=push "GITHUB_SHA=$head" GITHUB_REF_PROTECTED=false
action "a protected branch is judged by its own policy" 0 GITHUB_EVENT_NAME=push "GITHUB_SHA=$head" GITHUB_REF_PROTECTED=true
is "and says allow" "$(output decision)" allow
action "a policy that the base does not have is an error" 2 "${pull[@]}" INPUT_POLICY=.headgate/other.yaml
action "a policy outside the repository is an error" 2 "${pull[@]}" INPUT_POLICY=../policy.yaml
action "a broken policy is exit 4" 4 "${pull[@]}" INPUT_POLICY=builtin:no-such-pack
is "and says error" "$(output decision)" error
action "a missing binary is an error" 2 "${pull[@]}" INPUT_HEADGATE=no-such-binary
cp models/good.safetensors models/more.safetensors
action "two subjects, one a line" 0 "${pull[@]}" INPUT_SUBJECTS=$'models/good.safetensors\nmodels/more.safetensors\n'
rm models/more.safetensors
action "an input is data, not script" "2" "${pull[@]}" "INPUT_SUBJECTS=\$(touch $scratch/injected)"
if [ -e "$scratch/injected" ]; then not_ok "nothing was run" "the input was evaluated"; else ok "nothing was run"; fi

# A shallow checkout, as actions/checkout makes it: the base commit is fetched.
git push -q origin pull-request
git -C "$origin" config uploadpack.allowReachableSHA1InWant true
git clone -q --depth=1 --branch pull-request "file://$origin" "$scratch/shallow"
action "the base commit is fetched in a shallow checkout" 1 "${pull[@]}" "GITHUB_WORKSPACE=$scratch/shallow"

# A name that looks like workflow commands.
hostile="models/"$'::add-mask::x\n::set-output name=decision::allow\n##[error]x.pkl'
make_attack "$hostile"
action "a hostile name is denied" 1 "${pull[@]}"
token=$(sed -n 's/^::stop-commands:://p' "$scratch/out")
if [ -n "$token" ] && [ "$(grep -c '^::' "$scratch/out")" -eq 2 ] && grep -qx "::$token::" "$scratch/out"; then
    ok "no workflow command is obeyed inside the report"
else
    not_ok "no workflow command is obeyed inside the report" "$(grep -a '::' "$scratch/out" | head -c 500)"
fi
is "the outputs are what the action wrote" "$(grep -c . "$GITHUB_OUTPUT") $(output decision)" "6 deny"
if sed 1,2d "$GITHUB_STEP_SUMMARY" | grep -qv -e '^    ' -e '^$'; then
    not_ok "the summary keeps the report as code" "a line is not indented"
else
    ok "the summary keeps the report as code"
fi
rm -f "$hostile"

make_key "$scratch/key.pem"
action "with a key the verdict is attested" 1 "${pull[@]}" "INPUT_SIGNING_KEY=$(cat "$scratch/key.pem")"
expect "the attestation is where the output says" 0 test -s "$(output attestation-path)"
expect "it is a verdict that says FAILED" 1 "$HEADGATE" verify verdict "$(output attestation-path)" \
    --subject models/new.safetensors --key "$scratch/key.pem.pub"
if grep -rqs "PRIVATE KEY" "$RUNNER_TEMP"; then not_ok "the key is not left behind" "found in RUNNER_TEMP"; else ok "the key is not left behind"; fi
