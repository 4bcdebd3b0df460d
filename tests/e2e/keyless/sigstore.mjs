// A Sigstore of one process, for tests: Fulcio, CT log, Rekor and timestamp authority of @sigstore/mock, behind real HTTP on
// loopback.
import { createHash, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";

export const require = createRequire(`${process.env.node_modules}/x.js`);
const mock = require("@sigstore/mock");

const pair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });

// What Rekor makes of a proposed `dsse` entry; the mock stores the proposal as it is.
function canonical(proposed) {
  if (proposed.kind !== "dsse") return proposed;
  const { envelope, verifiers } = proposed.spec.proposedContent;
  const parsed = JSON.parse(envelope);
  const sha256 = (bytes) => ({ algorithm: "sha256", value: createHash("sha256").update(bytes).digest("hex") });
  return {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: sha256(envelope),
      payloadHash: sha256(Buffer.from(parsed.payload, "base64")),
      signatures: parsed.signatures.map(({ sig }) => ({ signature: sig, verifier: verifiers[0] })),
    },
  };
}

/** Starts it; answers { url, trustedRoot, close }. `trustedRoot` is the TrustedRoot document. */
export async function start() {
  const keys = { ct: pair(), tlog: pair() };
  const ctlog = await mock.initializeCTLog(keys.ct);
  const ca = await mock.initializeCA(pair(), ctlog);
  let tlog;
  const tsa = await mock.initializeTSA(pair());
  const fulcio = mock.fulcioHandler(ca, { subjectClaim: "sub" });
  const stamp = mock.tsaHandler(tsa);
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const body = Buffer.concat(chunks);
      let answer = { statusCode: 404, response: "no such place" };
      if (request.url === fulcio.path) answer = await fulcio.fn(body);
      if (request.url === stamp.path) answer = await stamp.fn(body);
      if (request.url === "/api/v1/log/entries") {
        const entry = await tlog.log(canonical(JSON.parse(body)));
        answer = { statusCode: 201, response: JSON.stringify(entry), contentType: "application/json" };
      }
      response.writeHead(answer.statusCode, { "content-type": answer.contentType ?? "text/plain" });
      response.end(answer.response);
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  tlog = await mock.initializeTLog(url, keys.tlog);
  const start = new Date(Date.now() - 3600_000).toISOString();
  const log = (key, baseUrl) => {
    const der = key.export({ format: "der", type: "spki" });
    return {
      baseUrl,
      hashAlgorithm: "SHA2_256",
      publicKey: { rawBytes: der.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor: { start } },
      logId: { keyId: createHash("sha256").update(der).digest("base64") },
    };
  };
  const authority = (certificates) => ({
    subject: { organization: "example", commonName: "example" },
    uri: url,
    certChain: { certificates: certificates.map((der) => ({ rawBytes: Buffer.from(der).toString("base64") })) },
    validFor: { start },
  });
  const trustedRoot = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [log(keys.tlog.publicKey, url)],
    certificateAuthorities: [authority([ca.rootCertificate])],
    ctlogs: [log(keys.ct.publicKey, `${url}/ct`)],
    timestampAuthorities: [authority([tsa.intCertificate, tsa.rootCertificate])],
  };
  return { url, trustedRoot, close: () => server.close() };
}

/** An unsigned OIDC token: the mock believes what it says. */
export function token(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ aud: "sigstore", ...claims })}.`;
}

export const save = (path, value) => writeFileSync(path, JSON.stringify(value));
