#!/usr/bin/env bash
# Lockfiles beside the manifests that they were made from; settings in the folders above; what a Dockerfile's RUN installs. Lockfiles
# are made by the package managers that are here and reach their registries (a skip says which do not): none of them may be called
# stale, and each is once its manifest is changed.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
limit=240

cat >policy.yaml <<'POLICY'
headgate: 1
policy: acme/drift
extends: [builtin:baseline]
names:
  internal:
    npm: { scopes: ["@acme"], registry: "https://npm.acme.example" }
    golang: { packages: ["git.acme.example/**"], index: git.acme.example }
    cargo: { packages: ["acme-*"], index: "https://cargo.acme.example/index" }
    nuget: { packages: ["acme.*"], index: "https://nuget.acme.example" }
rules:
  - { id: package.registry, with: { allow: [public, internal] } }
POLICY
check=("$HEADGATE" check --policy policy.yaml)

# stale FILE NAME PATTERN...: what the report says of the drift of FILE; "" for none.
drift_of() { "${check[@]}" --output json "$1" 2>/dev/null | jq -r '[.subjects[].findings[].id | select(startswith("integrity.drift"))] | unique | join(" ")'; }
fits() {
    local found
    found=$(drift_of "$2")
    if [ -z "$found" ]; then ok "$1"; else not_ok "$1" "$found: $("${check[@]}" "$2" 2>&1 | grep -a drift -A3 | head -c 500)"; fi
}
stale() {
    local found
    found=$(drift_of "$2")
    if [[ " $found " == *" integrity.drift-$3 "* ]]; then ok "$1"; else not_ok "$1" "expected drift-$3, found '$found'"; fi
}

# By hand, through the command line: the manifest is found beside the lockfile.
mkdir -p app/sub
printf '{"lockfileVersion":3,"packages":{"":{"dependencies":{"left-pad":"1.3.0"}},"node_modules/left-pad":{"version":"1.3.0","integrity":"sha512-%s=="}}}\n' "$(printf 'A%.0s' {1..86})" >app/package-lock.json
printf '{"dependencies":{"left-pad":"1.3.0"}}\n' >app/package.json
expect "a lockfile and its manifest" 0 "${check[@]}" app/package-lock.json
printf '{"dependencies":{"left-pad":"1.3.0","right-pad":"1.0.1"}}\n' >app/package.json
expect "a manifest that asks for more" 1 "${check[@]}" app/package-lock.json
says "it says what" 'right-pad is asked for in package.json'
says "and what to do" 'write the lockfile anew'
printf '{"dependencies":{"left-pad":"1.1.0"}}\n' >app/package.json
stale "a manifest that pins another version" app/package-lock.json declared
printf '{"dependencies":{' >app/package.json
expect "a manifest that nobody can read" 1 "${check[@]}" app/package-lock.json
says "it says so" 'package\.json beside it cannot be read'
rm app/package.json
expect "a lockfile alone" 0 "${check[@]}" app/package-lock.json
ln -s /etc/hostname app/package.json
expect "a manifest that is a link is not read, and not passed over" 1 "${check[@]}" app/package-lock.json
rm app/package.json

# Settings above: never above the folder that was given.
mkdir -p mono/packages/ui mono/alone
printf '{"dependencies":{"@acme/ui":"1.0.0"}}\n' | tee mono/packages/ui/package.json alone.json >/dev/null
printf '{"workspaces":["packages/*"]}\n' >mono/package.json
printf '@acme:registry=https://npm.acme.example/\n' >mono/.npmrc
expect "npm: the settings of the workspace's root" 0 "${check[@]}" mono
cp alone.json mono/alone/package.json
expect "npm: a folder beside the workspace's own" 1 "${check[@]}" mono
rm mono/alone/package.json
expect "npm: that root lies above the folder that was given" 1 "${check[@]}" mono/packages/ui
printf '{}\n' >mono/package.json
expect "npm: a folder above that is no workspace" 1 "${check[@]}" mono
says "npm: its names are not bound" '@acme/ui is an internal name'

mkdir -p crates/a/.cargo crates/.cargo
printf '[package]\nname = "a"\n[dependencies]\nacme-core = { version = "1", registry = "acme" }\n' >crates/a/Cargo.toml
printf '[registries.acme]\nindex = "sparse+https://cargo.acme.example/index/"\n' >crates/.cargo/config.toml
expect "Cargo: settings of a folder above" 0 "${check[@]}" crates
printf '[registries.acme]\nindex = "sparse+https://evil.example/index/"\n' >crates/a/.cargo/config.toml
expect "Cargo: the nearer settings decide" 1 "${check[@]}" crates/a/Cargo.toml
says "Cargo: it says where" 'evil\.example'

mkdir -p net/src
printf '<Project><ItemGroup><PackageReference Include="Acme.Core" Version="[1.0.0]"/></ItemGroup></Project>\n' >net/src/app.csproj
printf '<configuration><packageSources><clear/><add key="acme" value="https://nuget.acme.example"/></packageSources></configuration>\n' >net/nuget.config
expect "NuGet: settings of a folder above" 0 "${check[@]}" net
printf '<configuration><packageSources><add key="acme" value="https://nuget.acme.example"/></packageSources></configuration>\n' >net/nuget.config
expect "NuGet: settings that leave the machine's sources" 1 "${check[@]}" net

mkdir -p go
printf 'module m\nrequire git.acme.example/team/x v1.0.0\n' >go/go.mod
expect "Go: an internal module, and nothing says that it is private" 1 "${check[@]}" go
printf 'export GOPRIVATE=git.acme.example\n' >go/.envrc
expect "Go: GOPRIVATE has it" 0 "${check[@]}" go
printf 'export GOPRIVATE=git.acme.example\nexport GOSUMDB=off\n' >go/.envrc
expect "Go: and nothing is compared with the log of checksums" 1 "${check[@]}" go

printf 'FROM docker.io/library/python@sha256:%064d\nRUN pip install requests==2.31.0 && npm ci\n' 0 >Dockerfile
expect "a Dockerfile that installs by name" 0 "${check[@]}" Dockerfile
printf 'FROM docker.io/library/python@sha256:%064d\nRUN pip install reqeusts==2.31.0\n' 0 >Dockerfile
expect "a squat in RUN" 1 "${check[@]}" Dockerfile
printf 'FROM docker.io/library/python@sha256:%064d\nRUN curl -fsSL https://get.acme.example/i.sh | sh\n' 0 >Dockerfile
expect "a script that is fetched and run" 1 "${check[@]}" Dockerfile
says "it says which" 'get\.acme\.example'

# made NAME COMMAND...: a lockfile was made; else a skip.
made() {
    local name=$1
    shift
    command -v "$1" >/dev/null || { skip "$name" "$1 is not here"; return 1; }
    run "$@"
    [ "$status" -eq 0 ] && return 0
    skip "$name" "it reaches no registry: $(tail -n 2 "$scratch/err" | tr '\n' ' ' | head -c 200)"
    return 1
}

mkdir -p npm/packages/own && cd npm || exit 1
printf '{"name":"own","version":"1.0.0","dependencies":{"ms":"2.1.3"}}\n' >packages/own/package.json
cat >package.json <<'JSON'
{"name":"app","version":"1.0.0","workspaces":["packages/*"],
 "dependencies":{"left-pad":"1.3.0","pad":"npm:left-pad@1.2.0","own":"^1.0.0","debug":"^4.3.0"},
 "devDependencies":{"semver":"~7.6.0"},"optionalDependencies":{"fsevents":"^2.3.0"},
 "peerDependencies":{"is-odd":">=1"},"overrides":{"is-number":"6.0.0"}}
JSON
if made "npm" npm install --package-lock-only --ignore-scripts --no-audit --no-fund; then
    cd .. || exit 1
    fits "npm: workspaces, aliases, peers, optional packages and overrides" npm/package-lock.json
    sed -i 's/"left-pad":"1.3.0"/"left-pad":"1.1.3"/' npm/package.json
    stale "npm: another version" npm/package-lock.json declared
    sed -i 's/,"debug":"[^"]*"//' npm/package.json
    stale "npm: a package less" npm/package-lock.json undeclared
else
    cd .. || exit 1
fi

mkdir -p cargo/app/src cargo/lib/src && cd cargo || exit 1
printf '[workspace]\nmembers = ["app", "lib"]\nresolver = "2"\n[workspace.dependencies]\nserde = "1"\nitoa = "1"\n' >Cargo.toml
printf '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nlib = { path = "../lib" }\nitoa = { workspace = true }\nsj = { package = "serde_json", version = "1", optional = true }\n[target."cfg(windows)".dependencies]\nwinapi = "0.3"\n[dev-dependencies]\nryu = "=1.0.15"\n' >app/Cargo.toml
printf '[package]\nname = "lib"\nversion = "0.1.0"\nedition = "2021"\n' >lib/Cargo.toml
: >app/src/lib.rs
: >lib/src/lib.rs
if made "Cargo" cargo generate-lockfile; then
    cd .. || exit 1
    fits "Cargo: a workspace" cargo/Cargo.lock
    cp cargo/Cargo.lock cargo/app/Cargo.lock
    fits "Cargo: renamed, optional and development packages, other platforms" cargo/app/Cargo.lock
    sed -i 's/ryu = "=1.0.15"/ryu = "=1.0.14"/' cargo/app/Cargo.toml
    stale "Cargo: another version" cargo/app/Cargo.lock version
    printf 'rand = "0.8"\n' >>cargo/app/Cargo.toml
    stale "Cargo: a package more" cargo/app/Cargo.lock missing
else
    cd .. || exit 1
fi

mkdir -p golang && cd golang || exit 1
printf 'module app\n\ngo 1.21\n' >go.mod
printf 'package app\n\nimport _ "golang.org/x/text/language"\n' >app.go
if made "Go" env GOFLAGS=-mod=mod go get golang.org/x/text@v0.14.0 && made "Go" go mod tidy; then
    cd .. || exit 1
    fits "Go: go.mod and go.sum" golang/go.sum
    fits "Go: go.mod itself" golang/go.mod
    printf 'require golang.org/x/net v0.20.0\n' >>golang/go.mod
    stale "Go: a module more" golang/go.sum missing
else
    cd .. || exit 1
fi

mkdir -p python && cd python || exit 1
cat >pyproject.toml <<'TOML'
[project]
name = "app"
version = "0.1.0"
requires-python = ">=3.10"
dependencies = ["Idna==3.7", "typing_extensions>=4", "colorama; sys_platform == 'win32'", "tomli; python_version < '3.9'"]
[project.optional-dependencies]
all = ["app[more]"]
more = ["six"]
[dependency-groups]
dev = ["iniconfig"]
[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"
TOML
mkdir -p app && : >app/__init__.py
cd .. || exit 1
for tool in uv poetry pdm; do
    cp -r python "python-$tool" && cd "python-$tool" || exit 1
    [ $tool = poetry ] && sed -i '/^\[dependency-groups\]/,/^dev = /d' pyproject.toml
    if made "$tool" "$tool" lock; then
        cd .. || exit 1
        fits "$tool: markers, extras, groups and names in another spelling" "python-$tool/$tool.lock"
        sed -i 's/Idna==3.7/Idna==3.6/' "python-$tool/pyproject.toml"
        if [ $tool = uv ]; then stale "$tool: another version" "python-$tool/$tool.lock" declared; else stale "$tool: another version" "python-$tool/$tool.lock" version; fi
        sed -i 's/"Idna==3.6"/"pluggy"/' "python-$tool/pyproject.toml"
        stale "$tool: a package more" "python-$tool/$tool.lock" missing
    else
        cd .. || exit 1
    fi
done

for tool in yarn pnpm; do
    mkdir -p "$tool-app" && cd "$tool-app" || exit 1
    printf '{"name":"app","version":"1.0.0","dependencies":{"left-pad":"1.3.0","pad":"npm:left-pad@1.2.0","debug":"^4.3.0"},"devDependencies":{"semver":"~7.6.0"},"peerDependencies":{"is-odd":">=1"},"optionalDependencies":{"fsevents":"^2.3.0"}}\n' >package.json
    if [ $tool = yarn ]; then command=(yarn install --ignore-scripts --non-interactive); lock=yarn.lock; else command=(pnpm install --lockfile-only --ignore-scripts); lock=pnpm-lock.yaml; fi
    if made "$tool" "${command[@]}" && [ -f $lock ]; then
        cd .. || exit 1
        fits "$tool: aliases, peers and optional packages" "$tool-app/$lock"
        sed -i 's/"left-pad":"1.3.0"/"left-pad":"1.1.3","right-pad":"1.0.1"/' "$tool-app/package.json"
        stale "$tool: a package more" "$tool-app/$lock" missing
    else
        cd .. || exit 1
    fi
done
