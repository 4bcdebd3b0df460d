"""blocks.py PAGE FOLDER: runs the fenced blocks of a manual page in FOLDER, one "ok" or "not ok" line a block.

    ```yaml            a whole policy: written to policy.yaml, must load
    ```yaml fragment   a part of one: what is missing is added (SKELETON), then the same
    ```yaml refused    must be refused, with exactly the message of the block behind it
    ```text NAME       a file
    ```console         commands after "$ ", each with what it prints; "..." stands for anything
"""
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
EXAMPLES = os.path.join(ROOT, "rules", "examples")
BLOCK = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```$", re.M | re.S)
SKELETON = {
    "headgate": "headgate: 1\n",
    "policy": "policy: manual/fragment\n",
    "trust": "trust:\n  keys:\n    release: { public-key: keys/release.pub }\n    gate: { public-key: keys/gate.pub }\n"
             "    appsec: { public-key: keys/appsec.pub }\n",
    "tiers": 'tiers:\n  - { tier: ours, match: ["hf:acme/**"] }\n  - { tier: others, match: ["**"] }\n',
    "rules": "rules:\n  - { id: model.safe-format, for: [model], check: serialization, why: Loading this file can run code. }\n"
             "  - { id: package.name, for: [package], check: typosquat, why: A near miss is how malware gets installed. }\n",
}


def keys_of(text):
    return set(re.findall(r"^([a-z-]+):", text, re.M))


def whole(fragment):
    """The fragment with what it lacks, in the order in which a reader would write it."""
    present = keys_of(fragment)
    head = "".join(SKELETON[key] for key in ("headgate", "policy") if key not in present)
    wanted = ["trust"] if "extends" in present else ["trust", "tiers", "rules"]
    return head + fragment + "".join(SKELETON[key] for key in wanted if key not in present)


def provide(policy):
    """Makes the files that a policy names."""
    os.makedirs("keys", exist_ok=True)
    for name in re.findall(r"public-key: ([^ ,}\n]+)", policy):
        if not os.path.exists(name):
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", "key.pem"], check=True, capture_output=True)
            subprocess.run(["openssl", "pkey", "-in", "key.pem", "-pubout", "-out", name], check=True)
    for name in re.findall(r"(?:certificates|trusted-root): ([^ ,}\n]+)", policy):
        os.makedirs(os.path.dirname(name), exist_ok=True)
        shutil.copy(os.path.join(EXAMPLES, "10-enterprise", "keys", os.path.basename(name)), name)
    for name in re.findall(r"path: ([^ ,}\n]+)", policy):
        shutil.copy(os.path.join(EXAMPLES, "05-platform-and-product", os.path.basename(name)), name)
    for name in re.findall(r"pypi: ([a-z/-]+\.txt)", policy):
        os.makedirs(os.path.dirname(name), exist_ok=True)
        shutil.copy(os.path.join(EXAMPLES, "10-enterprise", name), name)


def load(policy):
    with open("policy.yaml", "w", encoding="utf-8") as out:
        out.write(policy)
    provide(policy)
    done = subprocess.run([os.environ["HEADGATE"], "policy", "lint", "policy.yaml"], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr.strip()


def normal(text):
    return [line.rstrip() for line in text.strip("\n").split("\n")]


def agrees(wanted, got):
    """`wanted` with "..." for any lines, or within a line for anything."""
    pattern = "\n".join("(?:.*\n)*?.*" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", ".*") for line in wanted)
    return re.fullmatch(pattern, "\n".join(got)) is not None


def console(text):
    problems = []
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, wanted = part.partition("\n")
        script = 'headgate() { "$HEADGATE" "$@"; }\n' + command + "; printf 'exit %s\\n' $?"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
        got = normal(done.stdout.replace("\nexit 0\n", "\n") + done.stderr)
        code = re.search(r"^exit (\d+)$", done.stdout, re.M)[1]
        got = [line for line in got if not re.fullmatch(r"exit \d+", line)]
        shown = normal(wanted)
        if not agrees(shown, got):
            problems.append(f"{command!r} (exit {code}) prints\n" + "\n".join(got))
    return problems


def main(page, folder):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    refused, bad, counts = None, 0, {}
    for match in BLOCK.finditer(text):
        kind, info, body = match.group(1), match.group(2).strip(), match.group(3)
        line = text.count("\n", 0, match.start()) + 1
        problems = []
        if refused is not None:
            if kind != "" or normal(body) != normal(refused):
                problems = [f"the message is {refused}"]
            refused, info = None, "of a refusal"
        elif kind == "yaml":
            policy = body if info != "fragment" else whole(body)
            code, message = load(policy)
            if info == "refused":
                refused = message
                problems = [] if code == 4 else [f"exit {code}, expected 4"]
            elif code > 1:
                problems = [message]
        elif kind == "text" and info:
            os.makedirs(os.path.dirname(info) or ".", exist_ok=True)
            with open(info, "w", encoding="utf-8") as out:
                out.write(body)
        elif kind == "console":
            problems = console(body)
        else:
            problems = [f"a block of kind '{kind}' that nothing runs"]
        counts[kind] = counts.get(kind, 0) + 1
        bad += bool(problems)
        what = f"{os.path.basename(page)}:{line}: {kind or 'message'}{' ' + info if info else ''}"
        print(f"not ok {what} - {' | '.join(problems)}" if problems else f"ok {what}")
    if counts.get("yaml", 0) < 15 or counts.get("console", 0) < 5:
        print(f"not ok the page shows policies and what they do - {counts}")
        bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
