#!/usr/bin/env bash
# What is known against packages, through the command line: names that are built in, records that are brought as a folder or zip file,
# their age, what is broken in them, and VEX by whom the policy names.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
zeros=$(printf '%064d' 0)

# record FILE ID PACKAGE [MEMBERS]: one record about versions below 2.0.
record() {
    cat >"$1" <<JSON
{"schema_version": "1.6.0", "id": "$2", "modified": "2026-11-29T00:00:00Z", "summary": "it breaks", ${4:+$4,}
 "affected": [{"package": {"ecosystem": "PyPI", "name": "$3"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}]}]}
JSON
}
mkdir -p osv/PyPI
record osv/PyPI/GHSA-1.json GHSA-aaaa-bbbb-cccc acme-tool '"aliases": ["CVE-2026-1"], "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]'
record osv/PyPI/MAL-1.json MAL-2026-99001 acme-rogue
record osv/PyPI/old.json GHSA-dddd-eeee-ffff acme-calm '"withdrawn": "2026-11-01T00:00:00Z"'
(cd osv && "$PYTHON" -m zipfile -c ../all.zip PyPI/GHSA-1.json PyPI/MAL-1.json PyPI/old.json)
make_key appsec
make_key stranger

cat >policy.yaml <<'POLICY'
headgate: 1
policy: acme/advisories
trust: { keys: { appsec: { public-key: appsec.pub } } }
names: { internal: { pypi: { packages: ["acme-*"], index: "https://pypi.acme.example/simple" } } }
tiers: [{ tier: any, match: ["**"] }]
rules:
  - id: package.known
    for: [package]
    check: advisory
    with: { kinds: [malicious, vulnerable], severity: high, max-data-age: 7d, vex-signed-by: { any-of: [appsec] } }
    why: Known flaws are fixed before use.
POLICY
at=(--at 2026-11-30T00:00:00Z)
check=("$HEADGATE" check --policy policy.yaml "${at[@]}")
printf 'acme-tool==1.0 --hash=sha256:%s\n' "$zeros" >bad.txt
printf 'acme-tool==2.0 --hash=sha256:%s\nacme-calm==1.0 --hash=sha256:%s\n' "$zeros" "$zeros" >good.txt
for name in bad good; do mkdir -p $name && mv $name.txt $name/requirements.txt; done

for source in osv all.zip; do
    expect "$source: a known flaw is refused" 1 "${check[@]}" --advisories $source bad/requirements.txt
    says "$source: it names the record, its score and the fix" 'GHSA-aaaa-bbbb-cccc \(CVE-2026-1\), CVSS 9\.8'
    says "$source: and how to fix it" 'fixed: 2\.0'
    expect "$source: the fixed version, and a withdrawn record, are let in" 0 "${check[@]}" --advisories $source good/requirements.txt
    expect "$source: a malicious release is refused" 1 "${check[@]}" --advisories $source pkg:pypi/acme-rogue@1.0
    says "$source: by its record" 'known to be malicious.*MAL-2026-99001'
done
expect "without records nobody could decide" 2 "${check[@]}" good/requirements.txt
says "it says what to bring" '--advisories'
expect "records about another ecosystem are none" 2 "${check[@]}" --advisories osv pkg:npm/acme-tool@2.0.0
expect "records that are too old are none" 2 "$HEADGATE" check --policy policy.yaml --at 2026-12-20T00:00:00Z --advisories osv good/requirements.txt
says "it says of when they are" '2026-11-29.*max-data-age is 7d'
echo 2026-12-19T00:00:00Z >osv/.timestamp
expect "unless they were fetched since" 0 "$HEADGATE" check --policy policy.yaml --at 2026-12-20T00:00:00Z --advisories osv good/requirements.txt
expect "but not in the future" 2 "${check[@]}" --advisories osv good/requirements.txt
rm osv/.timestamp

printf 'acme-tool==1.0\n' >good/internal.txt
mkdir -p internal && printf -- '--index-url https://pypi.acme.example/simple\nacme-tool==1.0\n' >internal/requirements.txt
expect "an internal name from its index is not the public package" 0 "${check[@]}" --advisories osv internal/requirements.txt

# --- what is broken
mkdir -p broken && cp osv/PyPI/GHSA-1.json broken/a.json && echo '{"id": "X-1"' >broken/b.json
expect "a record that cannot be read is an error" 2 "${check[@]}" --advisories broken good/requirements.txt
says "and names the file" 'broken/b\.json: no OSV record'
mkdir -p empty
expect "a folder without records is an error" 2 "${check[@]}" --advisories empty good/requirements.txt
expect "a path that is not there is an error" 2 "${check[@]}" --advisories nowhere good/requirements.txt
head -c 300 all.zip >cut.zip
expect "a zip file that breaks off is an error" 2 "${check[@]}" --advisories cut.zip good/requirements.txt
expect "what is broken does not hide what is denied" "1|2" "${check[@]}" --advisories broken bad/requirements.txt

# --- VEX
vex() { # FILE VERSION STATUS
    cat >"$1" <<JSON
{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://acme.example/vex/1", "author": "acme", "timestamp": "2026-11-29T12:00:00Z", "version": 1,
 "statements": [{"vulnerability": {"name": "CVE-2026-1"}, "products": [{"@id": "pkg:pypi/acme-tool@$2"}], "status": "$3", "justification": "component_not_present"}]}
JSON
}
vex harmless.json 1.0 not_affected
expect "unsigned VEX does not count" 1 "${check[@]}" --advisories osv --vex harmless.json bad/requirements.txt
says "visibly" 'harmless\.json says not_affected.*does not count: nobody signed it'
expect "it is signed as a file" 0 "$HEADGATE" sign --content blob --key stranger --signature harmless.json.sigstore.json harmless.json
expect "VEX by a stranger does not count" 1 "${check[@]}" --advisories osv --vex harmless.json bad/requirements.txt
rm harmless.json.sigstore.json
expect "it is signed by whom the policy names" 0 "$HEADGATE" sign --content blob --key appsec --signature harmless.json.sigstore.json harmless.json
expect "and then takes the flaw away" 0 "${check[@]}" --advisories osv --vex harmless.json bad/requirements.txt
says "as a remark" 'remark.*does not count: harmless\.json by appsec: not_affected, component_not_present'
vex other.json 1.1 not_affected
"$HEADGATE" sign --content blob --key appsec --signature other.json.sigstore.json other.json
expect "for exactly the version that it names" 1 "${check[@]}" --advisories osv --vex other.json bad/requirements.txt
sed -i 's/component_not_present/inline_mitigations_already_exist/' harmless.json
expect "a document that was changed does not count" 1 "${check[@]}" --advisories osv --vex harmless.json bad/requirements.txt
sed -e 's/CVE-2026-1/MAL-2026-99001/; s/acme-tool/acme-rogue/' harmless.json >rogue.json
"$HEADGATE" sign --content blob --key appsec --signature rogue.json.sigstore.json rogue.json
expect "nobody's word takes away a malicious record" 1 "${check[@]}" --advisories osv --vex rogue.json pkg:pypi/acme-rogue@1.0
echo '{}' >none.json
expect "what is no VEX is an error" 2 "${check[@]}" --advisories osv --vex none.json bad/requirements.txt

# --- what a verdict says
run "${check[@]}" --advisories osv --output json bad/requirements.txt
if jq -e '.data[0] | .kind == "advisories" and .records == 3 and .as_of == "2026-11-29T00:00:00Z"' "$scratch/out" >/dev/null; then
    ok "a verdict says what was brought, and as of when"
else
    not_ok "a verdict says what was brought, and as of when" "$(jq -c .data "$scratch/out")"
fi

# --- built in, under the packs
name=$(grep -v '^#' "$root/rules/advisories/malicious-pypi.txt" | grep -v versions | sed -n '5000{s/ .*//;p}')
expect "baseline knows malicious names" 1 "$HEADGATE" check "pkg:pypi/$name@1.0"
says "and of when its list is" "known to be malicious.*built-in list of 2026"
expect "and lets in their honest neighbours" 0 "$HEADGATE" check "pkg:pypi/requests@2.32.3"
expect "baseline asks for flaws where records are brought" 0 "$HEADGATE" check --advisories osv pkg:pypi/acme-tool@1.0
says "as a warning" 'warning, critical.*known flaw'
expect "why says what was found" "0|1" "$HEADGATE" why --policy policy.yaml "${at[@]}" --advisories osv bad/requirements.txt package.known
says "with the record" 'GHSA-aaaa-bbbb-cccc'
"$HEADGATE" facts bad/requirements.txt >bad.facts.json
cat >>policy.yaml <<'POLICY'
tests:
  - name: recorded
    evidence: bad.facts.json
    at: "2026-11-30T00:00:00Z"
    expect: { decision: deny, findings: [advisory.vulnerable] }
POLICY
expect "recorded evidence is judged by what is brought now" 0 "$HEADGATE" policy test --advisories osv policy.yaml
