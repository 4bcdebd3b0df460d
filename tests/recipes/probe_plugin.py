#!/usr/bin/python3 -IS
"""A plugin that behaves, and misbehaves, as its settings say: for tests. Without settings it looks at every file and finds nothing.

    say: TEXT         finds that, about the first file          status: STATUS    answers with it, without findings
    sleep: SECONDS    answers later                             env: NAME         finds the variable when it is set
    network: true     finds that it can open a socket           list: true        finds the lines of the data `list`
    do: WHAT          one row of tests/e2e/plugin_torture       on: PATH          does so only when it is given this file
    at: TEXT          what `do` needs: a path, a port
"""
import ctypes
import json
import os
import signal
import socket
import sys
import time

NEEDS = []
SCHEMA = {
    "type": "object", "additionalProperties": False,
    "properties": {
        "say": {"type": "string"}, "status": {"enum": ["complete", "partial", "not-applicable", "error"]},
        "sleep": {"type": "integer", "minimum": 0, "maximum": 60}, "env": {"type": "string"}, "network": {"type": "boolean"},
        "list": {"type": "boolean"}, "do": {"type": "string"}, "on": {"type": "string"}, "at": {"type": "string"}}}
DESCRIPTION = {"name": "probe", "version": "1.0", "kinds": ["model", "dataset"], "needs": {"files": "read", "data": NEEDS},
               "settings_schema": SCHEMA, "rules": [{"id": "probe.said", "severity": "high", "why": "It was told to.", "fix": "Tell it otherwise."}]}


def finding(request, message, **more):
    found = {"rule": "probe.said", "message": message, **more}
    if request["input"]["files"]:
        found["evidence"] = {"path": request["input"]["files"][0]["path"], "offset": 0}
    return found


def answer(request, findings=(), status="complete"):
    return {"protocol": 1, "request_id": request["request_id"], "status": status, "checker": {"name": "probe", "version": "1.0"},
            "coverage": {"examined": len(request["input"]["files"]), "skipped": []}, "findings": list(findings)}


def say(document):
    sys.stdout.write(json.dumps(document))
    sys.stdout.flush()


def fork_without_end():
    while True:
        try:
            if os.fork() == 0:
                time.sleep(600)
        except OSError:
            time.sleep(600)


def outlive(marker):
    """A grandchild that asks for a session of its own, hears no signal, and would leave a mark after the deadline."""
    if os.fork() == 0:
        for attempt in (os.setsid, lambda: os.setpgid(0, 0)):
            try:
                attempt()
            except OSError:
                pass
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            os.close(0)
            os.close(1)
            os.close(2)
            time.sleep(4)
            with open(marker, "w", encoding="utf-8") as out:
                out.write("still here")
        time.sleep(600)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)


def read_everywhere(path):
    for name in (path, "/proc/1/environ", f"/proc/{os.getppid()}/environ", f"/proc/{os.getppid()}/maps", "/etc/shadow", os.path.expanduser("~root/.netrc")):
        try:
            with open(name, "rb") as file:
                sys.stdout.write(file.read().decode("latin-1"))
        except OSError as problem:
            print(problem, file=sys.stderr)
    sys.exit(1)


def ptrace(process):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, process, 0, 0) < 0:                      # PTRACE_ATTACH
        sys.exit("ptrace: " + os.strerror(ctypes.get_errno()))


def fill_disk():
    for folder in (os.environ["TMPDIR"], os.environ["HOME"], "/tmp", "/var/tmp", "/dev/shm"):
        try:
            with open(os.path.join(folder, "headgate-torture"), "wb") as out:
                for _ in range(1024):
                    out.write(bytes(1 << 20))
        except OSError as problem:
            print(problem, file=sys.stderr)
    sys.exit(1)


def write_input(request):
    for file in request["input"]["files"]:
        for place in (file["fd"], f"/proc/self/fd/{file['fd']}"):
            try:
                with open(place, "r+b", closefd=isinstance(place, str)) as out:
                    out.write(b"overwritten")
            except OSError as problem:
                print(problem, file=sys.stderr)
    sys.exit(1)


def misbehave(what, at, request):
    good = answer(request)
    text = json.dumps(good)
    rows = {
        "malformed": lambda: print(text[:-1]),
        "not-utf8": lambda: sys.stdout.buffer.write(text.replace("probe", "pro\udcffbe").encode("utf-8", "surrogateescape")),
        "duplicate": lambda: print(text.replace('"protocol": 1', '"protocol": 1, "protocol": 1')),
        "nested": lambda: print(text[:-1] + ', "more": ' + "[" * 5000 + "]" * 5000 + "}"),
        "late": lambda: time.sleep(600),
        "huge": lambda: print(text + " " * (16 << 20)),
        "endless": lambda: [sys.stdout.write("x" * (1 << 20)) for _ in iter(int, 1)],
        "empty": lambda: None,
        "twice": lambda: print(text + text),
        "trailing": lambda: print(text + "x"),
        "wrong-id": lambda: say({**good, "request_id": "0" * 32}),
        "wrong-protocol": lambda: say({**good, "protocol": 2}),
        "unknown-status": lambda: say({**good, "status": "pass"}),
        "no-findings": lambda: say({key: value for key, value in good.items() if key != "findings"}),
        "foreign-rule": lambda: say({**good, "findings": [{"rule": "serialization.executes-code", "message": "x"}]}),
        "foreign-file": lambda: say({**good, "findings": [{"rule": "probe.said", "message": "x", "evidence": {"path": "../../etc/passwd"}}]}),
        "many": lambda: say({**good, "findings": [finding(request, "x")] * 5000}),
        "other-checker": lambda: say({**good, "checker": {"name": "probe", "version": "2.0"}}),
        "exit-code": lambda: (say(good), sys.stdout.flush(), os._exit(3)),
        "crash": lambda: ctypes.string_at(0),
        "exec": lambda: os.execv("/bin/echo", ["echo", "a shell by any other name"]),
        "exec-outside": lambda: os.execv(at, [at]),
        "fork": fork_without_end,
        "spin": lambda: [None for _ in iter(int, 1)],
        "memory": lambda: [bytearray(64 << 20) for _ in range(1024)],
        "disk": fill_disk,
        "environment": lambda: (print(dict(os.environ)), sys.exit(1)),
        "open-outside": lambda: read_everywhere(at),
        "write-outside": lambda: open(at, "w", encoding="utf-8").write("overwritten"),
        "write-input": lambda: write_input(request),
        "connect": lambda: socket.create_connection(("127.0.0.1", int(at)), timeout=2).sendall(b"here"),
        "connect-local": lambda: socket.socket(socket.AF_UNIX).connect(at),
        "kill-parent": lambda: os.kill(os.getppid(), signal.SIGKILL),
        "kill-all": lambda: os.kill(-1, signal.SIGKILL),
        "ptrace": lambda: ptrace(os.getppid()),
        "outlive": lambda: outlive(at),
    }
    rows[what]()
    sys.exit(0)


def check(request):
    settings, findings = request["settings"], []
    paths = [file["path"] for file in request["input"]["files"]]
    if "do" in settings and (settings.get("on") in (None, *paths)):
        misbehave(settings["do"], settings.get("at", ""), request)
    time.sleep(settings.get("sleep", 0))
    for file in request["input"]["files"]:
        os.lseek(file["fd"], 0, os.SEEK_SET)
        while os.read(file["fd"], 1 << 20):
            pass
    if "say" in settings:
        findings.append(finding(request, settings["say"]))
    if settings.get("env", "") in os.environ:
        findings.append(finding(request, "it sees " + settings["env"]))
    if settings.get("network"):
        try:
            socket.socket()
            findings.append(finding(request, "it can open a socket"))
        except OSError:
            pass
    if settings.get("list"):
        for data in request["data"]:
            findings += [finding(request, line) for line in os.read(data["fd"], 65536).decode().splitlines()]
    return answer(request, findings, settings.get("status", "complete"))


def main():
    request = json.load(sys.stdin)
    if request.get("protocol") != 1 or request.get("op") not in ("describe", "check"):
        sys.exit("not a request that this plugin knows")
    if request["op"] == "describe":
        return say({"protocol": 1, "request_id": request["request_id"], **DESCRIPTION})
    return say(check(request))


if __name__ == "__main__":
    main()
