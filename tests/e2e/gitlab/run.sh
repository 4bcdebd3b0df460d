#!/usr/bin/env bash
# The GitLab component, run by gitlab-ci-local (shell executor) in a scratch repository.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null HOME="$scratch/home"
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@team.example GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@team.example
mkdir "$HOME"
npm_tools "$root/tests/e2e/gitlab" || { not_ok "gitlab-ci-local is installed" "npm failed"; exit; }

# pipeline NAME CODE [VARIABLE=VALUE...]: the job under these variables.
pipeline() {
    local name=$1 code=$2 variable
    local -a variables=()
    shift 2
    for variable in "$@"; do variables+=(--variable "$variable"); done
    rm -rf .gitlab-ci-local headgate.json headgate.sarif
    expect "$name" "$code" node "$node_modules/.bin/gitlab-ci-local" --force-shell-executor --no-shell-isolation --no-color "${variables[@]}" model-gate
}

mkdir -p "$scratch/repository/.headgate" "$scratch/repository/templates" "$scratch/repository/models"
cd "$scratch/repository" || exit 1
git init -q -b main .
cp "$root/ci-templates/gitlab/templates/headgate.yml" templates/
cat >.gitlab-ci.yml <<YAML
include:
  - local: templates/headgate.yml
    inputs: { job-name: model-gate, subjects: models, policy: .headgate/policy.yaml, headgate: $HEADGATE }
YAML
echo .gitlab-ci-local >.gitignore
make_model models/good.safetensors
make_model "$scratch/blocked.safetensors"
digest=$(sha256sum "$scratch/blocked.safetensors" | cut -d' ' -f1)
make_policy .headgate/policy.yaml "blocked: [ { digest: \"sha256:$digest\", why: \"INC-1: poisoned\" } ]"
git add . && git commit -qm base
git clone -q --bare . "$scratch/origin.git"
git remote add origin "file://$scratch/origin.git"

pipeline "a protected branch with an honest model passes" 0 CI_COMMIT_REF_PROTECTED=true CI_DEFAULT_BRANCH=main
expect "the JSON report is an artifact" 0 jq -e '.decision == "allow"' headgate.json
expect "the SARIF report is an artifact" 0 jq -e '.version == "2.1.0"' headgate.sarif

git checkout -qb merge-request
make_policy .headgate/policy.yaml
cp "$scratch/blocked.safetensors" models/new.safetensors
git add . && git commit -qm "a small fix"
pipeline "a merge request that edits policy and model is judged by the target's policy" 1 CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_DEFAULT_BRANCH=main
expect "the JSON report says deny" 0 jq -e '.decision == "deny"' headgate.json
pipeline "so is a branch that is not protected" 1 CI_DEFAULT_BRANCH=main
pipeline "control: a protected branch is judged by its own policy" 0 CI_COMMIT_REF_PROTECTED=true CI_DEFAULT_BRANCH=main
pipeline "a target branch that is not there is an error" "1|2" CI_MERGE_REQUEST_TARGET_BRANCH_NAME=no-such-branch CI_DEFAULT_BRANCH=main
if [ -e headgate.json ]; then not_ok "and nothing was judged" "there is a report"; else ok "and nothing was judged"; fi

sed -i 's#\.headgate/policy\.yaml#builtin:baseline#' .gitlab-ci.yml
make_attack models/bad.pkl
git add . && git commit -qm attack
pipeline "a built-in policy refuses a model that runs code" 1 CI_COMMIT_REF_PROTECTED=true CI_DEFAULT_BRANCH=main
