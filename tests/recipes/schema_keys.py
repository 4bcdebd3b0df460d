"""schema_keys.py: SECTION.KEY of every key of the language, CHECKER.SETTING of every setting, `signers.KEY`, `condition.KEY` and `builder.KEY`
of what stands inside settings; from `headgate policy schema`, and so from the tables that the loader reads by."""
import json
import os
import subprocess


def inner(schema):
    """The mappings inside a setting: of signers, or the items of conditions and builders."""
    if "properties" in schema:
        return {f"signers.{key}" for key in schema["properties"]}
    items = schema.get("items", {}).get("properties", {})
    return {f"builder.{key}" if "signed-by" in items else f"condition.{key}" for key in items}


def keys_of_language():
    done = subprocess.run([os.environ["HEADGATE"], "policy", "schema"], capture_output=True, check=True)
    schema = json.loads(done.stdout)
    keys = {f"{section}.{key}" for section, body in schema["$defs"].items() for key in body.get("properties", {})}
    for choice in schema["$defs"]["rule"]["allOf"]:
        checker = choice["if"]["properties"]["check"]["const"]
        for setting, shape in choice["then"]["properties"]["with"]["properties"].items():
            keys.add(f"{checker}.{setting}")
            keys |= inner(shape)
    return sorted(keys)
