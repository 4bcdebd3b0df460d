#include "model/x509_subject.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"

namespace headgate {
namespace {

// RFC 4514, section 3.
constexpr std::array<X509Attribute, 10> kAttributes = {{{"C", "2.5.4.6"}, {"ST", "2.5.4.8"}, {"L", "2.5.4.7"}, {"O", "2.5.4.10"}, {"OU", "2.5.4.11"},
                                                        {"CN", "2.5.4.3"}, {"STREET", "2.5.4.9"}, {"SERIALNUMBER", "2.5.4.5"},
                                                        {"DC", "0.9.2342.19200300.100.1.25"}, {"UID", "0.9.2342.19200300.100.1.1"}}};

Error usage(const std::string& what) {
    return {ErrorCode::usage, what + "; expected is C=..., ST=..., O=... with more attributes if you like"};
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

std::span<const X509Attribute> x509_attributes() { return kAttributes; }

std::string x509_claim(std::string_view name) { return "x509.subject." + std::string(name); }

Result<std::vector<std::pair<std::string, std::string>>> parse_x509_subject(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> subject;
    const auto is_there = [&](std::string_view name) {
        return std::any_of(subject.begin(), subject.end(), [&](const auto& attribute) { return attribute.first == name; });
    };
    for (const std::string& part : parts_of(text)) {
        const std::string_view pair = trim(part);
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) return usage("\"" + std::string(pair) + "\" has no =");
        std::string_view name = trim(pair.substr(0, equals));
        if (name == "S") name = "ST";    // as some tools write it
        const bool known = std::any_of(kAttributes.begin(), kAttributes.end(), [&](const X509Attribute& attribute) { return attribute.name == name; });
        if (!known) return usage("the attribute \"" + std::string(name) + "\" is not known");
        const auto value = unescaped(trim(pair.substr(equals + 1)));
        if (!value || value->empty()) return usage("the value of " + std::string(name) + " is empty or cannot be read");
        if (is_there(name)) return usage(std::string(name) + " stands there twice");
        subject.emplace_back(name, *value);
    }
    for (const std::string_view needed : {"C", "ST", "O"}) {
        if (!is_there(needed)) return usage(std::string(needed) + " is missing");
    }
    return subject;
}

}  // namespace headgate
