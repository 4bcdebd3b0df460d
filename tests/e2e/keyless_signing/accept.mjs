// accept.mjs ROOT BUNDLE [ARTIFACT]: exit 0 if the public @sigstore/verify accepts the bundle (over the artifact) under the TrustedRoot; prints
// who signed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.node_modules}/x.js`);
const { bundleFromJSON } = require("@sigstore/bundle");
const { TrustedRoot } = require("@sigstore/protobuf-specs");
const { Verifier, toSignedEntity, toTrustMaterial } = require("@sigstore/verify");

const [root, bundle, artifact] = process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(path));
const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(read(root))), { ctlogThreshold: 1, tlogThreshold: 1, tsaThreshold: 1 });
const signer = verifier.verify(toSignedEntity(bundleFromJSON(read(bundle)), artifact && readFileSync(artifact)));
console.log(signer.identity.subjectAlternativeName);
