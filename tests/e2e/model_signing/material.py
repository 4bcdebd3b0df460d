#!/usr/bin/env python3
"""material.py: what the test needs beside openssl.

  timestamp BUNDLE RESPONSE        adds an RFC 3161 response to a bundle
  signature BUNDLE                 the raw signature, to stdout
  trusted-root TSA_PEM ROOT_PEM    a TrustedRoot with one timestamp authority, to stdout
"""
import base64
import json
import ssl
import sys


def bundle_of(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def certificate(path):
    with open(path, encoding="utf-8") as file:
        return {"rawBytes": base64.b64encode(ssl.PEM_cert_to_DER_cert(file.read())).decode()}


def main(command, *arguments):
    if command == "signature":
        sys.stdout.buffer.write(base64.b64decode(bundle_of(arguments[0])["dsseEnvelope"]["signatures"][0]["sig"]))
    elif command == "timestamp":
        bundle = bundle_of(arguments[0])
        with open(arguments[1], "rb") as file:
            response = base64.b64encode(file.read()).decode()
        bundle["verificationMaterial"]["timestampVerificationData"] = {"rfc3161Timestamps": [{"signedTimestamp": response}]}
        with open(arguments[0], "w", encoding="utf-8") as file:
            json.dump(bundle, file)
    elif command == "trusted-root":
        print(json.dumps({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [], "ctlogs": [], "certificateAuthorities": [],
            "timestampAuthorities": [{
                "subject": {"organization": "Acme", "commonName": "Acme time"}, "uri": "https://time.acme.example",
                "certChain": {"certificates": [certificate(path) for path in arguments]},
                "validFor": {"start": "2020-01-01T00:00:00Z"}}]}))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
