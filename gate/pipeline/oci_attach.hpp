// oci_attach.hpp: a bundle about an image, put into the image's layout as a referrer (oci_referrer.hpp).
#pragma once

#include "pipeline/oci_referrer.hpp"

namespace headgate::pipeline {

struct AttachOutcome {
    std::string manifest;        // digest of the referrer
    bool added = false;          // false: it was there already
};

/// `image_digest`: "sha256:<hex>" of an image that the layout lists, or of a manifest below an index there. Blobs are written first,
/// then index.json is replaced in one step; the list that it named before goes when nothing else names it. Writers of Headgate
/// wait for each other; a change by another program in between is seen and taken over. On an Error nothing has changed.
Result<AttachOutcome> attach_to_layout(const std::string& folder, const std::string& image_digest, const ReferrerBundle& bundle,
                                       const Limits& limits);

}  // namespace headgate::pipeline
