// notation_subject.cpp: trusted identities: attributes that the subject of the leaf must have.
#include <algorithm>
#include <array>

#include "attest/notation.hpp"
#include "base/text.hpp"

namespace headgate::attest {
namespace {

constexpr std::string_view kPrefix = "x509.subject:";

struct Attribute {
    std::string_view name;
    std::string_view oid;
};
// RFC 4514, section 3, and the "S" that some tools write for ST.
constexpr std::array<Attribute, 11> kAttributes = {{{"C", "2.5.4.6"}, {"ST", "2.5.4.8"}, {"S", "2.5.4.8"}, {"L", "2.5.4.7"}, {"O", "2.5.4.10"},
                                                    {"OU", "2.5.4.11"}, {"CN", "2.5.4.3"}, {"STREET", "2.5.4.9"},
                                                    {"SERIALNUMBER", "2.5.4.5"}, {"DC", "0.9.2342.19200300.100.1.25"},
                                                    {"UID", "0.9.2342.19200300.100.1.1"}}};

Error usage(std::string_view text, const std::string& what) {
    return {ErrorCode::usage, "the trusted identity \"" + std::string(text) + "\": " + what +
                                  "; expected is x509.subject: C=..., ST=..., O=... with more attributes if you like, or *"};
}

// Commas separate unless a backslash stands before them.
std::vector<std::string> parts_of(std::string_view text) {
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            parts.back() += text[i];
            parts.back() += text[++i];
        } else if (text[i] == ',') {
            parts.emplace_back();
        } else {
            parts.back() += text[i];
        }
    }
    return parts;
}

// Escaped special characters only; hex escapes and several values in one part are refused.
std::optional<std::string> unescaped(std::string_view text) {
    static constexpr std::string_view kSpecial = "\\,+\"<>;=# ";
    std::string value;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            if (i + 1 == text.size() || kSpecial.find(text[i + 1]) == std::string_view::npos) return std::nullopt;
            value += text[++i];
        } else if (text[i] == '+' || text[i] == '"' || text[i] == ';' || text[i] == '<' || text[i] == '>') {
            return std::nullopt;
        } else {
            value += text[i];
        }
    }
    return value;
}

}  // namespace

Result<TrustedSubject> TrustedSubject::parse(std::string_view text) {
    TrustedSubject subject;
    if (text == "*") return subject;
    if (!text.starts_with(kPrefix)) return usage(text, "it does not begin with x509.subject:");
    for (const std::string& part : parts_of(text.substr(kPrefix.size()))) {
        const std::string_view pair = trim(part);
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) return usage(text, "\"" + std::string(pair) + "\" has no =");
        const std::string_view name = trim(pair.substr(0, equals));
        const auto known = std::find_if(kAttributes.begin(), kAttributes.end(), [&](const Attribute& attribute) { return attribute.name == name; });
        if (known == kAttributes.end()) return usage(text, "the attribute \"" + std::string(name) + "\" is not known");
        const auto value = unescaped(trim(pair.substr(equals + 1)));
        if (!value || value->empty()) return usage(text, "the value of " + std::string(name) + " is empty or cannot be read");
        for (const auto& [oid, other] : subject.attributes_) {
            if (oid == known->oid) return usage(text, std::string(name) + " stands there twice");
        }
        subject.attributes_.emplace_back(known->oid, *value);
    }
    for (const std::string_view needed : {"C", "ST", "O"}) {
        const auto oid = std::find_if(kAttributes.begin(), kAttributes.end(), [&](const Attribute& attribute) { return attribute.name == needed; })->oid;
        const bool there = std::any_of(subject.attributes_.begin(), subject.attributes_.end(), [&](const auto& attribute) { return attribute.first == oid; });
        if (!there) return usage(text, std::string(needed) + " is missing");
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
