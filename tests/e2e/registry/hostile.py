#!/usr/bin/env python3
"""hostile.py LAYOUT LOG: a registry on loopback, in plain HTTP, whose repositories each do another wrong thing with the one image of an OCI
layout, and a foreign host (another port) to which they lead. Prints "PORT FOREIGN_PORT"; LOG gets a line of JSON for each request."""
import base64
import hashlib
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LAYOUT, LOG = sys.argv[1:3]
INDEX = "application/vnd.oci.image.index.v1+json"
LONG = 3600
PASSWORD = "Basic " + base64.b64encode(b"user:secret").decode()

with open(os.path.join(LAYOUT, "index.json"), encoding="utf-8") as file:
    IMAGE = json.load(file)["manifests"][0]
lock = threading.Lock()
counts = {}


def blob(digest):
    path = os.path.join(LAYOUT, "blobs", "sha256", digest.removeprefix("sha256:"))
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def media_type(data):
    try:
        return json.loads(data).get("mediaType", "application/octet-stream")
    except (ValueError, AttributeError):
        return "application/octet-stream"


def descriptor(number):
    return {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:%064x" % number, "size": 100, "artifactType": "application/x"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, data=b"", kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def endless(self, pause=0.0, piece=b" " * 65536):
        self.send_response(200)
        self.send_header("Content-Type", IMAGE["mediaType"])
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(pause)

    def do_HEAD(self):
        self.do_GET()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self):
        with lock, open(LOG, "a", encoding="utf-8") as log:
            log.write(json.dumps({"server": self.server.name, "method": self.command, "path": self.path, "authorization": self.headers.get("Authorization")}) + "\n")
        try:
            self.serve()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def serve(self):
        path, _, query = self.path.partition("?")
        parts = path.strip("/").split("/")
        if self.server.name == "foreign" and parts[0] == "token":
            return self.answer(200, b'{"token": "foreign"}')
        if len(parts) < 4 or parts[0] != "v2":
            return self.answer(404)
        mode, what, name = parts[1:4]
        with lock:
            counts[mode, what] = counts.get((mode, what), 0) + 1
            count = counts[mode, what]
        foreign = "http://127.0.0.1:%d" % self.server.foreign_port
        authorization = self.headers.get("Authorization")
        if self.server.name == "registry":
            if mode == "token" and authorization != "Bearer foreign":
                return self.answer(401, WWW_Authenticate='Bearer realm="%s/token",service="registry.example",scope="repository:token:pull,push"' % foreign)
            if mode in ("basic", "redirect") and authorization != PASSWORD:
                return self.answer(401, WWW_Authenticate='Basic realm="registry"')
            if mode == "redirect":
                return self.answer(307, Location=foreign + "/v2/honest/%s/%s" % (what, name))
            if mode == "metadata":
                return self.answer(307, Location="http://169.254.169.254/latest/meta-data/iam/security-credentials/")
            if mode == "around":
                return self.answer(307, Location=path)
            if mode == "busy" and count == 1:
                return self.answer(429, Retry_After="1")
            if mode == "closed":
                return self.answer(429, Retry_After=str(LONG))
            if mode == "broken":
                return self.answer(503)
        if what == "referrers":
            return self.referrers(mode, name, query)
        data = blob(IMAGE["digest"] if what == "manifests" and not name.startswith("sha256") else name)
        if data is None or (what == "manifests" and name.startswith("sha256-")):
            return self.answer(404)
        if mode == "endless":
            return self.endless()
        if mode == "drip":
            return self.endless(0.2, b" ")
        if mode == "large":
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 40))
            self.end_headers()
            return self.wfile.write(b" ")
        if mode == "wrong" or (mode == "moved" and what == "manifests" and not name.startswith("sha256:") and count > 1):
            data = data.replace(b"{", b"{ ", 1)
        said = "sha256:" + (hashlib.sha256(data).hexdigest() if mode != "lying" else "0" * 64)
        if what == "blobs":
            return self.answer(200, data, "application/octet-stream", Docker_Content_Digest=said)
        return self.answer(200, data, media_type(data), Docker_Content_Digest=said)

    def referrers(self, mode, name, query):
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}
        link = {}
        if mode == "many":
            index["manifests"] = [descriptor(number) for number in range(100_000)]
        elif mode == "count":
            index["manifests"] = [descriptor(number) for number in range(1_001)]
        elif mode == "loop":
            link = {"Link": '</v2/loop/referrers/%s?last=x>; rel="next"' % name}
        elif mode == "pages":
            link = {"Link": '</v2/pages/referrers/%s?last=%d>; rel="next"' % (name, int(query.rpartition("=")[2] or 0) + 1)}
        elif mode == "away":
            link = {"Link": '<http://127.0.0.1:%d/v2/away/referrers/%s>; rel="next"' % (self.server.foreign_port, name)}
        elif mode != "empty":
            return self.answer(404)
        return self.answer(200, json.dumps(index).encode(), INDEX, **link)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, name):
        super().__init__(("127.0.0.1", 0), Handler)
        self.name = name


registry, foreign = Server("registry"), Server("foreign")
registry.foreign_port = foreign.foreign_port = foreign.server_port
threading.Thread(target=foreign.serve_forever, daemon=True).start()
print(registry.server_port, foreign.server_port, flush=True)
registry.serve_forever()
