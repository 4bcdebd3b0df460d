#include "sigstore/pae.hpp"

#include <string>

namespace headgate::sigstore {

Bytes pre_authentication_encoding(std::string_view type, ByteView payload) {
    const std::string head = "DSSEv1 " + std::to_string(type.size()) + " " + std::string(type) + " " +
                             std::to_string(payload.size()) + " ";
    Bytes encoded;
    encoded.reserve(head.size() + payload.size());
    encoded.insert(encoded.end(), head.begin(), head.end());
    encoded.insert(encoded.end(), payload.begin(), payload.end());
    return encoded;
}

bool begins_as_envelope(ByteView message) { return as_text(message).starts_with(kPaePrefix); }

}  // namespace headgate::sigstore
