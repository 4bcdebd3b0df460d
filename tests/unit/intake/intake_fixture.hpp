// Parses text as a manifest and holds the facts.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "intake/manifest.hpp"

namespace headgate::intake {

inline const std::vector<std::string> kBuildTools = {"https://tools.example/"};

struct Parsed {
    Limits limits;
    Evidence facts;
    bool understood = false;

    Parsed(std::string_view file_name, std::string_view text, Limits with = {}, const ManifestFormat* format = nullptr) : limits(with) {
        if (format == nullptr) format = find_manifest(file_name);
        if (format == nullptr) format = content_format(file_name, as_bytes(text));
        IntakeContext context{limits, facts, std::string(file_name)};
        context.build_tools = [] { return std::span<const std::string>(kBuildTools); };
        if (format != nullptr) understood = format->parse(as_bytes(text), context);
    }

    std::vector<std::string> names() const {
        std::vector<std::string> result;
        for (const Requirement& requirement : facts.requirements) result.push_back(requirement.reference.canonical);
        return result;
    }
    bool has(std::string_view id) const {
        return std::any_of(facts.findings.begin(), facts.findings.end(), [&](const Finding& f) { return f.id == id; });
    }
    /// What every parser promises: understood means nothing was left over; not understood is said.
    bool oracle() const {
        if (understood) return facts.opaques.empty() && !facts.formats.empty();
        return !facts.opaques.empty();
    }
};

/// The row of the table by its name, for formats that are told by content.
inline const ManifestFormat* format_of(std::string_view name) {
    for (const ManifestFormat& format : manifest_formats()) {
        if (format.name == name) return &format;
    }
    return nullptr;
}

/// Every beginning of the text keeps the promise.
inline bool every_prefix(std::string_view file_name, std::string_view text, const ManifestFormat* format = nullptr) {
    for (std::size_t length = 0; length <= text.size(); ++length) {
        if (!Parsed(file_name, text.substr(0, length), {}, format).oracle()) return false;
    }
    return true;
}

}  // namespace headgate::intake
