#!/usr/bin/env bash
# `headgate doctor`: every bad state is made and found.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
doctor=("$HEADGATE" doctor)
clean=(env -u HEADGATE_RULES -u HEADGATE_KEY_PASSPHRASE)

expect "a healthy installation" 0 "${clean[@]}" "${doctor[@]}"
says "names version and build" '^ok +program +headgate [0-9.]+, .* build of 20[0-9-]{8}'
says "reads its rule data" '^ok +rule data +[0-9]+ files'
says "knows how old the name lists are" '(ok|warn) +data age .*of 20[0-9]{2}-[0-9]{2}'
says "loads the policy" '^ok +policy +builtin:baseline'
says "finds the clock sane" '^ok +clock'
says "may open files" 'open files'
says "finds headgate-serve" '^ok +server .*headgate-serve'
says "counts" ' 0 bad'
expect "help shows real use" 0 "${doctor[@]}" --help
says "with keys" '--key gate\.key'

# --- rule data ---------------------------------------------------------------------------------------------------------
index="$(dirname "$HEADGATE")/headgate_name_index"
mkdir -p rules/names
expect "a broken index" 1 env HEADGATE_RULES="$scratch/rules" bash -c "echo nonsense >rules/names/pypi.idx && $HEADGATE doctor"
says "is named" '^bad +rule data +rules/names/pypi\.idx: not an index'
rm rules/names/pypi.idx
printf 'headgate: 1\npolicy: broken\nrulse: []\n' >rules/baseline.yaml
expect "a broken pack" 1 env HEADGATE_RULES="$scratch/rules" "${doctor[@]}"
says "is named with its mistake" '^bad +rule data +rules/baseline\.yaml: .*rulse'
rm rules/baseline.yaml
expect "an override without a file" 1 env HEADGATE_RULES="$scratch/rules" "${doctor[@]}"
says "is said to be of no use" '^bad +environment +HEADGATE_RULES=.*holds no file'
expect "an override that is no folder" 1 env HEADGATE_RULES="$scratch/absent" "${doctor[@]}"
says "is named" '^bad +environment +HEADGATE_RULES=.*absent: no folder'
if [ -x "$index" ]; then
    printf '# As of: 2019-03\nrequests\nnumpy\n' >names.txt
    "$index" pypi names.txt rules/names/pypi.idx
    expect "old lists are a warning" 0 env HEADGATE_RULES="$scratch/rules" "${doctor[@]}"
    says "with their age" '^warn +data age .*2019-03-01, [0-9]+ days ago'
    says "and that data comes from elsewhere" '^warn +environment +HEADGATE_RULES=.*: 1 files'
    printf '# As of: 2099-01-01\nrequests\n' >names.txt
    "$index" pypi names.txt rules/names/pypi.idx
    expect "a clock before the newest data" 1 env HEADGATE_RULES="$scratch/rules" "${doctor[@]}"
    says "is wrong" '^bad +clock .*before rules/names/pypi\.idx was taken \(2099-01-01\)'
    printf 'requests\n' >names.txt
    expect "a list without a date is not built" 2 "$index" pypi names.txt out.idx
    says "and the tool says so" 'As of'
else
    not_ok "old lists" "$index is missing"
fi

# --- clock -------------------------------------------------------------------------------------------------------------
cat >clock.c <<'C'
#include <time.h>
int clock_gettime(clockid_t id, struct timespec* t) { (void)id; t->tv_sec = 1420070400; t->tv_nsec = 0; return 0; }
C
if "${CC:-gcc}" -shared -fPIC -o clock.so clock.c 2>"$scratch/cc"; then
    expect "a clock before the build" 1 env LD_PRELOAD="$scratch/clock.so" "${doctor[@]}"
    says "is wrong" '^bad +clock +it is 2015-01-01T.*before this program was built'
else
    skip "a clock before the build" "no C compiler: $(head -n 1 "$scratch/cc")"
fi

# --- policy and keys -----------------------------------------------------------------------------------------------------
expect "a policy that is not there" 1 "${doctor[@]}" --policy absent.yaml
says "is bad" '^bad +policy .*absent\.yaml'
mkdir keys
make_key keys/good
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out keys/rsa1024 2>/dev/null
openssl pkey -in keys/rsa1024 -pubout -out keys/rsa1024.pub
openssl ecparam -name prime192v1 -genkey -noout -out keys/p192 2>/dev/null
openssl pkey -in keys/p192 -pubout -out keys/p192.pub 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -sha1 -days 30 -subj /CN=sha1-root -keyout keys/ca.key -out keys/sha1.pem 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 5 -subj /CN=short-root -keyout keys/ca2.key -out keys/short.pem 2>/dev/null
day() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
# policy FILE TRUST: a policy with this `trust` section.
policy() {
    printf 'headgate: 1\npolicy: acme/doctored\ntrust:\n%s\ntiers: [ { tier: all, match: ["**"] } ]\n' "$2" >"$1"
    # shellcheck disable=SC2016
    printf 'rules:\n  - { id: model.format, for: [model], check: serialization, why: Loading it can run code. }\n' >>"$1"
}
policy good.yaml "  keys: { release: { public-key: keys/good.pub, not-after: \"$(day '+200 days')\" } }"
expect "a policy with a good key" 0 "${doctor[@]}" --policy good.yaml
says "lists the files that it names" '^ok +files .*keys/good\.pub'
says "names the key's kind and end" '^ok +key release +keys/good\.pub \(ECDSA P-256, good\.yaml:[0-9]+\): until'
policy soon.yaml "  keys: { release: { public-key: keys/good.pub, not-after: \"$(day '+9 days')\" } }"
expect "a key that ends soon is a warning" 0 "${doctor[@]}" --policy soon.yaml
says "with the days that are left" '^warn +key release .*ends in [89] days'
policy over.yaml "  keys: { release: { public-key: keys/good.pub, not-after: \"$(day '-3 days')\" } }"
expect "a key that is over" 1 "${doctor[@]}" --policy over.yaml
says "is bad" '^bad +key release .*over since'
policy later.yaml "  keys: { release: { public-key: keys/good.pub, not-before: \"$(day '+3 days')\" } }"
expect "a key that has not begun is a warning" 0 "${doctor[@]}" --policy later.yaml
says "with its first day" '^warn +key release .*does not begin before'
policy weak.yaml '  keys: { small: { public-key: keys/rsa1024.pub }, curve: { public-key: keys/p192.pub }, gone: { public-key: keys/gone.pub }, good: { public-key: keys/good.pub } }'
expect "weak and missing keys" 1 "${doctor[@]}" --policy weak.yaml
says "the policy does not load" '^bad +policy +weak\.yaml:4'
says "RSA of 1024 bits is named" '^bad +key small .*1024 bits'
says "P-192 is named" '^bad +key curve .*prime192v1'
says "a missing file is named" '^bad +key gone .*gone\.pub'
says "the good one is fine" '^ok +key good'
policy roots.yaml '  roots: { old: { certificates: keys/sha1.pem }, brief: { certificates: keys/short.pem } }'
expect "certificates of roots" 0 "${doctor[@]}" --policy roots.yaml
says "one that is signed with SHA-1 is named" '^warn +root old .*CN=sha1-root\): is signed with (RSA-)?SHA1'
says "one that ends soon is named" '^warn +root brief .*CN=short-root\): ends in [45] days'
# waiver ID END: one entry of `waivers`.
waiver() {
    printf '  - { id: %s, rule: model.safe-format, subject: { digest: "sha256:%s" }, findings: [serialization.executes-code], reason: r, owner: jane, approved-by: joe, created: "%s", expires: "%s" }\n' \
        "$1" "$(printf '0%.0s' {1..64})" "$(day '-40 days')" "$(day "$2")"
}
{
    printf 'headgate: 1\npolicy: acme/excused\nextends: [builtin:baseline]\nwaivers:\n'
    waiver WVR-OVER '-2 days'
    waiver WVR-SOON '+5 days'
    waiver WVR-LONG '+60 days'
} >waivers.yaml
expect "waivers that end" 0 "${doctor[@]}" --policy waivers.yaml
says "one that is over is named" '^warn +waiver +WVR-OVER of rule model\.safe-format .*is over since'
says "one that ends soon is named, with whom to ask" '^warn +waiver +WVR-SOON .*ends on'
if grep -q WVR-LONG "$scratch/out"; then not_ok "one that holds is not" "$(grep WVR-LONG "$scratch/out")"; else ok "one that holds is not"; fi
expect "a wrong pin is bad" 1 "${doctor[@]}" --policy good.yaml --policy-sha256 "$(printf '0%.0s' {1..64})"
expect "a pin that is none is exit 4" 4 "${doctor[@]}" --policy-sha256 xyz

# --- the signing key -------------------------------------------------------------------------------------------------
make_key gate.key
chmod 600 gate.key
expect "a private key of one's own" 0 "${doctor[@]}" --key gate.key
says "can sign" '^ok +signing key .*can sign'
chmod 644 gate.key
expect "a private key that others can read" 1 "${doctor[@]}" --key gate.key
says "is bad" '^bad +signing key .*mode 0644'
chmod 600 keys/rsa1024
expect "a weak private key" 1 "${doctor[@]}" --key keys/rsa1024
says "is bad" '^bad +signing key .*1024 bits'
expect "a private key that is not there" 1 "${doctor[@]}" --key absent.key
openssl pkey -in gate.key -aes256 -passout pass:correct -out locked.key 2>/dev/null
chmod 600 locked.key
expect "an encrypted key without its passphrase" 1 "${clean[@]}" "${doctor[@]}" --key locked.key
says "says what is missing" 'HEADGATE_KEY_PASSPHRASE'
expect "and with it" 0 env HEADGATE_KEY_PASSPHRASE=correct "${doctor[@]}" --key locked.key
says "which is never shown" '^ok +environment +HEADGATE_KEY_PASSPHRASE is set \(not shown\)'
if grep -q correct "$scratch/out"; then not_ok "the passphrase is not printed" "it is"; else ok "the passphrase is not printed"; fi

# --- environment and machine -------------------------------------------------------------------------------------------
expect "a variable that nobody reads is a warning" 0 env HEADGATE_RULE=x "${doctor[@]}"
says "with the nearest that is read" 'HEADGATE_RULE is set.*nothing.*reads'
says "by name" 'did you mean HEADGATE_RULES'
mkdir locked
chmod 555 locked
chmod 755 "$scratch"
expect "a folder that cannot be written to" 1 "${unprivileged[@]}" "${doctor[@]}" --output-dir locked
says "is named" '^bad +output +locked: nothing can be written'
expect "a temporary folder that cannot be written to" 1 env TMPDIR="$scratch/locked" "${unprivileged[@]}" "${doctor[@]}"
says "is named" '^bad +temp folder .*locked: nothing can be written'
# shellcheck disable=SC2016
expect "too few open files" 1 bash -c 'ulimit -n 40; "$1" doctor' - "$HEADGATE"
says "are counted" '^bad +open files +up to 40 files'
mkdir alone
cp "$HEADGATE" alone/
expect "headgate without headgate-serve" 1 alone/headgate doctor
says "is named" '^bad +server .*alone/headgate-serve'
left=$(find . -name '.headgate-doctor*')
if [ -z "$left" ]; then ok "the probes leave nothing behind"; else not_ok "the probes leave nothing behind" "$left"; fi
