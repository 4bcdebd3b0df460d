"""Bare envelopes under a key."""
import base64
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _common


def rows(corpus):
    for case in _common.manifest(corpus):
        with open(os.path.join(corpus, case["envelope"]), encoding="utf-8") as file:
            payload_type = json.load(file)["payloadType"]
        argv = ["verify", "bundle", case["envelope"], "--key", case["key"], "--payload-type", payload_type]
        # The vector's signature is r || s: by a flag, and only by it.
        yield case["case"], argv + ["--allow-p1363"], case["expect"], corpus
        yield case["case"] + " without the flag", argv, "fail", corpus
        yield case["case"] + " of another type", argv[:-1] + ["http://example.com/Other", "--allow-p1363"], "fail", corpus
