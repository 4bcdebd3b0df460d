#!/usr/bin/env bash
# tests/bench/trust.sh: one public-good bundle, verified cold and with its chain cached; beside it @sigstore/verify, where its npm
# packages are installed (tests/e2e/keyless). Needs the corpus: HEADGATE_CORPUS, default ../shared/corpus. Ends with 1 if a target is missed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
corpus=${HEADGATE_CORPUS:-$root/../shared/corpus}
release=$root/build/release/gate
suite=$corpus/sigstore-conformance/test/assets/bundle-verify
[ -d "$suite" ] || { echo "skip trust - no corpus (HEADGATE_CORPUS names none, ../shared/corpus is not there)"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bundle=$suite/happy-path-v0.3/bundle.sigstore.json
artifact=$suite/a.txt
trusted=$corpus/trusted-roots/production-2026-08-21.json
identity=https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main
issuer=https://token.actions.githubusercontent.com

# Against the libraries of the release build, so that it is their code that is measured.
g++ -std=c++20 -O2 -D_GLIBCXX_ASSERTIONS -I"$root/gate" "$root/tests/bench/trust_bench.cpp" -o "$folder/trust_bench" \
    "$release"/libheadgate_{sigstore,io,crypto,codec,model,base}.a -lcrypto -lssl -lyaml-cpp -lpthread
"$folder/trust_bench" "$bundle" "$artifact" "$trusted" "$identity" "$issuer" >"$folder/figures"
figure() { awk -v name="$1" '$1 == name {print $2}' "$folder/figures"; }
echo "trusted root parsed    $(figure root) ms"
echo "bundle, cold           $(figure cold) ms (target 1.5)"
echo "bundle, chain cached   $(figure cached) ms (target 0.5)"

modules=$root/build/npm/keyless/node_modules
if [ -d "$modules/@sigstore/verify" ] && command -v node >/dev/null; then
    NODE_PATH=$modules node - "$bundle" "$artifact" "$trusted" <<'END'
const fs = require('fs');
const {bundleFromJSON} = require('@sigstore/bundle');
const {Verifier, toSignedEntity, toTrustMaterial} = require('@sigstore/verify');
const {TrustedRoot} = require('@sigstore/protobuf-specs');
const [file, artifact, root] = process.argv.slice(2).map(path => fs.readFileSync(path));
const trust = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(root)));
const times = [];
for (let i = 0; i < 201; ++i) {
    const start = process.hrtime.bigint();
    new Verifier(trust).verify(toSignedEntity(bundleFromJSON(JSON.parse(file)), artifact));
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
}
times.sort((a, b) => a - b);
console.log(`@sigstore/verify       ${times[100].toFixed(3)} ms (slowest ${times[200].toFixed(1)} ms)`);
END
else
    echo "skip @sigstore/verify - its npm packages are not installed (tests/e2e/keyless installs them)"
fi
awk '$1 == "cold" && $2 > 1.5 {exit 1} $1 == "cached" && $2 > 0.5 {exit 1}' "$folder/figures"
