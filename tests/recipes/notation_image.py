#!/usr/bin/env python3
"""notation_image.py FOLDER: an image with a Notation signature (JWS) beside it, made with openssl: `image` and `wrong` (another
image's envelope) are layouts; envelope.jws, stamped.jws (with an RFC 3161 timestamp) and misstamped.jws are envelopes by
themselves; root.pem, other.pem and tsa.pem are stores; digest and size are those of the image's manifest."""
import base64
import json
import os
import sys

import supply_chain
from signatures import Key
from signed_images import NOTATION, Layout

SCHEME = "io.cncf.notary.signingScheme"


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def certificate(folder, name, issuer, subject, *extensions):
    """FOLDER/NAME.pem with its key; self-signed without an issuer."""
    path = os.path.join(folder, name)
    more = [part for extension in extensions for part in ("-addext", extension)]
    arguments = ["-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", path + ".key", *more]
    if issuer is None:
        Key.run("req", "-x509", "-days", "3650", *arguments, "-out", path + ".pem")
        return
    Key.run("req", "-new", *arguments, "-out", path + ".csr")
    authority = os.path.join(folder, issuer)
    Key.run("x509", "-req", "-in", path + ".csr", "-days", "3650", "-copy_extensions", "copyall", "-CA", authority + ".pem", "-CAkey", authority + ".key",
            "-out", path + ".pem")


def timestamp(folder, data):
    """A TimeStampToken over data, by tsa.key."""
    request, config = os.path.join(folder, "stamp.tsq"), os.path.join(folder, "tsa.conf")
    supply_chain.write(os.path.join(folder, "stamped"), data)
    supply_chain.write(os.path.join(folder, "tsa.serial"), "01")
    supply_chain.write(config, "\n".join([
        "[tsa]", "default_tsa = one", "[one]", f"serial = {folder}/tsa.serial", f"signer_cert = {folder}/tsa.pem", f"certs = {folder}/tsa.pem",
        f"signer_key = {folder}/tsa.key", "signer_digest = sha256", "default_policy = 1.2.3.4", "digests = sha256, sha384, sha512", "accuracy = secs:1",
        "ess_cert_id_alg = sha256", ""]))
    Key.run("ts", "-query", "-data", os.path.join(folder, "stamped"), "-sha256", "-cert", "-out", request)
    return Key.run("ts", "-reply", "-config", config, "-queryfile", request, "-token_out")


def sign(folder, target, stamp=None):
    """A flattened JWS over the target by leaf.key; `stamp` answers a timestamp over the signature."""
    payload = url64(json.dumps({"targetArtifact": target}).encode())
    head = url64(json.dumps({"alg": "PS256", "cty": "application/vnd.cncf.notary.payload.v1+json", "crit": [SCHEME], SCHEME: "notary.x509",
                             "io.cncf.notary.signingTime": "2026-01-01T00:00:00Z"}).encode())
    signature = Key.run("dgst", "-sha256", "-sign", os.path.join(folder, "leaf.key"), "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest",
                        data=(head + "." + payload).encode())
    chain = [base64.b64encode(Key.run("x509", "-in", os.path.join(folder, name + ".pem"), "-outform", "DER")).decode() for name in ("leaf", "root")]
    header = {"x5c": chain, "io.cncf.notary.signingAgent": "test"}
    if stamp is not None:
        header["io.cncf.notary.timestampSignature"] = base64.b64encode(stamp(signature)).decode()
    return json.dumps({"payload": payload, "protected": head, "header": header, "signature": url64(signature)}).encode()


def main(folder):
    os.makedirs(folder)
    authority = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")
    certificate(folder, "root", None, "/C=US/ST=WA/O=Acme/CN=root", *authority)
    certificate(folder, "other", None, "/C=US/ST=WA/O=Other/CN=root", *authority)
    certificate(folder, "leaf", "root", "/C=US/ST=WA/O=Acme/CN=signer", "keyUsage=critical,digitalSignature", "extendedKeyUsage=codeSigning")
    certificate(folder, "tsa", None, "/O=Acme/CN=tsa", "keyUsage=critical,digitalSignature", "extendedKeyUsage=critical,timeStamping", "basicConstraints=CA:FALSE")
    for name, change in (("image", {}), ("wrong", {"size": 1})):
        layout = Layout(os.path.join(folder, name))
        envelope = sign(folder, {**layout.image, **change})
        layout.list(layout.referrer(layout.blob(envelope, "application/jose+json"), NOTATION))
        layout.write()
    supply_chain.write(os.path.join(folder, "digest"), layout.image["digest"])
    supply_chain.write(os.path.join(folder, "size"), str(layout.image["size"]))
    supply_chain.write(os.path.join(folder, "envelope.jws"), sign(folder, layout.image))
    supply_chain.write(os.path.join(folder, "stamped.jws"), sign(folder, layout.image, lambda signature: timestamp(folder, signature)))
    supply_chain.write(os.path.join(folder, "misstamped.jws"), sign(folder, layout.image, lambda signature: timestamp(folder, signature + b"x")))


if __name__ == "__main__":
    main(sys.argv[1])
