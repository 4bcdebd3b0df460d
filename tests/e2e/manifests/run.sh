#!/usr/bin/env bash
# Manifests and lockfiles through the command line: a bad one and its benign twin of each ecosystem, the settings that stand beside
# them, and folders that are artifacts and hold manifests.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
zeros=$(printf '%064d' 0)
commit=$(printf 'c%.0s' {1..40})

cat >policy.yaml <<'POLICY'
headgate: 1
policy: acme/manifests
extends: [builtin:baseline]
names:
  internal:
    pypi: { packages: ["acme-*"], index: "https://pypi.acme.example/simple" }
    npm: { scopes: ["@acme"], registry: "https://npm.acme.example" }
    cargo: { packages: ["acme-*"], index: "https://cargo.acme.example/index" }
    nuget: { packages: ["acme.*"], index: "https://nuget.acme.example" }
rules:
  - { id: package.registry, with: { allow: [public, internal] } }
POLICY
check=("$HEADGATE" check --policy policy.yaml)

mkdir -p bad good

for kind in bad good; do
    name=requests
    [ $kind = bad ] && name=reqeusts
    printf '[[package]]\nname = "%s"\nversion = "2.31.0"\nfiles = [{file = "x.whl", hash = "sha256:%s"}]\n[metadata]\nlock-version = "2.1"\n' $name "$zeros" >$kind/poetry.lock
    printf 'lock-version = "1.0"\n[[packages]]\nname = "%s"\nversion = "2.31.0"\nvcs = {type = "git", url = "https://%s.example/x", commit-id = "%s"}\n' $name evil "$commit" >$kind/pylock.toml
done
twin poetry.lock poetry.lock 'swapped characters'
expect "pylock.toml: a repository that nobody allowed" 1 "${check[@]}" good/pylock.toml
says "it names the repository" 'evil\.example'

cat >bad/pyproject.toml <<'TOML'
[project]
name = "app"
dependencies = ["acme-billing", "requests"]
[tool.uv]
index-strategy = "unsafe-best-match"
[[tool.uv.index]]
name = "acme"
url = "https://pypi.acme.example/simple"
TOML
cat >good/pyproject.toml <<'TOML'
[project]
name = "app"
dependencies = ["acme-billing", "requests"]
[tool.uv.sources]
acme-billing = { index = "acme" }
[[tool.uv.index]]
name = "acme"
url = "https://pypi.acme.example/simple"
explicit = true
TOML
twin "pyproject.toml with an internal name" pyproject.toml 'acme-billing is an internal name'

printf '{"dependencies":{"@acme/ui":"^1.0.0"}}\n' | tee bad/package.json >good/package.json
printf '@acme:registry=https://npm.acme.example/\n' >good/.npmrc
twin "package.json and the .npmrc beside it" package.json '@acme/ui is an internal name'
printf '@acme:registry=https://elsewhere.example/\n' >bad/.npmrc
expect "a scope that is sent elsewhere" 1 "${check[@]}" bad/package.json
says "it says where" 'elsewhere\.example'
rm bad/.npmrc
ln -s ../good/.npmrc bad/.npmrc
expect "settings that are a link are not read, and not passed over" 1 "${check[@]}" bad/package.json
says "it says which" '\.npmrc beside it cannot be read'
rm bad/.npmrc

berry='__metadata:\n  version: 8\n\n"%s@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "@acme/ui@npm:1.0.0"\n'
# shellcheck disable=SC2059  # the text is the format
printf "$berry" @acme/iu >bad/yarn.lock
# shellcheck disable=SC2059
printf "$berry" @acme/ui >good/yarn.lock
printf 'npmScopes:\n  acme:\n    npmRegistryServer: "https://npm.acme.example"\n' | tee bad/.yarnrc.yml >good/.yarnrc.yml
twin "yarn.lock whose entry is another package" yarn.lock "is asked for, and @acme/ui is installed"

printf '[package]\nname = "app"\n[dependencies]\nacme-core = { version = "1", registry = "acme" }\n' | tee bad/Cargo.toml >good/Cargo.toml
mkdir -p good/.cargo bad/.cargo
printf '[registries.acme]\nindex = "sparse+https://cargo.acme.example/index/"\n' >good/.cargo/config.toml
printf '[registries.acme]\nindex = "sparse+https://evil.example/index/"\n' >bad/.cargo/config.toml
twin "Cargo.toml and the registries of .cargo/config.toml" Cargo.toml 'evil\.example'

printf '{"version":1,"dependencies":{"net8.0":{"Acme.Core":{"type":"Direct","resolved":"1.0.0"}}}}\n' | tee bad/packages.lock.json >good/packages.lock.json
sources='<configuration><packageSources><clear/><add key="public" value="https://nuget.mirror.example"/><add key="acme" value="https://nuget.acme.example"/></packageSources>%s</configuration>\n'
# shellcheck disable=SC2059
printf "$sources" '' >bad/nuget.config
# shellcheck disable=SC2059
printf "$sources" '<packageSourceMapping><packageSource key="acme"><package pattern="Acme.*"/></packageSource></packageSourceMapping>' | sed 's/<add key="public"[^>]*>//' >good/nuget.config
twin "packages.lock.json without a mapping of its sources" packages.lock.json 'every package may come from either index'

mkdir -p scripts
printf '# /// script\n# dependencies = ["reqeusts"]\n# ///\n' >scripts/run.py
expect "a script whose block names a squat" 1 "${check[@]}" scripts
sed -i s/reqeusts/requests/ scripts/run.py
expect "its twin is allowed" 0 "${check[@]}" scripts

for text in 'poetry.lock|[[package' 'uv.lock|version = 9' 'pnpm-lock.yaml|lockfileVersion: 1' 'go.mod|what is this' 'pom.xml|<project' 'bun.lockb|x' 'Gemfile|eval("x")' 'environment.yml|dependencies: 1'; do
    mkdir -p broken
    printf '%s\n' "${text#*|}" >"broken/${text%%|*}"
    expect "a ${text%%|*} that is not understood" 1 "${check[@]}" "broken/${text%%|*}"
    says "it says so" 'not understood|no readable|cannot be|nothing could read|not read|is not|not known|version of the lockfile|unread'
done

mkdir -p model
make_model model/model.safetensors
printf '{"model_type":"llama"}\n' >model/config.json
printf -- '---\nlicense: mit\n---\n' >model/README.md
printf '[build-system]\nrequires = ["setuptools>=61"]\n[project]\nname = "extras"\nversion = "1"\ndependencies = ["requests"]\n' >model/pyproject.toml
printf 'channels: [conda-forge, defaults]\ndependencies:\n  - python=3.11\n  - pip:\n      - requests==2.31.0\n' >model/conda.yaml
expect "a model with an honest pyproject.toml and conda.yaml" 0 "$HEADGATE" check model
printf '[project]\nname = "extras"\nversion = "1"\ndependencies = ["reqeusts"]\n' >model/pyproject.toml
expect "the same with a squat in it" 1 "$HEADGATE" check model
says "names the file" 'pyproject\.toml'
