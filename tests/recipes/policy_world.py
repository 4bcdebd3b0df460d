"""policy_world.py: one folder with everything that policies of the tests name and judge: keys a, b and c, roots, artifacts
honest and not, signed and attested by a. Made when needed (HEADGATE names the binary that computes digests).

    keys/a.pub b.pub c.pub, root.pem, other_root.pem, trusted_root.json, other_trusted_root.json
    names/ours.txt                popular names of our own: acmetool
    good.safetensors              honest weights
    evil.pkl                      would run `echo headgate`
    odd.pkl                       names lab.other.Thing, which nobody knows; sk.pkl a class of scikit-learn
    odd.onnx                      uses the operator Custom of lab.example
    unread.rar                    nothing reads it
    model/ nocard/ poorcard/      a folder with a whole card, with none, with one that names no licence
    llama/ llama-nan/ llama-extra/ llama-template/   a whole snapshot; with a NaN, a tensor too many, another chat template
    signed/ twice/                model signatures by a, by a and b; dsse.safetensors with a bare statement of signing
    leftout/ linked/              model signatures by a: its ignore list leaves out extra.txt; it allows symbolic links
    tested.safetensors            a test result of 2026-06-01 by a; verdict.safetensors a verdict by a
    built.safetensors             with SLSA provenance by a; delegated.facts.json: such as a delegator signed, recorded
    hub/                          a hub's cache of hf:acme/tiny at a commit
    requirements-ours.txt -unhashed.txt -path.txt -near.txt: from an index of ours, without hash, from a path, a near miss
    acme_tiny-1.0-py3-none-any.whl   a wheel that runs encoded text when it is imported
    package-lock.json             @acme/tool from npm.acme.example
    harmless.vex.json             a says that CVE-2025-32434 does no harm in torch 2.3.1
    plugins/probe reader          probe_plugin.py: does what its settings say; reader needs the data `list`
    good.facts.json evil.facts.json  recorded evidence
"""
import json
import os
import subprocess

import protobuf
import supply_chain
import tiny_llama
from signatures import Key, attest, certificate_authority, digest_of, sign_model, trusted_root

TEST = "https://acme.example/test/v1"
PROVENANCE = "https://slsa.dev/provenance/v1"
VERDICT = "https://slsa.dev/verification_summary/v1"
SIGNING = "https://sigstore.dev/cosign/sign/v1"
HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"


def _keys(path):
    os.makedirs(path("private"))
    keys = {name: Key(path("private"), name) for name in "abc"}
    for name, key in keys.items():
        supply_chain.write(path("keys", name + ".pub"), key.pem)
    for name, subject in (("root", "/O=Acme/CN=Acme signing root"), ("other_root", "/O=Acme/CN=Acme other root")):
        pem = certificate_authority(path("private"), name, subject)
        supply_chain.write(path("keys", name + ".pem"), pem)
        supply_chain.write_json(path("keys", name.replace("root", "trusted_root") + ".json"), trusted_root(pem))
    return keys


def _models(path, keys):
    supply_chain.safetensors(path("good.safetensors"))
    supply_chain.pickle_calls_system(path("evil.pkl"))
    supply_chain.write(path("odd.pkl"), b"\x80\x02clab.other\nThing\n)\x81.")
    supply_chain.write(path("odd.onnx"), protobuf.onnx_model([protobuf.onnx_node("Custom", "lab.example")]))
    supply_chain.pickle_sklearn(path("sk.pkl"))
    supply_chain.write(path("unread.rar"), b"Rar!\x1a\x07\x01\0" + bytes(64))
    supply_chain.model(path("model"))
    supply_chain.safetensors(path("nocard", "model.safetensors"))
    supply_chain.safetensors(path("poorcard", "model.safetensors"))
    supply_chain.write(path("poorcard", "README.md"), "---\nlanguage: en\n---\n# Tiny\n")
    for name in ("llama", "llama-nan", "llama-extra", "llama-template"):
        tiny_llama.make(path(name), *name.split("-")[1:])
    supply_chain.hub_cache(path("hub"))
    for name in ("signed", "twice"):
        supply_chain.safetensors(path(name, "model.safetensors"))
        sign_model(path(name), keys["a"])
    sign_model(path("twice"), keys["b"], "model.sigstore.json")
    for name, how in (("leftout", {"ignored": ["extra.txt"]}), ("linked", {"links": True})):
        supply_chain.safetensors(path(name, "model.safetensors"))
        supply_chain.write(path(name, "extra.txt"), "words\n")
        sign_model(path(name), keys["a"], **how)
    for name in ("dsse", "tested", "verdict", "built"):
        supply_chain.write(path(name + ".safetensors"), supply_chain.tensors([name]))
    attest(path("dsse.safetensors"), keys["a"], SIGNING, {}, path("dsse.safetensors.dsse.json"))
    attest(path("tested.safetensors"), keys["a"], TEST, {"result": "PASSED", "by": "garak 0.9", "timestamp": "2026-06-01T00:00:00Z"},
           path("tested.safetensors.intoto.jsonl"))
    attest(path("verdict.safetensors"), keys["a"], VERDICT, {
        "verifier": {"id": "https://gate.acme.example"}, "timeVerified": "2026-06-01T00:00:00Z", "resourceUri": "hf:acme/tiny",
        "policy": {"uri": "https://policies.acme.example/p.yaml", "digest": {"sha256": HASH}},
        "verificationResult": "PASSED", "verifiedLevels": ["HEADGATE_ADMIT"]}, path("verdict.safetensors.intoto.jsonl"))


def _provenance(path, keys):
    """What builds models here."""
    source = "git+https://git.acme.example/acme/model@refs/tags/v1.0.0"
    attest(path("built.safetensors"), keys["a"], PROVENANCE, {
        "buildDefinition": {"buildType": "https://ci.acme.example/t", "externalParameters": {"source": {"uri": source, "digest": {"gitCommit": "a" * 40}}}},
        "runDetails": {"builder": {"id": "https://ci.acme.example/builder"}}}, path("built.safetensors.intoto.jsonl"))


def _packages(path):
    supply_chain.wheel_that_decodes(path("acme_tiny-1.0-py3-none-any.whl"))
    supply_chain.write(path("names", "ours.txt"), "acmetool\n")
    supply_chain.write(path("requirements-ours.txt"), f"--index-url https://pypi.acme.example/simple\nacme-tool==1.0 --hash=sha256:{HASH}\n")
    supply_chain.write(path("requirements-near.txt"), f"--index-url https://pypi.acme.example/simple\nreqeusts==2.0 --hash=sha256:{HASH}\n")
    supply_chain.write(path("requirements-unhashed.txt"), "--index-url https://pypi.acme.example/simple\nacme-tool==1.0\n")
    supply_chain.write(path("requirements-path.txt"), f"./vendor/acme_tool-1.0-py3-none-any.whl --hash=sha256:{HASH}\n")
    supply_chain.write_json(path("npm", "package-lock.json"), {
        "name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": True,
        "packages": {"": {"name": "app", "version": "1.0.0", "dependencies": {"@acme/tool": "1.0.0"}},
                     "node_modules/@acme/tool": {
                         "version": "1.0.0", "resolved": "https://npm.acme.example/@acme/tool/-/tool-1.0.0.tgz",
                         "integrity": "sha512-" + "A" * 86 + "=="}}})


def _vex(path, keys):
    """A says that a flaw of torch does no harm at one version."""
    document = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://acme.example/vex/1", "author": "acme", "timestamp": "2026-01-01T00:00:00Z",
                "version": 1, "statements": [{"vulnerability": {"name": "CVE-2025-32434"}, "products": [{"@id": "pkg:pypi/torch@2.3.1"}],
                                              "status": "not_affected", "justification": "inline_mitigations_already_exist"}]}
    supply_chain.write(path("harmless.vex.json"), json.dumps(keys["a"].sign("application/vnd.openvex+json", json.dumps(document).encode())) + "\n")


def _broken_data(path):
    """A rules folder whose index of popular names is none."""
    supply_chain.write(path("broken-data", "names", "pypi.idx"), b"not an index")


def _plugins(path):
    """The probe, and one that needs data."""
    with open(os.path.join(os.path.dirname(__file__), "probe_plugin.py"), encoding="utf-8") as file:
        text = file.read()
    supply_chain.write(path("plugins", "probe"), text)
    supply_chain.write(path("plugins", "reader"), text.replace("NEEDS = []", 'NEEDS = ["list"]'))


def make(folder):
    """Fills `folder`; answers the keys by name."""
    def path(*parts):
        return os.path.join(folder, *parts)

    keys = _keys(path)
    _models(path, keys)
    _provenance(path, keys)
    _packages(path)
    _vex(path, keys)
    _broken_data(path)
    _plugins(path)
    for name in ("good.safetensors", "evil.pkl"):
        with open(path(name.split(".")[0] + ".facts.json"), "wb") as out:
            subprocess.run([os.environ["HEADGATE"], "facts", name], cwd=folder, stdout=out, check=True)
    _delegated(folder, keys["a"])
    return keys


def value_of(folder, wanted):
    """`sha256:FILE`, `digest:SUBJECT` or `dirHash:SUBJECT`: hex."""
    kind, _, name = wanted.partition(":")
    if kind == "sha256":
        with open(os.path.join(folder, name), "rb") as file:
            return supply_chain.sha256(file.read())
    return digest_of(os.path.join(folder, name))["sha256" if kind == "digest" else kind]


def _delegated(folder, key):
    """The evidence about good.safetensors, and with it provenance that a delegator signed for the builder that it ran."""
    with open(os.path.join(folder, "good.facts.json"), encoding="utf-8") as file:
        facts = json.load(file)
    with open(key.path + ".der", "wb") as file:
        file.write(Key.run("pkey", "-in", key.path, "-pubout", "-outform", "DER"))
    with open(key.path + ".der", "rb") as file:
        key_id = supply_chain.sha256(file.read())
    facts["provenances"] = [{
        "where": {"path": "good.intoto.jsonl"}, "predicate_type": PROVENANCE, "signers": [], "key_ids": [key_id],
        "builder": "https://ci.acme.example/builder", "build_type": "https://ci.acme.example/t", "parameters": [], "materials": [],
        "delegator": "https://ci.acme.example/.github/workflows/delegator.yml@refs/tags/v1.0.0"}]
    supply_chain.write_json(os.path.join(folder, "delegated.facts.json"), facts)


def as_json(text):
    return json.loads(text) if text else None
