#!/usr/bin/env python3
"""torture.py SCRATCH: every row of probe_plugin.py's `do`, under the command line, and some under `serve`."""
import ctypes
import hashlib
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "recipes"))
import supply_chain  # noqa: E402

HEADGATE = os.environ["HEADGATE"]
SECRET = "swordfish-4711"
failed = 0

# What is written in the policy, and what the rule's reason says (a regular expression would be a second test of the words).
ROWS = {
    "malformed": "no single JSON document", "not-utf8": "no single JSON document", "duplicate": "no single JSON document",
    "nested": "no single JSON document", "late": "did not end within", "huge": "more than 4194304 bytes", "endless": "more than 4194304 bytes",
    "empty": "answered nothing", "twice": "no single JSON document", "trailing": "no single JSON document",
    "wrong-id": "another request", "wrong-protocol": "not of protocol 1", "unknown-status": "'status'", "no-findings": "no 'findings'",
    "foreign-rule": "does not describe", "foreign-file": "was not given", "many": "more than 1000", "other-checker": "not the plugin",
    "exit-code": "exit code 3", "crash": "signal 11", "exec": "no single JSON document", "exec-outside": "exit code 1",
    "fork": "did not end within", "spin": "did not end within", "memory": "exit code 1", "disk": "exit code 1", "environment": "exit code 1",
    "open-outside": "exit code 1", "write-outside": "exit code 1", "write-input": "exit code 1", "connect": "exit code 1",
    "connect-local": "exit code 1", "kill-parent": "exit code 1", "kill-all": "", "ptrace": "exit code 1", "outlive": "did not end within",
}
TAKES_A_SECOND = {"late", "fork", "spin", "outlive"}


def report(name, problem=""):
    global failed
    failed += bool(problem)
    print(f"not ok {name} - {problem}".replace("\n", " | ")[:900] if problem else f"ok {name}", flush=True)


def policy(what, at, network=False, sandbox=""):
    pin = hashlib.sha256(pathlib.Path("probe").read_bytes()).hexdigest()
    settings = json.dumps({"do": what, "at": str(at), "on": "bad.safetensors"})
    return f"""headgate: 1
policy: test/torture
{sandbox}
plugins:
  probe: {{ run: probe, sha256: {pin}, timeout: {1 if what in TAKES_A_SECOND else 20}s, network: {str(network).lower()} }}
tiers:
  - {{ tier: any, match: ["**"] }}
rules:
  - id: model.format
    for: [model]
    check: serialization
    why: It is asked.
  - id: model.probe
    for: [model]
    check: plugin
    with: {{ plugin: probe, settings: {settings} }}
    why: It is asked.
"""


def rule(subject):
    return next(rule for rule in subject["rules"] if rule["id"] == "model.probe")


def problem_of(document, what):
    """What is wrong with a verdict over the bad subject and the good one; "" nothing."""
    bad, good = document["subjects"]
    if bad["decision"] != "error" or rule(bad)["result"] != "error":
        return f"the subject is {bad['decision']}, the rule {rule(bad)['result']}"
    if ROWS[what] not in rule(bad).get("reason", ""):
        return f"the reason is {rule(bad).get('reason')!r}"
    if good["decision"] != "allow" or rule(good)["result"] != "pass":
        return f"the other subject is {good['decision']}, the rule {rule(good)}"
    if document["decision"] != "error":
        return f"the whole is {document['decision']}"
    return ""


class Listener:
    """Somebody to connect to, who would notice."""

    def __init__(self, family, address):
        self.socket = socket.socket(family)
        self.socket.bind(address)
        self.socket.listen(8)
        self.socket.setblocking(False)

    def heard(self):
        try:
            self.socket.accept()
            return True
        except BlockingIOError:
            return False


def check(extra=(), environment=None):
    started = time.monotonic()
    done = subprocess.run([HEADGATE, "check", "--policy", "policy.yaml", "--output", "json", *extra, "bad.safetensors", "good.safetensors"],
                          capture_output=True, text=True, timeout=60, check=False, errors="replace",
                          env={**os.environ, "HEADGATE_KEY_PASSPHRASE": SECRET, "CI_TOKEN": SECRET, **(environment or {})})
    return done, time.monotonic() - started


def processes_of_probe():
    """Those that still run what a plugin started (all of them name the copy in memory)."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            line = (entry / "cmdline").read_bytes()
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if b"/dev/fd/" in line and b"-IS" in line and state != "Z":
            found.append(line)
    return found


def one(what, targets):
    at = targets.get(what, targets["secret"])
    pathlib.Path("policy.yaml").write_text(policy(what, at))
    before = {name: pathlib.Path(name).read_bytes() for name in ("bad.safetensors", "good.safetensors", "secret")}
    done, seconds = check()
    if not done.stdout.startswith("{"):
        return f"exit {done.returncode}: {done.stderr}"
    problem = problem_of(json.loads(done.stdout), what)
    if problem:
        return problem
    if done.returncode != 2:
        return f"exit {done.returncode}, not 2"
    if SECRET in done.stdout + done.stderr:
        return "a secret of the host is in what the gate prints"
    if seconds > (15 if what in TAKES_A_SECOND else 40):
        return f"it took {seconds:.1f} s"
    if any(pathlib.Path(name).read_bytes() != content for name, content in before.items()):
        return "a file changed"
    if any(pathlib.Path(folder, "headgate-torture").exists() for folder in ("/tmp", "/var/tmp", "/dev/shm")):
        return "a file was left"
    # They are killed when the answer is there; a process that is being killed is there for moments more.
    end = time.monotonic() + 5
    while (left := processes_of_probe()) and time.monotonic() < end:
        time.sleep(0.05)
    return f"still running: {left[:2]}" if left else ""


def without_landlock(command):
    """Runs a command whose kernel seems to have no Landlock: a filter answers ENOSYS."""
    def filtered():
        libc = ctypes.CDLL(None, use_errno=True)
        code = struct.pack("HBBI" * 4, 0x20, 0, 0, 0, 0x15, 0, 1, 444, 0x06, 0, 0, 0x00050000 | 38, 0x06, 0, 0, 0x7FFF0000)
        buffer = ctypes.create_string_buffer(code)
        program = struct.pack("HxxxxxxQ", 4, ctypes.addressof(buffer))
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
            os._exit(99)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, preexec_fn=filtered)


def kernels():
    """Where the kernel lacks a feature: not run, or run and said so."""
    command = [HEADGATE, "check", "--policy", "policy.yaml", "--output", "json", "good.safetensors"]
    pathlib.Path("policy.yaml").write_text(policy("nothing", ""))
    done = without_landlock(command)
    subject = json.loads(done.stdout)["subjects"][0] if done.stdout.startswith("{") else {"decision": done.stderr, "rules": []}
    good = subject["decision"] == "error" and "cannot be contained" in rule(subject).get("reason", "")
    report("without Landlock, required: it is not run", "" if good else str(subject)[:600])
    pathlib.Path("policy.yaml").write_text(policy("nothing", "", sandbox="defaults: { sandbox: best-effort }"))
    done = without_landlock(command)
    subject = json.loads(done.stdout)["subjects"][0] if done.stdout.startswith("{") else {"decision": done.stderr, "rules": [], "enforced": ""}
    good = subject["decision"] == "allow" and subject["enforced"] is False and "Landlock" in str(rule(subject)["plugin"].get("uncontained"))
    report("without Landlock, best-effort: it runs, the verdict says which feature was missing and is not HEADGATE_ENFORCED", "" if good else str(subject)[:600])


class Server:
    def __init__(self):
        self.log = open("log", "w+", encoding="utf-8")
        self.process = subprocess.Popen([HEADGATE, "serve", "--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0", "--policy", "policy.yaml",
                                         "--root", "."], stderr=self.log)
        self.port = None
        for _ in range(200):
            for line in pathlib.Path("log").read_text(encoding="utf-8").splitlines():
                event = json.loads(line)
                if event.get("event") == "serving":
                    self.port = event["port"]
            if self.port:
                return
            time.sleep(0.1)

    def ask(self):
        body = json.dumps({"subjects": [{"path": "bad.safetensors"}, {"path": "good.safetensors"}]}).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/v1/evaluate", body, timeout=60) as answer:
            return json.load(answer)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


def served():
    for what in ("malformed", "late", "crash", "fork", "memory", "kill-parent", "outlive"):
        pathlib.Path("policy.yaml").write_text(policy(what, pathlib.Path("marker").resolve(), sandbox="defaults: { sandbox: best-effort }"))
        server = Server()
        try:
            problem = problem_of(server.ask(), what) or problem_of(server.ask(), what)
        except OSError as error:
            problem = f"the server does not answer: {error}"
        code = server.stop()
        report(f"serve: {what}", problem or (f"the server ended with {code}" if code else ""))


def main(scratch):
    os.chdir(scratch)
    os.chmod(".", 0o755)
    pathlib.Path("probe").write_bytes((ROOT / "tests" / "recipes" / "probe_plugin.py").read_bytes())
    for name in ("bad.safetensors", "good.safetensors"):
        supply_chain.write(name, supply_chain.tensors([name]))
    pathlib.Path("secret").write_text(SECRET)
    os.chmod("secret", 0o666)
    shutil = pathlib.Path("tool")
    shutil.write_text("#!/bin/sh\ntouch " + str(pathlib.Path("ran").resolve()) + "\n")
    os.chmod("tool", 0o777)
    tcp, local = Listener(socket.AF_INET, ("127.0.0.1", 0)), Listener(socket.AF_UNIX, str(pathlib.Path("socket").resolve()))
    os.chmod("socket", 0o777)
    marker = pathlib.Path("marker").resolve()
    targets = {"secret": pathlib.Path("secret").resolve(), "connect": tcp.socket.getsockname()[1], "connect-local": pathlib.Path("socket").resolve(),
               "exec-outside": pathlib.Path("tool").resolve(), "outlive": marker}
    for what in ROWS:
        report(f"a plugin: {what}", one(what, targets))
    report("nobody connected to anything", "somebody did" if tcp.heard() or local.heard() else "")
    report("nothing outside was run", "it was" if pathlib.Path("ran").exists() else "")
    kernels()
    served()
    time.sleep(1)
    report("what outlived its deadline left no mark", "it did" if marker.exists() else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
