// notation_subject.cpp: trusted identities: attributes that the subject of the leaf must have.
#include <algorithm>

#include "attest/notation.hpp"
#include "base/text.hpp"
#include "model/x509_subject.hpp"

namespace headgate::attest {
namespace {

constexpr std::string_view kPrefix = "x509.subject:";

Error usage(std::string_view text, const std::string& what) {
    return {ErrorCode::usage, "the trusted identity \"" + std::string(text) + "\": " + what};
}

}  // namespace

Result<TrustedSubject> TrustedSubject::parse(std::string_view text) {
    TrustedSubject subject;
    if (text == "*") return subject;
    if (!text.starts_with(kPrefix)) return usage(text, "it does not begin with x509.subject:; expected is x509.subject: C=..., ST=..., O=..., or *");
    const auto attributes = parse_x509_subject(text.substr(kPrefix.size()));
    if (!attributes.ok()) return usage(text, attributes.error().message + ", or *");
    for (const auto& [name, value] : *attributes) {
        for (const X509Attribute& known : x509_attributes()) {
            if (known.name == name) subject.attributes_.emplace_back(known.oid, value);
        }
    }
    return subject;
}

bool TrustedSubject::matches(const crypto::Certificate& leaf) const {
    return std::all_of(attributes_.begin(), attributes_.end(), [&](const auto& attribute) {
        const std::vector<std::string> values = leaf.subject_attribute(attribute.first);
        return values.size() == 1 && values.front() == attribute.second;
    });
}

}  // namespace headgate::attest
