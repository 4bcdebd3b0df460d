#!/usr/bin/env python3
"""rules/findings.yaml is the catalogue of finding ids: every id that gate/ can produce is in it, and nothing else.

Most ids are whole literals ("card.missing"). The others are put together from an area and a thing; MAKERS lists every place
that does so and where its words stand. A place that is not listed fails: list it, or spell the id out.
"""
import re

import yaml

import _lint

CATALOGUE = "rules/findings.yaml"
ROOMS = ("formats", "intake", "checkers", "policy", "attest", "pipeline", "external")
ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
LITERAL = re.compile(r'"((?:\\.|[^"\\\n])*)"')

# (files, call, number of the argument that holds the thing, ids as a format of it). The files are a prefix of the path.
MAKERS = [
    ("gate/checkers/advisory.cpp", r"(?<!\.)\bflaw", 0, ["{}"]),
    ("gate/formats/pickle", r"\bfacts_\.finding", 0, ["pickle.{}"]),
    ("gate/formats/torch_legacy.cpp", r"\bfacts_\.finding", 0, ["pickle.{}"]),
    ("gate/formats/torch_legacy.cpp", r"\bproblem", 0, ["torch-legacy.{}"]),
    ("gate/formats/torch_zip.cpp", r"\b(?:problem|torch_finding)", 1, ["torch.{}"]),
    ("gate/formats/zip", r"\breport_?\.broken", 0, ["zip.{}"]),
    ("gate/formats/zip_local.cpp", r"\bdiffers", 0, ["zip.{}"]),
    ("gate/formats/zip_members.cpp", r"\bbad_content", 2, ["zip.{}"]),
    ("gate/formats/tar", r"\breport_?\.broken", 0, ["tar.{}"]),
    ("gate/formats/sevenzip", r"\breport_?\.broken", 0, ["sevenzip.{}"]),
    ("gate/formats/skops.cpp", r"(?<!\.)\bfinding", 0, ["skops.{}"]),
    ("gate/formats/tflite.cpp", r"(?<!\.)\bfinding", 0, ["tflite.{}"]),
    ("gate/formats/catboost.cpp", r"(?<!\.)\bfinding", 0, ["catboost.{}"]),
    ("gate/formats/mar.cpp", r"(?<!\.)\bfinding", 1, ["mar.{}"]),
    ("gate/formats/xml_model.cpp", r"(?<!\.)\bfinding", 0, ["xml.{}"]),
    ("gate/formats/compressed.cpp", r"(?<!\.)\bfinding", 0, ["compressed.{}"]),
    ("gate/formats/keras_config.cpp", r"\bproblem", 0, ["{}"]),
    ("gate/formats/keras_zip.cpp", r"\bproblem", 1, ["{}"]),
    ("gate/formats/hdf5", r"(?<!report_\.)\bbroken", 0, ["hdf5.{}"]),
    ("gate/formats/hdf5", r"\breport_\.broken", 0, ["hdf5.{}"]),
    ("gate/formats/hdf5_dataset.cpp", r"\bproblem", 0, ["hdf5.{}"]),
    ("gate/formats/hdf5_file.cpp", r"\bmalformed", None, ["hdf5.malformed"]),
    ("gate/formats/hdf5_file.cpp", r"\breport_\.unscannable", None, ["hdf5.unscannable"]),
    ("gate/formats/gguf.cpp", r"\brefuse", 0, ["gguf.{}"]),
    ("gate/formats/npy.cpp", r"\bbroken", 1, ["npy.{}"]),
    ("gate/formats/oci_layout.cpp", r"(?<!\.)\bfinding", 1, ["oci.{}"]),
    ("gate/formats/oci_walk.cpp", r"(?<!\.)\bfinding", 1, ["oci.{}"]),
    ("gate/formats/safetensors_header.cpp", r"\bfail", 0, ["safetensors.{}"]),
    ("gate/formats/chat_template_rules.cpp", r"\breport", 0, ["template.{}"]),
    ("gate/formats/tabular.cpp", r"\brefuse", 2, ["{}.malformed", "{}.unscannable"]),
    ("gate/formats/", r"\brefuse_protobuf", 1, ["{}.malformed", "{}.unscannable"]),
    ("gate/formats/", r"\bis_whole_text", 2, ["{}.malformed", "{}.unscannable"]),
    ("gate/formats/", r"\bcontext_?\.unscannable", 0, ["{}.unscannable"]),
    ("gate/formats/", r"\bContainerReport report", 1, ["{}.unscannable"]),
    ("gate/formats/pickle", r"\bfacts_\.unscannable", None, ["pickle.unscannable"]),
]
# What these rows would make but the code cannot.
IMPOSSIBLE = {}
# Where an area and a thing meet: the expressions that MAKERS (or, for typosquat, the table of kinds) answers for.
JOINTS = {
    ("gate/formats/parser.cpp", '+ ".unscannable"'),
    ("gate/formats/text.cpp", '+ ".malformed"'),
    ("gate/formats/tabular.cpp", '+ ".malformed"'),
    ("gate/formats/protobuf.cpp", '+ ".malformed"'),
    ("gate/formats/container_report.cpp", 'area_ + "."'),
    ("gate/formats/compressed.cpp", '"compressed." +'),
    ("gate/formats/skops.cpp", '"skops." +'),
    ("gate/formats/tflite.cpp", '"tflite." +'),
    ("gate/formats/catboost.cpp", '"catboost." +'),
    ("gate/formats/mar.cpp", '"mar." +'),
    ("gate/formats/xml_model.cpp", '"xml." +'),
    ("gate/formats/pickle_facts.cpp", '"pickle." +'),
    ("gate/formats/torch_legacy.cpp", '"torch-legacy." +'),
    ("gate/formats/torch_zip.cpp", '"torch." +'),
    ("gate/formats/zip_members.cpp", '"zip." +'),
    ("gate/formats/gguf.cpp", '"gguf." +'),
    ("gate/formats/npy.cpp", '"npy." +'),
    ("gate/formats/oci_walk.cpp", '"oci." +'),
    ("gate/formats/safetensors_header.cpp", '"safetensors." +'),
    ("gate/formats/chat_template_rules.cpp", '"template." +'),
    ("gate/checkers/look_alikes.cpp", '"typosquat." +'),
    # Not about findings.
    ("gate/checkers/weights_config.cpp", '+ ".weight"'),
    ("gate/formats/xml_model.cpp", '+ ".bin"'),
    ("gate/formats/mar.cpp", '+ ".py"'),
    ("gate/formats/mar.cpp", '+ ".so"'),
    ("gate/formats/package_python.cpp", '+ ".py"'),
    ("gate/formats/python_walk.cpp", '"builtins." +'),
    ("gate/formats/chat_template_rules.cpp", '"str." +'),
}
JOINT = re.compile(r'"[a-z][a-z0-9-]*\." \+|\+ "\.(?!(?:txt|idx|tar|tgz|yaml|json|pub)")[a-z]+(?:-[a-z]+)*"|\barea_?\)? \+ "\."')
KINDS = "gate/checkers/edit_kind.cpp"     # {"repetition", "a doubled character"}, ...


def arguments_of(source, start):
    """The arguments of the call whose '(' or '{' stands at `start`, split at commas outside brackets and strings."""
    depth, at, parts, begin = 0, start, [], start + 1
    while at < len(source):
        literal = LITERAL.match(source, at)
        if literal:
            at = literal.end()
            continue
        c = source[at]
        depth += c in "([{"
        depth -= c in ")]}"
        if depth == 0 or (c == "," and depth == 1):
            parts.append(source[begin:at])
            begin = at + 1
        if depth == 0:
            break
        at += 1
    return parts


def without_comments(source):
    return re.sub(r'("(?:\\.|[^"\\\n])*")|//[^\n]*', lambda match: match.group(1) or "", source)


def things(argument):
    """The words that an argument can be: its literals, without those that are only compared or passed to a call."""
    return LITERAL.findall(re.sub(r'==\s*"[^"]*"|\w+\("[^"]*"\)', "", argument))


def made(path, source):
    """(id, line) of what MAKERS says about one file."""
    for prefix, call, number, shapes in MAKERS:
        for match in re.finditer(call + r"\(", source) if path.startswith(prefix) else ():
            given = arguments_of(source, match.end() - 1)
            words = [""] if number is None else things(given[number]) if number < len(given) else []
            for word in words:
                for shape in shapes:
                    yield shape.format(word), _lint.line_of(source, match.start())


# A whole id at the beginning of a finding, or handed to whoever makes it.
SPELLED = re.compile(r'(?:\b(?:finding|add|report|push_back|emplace_back)\(\s*(?:finding\(\s*)?\{?\s*(?:verdict, \S+, \{)?'
                     r'|[?:] |\bFinding\{|\{)"(' + ID.pattern + r')"(?=\s*(?:,|:\s*"))')
# Or given to one that lies there already.
ASSIGNED = re.compile(r'\bfinding\.id = "(' + ID.pattern + r')";')
# Files whose tables have the shape of ids.
NO_FINDINGS = ("gate/formats/pickle_names.cpp", "gate/checkers/call_rules.cpp", "gate/intake/python_loaders.cpp")
FILE_NAMES = re.compile(r".*\.(?:json|txt|md|yaml|yml|pkl|sig|bin|py|toml|lock|safetensors|sigstore|pub|pem|idx|conf|config|mod|work|sum|xml|cfg|lockfile|env)$")


def may_make_findings(path, source):
    """Policy speaks of keys of its language, which look like ids; only what knows findings can make one."""
    room = path.split("/")[1]
    return room in ROOMS and (room != "policy" or re.search(r"\bFinding\b", source) is not None)


def ids_of(path, source):
    yield from made(path, source)
    if path in NO_FINDINGS:
        return
    for match in [*SPELLED.finditer(source), *ASSIGNED.finditer(source)]:
        if not FILE_NAMES.match(match.group(1)):
            yield match.group(1), _lint.line_of(source, match.start())


def unknown_joints(path, source):
    for match in JOINT.finditer(source):
        if (path, match.group()) not in JOINTS:
            yield (f"{path}:{_lint.line_of(source, match.start())}: {match.group()} may make a finding id: "
                   "spell the id out, or list the place in tests/lint/findings.py")


def catalogue():
    """id -> (what, why, fix), and what is wrong with the file."""
    entries, wrong = {}, []
    for area, body in yaml.safe_load(_lint.text(CATALOGUE)).items():
        if set(body) - {"about", "by", "why", "fix", "ids"}:
            wrong.append(f"{area}: unknown key {sorted(set(body) - {'about', 'by', 'why', 'fix', 'ids'})}")
        for name, entry in body["ids"].items():
            entry = entry if isinstance(entry, dict) else {"what": entry}
            texts = [entry.get("what"), entry.get("why", body.get("why")), entry.get("fix", body.get("fix"))]
            if not all(isinstance(text, str) and text.strip() for text in texts):
                wrong.append(f"{name}: needs what, why and fix")
            if not ID.fullmatch(name) or name in entries:
                wrong.append(f"{name}: no id, or twice")
            entries[name] = texts
    return entries, wrong


produced, joints, mentioned = {}, [], {}
known, wrong = catalogue()
areas = {name.split(".")[0] for name in known}
for path in _lint.files(".cpp", ".hpp", under="gate/"):
    source = without_comments(_lint.text(path))
    if may_make_findings(path, source):
        joints += unknown_joints(path, source)
        for name, line in ids_of(path, source):
            produced.setdefault(name, f"{path}:{line}")
    # Whoever speaks of a finding speaks of one that is there.
    for match in LITERAL.finditer(source) if path not in NO_FINDINGS else ():
        if ID.fullmatch(match.group(1)) and match.group(1).split(".")[0] in areas and not FILE_NAMES.match(match.group(1)):
            mentioned.setdefault(match.group(1), f"{path}:{_lint.line_of(source, match.start())}")
for kind in re.findall(r'\{"([a-z-]+)", "[^"]+"\}', _lint.text(KINDS) or ""):
    produced.setdefault("typosquat." + kind, KINDS)
for name in IMPOSSIBLE:
    produced.pop(name, None)

results = _lint.Results()
results.check(f"{CATALOGUE} says what, why and fix of every id", wrong)
results.check(f"each of the {len(produced)} ids in gate/ is in {CATALOGUE}",
              [f"{place}: {name} is not in {CATALOGUE}" for name, place in sorted(produced.items()) if name not in known])
results.check(f"each of the {len(known)} ids of {CATALOGUE} is made in gate/",
              [f"{name}: nothing in gate/ makes it" for name in known if name not in produced])
results.check("whoever names a finding names one of the catalogue",
              [f"{place}: {name}" for name, place in sorted(mentioned.items()) if name not in known])
results.check("ids are put together only where this lint can tell", joints)
results.check("every place where ids are put together is still there",
              [f"{path}: {text}" for path, text in JOINTS if text not in (_lint.text(path) or "")])
results.finish()
