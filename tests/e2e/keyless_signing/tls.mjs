// tls.mjs NAME URL FILE: https on loopback with NAME.key and NAME.pem in front of URL; its port goes to FILE. As a module: front().
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";

/** Listens; answers the server. */
export async function front(name, url) {
  const server = createServer({ key: readFileSync(`${name}.key`), cert: readFileSync(`${name}.pem`) }, (asked, response) => {
    const { method, headers } = asked;
    const onward = request(url + asked.url, { method, headers: { ...headers, host: new URL(url).host } }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    asked.pipe(onward);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return server;
}

if (process.argv[1].endsWith("tls.mjs")) {
  const [name, url, file] = process.argv.slice(2);
  writeFileSync(file, String((await front(name, url)).address().port));
}
