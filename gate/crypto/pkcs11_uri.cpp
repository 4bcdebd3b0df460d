#include "crypto/pkcs11_uri.hpp"

#include <cstdint>
#include <span>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::crypto {
namespace {

using Value = std::optional<std::string>;

constexpr std::size_t kMaxUri = 4096;
constexpr std::string_view kUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

Error wrong(std::string what) { return {ErrorCode::key, "the PKCS#11 URI (RFC 7512) " + std::move(what)}; }

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        const auto byte = at + 2 < text.size() ? from_hex(text.substr(at + 1, 2)) : std::nullopt;
        if (!byte) return std::nullopt;
        decoded += static_cast<char>(byte->front());
        at += 2;
    }
    return decoded;
}

void append_encoded(std::string& out, std::string_view value) {
    for (const char c : value) {
        if (kUnreserved.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<std::uint8_t>(c);
            out += '%' + to_hex({&byte, 1});
        }
    }
}

struct Attribute {
    std::string_view name;
    Value Pkcs11Uri::* field;
};
constexpr Attribute kPath[] = {{"token", &Pkcs11Uri::token},           {"serial", &Pkcs11Uri::serial}, {"manufacturer", &Pkcs11Uri::manufacturer},
                               {"model", &Pkcs11Uri::model},           {"object", &Pkcs11Uri::object}, {"id", &Pkcs11Uri::id}};
constexpr Attribute kQuery[] = {{"pin-value", &Pkcs11Uri::pin_value}, {"pin-source", &Pkcs11Uri::pin_source}};

// One "name=value" into the field of that name. `name` may be printed, the value of a query never.
std::optional<Error> take(std::string_view name, std::string_view encoded, std::span<const Attribute> known, Pkcs11Uri& uri) {
    auto value = percent_decoded(encoded);
    if (!value) return wrong("has a '%' in '" + std::string(name) + "' that two hex digits do not follow");
    const bool raw = name == "id";
    if (value->empty() || (!raw && value->find('\0') != std::string::npos)) return wrong("has no value for '" + std::string(name) + "', or a NUL in it");
    if (name == "type") {
        if (*value == "private") return std::nullopt;
        return wrong("names an object of another type; signing needs type=private");
    }
    if (name == "module-path") {
        if (!uri.module_path.empty()) return wrong("says 'module-path' twice");
        uri.module_path = std::move(*value);
        return std::nullopt;
    }
    for (const Attribute& attribute : known) {
        if (attribute.name != name) continue;
        Value& field = uri.*attribute.field;
        if (field) return wrong("says '" + std::string(name) + "' twice");
        field = std::move(value);
        return std::nullopt;
    }
    // What stands there in a query may be the rest of a PIN with an '&' in it.
    if (known.data() == kQuery) return wrong("has an attribute behind '?' that is not known here; known are pin-value, pin-source, module-path");
    return wrong("has an attribute that is not known here: '" + std::string(name) + "'; known are token, serial, manufacturer, model, object, id, type");
}

std::optional<Error> take_all(std::string_view list, char separator, std::span<const Attribute> known, Pkcs11Uri& uri) {
    while (!list.empty()) {
        const std::size_t end = list.find(separator);
        const std::string_view one = list.substr(0, end);
        list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
        const std::size_t equals = one.find('=');
        if (equals == std::string_view::npos || equals == 0) return wrong("is a list of name=value, and one part of it is not");
        const std::string_view name = one.substr(0, equals);
        const bool of_query = known.data() == kQuery;
        if ((name == "type" && of_query) || (name == "module-path" && !of_query)) return wrong("has '" + std::string(name) + "' on the wrong side of '?'");
        if (auto error = take(name, one.substr(equals + 1), known, uri)) return error;
    }
    return std::nullopt;
}

}  // namespace

bool is_pkcs11_uri(std::string_view text) { return ascii_lower(text.substr(0, kPkcs11Scheme.size())) == kPkcs11Scheme; }

std::string_view without_pin(std::string_view uri) {
    if (!is_pkcs11_uri(uri)) return uri;
    uri = uri.substr(0, uri.find('?'));
    // Before RFC 7512 a PIN stood in the path; such a URI is refused, and not printed either.
    return ascii_lower(uri).find("pin") == std::string::npos ? uri : "pkcs11:...";
}

Result<Pkcs11Uri> parse_pkcs11_uri(std::string_view uri) {
    if (!is_pkcs11_uri(uri)) return wrong("begins with \"pkcs11:\"");
    if (uri.size() > kMaxUri) return wrong("is longer than 4096 bytes");
    uri.remove_prefix(kPkcs11Scheme.size());
    const std::size_t mark = uri.find('?');
    Pkcs11Uri parsed;
    if (auto error = take_all(uri.substr(0, mark), ';', kPath, parsed)) return std::move(*error);
    if (mark != std::string_view::npos) {
        if (auto error = take_all(uri.substr(mark + 1), '&', kQuery, parsed)) return std::move(*error);
    }
    if (!parsed.object && !parsed.id) return wrong("names no key: object=LABEL or id=%01 is needed");
    if (parsed.pin_value && parsed.pin_source) return wrong("has both a pin-value and a pin-source");
    return parsed;
}

std::string write_pkcs11_path(const Pkcs11Uri& uri) {
    std::string text(kPkcs11Scheme);
    for (const Attribute& attribute : kPath) {
        const Value& value = uri.*attribute.field;
        if (!value) continue;
        text += std::string(attribute.name) + "=";
        append_encoded(text, *value);
        text += ';';
    }
    return text + "type=private";
}

}  // namespace headgate::crypto
