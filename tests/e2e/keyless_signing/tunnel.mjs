// tunnel.mjs NAME URL FILE: an HTTP proxy on loopback that answers CONNECT with a tunnel to tls.mjs's server, whatever host is asked for; its
// port goes to FILE.
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { front } from "./tls.mjs";

const [name, url, file] = process.argv.slice(2);
const { port } = (await front(name, url)).address();
const proxy = createServer((request, response) => response.writeHead(405).end());
proxy.on("connect", (request, client) => {
  const server = connect(port, "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    server.pipe(client).pipe(server);
  });
  for (const socket of [client, server]) socket.on("error", () => socket.destroy());
});
proxy.listen(0, "127.0.0.1", () => writeFileSync(file, String(proxy.address().port)));
