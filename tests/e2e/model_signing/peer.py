#!/usr/bin/env python3
"""The public model_signing, with what its command line does not offer: peer.py sign-shards MODEL KEY SIGNATURE SIZE."""
import pathlib
import sys

import model_signing


def main(arguments):
    command, model, key, signature, size = arguments
    assert command == "sign-shards", command
    hashing = model_signing.hashing.Config().use_shard_serialization(shard_size=int(size)).set_ignored_paths(
        paths=[pathlib.Path(signature)], ignore_git_paths=True)
    model_signing.signing.Config().use_elliptic_key_signer(private_key=key).set_hashing_config(hashing).sign(
        pathlib.Path(model), pathlib.Path(signature))


if __name__ == "__main__":
    main(sys.argv[1:])
