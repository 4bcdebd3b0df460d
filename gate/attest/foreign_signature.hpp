// foreign_signature.hpp: detached signatures of schemes that are not read (PGP, SSH, minisign, cosign's old .sig), told by their form.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace headgate::attest {

/// "pgp", "ssh", "minisign", "cosign-legacy"; "" for anything else. Evidence is no part of the artifact's digest, so that such a file
/// must be a signature and nothing else, from its first line to its last: its base64 decodes, a comment is one short line, and under
/// names of JSON documents (.intoto.jsonl, .sigstore, .sigstore.json, .dsse.json) there is none. Binary signatures are "": nobody here
/// could say where they end.
std::string foreign_scheme(ByteView bytes, std::string_view name);

}  // namespace headgate::attest
