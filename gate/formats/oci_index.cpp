#include "formats/oci_index.hpp"

#include <algorithm>
#include <set>

#include "base/encoding.hpp"

namespace headgate::formats {
namespace {

/// cosign's tags for what belongs to an image: sha256-<hex>[.sig|.att|.sbom].
std::optional<OciAttachment::Kind> attachment_tag(std::string_view tag) {
    if (!tag.starts_with("sha256-") || tag.size() < 71 || !is_lower_hex(tag.substr(7, 64), 64)) return std::nullopt;
    const std::string_view ending = tag.substr(71);
    if (ending == ".sig") return OciAttachment::Kind::signature;
    if (ending == ".att") return OciAttachment::Kind::attestation;
    if (ending == ".sbom") return OciAttachment::Kind::sbom;
    if (ending.empty()) return OciAttachment::Kind::referrer;
    return std::nullopt;
}

std::optional<OciAttachment::Kind> attachment_kind(std::string_view kind) {
    if (kind == "dev.cosignproject.cosign/sigs") return OciAttachment::Kind::signature;
    if (kind == "dev.cosignproject.cosign/atts") return OciAttachment::Kind::attestation;
    if (kind == "dev.cosignproject.cosign/sboms") return OciAttachment::Kind::sbom;
    return std::nullopt;
}

std::string subject_of_tag(std::string_view tag) {
    return attachment_tag(tag) ? "sha256:" + std::string(tag.substr(7, 64)) : std::string{};
}

std::optional<OciDocument> read_quietly(const OciDescriptor& descriptor, const OciRead& read, const Limits& limits, Budget& budget) {
    const auto bytes = read(descriptor.path());
    if (!bytes || !budget.step(bytes->size() / 8 + 1)) return std::nullopt;
    OciDocument document = read_oci_document(*bytes, limits);
    if (!document.problem.empty()) return std::nullopt;
    return document;
}

bool same(const OciDescriptor& left, const OciDescriptor& right) {
    return left.digest == right.digest && left.media_type == right.media_type && left.size == right.size;
}

}  // namespace

OciIndexParts sort_index(const OciDocument& index, const OciRead& read, const Limits& limits, Budget& budget) {
    OciIndexParts parts;
    for (const OciEntry& entry : index.entries) {
        const OciDescriptor& what = entry.descriptor;
        auto kind = attachment_tag(what.ref_name);
        std::string subject = subject_of_tag(what.ref_name);
        // Under a name of its own it can be pulled and run: then it is an image, whatever its annotations or its subject say.
        if (!kind && what.ref_name.empty() && is_manifest_type(what.media_type)) {
            kind = attachment_kind(entry.cosign_kind);
            const auto manifest = kind ? std::nullopt : read_quietly(what, read, limits, budget);
            if (manifest && manifest->subject) {
                kind = OciAttachment::Kind::referrer;
                subject = manifest->subject->descriptor.digest;
            }
        }
        if (kind) {
            parts.attachments.push_back({*kind, what, subject});
        } else {
            parts.images.push_back(entry);
        }
    }
    const std::size_t named = parts.attachments.size();
    for (std::size_t i = 0; i < named; ++i) {
        const OciAttachment from = parts.attachments[i];
        if (!is_index_type(from.manifest.media_type) || !attachment_tag(from.manifest.ref_name)) continue;
        const auto list = read_quietly(from.manifest, read, limits, budget);
        if (!list) continue;
        for (const OciEntry& child : list->entries) {
            if (parts.attachments.size() >= limits.members) break;
            parts.attachments.push_back({OciAttachment::Kind::referrer, child.descriptor, from.subject});
        }
    }
    return parts;
}

Result<OciDescriptor> find_image(const OciIndexParts& parts, const std::string& tag, const OciRead& read, const Limits& limits,
                                 Budget& budget) {
    std::vector<OciDescriptor> found;
    const auto add = [&](const OciDescriptor& what) {
        if (std::none_of(found.begin(), found.end(), [&](const OciDescriptor& other) { return same(what, other); })) found.push_back(what);
    };
    for (const OciEntry& entry : parts.images) {
        if (tag.empty() || entry.descriptor.ref_name == tag || entry.descriptor.digest == tag) add(entry.descriptor);
    }
    std::set<std::string> visited;
    std::vector<OciDescriptor> level;
    if (found.empty() && tag.starts_with("sha256:")) {
        for (const OciEntry& entry : parts.images) level.push_back(entry.descriptor);
    }
    for (std::uint32_t depth = 0; depth < limits.depth && !level.empty(); ++depth) {
        std::vector<OciDescriptor> below;
        for (const OciDescriptor& index : level) {
            if (!is_index_type(index.media_type) || !visited.insert(index.digest).second) continue;
            const auto document = read_quietly(index, read, limits, budget);
            if (!document) continue;
            for (const OciEntry& child : document->entries) {
                if (child.descriptor.digest == tag) add(child.descriptor);
                below.push_back(child.descriptor);
            }
        }
        level = std::move(below);
    }
    if (found.size() == 1) return found.front();
    const std::string name = tag.empty() ? "image" : "image \"" + tag + "\"";
    return Error{ErrorCode::not_found, found.empty() ? "the layout has no " + name : "the layout has several images under that name: give the digest of one"};
}

}  // namespace headgate::formats
