// A Sigstore of one process, for tests: Fulcio, CT log, Rekor and timestamp authority of @sigstore/mock, behind real HTTP on
// loopback; a log of Rekor v2 beside them (rekor2.mjs); and, under paths of their own, everything that can go wrong (faults.mjs).
import { createHash, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { faults } from "./faults.mjs";
import { tiles } from "./rekor2.mjs";

export const require = createRequire(`${process.env.node_modules}/x.js`);
const mock = require("@sigstore/mock");
const asn1js = require("asn1js");
const pkijs = require("pkijs");

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

// Answers RFC 3161 requests (DER), which the mock's own handler does not read. Whole seconds, no fraction: @sigstore/core demands three digits
// where there is one, and DER drops zeros.
async function stampDer(tsa, body, wish = {}) {
  const request = pkijs.TimeStampReq.fromBER(body);
  const nonce = wish.nonce === undefined ? request.nonce : new asn1js.Integer({ value: wish.nonce });
  const tstInfo = tsa.tstInfo.bind(tsa);
  const once = Object.assign(Object.create(tsa), {
    getCurrentTime: () => new Date(Math.floor(Date.now() / 1000) * 1000),
    tstInfo(given) {
      const info = Object.assign(tstInfo({ ...given, nonce: 1 }), { nonce });
      info.genTime = this.getCurrentTime();
      return info;
    },
  });
  const response = await once.timestamp({
    artifactHash: wish.imprint ?? Buffer.from(request.messageImprint.hashedMessage.valueBlock.valueHexView),
    hashAlgorithmOID: request.messageImprint.hashAlgorithm.algorithmId,
    policyOID: "1.3.6.1.4.1.57264.2",
    certReq: true,
  });
  return { statusCode: 201, response, contentType: "application/timestamp-reply" };
}

/** Starts it; answers { url, trustedRoot, close }. `trustedRoot` is the TrustedRoot document. `routes`: more paths, each (request, body) => answer. */
export async function start(routes = {}) {
  const keys = { ct: pair(), tlog: pair(), tiles: generateKeyPairSync("ed25519") };
  const ctlog = await mock.initializeCTLog(keys.ct);
  const ca = await mock.initializeCA(pair(), ctlog);
  const tsa = await mock.initializeTSA(pair());
  const strangers = { tsa: await mock.initializeTSA(pair()) };
  const claim = { subjectClaim: "sub" };
  const services = {
    fulcio: mock.fulcioHandler(ca, claim),
    withoutLog: mock.fulcioHandler(Object.assign(Object.create(ca), { ctLog: undefined }), claim),
    stranger: mock.fulcioHandler(await mock.initializeCA(pair(), ctlog), claim),
    stamp: (body, wish = {}) => stampDer(wish.stranger ? strangers.tsa : tsa, body, wish),
    async log(body, whose = "ours") {
      const request = JSON.parse(body);
      const v2 = request.dsseRequestV002 || request.hashedRekordRequestV002;
      const entry = v2 ? logs[whose].v2.log(request) : await logs[whose].v1.log(canonical(request));
      return { statusCode: 201, response: JSON.stringify(entry), contentType: "application/json" };
    },
  };
  const jsonStamp = mock.tsaHandler(tsa);
  const answerTo = async (request, path, body) => {
    if (path === services.fulcio.path) return services.fulcio.fn(body);
    if (path === jsonStamp.path) return request.headers["content-type"] === "application/timestamp-query" ? services.stamp(body) : jsonStamp.fn(body);
    if (path === "/api/v1/log/entries" || path === "/api/v2/log/entries") return services.log(body);
    const route = routes[path.split("?")[0]];
    return route ? route(request, body) : { statusCode: 404, response: "no such place" };
  };
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const body = Buffer.concat(chunks);
      const [, name] = request.url.split("/");
      const answer = faults[name] ? await faults[name](body, services, response) : await answerTo(request, request.url, body);
      if (!answer) return;
      response.writeHead(answer.statusCode, { "content-type": answer.contentType ?? "text/plain" });
      response.end(answer.response);
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  services.url = url;
  const host = new URL(url).host;
  const logs = {
    ours: { v1: await mock.initializeTLog(url, keys.tlog), v2: tiles(host, keys.tiles) },
    stranger: { v1: await mock.initializeTLog(url, pair()), v2: tiles(host, generateKeyPairSync("ed25519")) },
  };
  const start = new Date(Date.now() - 3600_000).toISOString();
  const log = (key, baseUrl, keyDetails = "PKIX_ECDSA_P256_SHA_256", id = undefined) => {
    const der = key.export({ format: "der", type: "spki" });
    return {
      baseUrl,
      hashAlgorithm: "SHA2_256",
      publicKey: { rawBytes: der.toString("base64"), keyDetails, validFor: { start } },
      logId: { keyId: (id ?? createHash("sha256").update(der).digest()).toString("base64") },
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
    tlogs: [log(keys.tlog.publicKey, url), log(keys.tiles.publicKey, url, "PKIX_ED25519", logs.ours.v2.id)],
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
