"""children.py: random policies that extend another, most of them tightening, some not: what the loader lets pass must be no
looser than its parent, whatever it is."""
KINDS = ["model", "dataset", "package", "container"]
MODES = ["enforce", "warn", "monitor"]
SEVERITIES = ["critical", "high", "medium", "low", "info"]
DATES = ["2020-01-01", "2026-01-01", "2090-01-01"]
PATTERNS = ["hf:acme/**", "hf:**", "file:**", "pkg:pypi/**", "pkg:npm/**", "oci:registry.acme.example/**", "hf:acme/tiny", "pkg:pypi/acme-*"]
POOLS = {
    "serialization.allow": ["safetensors", "gguf", "torch", "pickle", "npy", "onnx"],
    "serialization.profiles": ["torch-weights", "python-data", "sklearn", "xgboost"],
    "serialization.allow-globals": ["lab.other.Thing", "posix.system", "sklearn.linear_model._logistic.LogisticRegression"],
    "serialization.allow-operators": ["onnx:lab.example.*", "onnx:ai.onnx.contrib.PyOp", "tensorflow:ReadFile"],
    "signature.any-of": ["a", "b", "c"],
    "signature.schemes": ["oms", "sigstore", "dsse", "cosign"],
    "attestation.predicate": ["https://acme.example/test/v1", "https://slsa.dev/verification_summary/v1"],
    "attestation.max-age": ["1d", "90d", "3000d"],
    "attestation.verifier-id": ["https://gate.acme.example", "https://gate.other.example"],
    "attestation.resource": ["hf:acme/tiny"],
    "attestation.policy-digest": ["sha256:" + "2" * 64],
    "attestation.levels": ["HEADGATE_ADMIT", "HEADGATE_ENFORCED"],
    "provenance.builders": [[{"id": "https://ci.acme.example/builder", "signed-by": names, "level": level}] for names in (["a"], ["a", "b"]) for level in (1, 3)],
    "provenance.delegators": ["https://ci.acme.example/delegator"],
    "provenance.source": ["https://git.acme.example/acme/*", "https://git.acme.example/acme/model", "**"],
    "provenance.ref": ["refs/tags/*", "refs/heads/main"],
    "provenance.build-type": ["https://ci.acme.example/t"],
    "provenance.level": [0, 1, 3],
    "registry.allow": ["public", "internal", "https://pypi.acme.example", "**", "pkg:pypi/**"],
    "typosquat.allow": ["pkg:pypi/reqeusts", "**", "pkg:pypi/**"],
    "card.require": ["license", "language", "base_model", "nothing-has-it"],
}


def random_value(draw, checker, setting, shape, parent):
    """A value of the right type; `parent` is what holds already, or None."""
    if setting == "signed-by":
        names = draw.sample("abc", draw.randint(1, 3))
        return draw.choice([{"any-of": names}, {"at-least": draw.randint(1, len(names)), "of": names}])
    if setting == "where":
        conditions = [{"at": "/result", "equals": draw.choice(["PASSED", "FAILED"])}, {"at": "/by", "matches": draw.choice([".*", "garak .*"])}]
        own = [{key: value for key, value in one.items()} for one in parent or []]
        return draw.sample(conditions, draw.randint(0, 2)) + (own if draw.random() < 0.7 else [])
    pool = POOLS.get(f"{checker}.{setting}")
    if "enum" in shape:
        return draw.choice(shape["enum"])
    if shape.get("type") == "boolean":
        return draw.random() < 0.5
    if "anyOf" in shape:
        words = pool or shape["anyOf"][1]["items"].get("enum") or ["x"]
        known = list(parent) if isinstance(parent, list) and draw.random() < 0.6 else []
        return sorted({*draw.sample(words, draw.randint(0 if not known else 0, len(words)))} | set(known if draw.random() < 0.5 else known[:1]))
    return draw.choice(pool) if pool else "x"


def random_with(draw, checker, settings, parent, how_many):
    with_ = {}
    keys = [key for key in settings if key not in ("at-least", "of")]
    for key in draw.sample(keys, min(len(keys), how_many)):
        value = random_value(draw, checker, key, settings[key], (parent or {}).get(key))
        if key == "any-of" and draw.random() < 0.4 and len(value) > 1:
            with_["at-least"], with_["of"] = draw.randint(1, len(value)), value
        else:
            with_[key] = value
    return with_


def random_mode(draw, tiers):
    return draw.choice([draw.choice(MODES), {tier: draw.choice(MODES) for tier in draw.sample(tiers, draw.randint(1, len(tiers)))}])


def changes(draw, rule, tiers, settings):
    """Some keys of a rule of the parent, said again."""
    made = {"id": rule["id"]}
    choices = {
        "for": lambda: sorted({*rule["for"], *draw.sample(KINDS, draw.randint(0, 2))} if draw.random() < 0.7 else draw.sample(KINDS, draw.randint(1, 3))),
        "mode": lambda: random_mode(draw, tiers),
        "when": lambda: {"tiers": draw.sample(tiers, draw.randint(1, len(tiers)))} if draw.random() < 0.8 else {"bytes": draw.random() < 0.5},
        "severity": lambda: draw.choice(SEVERITIES),
        "deny-at": lambda: draw.choice(SEVERITIES[:4]),
        "effective-on": lambda: draw.choice(DATES),
        "cap": lambda: "restricted",
        "controls": lambda: ["ACME-1"],
        "with": lambda: random_with(draw, rule["check"], settings.get(rule["check"], {}), rule["with"], draw.randint(1, 3)),
    }
    for key in draw.sample(sorted(choices), draw.choice([1, 1, 1, 2, 3])):
        made[key] = choices[key]()
    return made


def new_rule(draw, number, tiers, settings):
    checker = draw.choice(sorted(settings))
    required = {"signature": {"any-of": ["a"]}, "attestation": {"predicate": "https://acme.example/test/v1", "signed-by": {"any-of": ["a"]}}}
    rule = {"id": f"child.rule-{number}", "for": draw.sample(KINDS, draw.randint(1, 2)), "check": checker, "why": "It is asked.",
            "mode": random_mode(draw, tiers), "with": {**required.get(checker, {}), **random_with(draw, checker, settings[checker], None, draw.randint(0, 2))}}
    if "of" in rule["with"]:
        rule["with"].pop("any-of", None)
    if draw.random() < 0.3:
        rule["when"] = {"tiers": draw.sample(tiers, draw.randint(1, len(tiers)))}
    elif draw.random() < 0.3:
        rule["when"] = {"bytes": draw.random() < 0.5}
    if draw.random() < 0.2:
        rule["effective-on"] = draw.choice(DATES)
    if draw.random() < 0.2:
        rule["cap"] = "restricted"
    return rule


def random_child(draw, parent_path, parent, settings):
    """`parent`: as `policy show --output json` has it. What a child says of `names.internal` and `registries` is left out: that a
    place is ours is a child's to say where its parent does not (a rule that asks `registry` then takes it)."""
    child = {"headgate": 1, "policy": "test/child", "extends": [parent_path if parent_path.startswith("builtin:") else {"path": parent_path}]}
    tiers = [tier["tier"] for tier in parent["tiers"]]
    trusted = set(parent["trust"]["keys"]) | set(parent["trust"]["identities"]) | set(parent["trust"]["roots"])
    child["trust"] = {"keys": {name: {"public-key": f"keys/{name}.pub"} for name in "abc" if name not in trusted}}
    if draw.random() < 0.4:
        requires = draw.choice([{}, {"origin": draw.choice(["recorded", "verified"])}, {"signed-by": draw.sample("abc", draw.randint(1, 2))}])
        tier = {"tier": "child-tier", "match": draw.sample(PATTERNS, draw.randint(1, 3)), "requires": requires}
        child["tiers"] = [{key: value for key, value in tier.items() if value}]
        tiers = tiers + ["child-tier"]
    rules = [changes(draw, rule, tiers, settings) for rule in draw.sample(parent["rules"], min(len(parent["rules"]), draw.randint(0, 2)))]
    rules += [new_rule(draw, number, tiers, settings) for number in range(draw.choice([0, 0, 1, 2]))]
    if rules:
        child["rules"] = rules
    if draw.random() < 0.3:
        child["defaults"] = {key: draw.choice(["deny", "warn"]) for key in draw.sample(["on-error", "on-unmatched", "on-skipped"], 1)}
        if draw.random() < 0.5:
            child["defaults"]["mode"] = draw.choice(MODES)
    if draw.random() < 0.2:
        child["blocked"] = [{"reference": draw.choice(PATTERNS), "why": "blocked"}]
    if draw.random() < 0.2:
        child["names"] = {"protected": {"pypi": "names/ours.txt"}}
    if draw.random() < 0.2:
        child["waiver-limits"] = {"max-age": draw.choice(["1d", "400d"])}
    return child
