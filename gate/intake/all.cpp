// all.cpp: the table of manifest formats, and what every parser says in the same words.
#include "intake/all.hpp"

#include <array>

namespace headgate::intake {

void IntakeContext::finding(std::string id, Severity severity, std::string message, Location where, std::string why,
                            std::string fix) {
    evidence.findings.push_back(
        {std::move(id), severity, std::move(message), std::move(where), std::move(why), std::move(fix)});
}

void IntakeContext::opaque(std::string why, Location where) {
    evidence.opaques.push_back({std::move(where), std::move(why), 0});
}

void IntakeContext::format(std::string_view name) {
    evidence.formats.push_back({{path, {}, {}, {}}, "manifest:" + std::string(name), true, false});
}

bool IntakeContext::room() {
    const std::size_t facts = evidence.requirements.size() + evidence.index_options.size() + evidence.includes.size() +
                              evidence.opaques.size() + evidence.findings.size();
    if (facts < limits.facts) return true;
    if (!full_) {
        full_ = true;
        finding("manifest.unscannable", Severity::high,
                "more than " + std::to_string(limits.facts) + " entries: the rest is not read",
                {path, {}, {}, {}}, "What cannot be read within the limits cannot be judged.",
                "Split the manifest.");
        opaque("more entries than the limit", {path, {}, {}, {}});
    }
    return false;
}

std::span<const ManifestFormat> manifest_formats() {
    static constexpr std::array<ManifestFormat, 3> kFormats = {{
        {"requirements.txt", Kind::package, matches_requirements, parse_requirements},
        {"package-lock.json", Kind::package, matches_package_lock, parse_package_lock},
        {"Dockerfile", Kind::container, matches_dockerfile, parse_dockerfile},
    }};
    return kFormats;
}

const ManifestFormat* find_manifest(std::string_view file_name) {
    for (const ManifestFormat& format : manifest_formats()) {
        if (format.matches(file_name)) return &format;
    }
    return nullptr;
}

}  // namespace headgate::intake
