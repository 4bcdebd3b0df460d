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

if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    limit=1800
    expect "the image builds" 0 docker build -q -f "$root/docker/Dockerfile" -t headgate-test "$root"
    expect "the image runs" 0 docker run --rm --network none headgate-test --version
else
    skip "the image builds" "no container engine on this machine"
fi
