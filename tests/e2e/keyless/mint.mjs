// mint.mjs FOLDER FILE: what a signer of FILE leaves behind, in FOLDER: trusted_root.json, other_root.json (of another Sigstore), and
// bundles by a workflow that acme.example's CI ran, over the file (message.json), and over statements about it (statement.json, release.json, verdict.json).
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { save, start, token, require } from "./sigstore.mjs";

const { DSSEBundleBuilder, MessageSignatureBundleBuilder, FulcioSigner, RekorWitness, TSAWitness } = require("@sigstore/sign");
const { bundleToJSON } = require("@sigstore/bundle");

const [folder, file] = process.argv.slice(2);
const bytes = readFileSync(file);
const digest = createHash("sha256").update(bytes).digest("hex");
const sigstore = await start();
const other = await start();
save(`${folder}/trusted_root.json`, sigstore.trustedRoot);
save(`${folder}/other_root.json`, other.trustedRoot);

const claims = {
  iss: "https://token.ci.example",
  sub: "https://git.example/acme/ml/.ci/release.yml@refs/heads/main",
  repository: "acme/ml",
  runner_environment: "github-hosted",
  ref: "refs/heads/main",
  sha: "0123456789abcdef0123456789abcdef01234567",
};
const parts = (entryType, witnesses = ["rekor", "tsa"], from = sigstore) => ({
  signer: new FulcioSigner({
    fulcioBaseURL: from.url,
    identityProvider: { getToken: async () => token(claims) },
  }),
  witnesses: [
    ...(witnesses.includes("rekor") ? [new RekorWitness({ rekorBaseURL: from.url, entryType })] : []),
    ...(witnesses.includes("tsa") ? [new TSAWitness({ tsaBaseURL: from.url })] : []),
  ],
});
const statement = (predicateType, predicate) => ({
  data: Buffer.from(
    JSON.stringify({ _type: "https://in-toto.io/Statement/v1", subject: [{ name: "m", digest: { sha256: digest } }], predicateType, predicate }),
  ),
  type: "application/vnd.in-toto+json",
});
const write = async (name, builder, artifact) => save(`${folder}/${name}`, bundleToJSON(await builder.create(artifact)));

await write("message.json", new MessageSignatureBundleBuilder(parts("hashedrekord")), { data: bytes });
const tested = statement("https://acme.example/test/v1", { result: "PASSED" });
await write("statement.json", new DSSEBundleBuilder(parts("dsse")), tested);
await write("release.json", new DSSEBundleBuilder(parts("dsse")), statement("https://in-toto.io/attestation/release/v0.1", { purl: "pkg:generic/m" }));
await write("stranger.json", new DSSEBundleBuilder(parts("dsse", ["rekor", "tsa"], other)), tested);
await write("no-log.json", new DSSEBundleBuilder(parts("dsse", ["tsa"])), tested);
await write(
  "verdict.json",
  new DSSEBundleBuilder(parts("dsse")),
  statement("https://slsa.dev/verification_summary/v1", {
    verifier: { id: "https://headgate.dev/verifier/v1" },
    timeVerified: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    resourceUri: "pkg:generic/m",
    policy: { uri: "https://acme.example/policy", digest: { sha256: "0".repeat(64) } },
    verificationResult: "PASSED",
    verifiedLevels: ["HEADGATE_ADMIT", "HEADGATE_ENFORCED"],
    slsaVersion: "1.1",
  }),
);
sigstore.close();
other.close();
