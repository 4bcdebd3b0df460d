// serve.mjs FOLDER: a Sigstore for signers, until it is ended. In FOLDER: trusted_root.json, other_root.json (of another Sigstore), tokens, and
// config/NAME.json, a SigningConfig with one thing that is NAME: good, v2, both, or a fault (faults.mjs) at the service that it is about. Its
// last file is `ready`, with its URL. GET /github is GitHub's token service.
import { mkdirSync, writeFileSync } from "node:fs";
import { save, start, token } from "../keyless/sigstore.mjs";

const [folder] = process.argv.slice(2);
const claims = {
  iss: "https://token.ci.example",
  sub: "https://git.example/acme/ml/.ci/release.yml@refs/heads/main",
  exp: Math.floor(Date.now() / 1000) + 3600,
};
const bearer = "runner-secret";
const sigstore = await start({
  "/github": (request) => {
    const audience = new URL(request.url, "http://x").searchParams.get("audience");
    if (request.headers.authorization !== `Bearer ${bearer}`) return { statusCode: 403, response: "not for you" };
    return { statusCode: 200, response: JSON.stringify({ count: 1, value: token({ ...claims, aud: audience }) }), contentType: "application/json" };
  },
});
const other = await start();
mkdirSync(`${folder}/config`, { recursive: true });
save(`${folder}/trusted_root.json`, sigstore.trustedRoot);
save(`${folder}/other_root.json`, other.trustedRoot);
const write = (name, text) => writeFileSync(`${folder}/${name}`, text);
write("token", `${token(claims)}\n`);
write("other-audience", token({ ...claims, aud: "https://cloud.example" }));
write("ended", token({ ...claims, exp: 1700000000 }));
write("mail", token({ ...claims, email: "dev@acme.example", email_verified: false }));
write("no-token", "hello");

const service = (url, version = 1, operator = "acme") => ({ url, majorApiVersion: version, validFor: { start: "2024-01-01T00:00:00Z" }, operator });
function config(name, { ca = "", log = "", tsa = "", logs = [1], authorities = 1 } = {}) {
  const at = (fault) => sigstore.url + (fault && `/${fault}`);
  save(`${folder}/config/${name}.json`, {
    mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    caUrls: [service(at(ca))],
    oidcUrls: [service("https://oauth.example/auth")],
    rekorTlogUrls: logs.map((version) => service(at(log), version, `operator ${version}`)),
    rekorTlogConfig: { selector: "ANY" },
    tsaUrls: Array(authorities).fill(service(`${at(tsa)}/api/v1/timestamp`)),
    tsaConfig: { selector: "ANY" },
  });
}
config("good");
config("v2", { logs: [2] });
config("both", { logs: [1, 2] });
config("no-tsa", { authorities: 0 });
config("v2-no-tsa", { logs: [2], authorities: 0 });
const anywhere = ["no-json", "oversize", "endless", "slow", "redirect", "trouble"];
const echoes = ["escaped", "cut", "lines", "percent", "base64", "certificate", "key"].map((how) => `echo-${how}`);
for (const ca of [...echoes, "refused-token", "other-key", "no-sct", "other-authority", "no-certificate", "detached-sct", ...anywhere]) config(`ca-${ca}`, { ca });
for (const log of ["other-body", "other-log", "no-promise", ...anywhere]) config(`log-${log}`, { log });
for (const log of ["other-body", "other-log"]) config(`v2-${log}`, { log, logs: [2] });
for (const tsa of ["other-imprint", "other-nonce", "other-tsa", ...anywhere]) config(`tsa-${tsa}`, { tsa });
write("ready", sigstore.url);
