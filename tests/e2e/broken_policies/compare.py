#!/usr/bin/env python3
"""compare.py CASES SCRATCH: every broken policy below CASES, and those of recipes.py, against its golden message.

CASES/NAME.yaml is a policy with one mistake, CASES/NAME.txt all that `headgate check --policy NAME.yaml` says about it.
NAME begins with what the mistake is about: `SECTION.KEY.`, `CHECKER.SETTING.`, `yaml.`, or `loosen.` for a policy that
loosens one of CASES/parents. Keys that policies name are made here, so that none lies in the project.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "recipes"))
import recipes  # noqa: E402
from schema_keys import keys_of_language  # noqa: E402

HEADGATE = os.environ["HEADGATE"]
UPDATE = os.environ.get("UPDATE") == "1"
# Each line of a message names a place.
PLACE = re.compile(r"^(?:headgate: | {10})[^ ]+:\d+:\d+: \S")
failed = 0


def report(name, problem=""):
    global failed
    failed += bool(problem)
    print(f"not ok {name} - {problem}" if problem else f"ok {name}", flush=True)


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_world(cases, scratch):
    """The folder that the policies are in, with what they name."""
    world = scratch / "broken"
    shutil.copytree(cases, world)
    keys = world / "keys"
    keys.mkdir()
    for name in ("release", "other", "third", "private"):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{keys}/{name}.pem")
        openssl("pkey", "-in", f"{keys}/{name}.pem", "-pubout", "-out", f"{keys}/{name}.pub")
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", f"{keys}/rsa1024.pem")
    openssl("pkey", "-in", f"{keys}/rsa1024.pem", "-pubout", "-out", f"{keys}/rsa1024.pub")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=root",
            "-keyout", "/dev/null", "-out", f"{keys}/root.pem")
    (keys / "words.txt").write_text("no key at all\n")
    (keys / "other.json").write_text('{"name": "package"}\n')
    (keys / "trusted_root.json").write_text("{}\n")
    (world / "names").mkdir()
    (world / "names" / "empty.txt").write_text("# no name\n\n")
    (world / "waiver-limits.signed-by.not-an-envelope.yaml.waivers.dsse.json").write_text("{}\n")
    (world / "waiver-limits.signed-by.of-other-waivers.yaml.waivers.dsse.json").write_text(json.dumps({
        "payloadType": "application/vnd.headgate.waivers+json", "payload": "W10=", "signatures": [{"sig": "AAAA"}]}))
    subprocess.run([sys.executable, f"{os.path.dirname(__file__)}/../make.py", "safetensors", f"{world}/benign.safetensors"], check=True)
    for name, content in recipes.BYTES.items():
        (world / f"recipe.{name}.yaml").write_bytes(content)
    for name, make in recipes.OTHERWISE.items():
        make(world / f"recipe.{name}.yaml")
    return world


def refusal(world, name):
    try:
        run = subprocess.run([HEADGATE, "check", "--policy", f"{name}.yaml", "benign.safetensors"], cwd=world, capture_output=True,
                             stdin=subprocess.DEVNULL, timeout=30, check=False)
    except subprocess.TimeoutExpired:
        return None, "", "it hangs"
    return run.returncode, run.stderr.decode("utf-8", "backslashreplace"), run.stdout.decode("utf-8", "backslashreplace")


def judge(golden, outcome):
    """What is wrong with one refusal; "" nothing."""
    code, said, printed = outcome
    if code != 4:
        return f"exit {code}, not 4: {(printed + said)[:300]!r}"
    if printed:
        return f"it printed {printed[:200]!r}"
    lines = said.splitlines()
    about_the_file = len(lines) == 1 and lines[0].startswith("headgate: policy recipe.")
    bad = [line for line in lines if not PLACE.match(line) and not about_the_file and " more" not in line]
    if bad or not lines:
        return f"a line without place: {bad[:1]!r}"
    if UPDATE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(said)
    wanted = golden.read_text() if golden.exists() else ""
    return "" if said == wanted else f"it says {said!r}, and {golden.name} {wanted!r}"


def main(cases, scratch):
    world = make_world(cases, scratch)
    names = sorted(path.stem for path in cases.glob("*.yaml"))
    made = sorted(f"recipe.{name}" for name in (*recipes.BYTES, *recipes.OTHERWISE))
    golden = {name: cases / f"{name}.txt" for name in names} | {name: cases / "recipes" / f"{name[7:]}.txt" for name in made}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        outcomes = dict(zip(golden, pool.map(lambda name: refusal(world, name), golden)))
    for name in golden:
        report(name, judge(golden[name], outcomes[name]))
    stray = {*cases.glob("*.txt"), *(cases / "recipes").glob("*")} - set(golden.values())
    report("every golden message is of a case", ", ".join(sorted(path.name for path in stray)))
    keys = keys_of_language()
    bare = [key for key in keys if not any(name.startswith(f"{key}.") for name in names)]
    report(f"each of {len(keys)} keys and settings is broken in some case", ", ".join(bare))
    report(f"there are at least 200 broken policies: {len(golden)}", "" if len(golden) >= 200 else "too few")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
