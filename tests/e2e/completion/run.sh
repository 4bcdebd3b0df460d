#!/usr/bin/env bash
# The scripts of `headgate completion`, loaded into real shells that press TAB.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here=$(dirname "${BASH_SOURCE[0]}")

expect "an unknown shell is refused" 4 "$HEADGATE" completion tcsh
expect "no shell is refused" 4 "$HEADGATE" completion
expect "help shows how to install it" 0 "$HEADGATE" completion --help
says "for bash, zsh and fish" 'completions/headgate.fish'

# Every value has a name that the table of gate/cli/completion_words.cpp knows.
unnamed=$("$PYTHON" "$here/values.py" "$HEADGATE" "$root/gate/cli/completion_words.cpp" 2>&1)
case $unnamed in
    "") not_ok "values have names" "values.py said nothing" ;;
    *" values, all known") ok "$unnamed" ;;
    *) not_ok "every value has a known name (type_name, gate/cli/parse.hpp)" "$unnamed" ;;
esac

missing=()
for shell in zsh fish; do command -v "$shell" >/dev/null || missing+=("$shell"); done
if [ "${#missing[@]}" -gt 0 ] && [ "$(id -u)" -eq 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >"$scratch/apt" 2>&1 ||
        { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >"$scratch/apt" 2>&1
fi

folder="$scratch/folder"
mkdir -p "$folder/weights" "$folder/keys"
touch "$folder/policy.yaml" "$folder/weights/a.safetensors" "$folder/weights/b.pkl" "$folder/report.json" "$folder/with space.pkl"

# What every shell must do.
cat >"$scratch/cases" <<'CASES'
headgate che ?? check checkers
headgate dem => headgate demo
headgate --ver => headgate --version
headgate verify ver => headgate verify verdict
headgate verify verdict --pol => headgate verify verdict --policy-digest
headgate check --names => headgate check --names-only
headgate check --attest-format b => headgate check --attest-format bundle
headgate check --attest-format=b => headgate check --attest-format=bundle
headgate check --quiet --kind da => headgate check --quiet --kind dataset
headgate check --profile skl => headgate check --profile sklearn
headgate check --policy builtin:bas => headgate check --policy builtin:baseline
headgate check --policy=builtin:bas => headgate check --policy=builtin:baseline
headgate check --policy pol => headgate check --policy policy.yaml
headgate check --output sa => headgate check --output sarif
headgate check --output json=rep => headgate check --output json=report.json
headgate check --output=json=rep => headgate check --output=json=report.json
headgate check --policy policy.yaml weights/ ?? a.safetensors b.pkl
headgate check weights/a => headgate check weights/a.safetensors
headgate check weights/a.safetensors weights/b => headgate check weights/a.safetensors weights/b.pkl
headgate check with => headgate check with\ space.pkl
headgate check oci-l => headgate check oci-layout:
headgate checkers typo => headgate checkers typosquat
headgate serve --root ke => headgate serve --root keys/
headgate serve --health => headgate serve --health-listen
headgate completion z => headgate completion zsh
headgate check --kind_ ?? model dataset package container
headgate check --kind_ !! policy.yaml
headgate demo pol => headgate demo pol
CASES

for shell in bash zsh fish; do
    if ! command -v "$shell" >/dev/null; then
        skip "$shell completes" "$shell cannot be installed: $(tail -n 1 "$scratch/apt" 2>/dev/null)"
        continue
    fi
    expect "$shell: the script is printed" 0 "$HEADGATE" completion "$shell"
    cp "$scratch/out" "$scratch/script.$shell"
    "$PYTHON" "$here/type.py" "$shell" "$scratch/script.$shell" "$folder" <"$scratch/cases" || failures=$((failures + 1))
done

# zsh also takes it as a file of $fpath.
if command -v zsh >/dev/null; then
    mkdir "$scratch/fpath"
    cp "$scratch/script.zsh" "$scratch/fpath/_headgate"
    # shellcheck disable=SC2016
    expect "zsh finds it in fpath" 0 zsh -fc 'fpath=('"$scratch"'/fpath $fpath); autoload -U compinit; compinit -u -D; [[ ${_comps[headgate]} == _headgate ]]'
fi
if shellcheck -s bash "$scratch/script.bash" >"$scratch/out" 2>&1; then ok "the bash script passes shellcheck"; else not_ok "the bash script passes shellcheck" "$(head -c 600 "$scratch/out")"; fi

# Start-up stays light: nothing of the above is made before it is asked for. tests/bench/start.sh has the target of 5 ms;
# on a busy machine the shortest of 50 runs says as much.
read -r _ least _ <<<"$("$PYTHON" "$root/tests/bench/spawn.py" 50 "$HEADGATE" --version)"
if awk -v m="$least" 'BEGIN { exit !(m > 0 && m < 10) }'; then ok "--version answers at once"; else not_ok "--version answers at once" "$least ms"; fi
