#include "recording/references.hpp"

#include <algorithm>

namespace headgate::recording {
namespace {

bool is_purl_type(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
}

// As intake/manifest.hpp makes them: no name, and the spelling as base.
std::optional<Reference> computed(std::string_view text) {
    constexpr std::string_view kPurl = "pkg:";
    constexpr std::string_view kNothing = "/?";
    Reference reference;
    reference.base = reference.canonical = text;
    if (text == "oci:?" || text == "https://?") {
        reference.scheme = text.substr(0, text.find(':'));
        return reference;
    }
    if (!text.starts_with(kPurl) || !text.ends_with(kNothing)) return std::nullopt;
    text.remove_prefix(kPurl.size());
    if (text.size() <= kNothing.size() || !is_purl_type(text.substr(0, text.size() - kNothing.size()))) return std::nullopt;
    reference.scheme = "pkg";
    reference.type = text.substr(0, text.size() - kNothing.size());
    return reference;
}

}  // namespace

Result<Reference> read_reference(std::string_view text) {
    constexpr std::string_view kFile = "file:";
    if (auto nothing = computed(text)) return std::move(*nothing);
    auto reference = parse_reference(text);
    if (reference.ok()) {
        if (reference->canonical == text) return reference;
        return Error{ErrorCode::malformed, "its normal form is " + reference->canonical};
    }
    if (!text.starts_with(kFile) || text.size() == kFile.size()) return reference;
    Reference path;
    path.scheme = "file";
    path.name = text.substr(kFile.size());
    path.base = path.canonical = text;
    return path;
}

bool is_computed(const Reference& reference) { return reference.name.empty() && reference.canonical.ends_with('?'); }

}  // namespace headgate::recording
