// invariants.hpp: what holds of nouns beyond the type of each field. Every reader asks it, whatever the form of the bytes: the rest
// of the house takes it for granted.
#pragma once

#include <array>
#include <string_view>

#include "base/encoding.hpp"
#include "model/recording.hpp"
#include "recording/references.hpp"

namespace headgate::recording {

/// "<name>:<hex>" as intake normalises checksums of manifests.
inline bool is_checksum(std::string_view text) {
    struct Algorithm {
        std::string_view prefix;
        std::size_t digits;
    };
    constexpr std::array<Algorithm, 6> kAlgorithms = {
        {{"md5:", 32}, {"sha1:", 40}, {"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}, {"h1:", 64}}};
    for (const Algorithm& algorithm : kAlgorithms) {
        if (text.starts_with(algorithm.prefix)) return is_lower_hex(text.substr(algorithm.prefix.size()), algorithm.digits);
    }
    return false;
}

/// What the fields of one noun must be among themselves; "" when they are.
template <typename T>
std::string_view contradiction(const T&) { return {}; }
inline std::string_view contradiction(const Requirement& fact) {
    return is_computed(fact.reference) && !fact.dynamic ? "a computed reference, and not \"dynamic\"" : "";
}
template <typename T>
std::string_view missing_key_id(const T& fact) {
    return fact.signers.size() > fact.key_ids.size() ? "fewer \"key_ids\" than \"signers\": each signer has one, item by item" : "";
}
inline std::string_view contradiction(const Signature& fact) { return missing_key_id(fact); }
inline std::string_view contradiction(const Statement& fact) { return missing_key_id(fact); }
inline std::string_view contradiction(const Provenance& fact) { return missing_key_id(fact); }
inline std::string_view contradiction(const InnerSubject& inner) {
    return is_computed(inner.subject.reference) ? "a computed reference is no subject's" : "";
}
inline std::string_view contradiction(const Recording& recording) {
    return is_computed(recording.subject.reference) ? "a computed reference is no subject's" : "";
}

}  // namespace headgate::recording
