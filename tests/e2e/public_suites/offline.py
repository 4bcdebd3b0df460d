"""A pytest plugin: the client suite asks a public host for an identity token before each test, those that only verify too. Here it gets
one that nobody signed; what signs is skipped."""
import base64
import json
import types

import urllib3


def _request(method, url, **_):
    claims = {"iss": "https://tokens.example", "email": "nobody@example.com", "exp": 4_000_000_000}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    return types.SimpleNamespace(data=b"e30." + body + b".AA")


urllib3.request = _request
