// notation_options.hpp: trust stores and trusted identities of Notation signatures as options of a command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attest/notation.hpp"
#include "base/result.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace headgate::cli {

/// Trust as read from files; `trust` holds spans of the lists, so it stays where it is.
struct NotationStores {
    std::vector<crypto::Certificate> authorities, signing_authorities, timestamp_authorities;
    attest::NotationTrust trust;
};

struct NotationOptions {
    std::string digest;
    std::optional<std::uint64_t> size;
    std::string media_type;
    std::vector<std::string> ca_stores, authority_stores, tsa_stores;
    std::vector<std::string> trusted_identities;
    std::string level = "strict";
    std::string verify_timestamp = "always";

    /// `envelope`: the option that the description of one artifact (digest, size) goes with.
    void add_to(CLI::App& app, CLI::Option& envelope);
    /// True when a store for signers is named.
    bool given() const { return !ca_stores.empty() || !authority_stores.empty(); }
    /// True when something is asked that only those stores could answer.
    bool asks() const { return !tsa_stores.empty() || !trusted_identities.empty() || level != "strict" || verify_timestamp != "always"; }
    /// Reads the stores (PEM, or one certificate in DER). Error{usage} without a store or an identity.
    Result<void> read(NotationStores& stores) const;
    /// What --digest, --size and --media-type say. Error{usage} when digest or size is missing.
    Result<attest::NotationTarget> target() const;
};

}  // namespace headgate::cli
