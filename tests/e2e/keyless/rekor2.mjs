// A log of Rekor v2 (transparency-dev tiles), as far as a signer sees it: POST /api/v2/log/entries answers a TransparencyLogEntry whose
// proof leads to a checkpoint that the log signed. The tree has one older leaf, so that the proof is not empty.
import { createHash, randomBytes, sign } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.node_modules}/x.js`);
const canonicalize = require("canonicalize");

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

// The body of the entry: what the log makes of what it is asked to log.
function body(request) {
  const record = (digest) => ({ algorithm: "SHA2_256", digest });
  if (request.hashedRekordRequestV002) {
    const { digest, signature } = request.hashedRekordRequestV002;
    return { apiVersion: "0.0.2", kind: "hashedrekord", spec: { hashedRekordV002: { data: record(digest), signature } } };
  }
  const { envelope, verifiers } = request.dsseRequestV002;
  const payloadHash = record(sha256(Buffer.from(envelope.payload, "base64")).toString("base64"));
  const signatures = envelope.signatures.map(({ sig }) => ({ content: sig, verifier: verifiers[0] }));
  return { apiVersion: "0.0.2", kind: "dsse", spec: { dsseV002: { payloadHash, signatures } } };
}

/** A log named `origin` with an Ed25519 pair: { id, log(request) }. */
export function tiles(origin, { publicKey, privateKey }) {
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const id = sha256(`${origin}\n`, Buffer.from([1]), raw); // C2SP signed notes
  return {
    id,
    log(request) {
      const made = body(request);
      const bytes = Buffer.from(canonicalize(made));
      const older = randomBytes(32);
      const root = sha256(Buffer.from([1]), older, sha256(Buffer.from([0]), bytes));
      const note = `${origin}\n2\n${root.toString("base64")}\n`;
      const signed = Buffer.concat([id.subarray(0, 4), sign(null, Buffer.from(note), privateKey)]);
      return {
        logIndex: "1",
        logId: { keyId: id.toString("base64") },
        kindVersion: { kind: made.kind, version: made.apiVersion },
        integratedTime: "0",
        inclusionPromise: null,
        inclusionProof: {
          logIndex: "1",
          rootHash: root.toString("base64"),
          treeSize: "2",
          hashes: [older.toString("base64")],
          checkpoint: { envelope: `${note}\n— ${origin} ${signed.toString("base64")}\n` },
        },
        canonicalizedBody: bytes.toString("base64"),
      };
    },
  };
}
