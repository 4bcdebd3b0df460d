// oci_index.hpp: which entries of a layout's index.json are images, and which are about one: cosign's tags and annotations,
// referrers by `subject`, and indexes under the fallback tag of distribution-spec 1.1.
#pragma once

#include <string>
#include <vector>

#include "base/limits.hpp"
#include "formats/oci_document.hpp"

namespace headgate::formats {

struct OciIndexParts {
    std::vector<OciEntry> images;
    std::vector<OciAttachment> attachments;   // `subject` is what the tag or the manifest says, "" where neither does
};

/// Sorts the entries. Manifests are read quietly, as far as the budget goes: whoever is an image is read again by
/// others, with findings.
OciIndexParts sort_index(const OciDocument& index, const OciRead& read, const Limits& limits, Budget& budget);

/// The image of that tag or digest: an entry of index.json, or, by digest, a manifest below an index that is listed there.
/// "": the only entry. Error{not_found} when there is none, or several of one name.
Result<OciDescriptor> find_image(const OciIndexParts& parts, const std::string& tag, const OciRead& read, const Limits& limits,
                                 Budget& budget);

}  // namespace headgate::formats
