// x509_subject.hpp: which attributes the subject of a signer's certificate must have, as Notary Project's trust policies write it:
// "C=US, ST=WA, O=Acme, CN=release" (trust-store-trust-policy.md, "Trusted identities constraints").
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace headgate {

struct X509Attribute {
    std::string_view name;               // "O"
    std::string_view oid;                // "2.5.4.10"
};

/// Those that may be asked for, each once.
std::span<const X509Attribute> x509_attributes();

/// Name (of x509_attributes) and value of each that is written. Country, state and organisation are mandatory. Error{usage}, which
/// says what is wrong and not with what.
Result<std::vector<std::pair<std::string, std::string>>> parse_x509_subject(std::string_view text);

/// What a certified identity calls the attribute among its claims: "x509.subject.O".
std::string x509_claim(std::string_view name);

}  // namespace headgate
