// oci_referrer.hpp: the documents by which a Sigstore bundle is attached to an image (image-spec 1.1, distribution-spec 1.1): a
// manifest that names the image as its subject, and the list of such manifests under the tag `sha256-<hex>`, where clients look
// when there is no referrers API, as in a layout. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "formats/oci_layout.hpp"

namespace headgate::pipeline {

/// A bundle over a DSSE envelope, and what is said about it without a signature.
struct ReferrerBundle {
    std::string content;
    std::string predicate_type;
    std::string created;         // RFC 3339
};

struct Blob {
    std::string digest;          // "sha256:<hex>"
    std::string content;
};

struct Referrer {
    Blob manifest;
    std::vector<Blob> blobs;     // the empty config, the bundle
    std::string predicate_type, created;
};

/// The same bundle about the same image gives the same manifest, byte for byte.
Referrer make_referrer(const formats::OciDescriptor& image, const ReferrerBundle& bundle);

/// What index.json says under the image's fallback tag.
struct ReferrerTag {
    std::string list;            // digest of the list, "" when the tag is not there yet
    std::uint64_t size = 0;
};

/// Error{malformed} when index.json is no index, or gives the tag to several things or to what is no index.
Result<ReferrerTag> find_referrer_tag(ByteView index_json, const std::string& image_digest, const Limits& limits);

/// The list with the referrer in it, nullopt when it is in already. `list`: the one that is there, nullopt for none. Every field
/// that is not ours stays. Error{malformed} for what is no list, Error{unsupported} for a full one.
Result<std::optional<Blob>> add_to_list(const std::optional<Bytes>& list, const Referrer& referrer, const Limits& limits);

/// index.json with the image's fallback tag on that list. Every field that is not ours stays.
Result<std::string> point_tag_at(ByteView index_json, const std::string& image_digest, const Blob& list, const Limits& limits);

}  // namespace headgate::pipeline
