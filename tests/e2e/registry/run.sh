#!/usr/bin/env bash
# Images judged where they are: in Debian's docker-registry over TLS with a password, and in a registry that does everything wrong.
# What each of them is answered, in bounded time and memory, and what never leaves this machine.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
here=$root/tests/e2e/registry

"$PYTHON" - "$root/tests/recipes" <<'PY' || exit 1
import sys
sys.path.insert(0, sys.argv[1])
import signed_images
for name in ("image", "listed"):
    layout = signed_images.Layout(name)
    if name == "listed":
        layout.make_index()
    layout.write()
PY
cat >policy.yaml <<'YAML'
headgate: 1
policy: team/images
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: container.whole
    for: [container]
    check: integrity
    network: allow
    why: What runs must be what the digest says.
YAML
digest=$(jq -r '.manifests[0].digest' image/index.json)
check=("$HEADGATE" check --policy policy.yaml)
# quick NAME SECONDS CODES COMMAND...: expect, and it took no longer.
quick() {
    local name=$1 seconds=$2 begin=$SECONDS
    shift 2
    expect "$name" "$@"
    if [ $((SECONDS - begin)) -le "$seconds" ]; then ok "$name: within $seconds s"; else not_ok "$name: within $seconds s" "$((SECONDS - begin)) s"; fi
}

# A registry that lies.
"$PYTHON" "$here/hostile.py" image requests.log >hostile.port 2>hostile.err &
hostile=$!
stop_hostile() { kill "$hostile" 2>/dev/null; wait "$hostile" 2>/dev/null; }
cleanup_hooks+=(stop_hostile)
wait_for test -s hostile.port || { not_ok "the hostile registry starts" "$(cat hostile.err)"; exit; }
read -r port foreign <hostile.port
at=127.0.0.1:$port
away=127.0.0.1:$foreign
printf '{"auths": {"%s": {"auth": "%s"}}}' "$at" "$(printf user:secret | base64)" >config.json
near=(--registry-config config.json --registry-plain-http "$at" --registry-plain-http "$away")
both=("${near[@]}" --registry-allow-private "$at" --registry-allow-private "$away")
# asked SERVER PATTERN: how many requests of that server match.
asked() { jq -c --arg server "$1" 'select(.server == $server)' requests.log 2>/dev/null | grep -cE "$2"; }

expect "a registry on loopback is not asked unless it is allowed" 2 "${check[@]}" "oci:$at/honest:1.0" "${near[@]}"
says "and the reason is said" 'loopback'
same "no request came" 0 "$(asked registry .)"

expect "an honest image" 0 "${check[@]}" "oci:$at/honest:1.0" "${both[@]}"
expect "by digest" 0 "${check[@]}" "oci:$at/honest@$digest" "${both[@]}"
expect "with a password" 0 "${check[@]}" "oci:$at/basic@$digest" "${both[@]}"
same "nobody was told it who did not ask" 0 "$(asked registry '/honest/.*Basic')"
expect "a tag that moves while it is looked at" 0 "${check[@]}" "oci:$at/moved:1.0" "${both[@]}"
same "is asked for once" 1 "$(asked registry '"GET","path":"/v2/moved/manifests/1.0"|"GET", "path": "/v2/moved/manifests/1.0"')"
expect "an image that is not there" 2 "${check[@]}" "oci:$at/honest@sha256:$(printf '0%.0s' {1..64})" "${both[@]}"
expect "no referrers" 0 "${check[@]}" "oci:$at/empty@$digest" "${both[@]}"
quick "busy once" 20 0 "${check[@]}" "oci:$at/busy@$digest" "${both[@]}"

# name, mode, seconds, what is said
while IFS='|' read -r name mode seconds said; do
    quick "$name" "$seconds" 2 "${check[@]}" "oci:$at/$mode@$digest" "${both[@]}"
    says "$name: why" "$said"
done <<'CASES'
a digest header that lies|lying|10|Docker-Content-Digest
a body that is another|wrong|10|the content is sha256:
a body without end|endless|20|larger than
a body that says it is a terabyte|large|10|larger than
a hundred thousand referrers|many|20|larger than
more referrers than are read|count|10|over 1000 referrers
pages that lead to themselves|loop|10|pages do not end
pages without end|pages|20|pages do not end
pages on another host|away|10|elsewhere
busy for an hour|closed|10|429
broken|broken|30|503
redirected in a circle|around|10|redirects
CASES
quick "a body drop by drop" 45 2 "${check[@]}" "oci:$at/drip@$digest" "${both[@]}"

expect "a token service elsewhere is asked for an anonymous token" 0 "${check[@]}" "oci:$at/token@$digest" "${both[@]}"
same "and was" 1 "$(asked foreign '/token\?')"
same "for this repository, to pull" 1 "$(asked foreign 'scope=repository%3Atoken%3Apull"')"
expect "a redirect elsewhere is followed" 0 "${check[@]}" "oci:$at/redirect@$digest" "${both[@]}"
same "and was" 1 "$(asked foreign '/v2/honest/manifests/sha256:' | awk '{print ($1 > 0)}')"
same "no credentials went there" 0 "$(asked foreign 'Basic|Bearer')"
expect "a redirect to an address that is not allowed" 2 "${check[@]}" "oci:$at/redirect@$digest" "${near[@]}" --registry-allow-private "$at"
says "says so" loopback
expect "a redirect to a metadata service" 2 "${check[@]}" "oci:$at/metadata@$digest" "${both[@]}" --registry-plain-http 169.254.169.254
says "and that says so" 'metadata'
for host in 169.254.169.254 localhost:5000 '127.0.0.1' 2130706433:5000 0x7f000001:5000 127.1:5000 100.100.100.200; do
    quick "$host is not connected to" 10 "1|2|4" "${check[@]}" "oci:$host/x:1" --registry-config config.json
done

# Memory: the same under a limit of address space that an endless answer would break.
if (ulimit -v 1500000; "${check[@]}" "oci:$at/honest@$digest" "${both[@]}") >/dev/null 2>&1; then
    (ulimit -v 1500000; "${check[@]}" "oci:$at/endless@$digest" "${both[@]}") >/dev/null 2>&1
    same "an endless body under a limit of memory" 2 $?
else
    skip "an endless body under a limit of memory" "this build reserves more (a sanitizer)"
fi

# Debian's registry.
for tool in docker-registry skopeo openssl; do
    command -v "$tool" >/dev/null || { skip "an image in docker-registry" "$tool is not installed"; exit; }
done
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=Test authority" -keyout ca.key -out ca.pem \
    -addext basicConstraints=critical,CA:TRUE 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=registry" -keyout tls.key -out tls.csr 2>/dev/null
openssl x509 -req -in tls.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out tls.pem -extfile <(printf 'subjectAltName=IP:127.0.0.1') 2>/dev/null
"$PYTHON" -W ignore -c 'import crypt; print("user:" + crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=32)))' >htpasswd
start_registry "tls: { certificate: $scratch/tls.pem, key: $scratch/tls.key }" "auth: { htpasswd: { realm: registry, path: $scratch/htpasswd } }"
printf '{"auths": {"%s": {"auth": "%s"}}}' "$at" "$(printf user:secret | base64)" >config.json
printf '{"auths": {"%s": {"auth": "%s"}}}' "$at" "$(printf user:wrong | base64)" >wrong.json
printf '{"auths": {"127.0.0.1": {"auth": "%s"}}}' "$(printf user:secret | base64)" >elsewhere.json
printf '{"credHelpers": {"%s": "test"}}' "$at" >helper.json
mkdir -p bin certs
cp ca.pem certs/ca.crt
cat >bin/docker-credential-test <<SH
#!/bin/sh
read -r server
[ "\$1" = get ] && [ "\$server" = "$at" ] && echo '{"ServerURL": "$at", "Username": "user", "Secret": "secret"}'
SH
chmod +x bin/docker-credential-test
copy=(skopeo --insecure-policy copy --all --quiet --dest-creds user:secret --dest-cert-dir certs)
expect "an image is pushed" 0 "${copy[@]}" oci:image:1.0 "docker://$at/team/app:1.0"
expect "an index is pushed" 0 "${copy[@]}" oci:listed:1.0 "docker://$at/team/listed:1.0"
real=(--registry-ca ca.pem --registry-allow-private "$at")
expect "an image in docker-registry" 0 "${check[@]}" "oci:$at/team/app:1.0" "${real[@]}" --registry-config config.json
expect "by digest" 0 "${check[@]}" "oci:$at/team/app@$digest" "${real[@]}" --registry-config config.json
expect "an index" 0 "${check[@]}" "oci:$at/team/listed:1.0" "${real[@]}" --registry-config config.json
expect "by a credential helper" 0 env PATH="$scratch/bin:$PATH" "${check[@]}" "oci:$at/team/app:1.0" "${real[@]}" --registry-config helper.json
expect "a helper that is not there" 2 "${check[@]}" "oci:$at/team/app:1.0" "${real[@]}" --registry-config helper.json
says "is named" 'docker-credential-test'
expect "a wrong password" 2 "${check[@]}" "oci:$at/team/app:1.0" "${real[@]}" --registry-config wrong.json
expect "no password for this port" 2 "${check[@]}" "oci:$at/team/app:1.0" "${real[@]}" --registry-config elsewhere.json
says "which is said" 'credentials'
expect "a tag that is not there" 2 "${check[@]}" "oci:$at/team/app:2.0" "${real[@]}" --registry-config config.json
expect "an authority that nobody knows" 2 "${check[@]}" "oci:$at/team/app:1.0" --registry-allow-private "$at" --registry-config config.json
says "is no authority" 'certificate'
expect "a mirror is asked instead" 0 "${check[@]}" "oci:registry.example/app:1.0" "${real[@]}" --registry-config config.json --registry-mirror "registry.example=$at/team"
