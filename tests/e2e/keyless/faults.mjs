// What goes wrong at signing services, by the name in front of the path: http://127.0.0.1:PORT/NAME/api/... Each takes the request's body, the
// services of sigstore.mjs, and the response, which it may also write by itself (then it answers nothing).
import { generateKeyPairSync, randomBytes } from "node:crypto";

const json = (statusCode, value) => ({ statusCode, response: JSON.stringify(value), contentType: "application/json" });

// The certificate request with one thing in it replaced.
const asked = (body, change) => {
  const request = JSON.parse(body);
  change(request);
  return Buffer.from(JSON.stringify(request));
};

// A refusal that says the token, altered.
const echo = (alter) => (body) => alter(JSON.parse(body).credentials.oidcIdentityToken);

export const faults = {
  // Fulcio.
  "refused-token": (body) => json(401, { code: 16, message: `the token ${JSON.parse(body).credentials.oidcIdentityToken} is not for us` }),
  "echo-escaped": echo((token) => ({
    statusCode: 401,
    response: JSON.stringify({ error: token }).replaceAll(".", "\\u002e").replaceAll("e", "\\u0065"),
    contentType: "application/json",
  })),
  "echo-cut": echo((token) => json(401, { message: `not ${token.slice(1)}` })),
  "echo-lines": echo((token) => ({ statusCode: 401, response: token.replace(/.{60}/g, "$&\n"), contentType: "text/plain" })),
  "echo-percent": echo((token) => json(401, { message: token.replaceAll(".", "%2e") })),
  "echo-base64": echo((token) => json(401, { message: `not ${Buffer.from(token).toString("base64")}` })),
  "echo-certificate": echo((token) => json(200, { signedCertificateEmbeddedSct: { chain: { certificates: [token] } } })),
  "echo-key": echo((token) => ({ statusCode: 200, response: `{"${token}":1,"${token}":2}`, contentType: "application/json" })),
  "other-key": (body, services) =>
    services.fulcio.fn(
      asked(body, (request) => {
        const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
        request.publicKeyRequest.publicKey.content = publicKey.export({ format: "pem", type: "spki" });
      }),
    ),
  "no-sct": (body, services) => services.withoutLog.fn(body),
  "other-authority": (body, services) => services.stranger.fn(body),
  "no-json": () => ({ statusCode: 200, response: "<html>", contentType: "text/html" }),
  "no-certificate": () => json(200, { signedCertificateEmbeddedSct: { chain: { certificates: [] } } }),
  "detached-sct": () => json(200, { signedCertificateDetachedSct: { chain: { certificates: [] } } }),
  // Any of them.
  oversize: (body, services, response) => {
    response.writeHead(200, { "content-length": String(1 << 30) });
    response.write("x");
  },
  endless: (body, services, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const more = () => response.write(Buffer.alloc(1 << 20, 0x20), () => response.destroyed || more());
    response.on("error", () => {});
    more();
  },
  slow: (body, services, response) => {
    response.writeHead(200, { "content-length": "100000" });
    const drip = setInterval(() => (response.destroyed ? clearInterval(drip) : response.write(" ")), 500);
  },
  redirect: (body, services, response) => {
    response.writeHead(307, { location: `${services.url}/elsewhere` });
    response.end();
  },
  trouble: () => json(503, { message: "come back later" }),
  // Logs.
  "other-body": async (body, services) => {
    const other = JSON.parse(body);
    if (other.kind === "dsse") {
      const envelope = { ...JSON.parse(other.spec.proposedContent.envelope), payload: Buffer.from("{}").toString("base64") };
      other.spec.proposedContent.envelope = JSON.stringify(envelope);
    }
    if (other.kind === "hashedrekord") other.spec.data.hash.value = "0".repeat(64);
    if (other.dsseRequestV002) other.dsseRequestV002.envelope.payload = Buffer.from("{}").toString("base64");
    return services.log(Buffer.from(JSON.stringify(other)));
  },
  "other-log": async (body, services) => services.log(body, "stranger"),
  "no-promise": async (body, services) => {
    const entry = JSON.parse((await services.log(body)).response);
    for (const one of Object.values(entry)) one.verification.signedEntryTimestamp = randomBytes(70).toString("base64");
    return json(201, entry);
  },
  // Timestamp authorities.
  "other-imprint": (body, services) => services.stamp(body, { imprint: randomBytes(32) }),
  "other-nonce": (body, services) => services.stamp(body, { nonce: 7 }),
  "other-tsa": (body, services) => services.stamp(body, { stranger: true }),
};
