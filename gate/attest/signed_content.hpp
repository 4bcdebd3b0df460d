// signed_content.hpp: JSON documents that somebody signed for what they say, and not for what bytes they are about (VEX): as the
// predicate of an in-toto statement, as the payload of a DSSE envelope, or as a file with a Sigstore bundle over its bytes beside it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attest/trust.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/json.hpp"
#include "model/fact.hpp"

namespace headgate::attest {

struct SignedContent {
    struct Subject {
        std::string name;
        std::string sha256;                            // hex; "" when it states none
    };

    codec::Json content;
    std::optional<std::vector<Subject>> subjects;      // of the statement; nullopt: it is none
    std::vector<Signature> signatures;                 // as Evidence has them, whoever they are by; empty: nothing is signed
    std::string digest;                                // SHA-256 (hex) of the document that was read
};

/// Every document of a file (lines of JSON may hold several). `beside`: the bundle over the file's bytes, `beside_name` its file; nullopt:
/// there is none. Error{malformed} for what is no JSON or no envelope or statement; who signed it is a matter of the signatures.
Result<std::vector<SignedContent>> read_signed_content(const std::string& name, ByteView bytes, const std::optional<Bytes>& beside,
                                                       const std::string& beside_name, const Trust& trust, Instant now);

}  // namespace headgate::attest
