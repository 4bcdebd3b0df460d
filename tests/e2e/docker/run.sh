#!/usr/bin/env bash
# The Dockerfile as far as it can be tested without a container engine: its instructions, its scripts, its libraries.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
"$PYTHON" "$root/tests/e2e/docker/dockerfile.py" "$root/docker/Dockerfile" "$scratch/run.sh" ||
    not_ok "the Dockerfile's instructions" "dockerfile.py failed"
expect "shellcheck of its RUN lines" 0 shellcheck "$scratch/run.sh"

# Each shared library of the binary comes from a package of the "run" group, or from what every Debian has.
wanted=$(awk '$1 == "run" { print $2 }' "$root/cmake/packages.txt")
essential='libc6 libstdc++6 libgcc-s1 libbrotli1'
strangers=
while read -r library; do
    # dpkg knows some of them under /lib, the path before /usr was merged.
    real=$(realpath "$library")
    package=$(dpkg-query --search "$real" "${real#/usr}" 2>/dev/null | head -n 1 | cut -d: -f1)
    [[ " $essential ${wanted//$'\n'/ } " == *" $package "* ]] || strangers+="$library ($package) "
done < <(ldd "$HEADGATE" | grep -oE '/[^ ]+\.so[^ ]*' | grep -v ld-linux)
if [ -z "$strangers" ]; then ok "the image has every shared library"; else not_ok "the image has every shared library" "$strangers"; fi

# The compose file: each option is one that serve has, and nothing of it may do more than it must.
if "$PYTHON" -c 'import yaml' 2>/dev/null; then
    "$PYTHON" -c 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)' "$root/docker/compose.yaml" >"$scratch/compose.json"
    expect "services of the compose file have no capability and a read-only root" 0 \
        jq -e '[.services[] | .read_only and .cap_drop == ["ALL"] and .security_opt == ["no-new-privileges:true"]] == [true, true]' "$scratch/compose.json"
    run "$HEADGATE" serve --help
    cp "$scratch/out" "$scratch/help"
    unknown=
    while read -r word; do grep -q -- "$word" "$scratch/help" || unknown+="$word "; done < <(jq -r '.services.gate.command[] | select(startswith("--")) | split("=")[0]' "$scratch/compose.json")
    if [ -z "$unknown" ]; then ok "serve knows the compose file's options"; else not_ok "serve knows the compose file's options" "$unknown"; fi
else
    skip "the compose file" "python3-yaml is absent"
fi

if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    limit=1800
    expect "the image builds" 0 docker build -q -f "$root/docker/Dockerfile" -t headgate-test "$root"
    expect "the image runs" 0 docker run --rm --network none headgate-test --version
else
    skip "the image builds" "no container engine on this machine"
fi
