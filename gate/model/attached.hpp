// attached.hpp: signatures and attestations that a layout or registry holds about an image, as they lie there. What finds
// them (formats) and what verifies them (attest) know only this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "model/location.hpp"

namespace headgate {

/// One signed document. `content` has the digest and size that its descriptor states.
struct AttachedDocument {
    enum class Form {
        cosign_signature,     // simple signing payload; the signature is in the annotations
        cosign_attestation,   // DSSE envelope; certificate and log entry are in the annotations
        sigstore_bundle,
        notation_jws,
        notation_cose,
    };
    Form form = Form::sigstore_bundle;
    Location where;           // the blob
    Bytes content;
    std::vector<std::pair<std::string, std::string>> annotations;  // of its descriptor. Nobody signed them

    /// "" when absent.
    std::string_view annotation(std::string_view key) const {
        for (const auto& [name, value] : annotations) {
            if (name == key) return value;
        }
        return {};
    }
};

/// What is attached to one image.
struct Attached {
    struct Problem {
        Location where;
        std::string what;     // one sentence
    };
    std::string digest;             // of the image's manifest or index, "sha256:<hex>"
    std::string media_type;
    std::uint64_t size = 0;         // of that manifest
    std::vector<AttachedDocument> documents;
    std::vector<Problem> problems;  // what is there and cannot be read: never a reason to believe anything
};

}  // namespace headgate
