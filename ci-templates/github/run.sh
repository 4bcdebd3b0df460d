#!/usr/bin/env bash
# The one step of action.yml. Inputs come as environment variables (see there); the reports go to $RUNNER_TEMP.
set -uo pipefail
umask 077
out=$(mktemp -d "${RUNNER_TEMP:?}/headgate.XXXXXX")
status=2 decision=error denied=0 attestation=''
: >"$out/report.txt"

# Ends the step with Headgate's exit code; the outputs are there however it ends.
finish() {
    local sarif='' json=''
    rm -f "$out/key.pem"
    [ -s "$out/report.sarif" ] && sarif="$out/report.sarif"
    if [ -s "$out/report.json" ]; then
        json="$out/report.json"
        decision=$(jq -er '.decision | select(. == "allow" or . == "deny" or . == "error")' "$json") || { decision=error status=2; }
        denied=$(jq -er '[.subjects[] | select(.decision != "allow")] | length' "$json") || { denied=0 status=2; }
    fi
    # An allow is only what both the report and the exit code say.
    [ "$status" -eq 0 ] || [ "$decision" != allow ] || decision=error
    [ "$decision" = allow ] || [ "$status" -ne 0 ] || status=2
    {
        echo "decision=$decision"
        echo "exit-code=$status"
        echo "denied-count=$denied"
        echo "sarif-path=$sarif"
        echo "json-path=$json"
        echo "attestation-path=$attestation"
    } >>"${GITHUB_OUTPUT:?}"
    {
        echo "### Headgate: $decision (exit code $status)"
        echo
        # Indented lines are code: nothing in a hostile name is Markdown. GitHub drops a summary over 1 MiB.
        head -c 900000 "$out/report.txt" | sed 's/^/    /'
        echo
    } >>"${GITHUB_STEP_SUMMARY:?}"
    exit "$status"
}

fail() {
    echo "headgate action: $1" | tee -a "$out/report.txt"
    finish
}

# The commit that the policy is read from: the base of a pull request, else this commit if its branch is protected,
# else the tip of the default branch. Never the head of a pull request.
policy_commit() {
    if [ -n "${EVENT_BASE_SHA:-}" ]; then
        git cat-file -e "$EVENT_BASE_SHA^{commit}" 2>/dev/null ||
            git fetch --quiet --no-tags --depth=1 origin "$EVENT_BASE_SHA" || return 1
        git rev-parse --verify --quiet "$EVENT_BASE_SHA^{commit}"
    elif [[ "${GITHUB_EVENT_NAME:-}" == pull_request* || "${GITHUB_EVENT_NAME:-}" == merge_group ]]; then
        return 1
    elif [ "${GITHUB_REF_PROTECTED:-}" = true ]; then
        git rev-parse --verify --quiet "${GITHUB_SHA:?}^{commit}"
    else
        git fetch --quiet --no-tags --depth=1 origin "refs/heads/${EVENT_DEFAULT_BRANCH:?}" || return 1
        git rev-parse --verify --quiet FETCH_HEAD
    fi
}

cd "${GITHUB_WORKSPACE:?}" || exit 2
command -v jq >/dev/null || fail "jq is missing on this runner"
command -v "${INPUT_HEADGATE:=headgate}" >/dev/null || fail "no headgate binary: put one on the PATH in an earlier step, or name it with the input 'headgate'"

# from_base KIND FILE: FILE as of the protected base commit, its path in $taken. The whole folder: a policy may name keys beside it.
commit=''
from_base() {
    [ -n "$commit" ] || commit=$(policy_commit) || fail "cannot find the protected base commit to read the $1 from"
    mkdir -p "$out/policy"
    git archive --format=tar "$commit" -- "$(dirname "$2")" | tar -x -C "$out/policy" ||
        fail "the base commit $commit has no folder of $2"
    [ -f "$out/policy/$2" ] || fail "the base commit $commit has no $1 $2"
    echo "$1 $2 as of commit $commit"
    taken="$out/policy/$2"
}

policy=${INPUT_POLICY:-builtin:baseline}
if [[ "$policy" != builtin:* ]]; then
    from_base policy "$policy"
    policy=$taken
fi

subjects=()
while IFS= read -r line; do
    [ -z "$line" ] || subjects+=("$line")
done <<<"${INPUT_SUBJECTS:-.}"

options=(--policy "$policy" --output "text=$out/report.txt" --output "json=$out/report.json" --output "sarif=$out/report.sarif")
if [ -n "${INPUT_SIGNING_KEY:-}" ]; then
    printf '%s\n' "$INPUT_SIGNING_KEY" >"$out/key.pem"
    options+=(--attest "$out/verdict.intoto.jsonl" --key "$out/key.pem")
elif [ -n "${INPUT_SIGNING_CONFIG:-}${INPUT_TRUSTED_ROOT:-}" ]; then
    # Where the job's token is sent is not a pull request's to say.
    from_base "signing config" "${INPUT_SIGNING_CONFIG:-}"
    options+=(--attest "$out/verdict.sigstore.json" --attest-format bundle --keyless --signing-config "$taken")
    from_base "trusted root" "${INPUT_TRUSTED_ROOT:-}"
    options+=(--trusted-root "$taken")
fi

# What is printed may hold names that look like workflow commands: none is obeyed between these two lines.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
status=0
env -u INPUT_SIGNING_KEY "$INPUT_HEADGATE" check "${options[@]}" -- "${subjects[@]}" 2>&1 || status=$?
cat "$out/report.txt"
printf '\n::%s::\n' "$token"

for verdict in "$out/verdict.intoto.jsonl" "$out/verdict.sigstore.json"; do
    [ -s "$verdict" ] && attestation=$verdict
done
finish
