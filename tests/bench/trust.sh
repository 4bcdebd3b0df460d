#!/usr/bin/env bash
# tests/bench/trust.sh: one public-good bundle, verified cold and with its chain cached; in the same run @sigstore/verify and
# sigstore-go, where they can be installed (tests/lib.sh; HEADGATE_PEER_SECONDS bounds the build of the latter). Two figures each: the
# median of the wall clock, and the processor's time. Needs the corpus: HEADGATE_CORPUS, default ../shared/corpus. Ends with 1 if a
# target is missed.
# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
set -e
corpus=${HEADGATE_CORPUS:-$root/../shared/corpus}
release=$root/build/release/gate
suite=$corpus/sigstore-conformance/test/assets/bundle-verify
[ -d "$suite" ] || { skip trust "no corpus (HEADGATE_CORPUS names none, ../shared/corpus is not there)"; exit 0; }
bundle=$suite/happy-path-v0.3/bundle.sigstore.json
artifact=$suite/a.txt
trusted=$corpus/trusted-roots/production-2026-08-21.json
identity=https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main
issuer=https://token.actions.githubusercontent.com

# Against the libraries of the release build, so that it is their code that is measured.
g++ -std=c++20 -O2 -D_GLIBCXX_ASSERTIONS -I"$root/gate" "$root/tests/bench/trust_bench.cpp" -o "$scratch/trust_bench" \
    "$release"/libheadgate_{sigstore,io,crypto,codec,model,base}.a -lcrypto -lssl -lyaml-cpp -lpthread
"$scratch/trust_bench" "$bundle" "$artifact" "$trusted" "$identity" "$issuer" >"$scratch/ours"

# line TEXT FIGURES NAME [REMARK]: a peer's line also says how many times ours it takes, in the processor's time.
line() {
    awk -v text="$1" -v name="$3" -v remark="${4:-}" -v peer="$([ "$2" = ours ] || echo yes)" '
        NR == FNR { if ($1 == (name == "cold" ? "cold" : "cached")) ours = $3; next }
        $1 == name { printf "%-29s %7.3f ms, processor %7.3f ms%s%s\n", text, $2, $3, peer ? sprintf(", %.1f times ours", $3 / ours) : "", remark }
    ' "$scratch/ours" "$scratch/$2"
}
line "trusted root parsed" ours root
line "bundle, cold" ours cold " (target 1.5)"
line "bundle, chain cached" ours cached " (target 0.5)"
line "its signatures, OpenSSL alone" ours floor

if npm_tools "$root/tests/e2e/keyless" >"$scratch/why" 2>&1; then
    NODE_PATH=$node_modules node - "$bundle" "$artifact" "$trusted" "$identity" "$issuer" >"$scratch/node" <<'END'
const fs = require('fs');
const {bundleFromJSON} = require('@sigstore/bundle');
const {Verifier, toSignedEntity, toTrustMaterial} = require('@sigstore/verify');
const {TrustedRoot} = require('@sigstore/protobuf-specs');
const [file, artifact, root] = process.argv.slice(2, 5).map(path => fs.readFileSync(path));
const [subjectAlternativeName, issuer] = process.argv.slice(5);
const trust = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(root)));
const kept = new Verifier(trust);
const policy = {subjectAlternativeName, extensions: {issuer}};
const once = verifier => verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(file)), artifact), policy);
const measure = (name, verifier) => {
    const times = [];
    const before = process.cpuUsage();
    for (let i = 0; i < 201; ++i) {
        const start = process.hrtime.bigint();
        once(verifier());
        times.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    const {user, system} = process.cpuUsage(before);
    times.sort((a, b) => a - b);
    console.log(name, times[100].toFixed(3), ((user + system) / 1e3 / 201).toFixed(3));
};
measure('cold', () => new Verifier(trust));
measure('kept', () => kept);
END
    line "@sigstore/verify, cold" node cold
    line "@sigstore/verify, kept" node kept
else
    skip "@sigstore/verify" "its npm packages cannot be installed: $(tr '\n' ' ' <"$scratch/why" | head -c 300)"
fi
if go_tools "$root/tests/e2e/peers/sigstore-go" >"$scratch/why" 2>&1; then
    "$go_tools/sigstore-go" time "$bundle" "$artifact" "$trusted" "$identity" "$issuer" >"$scratch/go"
    line "sigstore-go, cold" go cold
    line "sigstore-go, kept" go kept
else
    skip "sigstore-go" "it cannot be built here: $(tr '\n' ' ' <"$scratch/why" | head -c 300)"
fi
awk '$1 == "cold" && $2 > 1.5 {exit 1} $1 == "cached" && $2 > 0.5 {exit 1}' "$scratch/ours"
