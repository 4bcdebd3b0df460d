#!/usr/bin/env bash
# Packages that many people use, as their registries serve them: the checker `content` denies none of them (nothing of it is high or critical).
# This is the measure of its false alarms. They are fetched by the machine's own pip and npm, from whatever registry these are set to;
# nothing of them is installed or run.
#   HEADGATE_REAL_PACKAGES=1     fetch them, once, into build/real_packages (half a gigabyte)
#   HEADGATE_REAL_PACKAGES=DIR   judge the wheels, sdists, .tgz and .crate files below DIR instead; nothing is fetched
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here="$root/tests/e2e/real_packages"
asked=${HEADGATE_REAL_PACKAGES:-0}
place="$root/build/real_packages"

# fetch NAME COMMAND...: once; a skip that is seen where it cannot be done.
fetch() {
    local name=$1
    shift
    [ -f "$place/$name/fetched" ] && return 0
    mkdir -p "$place/$name"
    limit=1800 run "$@"
    if [ "$status" -eq 0 ]; then touch "$place/$name/fetched"; else skip "$name" "cannot be fetched here: $(tail -n 2 "$scratch/err" | tr '\n' ' ' | head -c 300)"; fi
}

case $asked in
    0) skip "real packages" "HEADGATE_REAL_PACKAGES is not set: it would fetch some two hundred packages"; exit 0 ;;
    1)
        mapfile -t names < <(grep -v '^#' "$here/npm.txt")
        fetch pypi python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$place/pypi" --requirement "$here/pypi.txt"
        mkdir -p "$place/npm"
        fetch npm npm pack --silent --pack-destination "$place/npm" "${names[@]}"
        ;;
    *) place=$(realpath "$asked") ;;
esac
limit=1800 run "$PYTHON" "$here/judge.py" "$place" "$asked"
cat "$scratch/out"
[ "$status" -eq 0 ] || not_ok "the packages are judged" "exit $status: $(tail -n 3 "$scratch/err")"
